import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { SWITCH } from '../cast.ts';
import type { PhoneCall } from '../phone/phone-call.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import type { World } from '../world.ts';
import { tampers } from './tamper.ts';

function invitesOf({ network }: World): number {
  return network.sent((message) => message.description === 'INVITE' && message.from.address === SWITCH.address).length;
}

/** Calls of this phone that nobody has worked on yet. */
function waiting({ phone }: Actor): PhoneCall | undefined {
  return phone.calls.find(({ received }) => received !== undefined && received.answered === undefined);
}

scenario('security 16: Max-Forwards 0 gets 483, and nobody rings', { ends: [] }, ({ alice, bob }) => {
  alice.invites(bob, { maxForwards: 0 });
  alice.hears('483 INVITE');
  bob.hearsNothing();
});

scenario(
  'security 16: each hop costs one, and no number makes it more',
  { ends: Array(3).fill('caller-hung-up') },
  ({ alice, bob }) => {
    let hops = '';
    tampers(alice, (text) => text.replace(/^Max-Forwards: .*$/m, `Max-Forwards: ${hops}`));
    for (const [written, passed] of [
      ['1', '0'],
      ['70', '69'],
      ['9'.repeat(40), '254'],
    ] as const) {
      hops = written;
      talk(alice, bob);
      const invite = bob.call.received?.request;
      expect(invite?.value('Max-Forwards')).toBe(passed);
      end(alice, bob);
    }
  },
);

describe('a call that comes back', () => {
  scenario(
    'security 16: a phone that forwards as a proxy does (the same Call-ID) gets 482, to whomever it forwards (RFC 5393 §4)',
    { ends: 'callee-busy', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol, world }) => {
      alice.invites(bob);
      bob.expects('INVITE');
      const incoming = bob.call;
      for (const number of ['201', '202', '203']) {
        bob.invites(number, { callId: incoming.callId });
        bob.hears('482 INVITE');
      }
      expect(invitesOf(world)).toBe(1);
      incoming.respond(486);
      bob.expects('ACK');
      alice.hears('486 INVITE');
      carol.hearsNothing();
    },
  );

  scenario(
    'security 16: a redirection back to the caller or to itself is not followed',
    { ends: ['unreachable', 'unreachable'] },
    ({ alice, bob, world }) => {
      for (const number of ['201', '202']) {
        alice.invites(bob);
        bob.refuses(302, { headers: [['Contact', `<sip:${number}@acme.example>`]] });
        bob.expects('ACK');
        alice.hears('480 INVITE');
      }
      expect(invitesOf(world)).toBe(2);
    },
  );

  scenario(
    'security 16: a phone that forwards to its own number does not ring itself',
    { ends: ['unreachable', 'unreachable'] },
    ({ alice, bob, world }) => {
      alice.invites(bob);
      bob.expects('INVITE');
      const incoming = bob.call;
      bob.invites('202');
      bob.hears('480 INVITE');
      incoming.respond(480);
      bob.expects('ACK');
      alice.hears('480 INVITE');
      expect(invitesOf(world)).toBe(1);
    },
  );

  const PASSES = 70;

  scenario(
    'security 16: two phones that forward to each other, each in a call of its own: 483 at the end of the hops, one INVITE each',
    { ends: Array(PASSES).fill('unreachable'), cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol, world }) => {
      const started = world.stage.clock.monotonic();
      alice.invites(bob);
      const forwarded: { readonly from: Actor; readonly call: PhoneCall }[] = [];
      for (let passes = 0; passes <= PASSES; passes++) {
        const from = [bob, carol].find((phone) => waiting(phone) !== undefined);
        const call = from && waiting(from);
        if (from === undefined || call?.received === undefined) break;
        forwarded.push({ from, call });
        const maxForwards = Number(call.received.request.value('Max-Forwards'));
        // A placeholder keeps the call out of `waiting`; its phone answers it below, as its own call ends.
        call.received.answered = { status: 0, octets: Buffer.alloc(0) };
        from.phone.dial(from === bob ? '203' : '202', { maxForwards });
        world.passes(0);
      }
      expect(forwarded).toHaveLength(PASSES);
      expect(invitesOf(world)).toBe(PASSES);
      expect(world.network.sent('483 INVITE')).toHaveLength(1);
      for (const { call } of forwarded.reverse()) {
        call.respond(480);
        world.passes(0);
      }
      alice.hears('480 INVITE');
      expect(world.stage.clock.monotonic() - started).toBeLessThan(1_000);
      for (const phone of [bob, carol]) {
        phone.phone.inbox.requests.length = 0;
        phone.phone.inbox.responses.length = 0;
      }
    },
  );
});
