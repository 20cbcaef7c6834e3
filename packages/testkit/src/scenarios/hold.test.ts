import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';

const directionAt = (actor: Actor): string => readSdp(actor.call.remoteSdp ?? '').direction;
const versionAt = (actor: Actor): number => Number(readSdp(actor.call.remoteSdp ?? '').origin.version);

describe('within a call', () => {
  scenario('the caller holds and resumes (RFC 3264 §8.4)', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    talk(alice, bob);
    const before = versionAt(bob);
    alice.holds();
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    expect([directionAt(bob), directionAt(alice)]).toEqual(['sendonly', 'recvonly']);
    expect(versionAt(bob)).toBe(before + 1);
    alice.resumes();
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    expect([directionAt(bob), directionAt(alice)]).toEqual(['sendrecv', 'sendrecv']);
    end(alice, bob);
    expect(world.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['leg.held', 'leg.resumed']));
  });

  scenario('the callee holds and resumes', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    bob.holds();
    alice.answers();
    bob.hears('200 INVITE');
    alice.expects('ACK');
    expect([directionAt(alice), directionAt(bob)]).toEqual(['sendonly', 'recvonly']);
    bob.resumes();
    alice.answers();
    bob.hears('200 INVITE');
    alice.expects('ACK');
    end(alice, bob);
  });

  scenario('hold in the old way, c=0.0.0.0', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    alice.reinvites({ sdp: alice.call.sdp({ address: '0.0.0.0' }) });
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario(
    'a re-INVITE that the other side refuses leaves the call as it was (RFC 6337 §2.3, §3.4)',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      talk(alice, bob);
      alice.reinvites({ sdp: alice.call.sdp({ codecs: ['0 PCMU/8000'] }) });
      bob.refuses(488);
      bob.expects('ACK');
      expect(alice.hears('488 INVITE').value('Warning')).toBe(
        '399 - "The other side does not take this offer, offered was PCMU"',
      );
      end(alice, bob);
    },
  );

  scenario(
    'a re-INVITE whose codecs are nobody’s is refused, and says which',
    { ends: 'caller-hung-up', pbx: 'recording: { mode: all }' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      alice.reinvites({ sdp: alice.call.sdp({ codecs: ['18 G729/8000'] }) });
      expect(alice.hears('488 INVITE').value('Warning')).toBe('305 - "No codec in common, offered was G729"');
      bob.hearsNothing();
      alice.reinvites({ sdp: alice.call.sdp().replace(/m=audio \d+/, 'm=audio 0') });
      expect(alice.hears('488 INVITE').value('Warning')).toMatch(/^304 - "No audio stream/);
      end(alice, bob);
      world.passes(0);
    },
  );

  scenario('a refresh with an unchanged SDP troubles nobody else', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    alice.reinvites({ sdp: alice.call.localSdp ?? null });
    const before = alice.call.remoteSdp;
    alice.hears('200 INVITE');
    expect(alice.call.remoteSdp).toBe(before);
    bob.hearsNothing();
    end(alice, bob);
  });

  scenario('an offer is asked for', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    alice.reinvites({ sdp: null });
    bob.answers();
    alice.hears('200 INVITE');
    expect(readSdp(bob.expects('ACK').body.toString()).codecs).toContain('8 PCMA/8000');
    end(alice, bob);
  });

  scenario(
    'both offer at once: who is heard later gets 491, and what the other refused for it is tried again (RFC 3261 §14.1, RFC 5407 §3.3.1, RFC 6337 §4.2)',
    { ends: 'caller-hung-up', latency: 10 },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      alice.holds();
      bob.holds();
      bob.hears('491 INVITE');
      bob.refuses(491);
      bob.expects('ACK');
      world.passes(4_500);
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect([directionAt(bob), directionAt(alice)]).toEqual(['sendonly', 'recvonly']);
      end(alice, bob);
    },
  );

  scenario('the call ends while a re-INVITE is on its way', { ends: 'callee-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    alice.holds();
    bob.expects('INVITE');
    end(bob, alice);
    alice.hears('487 INVITE');
  });

  scenario(
    'a second offer before the ACK of the first answer is glare with oneself: 500 (RFC 3261 §14.2)',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      talk(alice, bob);
      alice.holds();
      alice.resumes();
      expect(alice.hears('500 INVITE').value('Retry-After')).toMatch(/^\d+$/);
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      end(alice, bob);
    },
  );
});

describe('an INVITE without an offer', () => {
  scenario('the callee is asked for one (RFC 6337 §2.2)', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    alice.invites(bob, { sdp: null });
    bob.rings();
    alice.hears(180);
    bob.answers();
    expect(readSdp(alice.hears('200 INVITE').body.toString()).codecs).toContain('8 PCMA/8000');
    bob.expects('ACK');
    expect(bob.call.remoteSdp).toMatch(/^v=0/);
    end(alice, bob);
  });
});
