import { describe, expect } from 'vitest';
import { PHONES, SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import type { World } from '../world.ts';

/** 64*T1 (RFC 3261 §17.1.1.1). */
const LONGEST_MS = 32_000;
const ALICE = PHONES.alice.local.address;
const BOB = PHONES.bob.local.address;

function sentTo({ network }: World, address: string, what: string): number[] {
  return network
    .sent(
      (message) =>
        message.description === what && message.to.address === address && message.from.address === SWITCH.address,
    )
    .map(({ at }) => at);
}

function legs({ ledger }: World): readonly unknown[] {
  const counts = ledger.counts();
  return [counts.calls, counts.legs, counts['media port pairs']];
}

/** What is still alive; the record of the call is written in a later turn. */
function left(world: World): string[] {
  return world.leftovers().filter((each) => !each.startsWith('calls being written'));
}

describe('a retransmitted INVITE', () => {
  scenario(
    'security 17: makes one call, while it rings, when it is answered, and after it was acknowledged',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.invites(bob);
      const again = (): void => {
        const octets = alice.call.sent?.octets;
        if (octets === undefined) throw new Error('nothing was sent');
        for (let copies = 0; copies < 3; copies++) alice.phone.wire.send(octets, SWITCH);
        world.passes(0);
      };
      again();
      bob.rings();
      alice.hears(180);
      again();
      expect(alice.heardAgain('180 INVITE')).toBeGreaterThan(0);
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      again();
      expect(sentTo(world, BOB, 'INVITE')).toHaveLength(1);
      expect(world.events.filter(({ type }) => type === 'call.started')).toHaveLength(1);
      end(alice, bob);
      again();
      expect(sentTo(world, BOB, 'INVITE')).toHaveLength(1);
    },
  );

  scenario(
    'security 17: that came over two ways at once makes one call (482 for the second, RFC 3261 §8.2.2.2)',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.invites(bob);
      bob.expects('INVITE');
      const text = alice.call.sent?.octets.toString('latin1') ?? '';
      alice.phone.wire.send(Buffer.from(text.replace('branch=z9hG4bK', 'branch=z9hG4bKother'), 'latin1'), SWITCH);
      world.passes(0);
      alice.hears('482 INVITE');
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect(sentTo(world, BOB, 'INVITE')).toHaveLength(1);
      end(alice, bob);
    },
  );
});

describe('our 2xx', () => {
  scenario(
    'security 17: is repeated until its ACK, T1 doubling to T2; without one both sides get BYE at 64*T1',
    { ends: 'answer-not-acknowledged' },
    ({ alice, bob, world }) => {
      alice.manners.acknowledges = false;
      alice.invites(bob);
      bob.answers();
      bob.expects('ACK');
      alice.hears('200 INVITE');
      const [first = 0] = sentTo(world, ALICE, '200 INVITE');
      world.passes(LONGEST_MS - 1);
      expect(sentTo(world, ALICE, '200 INVITE').map((at) => at - first)).toEqual([
        0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
      ]);
      alice.hearsNothing();
      world.passes(1);
      alice.expects('BYE');
      bob.expects('BYE');
      expect(sentTo(world, ALICE, 'BYE').map((at) => at - first)).toEqual([LONGEST_MS]);
      expect(legs(world)).toEqual([0, 0, 0]);
    },
  );

  scenario(
    'security 17: a lost ACK costs a repetition of the 2xx and nothing else',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.manners.acknowledges = false;
      alice.invites(bob);
      bob.answers();
      bob.expects('ACK');
      alice.hears('200 INVITE');
      alice.manners.acknowledges = true;
      world.passes(LONGEST_MS + 1_000);
      expect(alice.heardAgain('200 INVITE')).toBe(1);
      end(alice, bob);
    },
  );
});

describe('a late 200 after our CANCEL', () => {
  for (const delayed of [1, 30, 31_000]) {
    scenario(
      `security 17: that comes ${delayed} ms later gets ACK and BYE`,
      { ends: 'caller-cancelled' },
      ({ alice, bob, world }) => {
        bob.manners.yieldsToCancel = delayed < 1_000;
        alice.invites(bob);
        bob.rings();
        alice.hears(180);
        bob.answers({ delayed });
        alice.cancels();
        alice.hears('200 CANCEL', '487 INVITE');
        bob.expects('CANCEL');
        world.passes(delayed);
        bob.expects('ACK', 'BYE');
        expect(legs(world)).toEqual([0, 0, 0]);
      },
    );
  }

  scenario(
    'security 17: and each time that it is repeated another ACK, but one BYE',
    { ends: 'caller-cancelled' },
    ({ alice, bob, world }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears(180);
      bob.answers({ delayed: 30 });
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
      bob.expects('CANCEL', 'ACK', 'BYE');
      for (let times = 0; times < 3; times++) bob.repeats();
      expect(bob.heardAgain('ACK')).toBe(3);
      expect(new Set(sentTo(world, BOB, 'BYE')).size).toBe(1);
    },
  );
});

describe('after 32 seconds no leg is left', () => {
  scenario(
    'security 17: of a call whose phones both fell silent when it was hung up',
    { ends: 'operator-hung-up' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      world.network.vanish(ALICE);
      world.network.vanish(BOB);
      const [call] = world.switch?.calls.snapshots() ?? [];
      world.switch?.calls.hangUp(call?.id ?? '');
      world.passes(LONGEST_MS);
      expect(left(world)).toEqual([]);
    },
  );

  scenario(
    'security 17: of a call to a phone that is gone, nor anything else',
    { ends: 'unreachable' },
    ({ alice, bob, world }) => {
      world.network.vanish(BOB);
      alice.invites(bob);
      world.passes(LONGEST_MS);
      alice.hears('480 INVITE');
      expect(legs(world)).toEqual([0, 0, 0]);
    },
  );

  scenario(
    'security 17: of a call that was cancelled at a phone which says nothing any more',
    { ends: 'caller-cancelled' },
    ({ alice, bob, world }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears(180);
      world.network.vanish(BOB);
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
      world.passes(LONGEST_MS);
      expect(legs(world)).toEqual([0, 0, 0]);
      world.passes(LONGEST_MS);
      expect(left(world)).toEqual([]);
    },
  );
});
