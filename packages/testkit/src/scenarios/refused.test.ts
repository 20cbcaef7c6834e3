import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end } from './acts.ts';

describe('a call that is not answered', () => {
  scenario('busy (RFC 3261 §21.4.24, RFC 3665 §3.9)', { ends: 'callee-busy' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.refuses(486);
    bob.expects('ACK');
    expect(alice.hears('486 INVITE').value('Reason')).toMatch(/^Q\.850;cause=17;/);
  });

  scenario('declined', { ends: 'callee-declined' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.rings();
    alice.hears(180);
    bob.refuses(603);
    bob.expects('ACK');
    alice.hears('603 INVITE');
  });

  scenario('nobody answers', { ends: 'no-answer' }, ({ alice, bob, world }) => {
    alice.invites(bob);
    bob.rings();
    alice.hears(180);
    world.passes(120_000);
    bob.expects('CANCEL', 'ACK');
    alice.hears('480 INVITE');
  });

  scenario(
    'a phone that is dead says nothing: 480, and its binding stays (RFC 3665 §3.10)',
    { ends: 'unreachable' },
    ({ alice, bob, world }) => {
      world.network.vanish(bob.phone.settings.local.address);
      alice.invites(bob);
      world.passes(60_000);
      alice.hears('480 INVITE');
    },
  );

  scenario('nobody has that number', { ends: 'not-found' }, ({ alice }) => {
    alice.invites('299');
    alice.hears('404 INVITE');
  });

  scenario('a user with no phone registered (RFC 3261 §21.4.18)', { ends: 'unreachable' }, ({ alice }) => {
    alice.invites('209');
    alice.hears('480 INVITE');
  });

  scenario('RFC 3665 §3.11: it rings, and is not to be had', { ends: 'unreachable' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.rings();
    alice.hears('180 INVITE');
    bob.refuses(480);
    bob.expects('ACK');
    alice.hears('480 INVITE');
  });

  scenario(
    'no codec in common: the callee says so (RFC 3261 §13.3.1.3, §21.4.26)',
    { ends: 'no-common-codec' },
    ({ alice, bob }) => {
      alice.invites(bob);
      bob.refuses(488);
      bob.expects('ACK');
      // It may be a phone that takes encrypted sound only.
      bob.expects('INVITE');
      bob.refuses(488);
      bob.expects('ACK');
      alice.hears('488 INVITE');
    },
  );

  scenario('an encrypted offer without a key is refused', { ends: 'srtp-unusable' }, ({ alice }) => {
    alice.invites('202', { sdp: alice.phone.sdp({ profile: 'RTP/SAVP' }) });
    alice.hears('488 INVITE');
  });

  scenario('an AVPF offer is served', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    alice.invites(bob, { sdp: alice.phone.sdp({ profile: 'RTP/AVPF' }) });
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario(
    'media ports are exhausted',
    { errors: ['call.ended'], ends: 'no-media-ports', mediaPairs: 1 },
    ({ alice }) => {
      alice.invites('202');
      alice.hears('503 INVITE');
    },
  );

  scenario(
    'RFC 3261 §8.1.3.2: what nobody knows counts as its class: 189 is progress, 499 refuses as 400 does',
    { ends: ['unreachable', 'unreachable'] },
    ({ alice, bob }) => {
      for (const [progress, final] of [
        [189, 499],
        [183, 400],
      ] as const) {
        alice.invites(bob);
        bob.rings({ status: progress });
        alice.hears(`${progress} INVITE`);
        bob.refuses(final);
        bob.expects('ACK');
        alice.hears('480 INVITE');
      }
    },
  );

  scenario('too many hops', { ends: [] }, ({ alice }) => {
    alice.invites('202', { maxForwards: 0 });
    alice.hears('483 INVITE');
  });

  scenario('a call that comes back to us', { ends: 'callee-hung-up' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.rings();
    alice.hears(180);
    const incoming = bob.call;
    // Bob forwards as a proxy does: under the Call-ID of the INVITE that he got.
    bob.invites('201', { callId: incoming.callId });
    bob.hears('482 INVITE');
    incoming.respond(200);
    alice.hears('200 INVITE');
    bob.expects('ACK');
    incoming.bye();
    bob.hears('200 BYE');
    alice.expects('BYE');
  });

  scenario('an extension is required that nobody serves', { ends: [] }, ({ alice }) => {
    alice.invites('202', { headers: [['Require', 'precondition']] });
    expect(alice.hears('420 INVITE').value('Unsupported')).toBe('precondition');
  });
});
