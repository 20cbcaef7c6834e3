import { describe, expect } from 'vitest';
import { PHONES } from '../cast.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';
import { ALLOWS, prack, REQUIRES, ringsReliably, SUPPORTS, update } from './session-acts.ts';
import { holds, refers } from './transfer-acts.ts';

const ALICE = PHONES.alice.local.address;

describe('provisional responses that must not get lost', () => {
  scenario(
    'RFC 3262 §3: each leg has its own; no 200 repeats the SDP',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      alice.invites(bob, { headers: [REQUIRES] });
      expect(bob.expects('INVITE').supported).toContain('100rel');
      expect(ringsReliably(bob, 31).value('RAck')).toMatch(/^31 \d+ INVITE$/);
      const heard = alice.hears(183);
      expect(heard.require).toEqual(['100rel']);
      prack(alice, heard);
      alice.hears('200 PRACK');
      bob.answers({ sdp: null });
      expect(alice.hears('200 INVITE').body.length).toBe(0);
      bob.expects('ACK');
      end(alice, bob);
    },
  );

  scenario('RFC 3262 §3: a 183 that is lost comes again', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    world.network.dropNext(({ description, to }) => description === '183 INVITE' && to.address === ALICE, 2);
    alice.invites(bob, { headers: [SUPPORTS] });
    ringsReliably(bob, 1);
    world.passes(1_500);
    prack(alice, alice.hears(183));
    alice.hears('200 PRACK');
    bob.answers({ sdp: null });
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario('RFC 3262 §3: a lost PRACK, and its lost 200', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    alice.invites(bob, { headers: [SUPPORTS] });
    ringsReliably(bob, 1);
    const heard = alice.hears(183);
    world.network.dropNext(({ description, from }) => description === 'PRACK' && from.address === ALICE);
    prack(alice, heard);
    world.passes(600);
    expect(alice.heardAgain('183 INVITE')).toBe(1);
    world.network.dropNext(({ description, to }) => description === '200 PRACK' && to.address === ALICE);
    prack(alice, heard);
    world.passes(5_000);
    expect(alice.heardAgain('183 INVITE')).toBe(1);
    // Another one for it names what was acknowledged.
    prack(alice, heard);
    alice.hears('481 PRACK');
    bob.answers({ sdp: null });
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario(
    'RFC 3262 §3: the caller never acknowledges: 504 after 64*T1',
    { ends: 'progress-not-acknowledged' },
    ({ alice, bob, world }) => {
      alice.invites(bob, { headers: [SUPPORTS] });
      ringsReliably(bob, 1);
      alice.hears(183);
      world.passes(33_000);
      alice.hears('504 INVITE');
      bob.expects('CANCEL', 'ACK');
    },
  );

  scenario(
    'RFC 3262 §3: the phone answers, the caller never acknowledges what was said before: both are told',
    { ends: 'answer-not-acknowledged' },
    ({ alice, bob, world }) => {
      alice.invites(bob, { headers: [SUPPORTS] });
      ringsReliably(bob, 1);
      alice.hears(183);
      bob.answers({ sdp: null });
      bob.expects('ACK');
      world.passes(33_000);
      alice.hears('504 INVITE');
      bob.expects('BYE');
    },
  );

  scenario('RFC 3262 §5: a caller without offer gets ours in the first one', { ends: 'caller-hung-up' }, (scene) => {
    const { alice, bob } = scene;
    alice.invites(bob, { sdp: null, headers: [REQUIRES] });
    bob.rings();
    const heard = alice.hears(180);
    expect(readSdp(heard.body.toString()).codecs.length).toBeGreaterThan(0);
    prack(alice, heard, alice.call.sdp());
    alice.hears('200 PRACK');
    bob.answers();
    expect(alice.hears('200 INVITE').body.length).toBe(0);
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario(
    'RFC 3262 §4: two early dialogs behind one phone, and two 200s: one has the call',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.invites(bob);
      ringsReliably(bob, 5, { fork: 'desk' });
      alice.hears(183);
      ringsReliably(bob, 900, { fork: 'mobile' });
      bob.answers({ fork: 'mobile' });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      bob.answers({ fork: 'desk' });
      bob.expects('ACK', 'BYE');
      bob.call.respond(200, { fork: 'mobile', sdp: null });
      world.passes(100);
      expect(bob.heardAgain('ACK')).toBe(1);
      end(alice, bob);
    },
  );
});

describe('an UPDATE of a phone that rings (RFC 3311 §5.2)', () => {
  scenario(
    'RFC 3311 §5.2: is answered with what a caller without an offer has agreed to meanwhile',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      alice.invites(bob, { sdp: null, headers: [REQUIRES] });
      ringsReliably(bob, 1);
      prack(alice, alice.hears(183), alice.phone.sdp({ codecs: ['0 PCMU/8000'] }));
      alice.hears('200 PRACK');
      update(bob, bob.call.sdp({ codecs: ['8 PCMA/8000', '0 PCMU/8000'] }));
      expect(readSdp(bob.hears('200 UPDATE').body.toString()).codecs).toEqual(['0 PCMU/8000']);
      bob.answers({ sdp: null });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      end(alice, bob);
    },
  );

  scenario(
    'RFC 3311 §5.2: hears whoever waits for it in a transfer, though they were held before',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      holds(bob, alice);
      refers(bob, carol);
      bob.hears('202 REFER');
      ringsReliably(carol, 1);
      bob.expects('NOTIFY', 'NOTIFY');
      update(carol, carol.call.sdp({ port: 4_100 }));
      expect(readSdp(carol.hears('200 UPDATE').body.toString()).direction).toBe('sendrecv');
      carol.answers({ sdp: null });
      carol.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      alice.answers();
      alice.expects('ACK');
      end(alice, carol);
    },
  );
});

