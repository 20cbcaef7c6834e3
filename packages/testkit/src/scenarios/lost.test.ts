import { describe, expect } from 'vitest';
import { PHONES, SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';

const ALICE = PHONES.alice.local.address;
const BOB = PHONES.bob.local.address;

interface Sent {
  readonly description: string;
  readonly from: { readonly address: string };
  readonly to: { readonly address: string };
}

const fromBob = (what: string) => (message: Sent) => message.description === what && message.from.address === BOB;
const toBob = (what: string) => (message: Sent) => message.description === what && message.to.address === BOB;
const toAlice = (what: string) => (message: Sent) => message.description === what && message.to.address === ALICE;

describe('what gets lost on the way', () => {
  scenario('the INVITE to the phone', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    world.network.dropNext(toBob('INVITE'), 2);
    alice.invites(bob);
    world.passes(1_500);
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario(
    "the phone's answer: it is repeated, and so is our ACK",
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      world.network.dropNext(fromBob('200 INVITE'));
      alice.invites(bob);
      bob.answers();
      bob.hearsNothing();
      bob.repeats();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      bob.repeats();
      expect(bob.heardAgain('ACK')).toBe(1);
      expect(alice.heardAgain('200 INVITE')).toBe(0);
      end(alice, bob);
    },
  );

  scenario('our 200 to the caller', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    world.network.dropNext(toAlice('200 INVITE'), 2);
    alice.invites(bob);
    bob.answers();
    bob.expects('ACK');
    world.passes(1_500);
    alice.hears('200 INVITE');
    end(alice, bob);
  });

  scenario(
    "the caller's ACK, twice: the 200 comes again until it is there",
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      world.network.dropNext((message) => message.description === 'ACK' && message.from.address === ALICE, 1);
      // The first ACK is that to the challenge.
      world.network.dropNext((message) => message.description === 'ACK' && message.octets.includes('CSeq: 2 ACK'), 2);
      alice.invites(bob);
      bob.answers();
      bob.expects('ACK');
      alice.hears('200 INVITE');
      world.passes(10_000);
      expect(alice.heardAgain('200 INVITE')).toBe(2);
      end(alice, bob);
    },
  );

  scenario(
    'the ACK never comes: after 64*T1 both sides get BYE (RFC 3261 §13.3.1.4)',
    { ends: 'answer-not-acknowledged' },
    ({ alice, bob, world }) => {
      alice.manners.acknowledges = false;
      alice.invites(bob);
      bob.answers();
      bob.expects('ACK');
      alice.hears('200 INVITE');
      world.passes(31_900);
      alice.hearsNothing();
      expect(alice.heardAgain('200 INVITE')).toBe(10);
      world.passes(200);
      alice.expects('BYE');
      bob.expects('BYE');
    },
  );

  scenario(
    'the ACK never comes on TCP: the 200 is repeated there too',
    { ends: 'answer-not-acknowledged', cast: ['bob', 'carol'] },
    ({ bob, carol, world }) => {
      carol.manners.acknowledges = false;
      carol.invites(bob);
      bob.answers();
      bob.expects('ACK');
      carol.hears('200 INVITE');
      world.passes(32_100);
      expect(carol.heardAgain('200 INVITE')).toBe(10);
      carol.expects('BYE');
      bob.expects('BYE');
    },
  );

  scenario('the BYE', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    talk(alice, bob);
    world.network.dropNext(toBob('BYE'), 3);
    alice.hangsUp();
    alice.hears('200 BYE');
    world.passes(5_000);
    bob.expects('BYE');
  });

  scenario(
    'the 200 to our BYE: the phone repeats it when asked again',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      world.network.dropNext(fromBob('200 BYE'));
      end(alice, bob);
      world.passes(600);
      expect(bob.heardAgain('BYE')).toBe(1);
    },
  );

  scenario('the refusal to the caller: repeated until its ACK', { ends: 'callee-busy' }, ({ alice, bob, world }) => {
    world.network.dropNext(toAlice('486 INVITE'), 2);
    alice.invites(bob);
    bob.refuses(486);
    bob.expects('ACK');
    world.passes(1_500);
    alice.hears('486 INVITE');
  });

  scenario('a phone that dies in the call answers no BYE', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    talk(alice, bob);
    world.network.vanish(BOB);
    alice.hangsUp();
    alice.hears('200 BYE');
    world.passes(40_000);
  });

  scenario('an INVITE that the caller repeats is one call', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    alice.invites(bob);
    bob.expects('INVITE');
    const octets = alice.call.sent?.octets;
    if (octets !== undefined) alice.phone.wire.send(octets, SWITCH);
    world.passes(0);
    expect(world.network.sent('INVITE').filter(({ to }) => to.address === BOB)).toHaveLength(1);
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario('every datagram comes twice', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    for (const what of ['INVITE', 'ACK', 'BYE']) world.network.repeatNext(toBob(what));
    for (const what of ['180 INVITE', '200 INVITE', '200 BYE']) world.network.repeatNext(fromBob(what));
    for (const what of ['180 INVITE', '200 INVITE', '200 BYE']) world.network.repeatNext(toAlice(what));
    alice.invites(bob);
    bob.rings();
    alice.hears(180);
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });
});
