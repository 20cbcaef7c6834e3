import type { SrtpKeys } from '@vats/media';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { end } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';

const CM80 = 'AES_CM_128_HMAC_SHA1_80';
const [OF_ALICE, OF_BOB] = [1, 2].map((octet) => Buffer.alloc(30, octet).toString('base64')) as [string, string];
const KEY = /^a=crypto:(\d+) (\S+) inline:(\S+)\r?$/gm;

const savp = (actor: Actor, key: string, profile = 'RTP/SAVP'): string =>
  actor.phone.sdp({ profile, crypto: [`1 ${CM80} inline:${key}`] });
const heard = (actor: Actor): string => actor.call.remoteSdp ?? '';
const profileOf = (sdp: string): string | undefined => /^m=audio \d+ (\S+)/m.exec(sdp)?.[1];
const keysIn = (sdp: string): string[] => [...sdp.matchAll(KEY)].map((match) => match[3]!);

function srtpOf(world: World, leg: string): SrtpKeys {
  const srtp = world.media.calls.at(-1)!.leg(leg).media?.srtp;
  if (srtp === undefined || srtp === 'awaited') throw new Error(`${leg} has no keys: ${srtp}`);
  return srtp;
}

/** A user of the company whose phone is asked for encryption so. */
const withSrtp = (extension: string, login: string, srtp: string): string => {
  const devices = `devices: [{ login: ${login}, password: Vf5kNm7Z, srtp: ${srtp} }]`;
  return `domain: acme.example\nusers: [{ extension: "${extension}", name: ${login}, ${devices} }]\n`;
};

describe('encrypted calls', () => {
  scenario(
    'a phone that encrypts calls one that does not',
    { ends: 'caller-hung-up' },
    async ({ alice, bob, world }) => {
      alice.invites(bob, { sdp: savp(alice, OF_ALICE) });
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect([profileOf(heard(alice)), profileOf(heard(bob))]).toEqual(['RTP/SAVP', 'RTP/AVP']);
      const [ours] = keysIn(heard(alice));
      expect(srtpOf(world, 'a')).toEqual({ suite: CM80, ours, theirs: OF_ALICE });
      expect(ours).not.toBe(OF_ALICE);
      expect(keysIn(heard(bob))).toEqual([]);
      expect(world.media.calls.at(-1)!.leg('b1').media?.srtp).toBeUndefined();
      end(alice, bob);
      await world.stage.eventually(() => world.endings().length === 1, 20);
      const [ended] = world.endings();
      expect(ended).toMatchObject({ media: { a: { srtp: CM80, unauthentic: 0, replayed: 0 } } });
      expect(ended).not.toHaveProperty('media.b1.srtp');
    },
  );

  scenario(
    'one that takes clear sound from a phone that takes encrypted sound only is asked again, encrypted',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.invites(bob);
      bob.refuses(488);
      bob.expects('ACK');
      bob.expects('INVITE');
      const offered = heard(bob);
      expect(profileOf(offered)).toBe('RTP/SAVP');
      expect(keysIn(offered)).toHaveLength(3);
      bob.answers({ sdp: savp(bob, OF_BOB) });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect(srtpOf(world, 'b2')).toEqual({ suite: CM80, ours: keysIn(offered)[0], theirs: OF_BOB });
      expect(keysIn(heard(alice))).toEqual([]);
      end(alice, bob);
    },
  );

  scenario(
    'both encrypt, each with keys of its own leg; no key is told on, nor written down anywhere',
    { ends: 'caller-hung-up' },
    async ({ alice, bob, world }) => {
      await world.applies(withSrtp('202', 'bobby', 'required'), 'srtp.yaml');
      alice.invites(bob, { sdp: savp(alice, OF_ALICE) });
      expect(profileOf(heard(bob))).toBe('RTP/SAVP');
      bob.answers({ sdp: savp(bob, OF_BOB) });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      const [a, b] = [srtpOf(world, 'a'), srtpOf(world, 'b1')];
      expect(new Set([a.ours, a.theirs, b.ours, b.theirs]).size).toBe(4);
      expect(heard(alice)).not.toContain(OF_BOB);
      expect(heard(bob)).not.toContain(OF_ALICE);
      end(alice, bob);
      const written = JSON.stringify([world.events, world.log]);
      for (const key of [a.ours, a.theirs, b.ours, b.theirs, ...keysIn(heard(bob))]) expect(written).not.toContain(key);
    },
  );

  scenario(
    'hold and resume keep our key, whatever becomes of theirs',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.invites(bob, { sdp: savp(alice, OF_ALICE) });
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      const before = srtpOf(world, 'a');
      const held = { profile: 'RTP/SAVP', direction: 'sendonly' as const, crypto: [`1 ${CM80} inline:${OF_BOB}`] };
      alice.reinvites({ sdp: alice.call.sdp(held) });
      bob.expects('INVITE');
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect(srtpOf(world, 'a')).toEqual({ ...before, theirs: OF_BOB });
      end(alice, bob);
    },
  );
});