describe('CANCEL meets', () => {
  scenario('a reliable 183 before its PRACK', { ends: 'caller-cancelled' }, ({ alice, bob }) => {
    alice.invites(bob, { headers: [SUPPORTS] });
    ringsReliably(bob, 1);
    const heard = alice.hears(183);
    alice.cancels();
    alice.hears('200 CANCEL', '487 INVITE');
    bob.expects('CANCEL', 'ACK');
    prack(alice, heard);
    alice.hears('200 PRACK');
  });

  scenario('a reliable 183 after its PRACK', { ends: 'caller-cancelled' }, ({ alice, bob }) => {
    alice.invites(bob, { headers: [SUPPORTS] });
    ringsReliably(bob, 1);
    prack(alice, alice.hears(183));
    alice.hears('200 PRACK');
    alice.cancels();
    alice.hears('200 CANCEL', '487 INVITE');
    bob.expects('CANCEL', 'ACK');
  });

  scenario('a reliable 183 on its way', { ends: 'caller-cancelled', latency: 10 }, ({ alice, bob }) => {
    alice.invites(bob, { headers: [SUPPORTS] });
    bob.expects('INVITE');
    ringsReliably(bob, 1);
    alice.cancels();
    alice.hears('183 INVITE', '200 CANCEL', '487 INVITE');
    bob.expects('CANCEL', 'ACK');
  });

  scenario('a 200 that waits for the PRACK: the call was up', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    alice.invites(bob, { headers: [SUPPORTS] });
    ringsReliably(bob, 1);
    alice.hears(183);
    bob.answers({ sdp: null });
    bob.expects('ACK');
    alice.cancels();
    alice.hears('200 CANCEL', '487 INVITE');
    bob.expects('BYE');
  });

  scenario('a 200 that went: too late', { ends: 'callee-hung-up' }, ({ alice, bob }) => {
    alice.invites(bob, { headers: [SUPPORTS] });
    ringsReliably(bob, 1);
    prack(alice, alice.hears(183));
    alice.hears('200 PRACK');
    alice.manners.acknowledges = false;
    bob.answers({ sdp: null });
    bob.expects('ACK');
    alice.cancels();
    alice.hears('200 INVITE', '200 CANCEL');
    alice.acknowledges();
    end(bob, alice);
  });
});

describe('within the early dialog', () => {
  scenario('RFC 3311 §5.1: the phone changes its early media', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    alice.invites(bob);
    ringsReliably(bob, 1);
    alice.hears(183);
    update(bob, bob.call.sdp({ codecs: ['0 PCMU/8000'], port: 4_100 }));
    const answer = readSdp(bob.hears('200 UPDATE').body.toString());
    expect(answer.codecs).toEqual(['0 PCMU/8000']);
    bob.answers({ sdp: null });
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
    expect(world.events.map(({ type }) => type)).toContain('call.answered');
  });

  scenario('RFC 3311 §5.2: what cannot be taken gets 488, and it rings on', { ends: 'caller-hung-up' }, (scene) => {
    const { alice, bob } = scene;
    alice.invites(bob);
    ringsReliably(bob, 1);
    alice.hears(183);
    update(bob, bob.call.sdp({ codecs: ['98 odd/8000'] }));
    expect(bob.hears('488 UPDATE').has('Warning')).toBe(true);
    bob.answers({ sdp: null });
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario('RFC 3311 §5.1: the caller holds before the answer', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    alice.invites(bob, { headers: [SUPPORTS] });
    ringsReliably(bob, 1);
    prack(alice, alice.hears(183));
    alice.hears('200 PRACK');
    update(alice, alice.call.sdp({ direction: 'sendonly' }));
    expect(readSdp(alice.hears('200 UPDATE').body.toString()).direction).toBe('recvonly');
    bob.answers({ sdp: null });
    expect(alice.hears('200 INVITE').body.length).toBe(0);
    bob.expects('ACK');
    end(alice, bob);
    expect(world.events.map(({ type }) => type)).toContain('leg.held');
  });

  scenario('RFC 3311 §5.2: offers before the first has its answer', { ends: 'caller-cancelled' }, ({ alice, bob }) => {
    alice.invites(bob, { headers: [SUPPORTS] });
    bob.rings();
    alice.hears(180);
    update(alice, alice.call.sdp());
    expect(alice.hears('500 UPDATE').has('Retry-After')).toBe(true);
    update(bob, bob.call.sdp());
    bob.hears('491 UPDATE');
    alice.cancels();
    alice.hears('200 CANCEL', '487 INVITE');
    bob.expects('CANCEL', 'ACK');
  });

  scenario('RFC 3261 §14.2: a re-INVITE before the PRACK gets 500', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    alice.invites(bob, { headers: [SUPPORTS] });
    ringsReliably(bob, 1);
    const heard = alice.hears(183);
    const first = alice.call.sent;
    alice.reinvites({ headers: [ALLOWS] });
    expect(alice.hears('500 INVITE').has('Retry-After')).toBe(true);
    alice.call.sent = first;
    prack(alice, heard);
    alice.hears('200 PRACK');
    bob.answers({ sdp: null });
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });
});