const OUTSIDE = {
  pbx: COMPANY.replace('codecs: [PCMA]', 'codecs: [PCMA]\n    srtp: required'),
  users: pbxUser(),
};

describe('what the settings say', () => {
  scenario('never: an encrypted offer is refused, and says why', { ends: 'srtp-off' }, async ({ alice, world }) => {
    await world.applies(withSrtp('201', 'alice', 'never'), 'srtp.yaml');
    alice.invites('202', { sdp: savp(alice, OF_ALICE) });
    expect(alice.hears('488 INVITE').value('Reason')).toContain('SRTP) is switched off');
  });

  scenario('required: clear sound is refused, and says why', { ends: 'srtp-required' }, async ({ alice, world }) => {
    await world.applies(withSrtp('201', 'alice', 'required'), 'srtp.yaml');
    alice.invites('202');
    expect(alice.hears('488 INVITE').value('Reason')).toContain('SRTP is required');
  });

  scenario(
    'never, of the called one: it is asked once, in clear',
    { ends: 'no-common-codec' },
    async ({ alice, bob, world }) => {
      await world.applies(withSrtp('202', 'bobby', 'never'), 'srtp.yaml');
      alice.invites(bob);
      bob.refuses(488);
      bob.expects('ACK');
      alice.hears('488 INVITE');
    },
  );

  scenario(
    'required, of the called one: an answer in clear is none',
    { ends: 'no-common-codec' },
    async ({ alice, bob, world }) => {
      await world.applies(withSrtp('202', 'bobby', 'required'), 'srtp.yaml');
      alice.invites(bob);
      bob.answers();
      bob.expects('ACK', 'BYE');
      alice.hears('488 INVITE');
    },
  );

  scenario(
    'required, of a trunk: calls by it are encrypted',
    { ends: 'caller-hung-up', ...OUTSIDE },
    ({ alice, itsp, world }) => {
      alice.invites('+79031234567');
      expect(profileOf(heard(itsp))).toBe('RTP/SAVP');
      itsp.answers({ sdp: savp(itsp, OF_BOB) });
      alice.hears('200 INVITE');
      itsp.expects('ACK');
      expect(srtpOf(world, 'b1').theirs).toBe(OF_BOB);
      end(alice, itsp);
    },
  );

  scenario(
    'a caller who lets us offer is offered encrypted sound where it must be, and nothing goes in clear though it answers so',
    { ends: 'no-common-codec' },
    async ({ alice, bob, world }) => {
      await world.applies(withSrtp('201', 'alice', 'required'), 'srtp.yaml');
      alice.invites(bob, { sdp: null });
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      const updates = world.media.calls.at(-1)!.commands.filter((each) => each.do === 'update' && each.leg === 'a');
      expect(updates).toEqual([expect.objectContaining({ media: expect.objectContaining({ srtp: 'awaited' }) })]);
      for (const phone of [alice, bob]) phone.expects('BYE');
    },
  );
});
