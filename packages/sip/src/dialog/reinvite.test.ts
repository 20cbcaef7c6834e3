import { describe, expect, test } from 'vitest';
import { endOf, phoneCalled, type StandingCall, weCalled } from './testing/calls.ts';
import { Recorder } from './testing/recorder.ts';
import { world } from './testing/world.ts';

const T1 = 500;

/** Sends a re-INVITE of ours and lets it reach the phone. */
function offering(call: StandingCall, options: { sdp?: string; retryGlare?: boolean } = { sdp: 'hold' }) {
  const reinvite = call.session.reinvite(options, call.user);
  call.at.clock.advance(50);
  return { reinvite, received: call.at.phone.request('INVITE') };
}

describe.each([
  ['we called', weCalled],
  ['the phone called', phoneCalled],
])('%s', (_, make) => {
  test('our re-INVITE is answered', async () => {
    const call = await make();
    const { at, user, session } = call;
    const { received } = offering(call);
    expect(received.body.toString()).toBe('hold');
    expect(received.has('Contact')).toBe(true);
    expect(session).toMatchObject({ inviteInProgress: 'ours', offerAnswer: 'offered' });
    at.phone.respond(received, 200, { sdp: 'held', contact: 'sip:moved@10.0.0.2' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite answered']);
    const ack = at.phone.request('ACK');
    expect(ack.value('CSeq')?.split(' ')[0]).toBe(received.value('CSeq')?.split(' ')[0]);
    expect(ack.requestUriText).toBe('sip:moved@10.0.0.2');
    expect(session).toMatchObject({ inviteInProgress: 'none', offerAnswer: 'stable', remoteSdp: 'held' });
    at.phone.respond(received, 200, { sdp: 'held' });
    at.clock.advance(50);
    expect(at.phone.count('ACK')).toBe(2);
    expect(user.heard()).toEqual([]);
    expect(endOf(call)).toEqual([]);
  });

  test('our re-INVITE without offer: theirs comes, the ACK answers', async () => {
    const call = await make();
    const { at, user, session } = call;
    const { received } = offering(call, {});
    at.phone.respond(received, 200, { sdp: 'theirs' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite answered']);
    expect(session).toMatchObject({ inviteInProgress: 'ours', offerAnswer: 'answering', remoteSdp: 'theirs' });
    session.acknowledge('ours');
    at.clock.advance(50);
    expect(at.phone.request('ACK').body.toString()).toBe('ours');
    expect(session).toMatchObject({ inviteInProgress: 'none', offerAnswer: 'stable' });
    expect(endOf(call)).toEqual([]);
  });

  test('our re-INVITE without offer, never acknowledged: the call ends', async () => {
    const call = await make();
    const { at, user } = call;
    const { received } = offering(call, {});
    at.phone.respond(received, 200, { sdp: 'theirs' });
    at.clock.advance(64 * T1 + 50);
    expect(user.heard()).toEqual(['reinvite answered', 'end no-ack']);
    expect(at.phone.heard.slice(-2)).toEqual(['ACK', 'BYE']);
    at.phone.respond(at.phone.request('BYE'), 200);
    expect(at.leftovers()).toEqual([]);
  });

  test('a refused re-INVITE leaves the session as it was (RFC 3261 §14.1)', async () => {
    const call = await make();
    const { at, user, session } = call;
    const before = session.remoteSdp;
    const { received } = offering(call);
    at.phone.respond(received, 488);
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite failed 488']);
    expect(session).toMatchObject({ inviteInProgress: 'none', offerAnswer: 'stable', remoteSdp: before, ended: false });
    expect(endOf(call)).toEqual([]);
  });

  test.each([408, 481])('%i to a re-INVITE ends the call', async (status) => {
    const call = await make();
    const { at, user } = call;
    call.session.reinvite({ sdp: 'later' }, new Recorder());
    at.clock.advance(50);
    const { received } = { received: at.phone.request('INVITE') };
    call.session.reinvite({ sdp: 'never' }, user);
    at.phone.respond(received, status);
    at.clock.advance(50);
    expect(user.heard()).toEqual(['end dialog-error']);
    expect(user.end?.response?.status).toBe(status);
    expect(at.phone.count('INVITE')).toBe(1);
    at.phone.respond(at.phone.request('BYE'), 481);
    expect(at.leftovers()).toEqual([]);
  });

  test('no response to a re-INVITE ends the call', async () => {
    const call = await make();
    const { at, user } = call;
    offering(call);
    at.clock.advance(64 * T1);
    expect(user.heard()).toEqual(['reinvite failed 408', 'end timeout']);
    expect(at.phone.count('BYE')).toBe(1);
    expect(at.leftovers()).toEqual([]);
  });

  test('no final response to a re-INVITE: cancelled, then given up', async () => {
    const call = await make();
    const { at, user } = call;
    const { received } = offering(call);
    at.phone.respond(received, 100);
    at.clock.advance(60_100);
    at.phone.respond(at.phone.request('CANCEL'), 200);
    expect(user.heard()).toEqual([]);
    at.clock.advance(64 * T1);
    expect(user.heard()).toEqual(['reinvite failed 408', 'end timeout']);
    expect(at.leftovers()).toEqual([]);
  });

  test('re-INVITEs of ours go one after another', async () => {
    const call = await make();
    const { at, user } = call;
    const { received } = offering(call);
    const second = new Recorder();
    call.session.reinvite({ sdp: 'resume' }, second);
    at.clock.advance(50);
    expect(at.phone.count('INVITE')).toBe(1);
    at.phone.respond(received, 200, { sdp: 'held' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite answered']);
    expect(at.phone.request('INVITE').body.toString()).toBe('resume');
    at.phone.respond(at.phone.request('INVITE'), 200, { sdp: 'resumed' });
    at.clock.advance(50);
    expect(second.heard()).toEqual(['reinvite answered']);
    expect(endOf(call)).toEqual([]);
  });

  test('cancelled in the queue, and on its way', async () => {
    const call = await make();
    const { at, user } = call;
    const { reinvite, received } = offering(call);
    const second = new Recorder();
    call.session.reinvite({ sdp: 'resume' }, second).cancel();
    expect(second.heard()).toEqual(['reinvite failed 487']);
    at.phone.respond(received, 100);
    at.clock.advance(50);
    reinvite.cancel();
    at.clock.advance(50);
    at.phone.respond(at.phone.request('CANCEL'), 200);
    at.phone.respond(received, 487);
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite failed 487']);
    expect(call.session.ended).toBe(false);
    expect(endOf(call)).toEqual([]);
  });

  test('theirs is answered, its 2xx repeated until the ACK', async () => {
    const call = await make();
    const { at, user, session } = call;
    at.phone.send('INVITE', { sdp: 'hold', contact: 'sip:moved@10.0.0.2' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite hold']);
    expect(session).toMatchObject({ inviteInProgress: 'theirs', offerAnswer: 'answering', remoteSdp: 'hold' });
    expect(session.dialog.remoteTarget).toBe(at.phone.contact);
    user.reinvite?.answer({ sdp: 'held' });
    user.reinvite?.answer({ sdp: 'again' });
    user.reinvite?.reject(488);
    expect(session.dialog.remoteTarget).toBe('sip:moved@10.0.0.2');
    at.clock.advance(1_000);
    expect(at.phone.count('200 INVITE')).toBe(2);
    expect(at.phone.response(200).body.toString()).toBe('held');
    at.phone.send('ACK');
    at.clock.advance(50);
    expect(user.heard()).toEqual(['ack']);
    expect(session).toMatchObject({ inviteInProgress: 'none', offerAnswer: 'stable', remoteSdp: 'hold' });
    expect(endOf(call)).toEqual([]);
  });

  test('theirs without offer: ours goes in the 2xx, their answer comes in the ACK', async () => {
    const call = await make();
    const { at, user, session } = call;
    at.phone.send('INVITE');
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite without offer']);
    user.reinvite?.answer({ sdp: 'ours' });
    expect(session.offerAnswer).toBe('offered');
    at.clock.advance(50);
    at.phone.send('ACK', { sdp: 'theirs' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['ack theirs']);
    expect(session).toMatchObject({ offerAnswer: 'stable', remoteSdp: 'theirs' });
    expect(endOf(call)).toEqual([]);
  });

  test('theirs refused, or cancelled: the session stays as it was', async () => {
    const call = await make();
    const { at, user, session } = call;
    const before = session.remoteSdp;
    at.phone.send('INVITE', { sdp: 'video', contact: 'sip:moved@10.0.0.2' });
    at.clock.advance(50);
    user.reinvite?.reject(488, { headers: [['Warning', '304 a "no video"']] });
    at.clock.advance(50);
    expect(at.phone.response(488).has('Warning')).toBe(true);
    expect(session).toMatchObject({ inviteInProgress: 'none', offerAnswer: 'stable', remoteSdp: before });
    expect(session.dialog.remoteTarget).toBe(at.phone.contact);
    at.phone.send('INVITE', { sdp: 'video', branch: 'z9hG4bKvideo' });
    at.clock.advance(50);
    at.phone.send('CANCEL', { branch: 'z9hG4bKvideo' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite video', 'reinvite video', 'reinvite cancelled']);
    user.reinvite?.answer({ sdp: 'too late' });
    at.clock.advance(50);
    expect(at.phone.heard.slice(-2).sort()).toEqual(['200 CANCEL', '487 INVITE']);
    expect(session).toMatchObject({ inviteInProgress: 'none', offerAnswer: 'stable', remoteSdp: before });
    expect(endOf(call)).toEqual([]);
  });

  test('the ACK to our 2xx of a re-INVITE never comes: BYE', async () => {
    const call = await make();
    const { at, user } = call;
    at.phone.send('INVITE', { sdp: 'hold' });
    at.clock.advance(50);
    user.reinvite?.answer({ sdp: 'held' });
    at.clock.advance(64 * T1 + 50);
    expect(user.heard()).toEqual(['reinvite hold', 'end no-ack']);
    at.phone.respond(at.phone.request('BYE'), 200);
    expect(at.leftovers()).toEqual([]);
  });

  test('another of theirs while the first is open: 500 with Retry-After (RFC 3261 §14.2)', async () => {
    const call = await make();
    const { at, user } = call;
    at.phone.send('INVITE', { sdp: 'one' });
    at.phone.send('INVITE', { sdp: 'two' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite one']);
    expect(Number(at.phone.response(500).value('Retry-After'))).toBeGreaterThanOrEqual(0);
    user.reinvite?.answer({ sdp: 'ours' });
    at.clock.advance(50);
    at.phone.send('ACK', { seq: at.phone.seq - 1 });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['ack']);
    expect(endOf(call)).toEqual([]);
  });

  test('another of theirs when only the ACK is lost: the ACK is taken as read (RFC 5407 §3.1.4)', async () => {
    const call = await make();
    const { at, user } = call;
    at.phone.send('INVITE', { sdp: 'one' });
    at.clock.advance(50);
    user.reinvite?.answer({ sdp: 'ours' });
    at.clock.advance(50);
    at.phone.send('INVITE', { sdp: 'two' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite one', 'ack', 'reinvite two']);
    user.reinvite?.answer({ sdp: 'ours too' });
    at.clock.advance(50);
    at.phone.send('ACK');
    at.clock.advance(50);
    expect(user.heard()).toEqual(['ack']);
    expect(endOf(call)).toEqual([]);
  });

  test('the ACK taken as read lets no re-INVITE of ours in between', async () => {
    const call = await make();
    const { at, user } = call;
    at.phone.send('INVITE', { sdp: 'one' });
    at.clock.advance(50);
    user.reinvite?.answer({ sdp: 'ours' });
    const mine = new Recorder();
    call.session.reinvite({ sdp: 'mine' }, mine);
    at.clock.advance(50);
    at.phone.send('INVITE', { sdp: 'two' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite one', 'ack', 'reinvite two']);
    expect(at.phone.count('INVITE')).toBe(0);
    user.reinvite?.reject(488);
    at.clock.advance(50);
    at.phone.respond(at.phone.request('INVITE'), 200, { sdp: 'answer' });
    at.clock.advance(50);
    expect(mine.heard()).toEqual(['reinvite answered']);
    expect(endOf(call)).toEqual([]);
  });

  test('another of theirs when the lost ACK owed an answer: 491', async () => {
    const call = await make();
    const { at, user } = call;
    at.phone.send('INVITE');
    at.clock.advance(50);
    user.reinvite?.answer({ sdp: 'ours' });
    at.clock.advance(50);
    at.phone.send('INVITE', { sdp: 'two' });
    at.clock.advance(50);
    expect(at.phone.count('491 INVITE')).toBe(1);
    at.phone.send('ACK', { seq: at.phone.seq - 1, sdp: 'theirs' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite without offer', 'ack theirs']);
    expect(endOf(call)).toEqual([]);
  });

  test('ours waits for theirs, until its ACK (RFC 3261 §14.1)', async () => {
    const call = await make();
    const { at, user } = call;
    at.phone.send('INVITE', { sdp: 'theirs' });
    at.clock.advance(50);
    call.session.reinvite({ sdp: 'ours' }, user);
    user.reinvite?.answer({ sdp: 'answer' });
    at.clock.advance(50);
    expect(at.phone.count('INVITE')).toBe(0);
    at.phone.send('ACK');
    at.clock.advance(50);
    expect(at.phone.count('INVITE')).toBe(1);
    at.phone.respond(at.phone.request('INVITE'), 200, { sdp: 'x' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite theirs', 'ack', 'reinvite answered']);
    expect(endOf(call)).toEqual([]);
  });

  test('a body that cannot be read is 415, an extension that is unknown 420', async () => {
    const call = await make();
    const { at, user } = call;
    const octets = (type: string) => [['Content-Type', type]] as const;
    at.phone.send('INVITE', { headers: [['Require', 'nothing']], sdp: 'x' });
    at.phone.send('INVITE', { headers: octets('application/isup') });
    at.clock.advance(50);
    expect(at.phone.response(420).value('Unsupported')).toBe('nothing');
    // An empty body of any type is none.
    expect(user.heard()).toEqual(['reinvite without offer']);
    user.reinvite?.reject(488);
    at.clock.advance(50);
    at.phone.send('INVITE', { headers: [['Content-Encoding', 'gzip']], sdp: 'x' });
    at.clock.advance(50);
    expect(at.phone.response(415).value('Accept-Encoding')).toBe('identity');
    expect(user.heard()).toEqual([]);
    expect(endOf(call)).toEqual([]);
  });
});

describe('glare (RFC 3261 §14.1, §14.2)', () => {
  test.each([
    ['we own the Call-ID: 2.1 to 4 s', weCalled, 2_100, 4_000],
    ['the peer owns it: 0 to 2 s', phoneCalled, 0, 2_000],
  ])('ours met 491, %s', async (_, make, least, most) => {
    const call = await make();
    const { at, user, session } = call;
    const { received } = offering(call);
    at.phone.send('INVITE', { sdp: 'theirs' });
    at.clock.advance(50);
    expect(at.phone.count('491 INVITE')).toBe(1);
    at.phone.respond(received, 491);
    at.clock.advance(10);
    const refused = at.clock.monotonic();
    expect(session).toMatchObject({ inviteInProgress: 'none', offerAnswer: 'stable' });
    while (at.phone.distinct('INVITE') < 2) at.clock.advance(10);
    const waited = at.clock.monotonic() - refused;
    expect(waited).toBeGreaterThanOrEqual(least);
    expect(waited).toBeLessThanOrEqual(most + 10);
    const again = at.phone.request('INVITE');
    expect(again.body.toString()).toBe('hold');
    expect(again.value('CSeq')).not.toBe(received.value('CSeq'));
    at.phone.respond(again, 200, { sdp: 'held' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite answered']);
    expect(endOf(call)).toEqual([]);
  });

  test('theirs comes while ours backs off, and goes first', async () => {
    const call = await weCalled();
    const { at, user } = call;
    const { received } = offering(call);
    at.phone.respond(received, 491);
    at.clock.advance(50);
    at.phone.send('INVITE', { sdp: 'theirs' });
    at.clock.advance(5_000);
    expect(user.heard()).toEqual(['reinvite theirs']);
    expect(at.phone.count('INVITE')).toBe(1);
    user.reinvite?.answer({ sdp: 'answer' });
    at.clock.advance(50);
    at.phone.send('ACK');
    at.clock.advance(50);
    expect(at.phone.count('INVITE')).toBe(2);
    at.phone.respond(at.phone.request('INVITE'), 200, { sdp: 'held' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['ack', 'reinvite answered']);
    expect(endOf(call)).toEqual([]);
  });

  test('a peer that says 491 for ever is given up', async () => {
    const call = await weCalled();
    const { at, user } = call;
    call.session.reinvite({ sdp: 'hold' }, user);
    for (let round = 0; round < 20; round++) {
      at.clock.advance(4_100);
      if (at.phone.heard.at(-1) === 'INVITE') at.phone.respond(at.phone.request('INVITE'), 491);
    }
    expect(user.heard()).toEqual(['reinvite failed 491']);
    expect(at.phone.distinct('INVITE')).toBe(6);
    expect(endOf(call)).toEqual([]);
  });

  test('who wants the 491 gets it', async () => {
    const call = await weCalled();
    const { at, user } = call;
    const { received } = offering(call, { sdp: 'hold', retryGlare: false });
    at.phone.respond(received, 491);
    at.clock.advance(5_000);
    expect(user.heard()).toEqual(['reinvite failed 491']);
    expect(endOf(call)).toEqual([]);
  });

  test('taken back on its way, it is not tried again', async () => {
    const call = await weCalled();
    const { at, user } = call;
    const { received, reinvite } = offering(call);
    at.phone.respond(received, 100);
    at.clock.advance(50);
    reinvite.cancel();
    at.phone.respond(received, 491);
    at.clock.advance(5_000);
    expect(user.heard()).toEqual(['reinvite failed 491']);
    expect(at.phone.distinct('INVITE')).toBe(1);
    expect(endOf(call)).toEqual([]);
  });

  test('taken back while it backs off', async () => {
    const call = await weCalled();
    const { at, user } = call;
    const { received, reinvite } = offering(call);
    at.phone.respond(received, 491);
    at.clock.advance(50);
    reinvite.cancel();
    reinvite.cancel();
    at.clock.advance(10_000);
    expect(user.heard()).toEqual(['reinvite failed 487']);
    expect(at.phone.count('INVITE')).toBe(1);
    expect(endOf(call)).toEqual([]);
  });
});

describe('BYE and re-INVITE', () => {
  test('their BYE meets our re-INVITE: the late 2xx still gets its ACK', async () => {
    const call = await weCalled();
    const { at, user } = call;
    const { received } = offering(call);
    at.phone.respond(received, 100);
    at.phone.send('BYE');
    at.clock.advance(50);
    expect(user.heard()).toEqual(['end remote-bye']);
    at.phone.respond(received, 200, { sdp: 'held' });
    at.clock.advance(50);
    at.phone.respond(received, 200, { sdp: 'held' });
    at.clock.advance(50);
    expect(at.phone.count('ACK')).toBe(2);
    expect(user.heard()).toEqual([]);
    expect(at.leftovers()).toEqual([]);
  });

  test('our BYE meets our re-INVITE: 487, or nothing at all', async () => {
    for (const answers of [true, false]) {
      const call = await weCalled();
      const { at, user, session } = call;
      const { received } = offering(call);
      at.phone.respond(received, 100);
      at.clock.advance(50);
      session.bye();
      at.clock.advance(50);
      if (answers) {
        at.phone.respond(at.phone.request('BYE'), 200);
        at.phone.respond(received, 487);
        at.clock.advance(50);
      }
      expect(at.leftovers()).toEqual([]);
      expect(user.heard()).toEqual([]);
    }
  });

  test('our BYE meets their re-INVITE: it gets 487', async () => {
    const call = await weCalled();
    const { at, user, session } = call;
    at.phone.send('INVITE', { sdp: 'hold' });
    at.clock.advance(50);
    session.bye();
    at.clock.advance(50);
    expect(at.phone.heard.slice(-2)).toEqual(['487 INVITE', 'BYE']);
    user.reinvite?.answer({ sdp: 'too late' });
    at.phone.respond(at.phone.request('BYE'), 200);
    expect(at.leftovers()).toEqual([]);
    expect(at.phone.count('200 INVITE')).toBe(0);
  });

  test('our BYE before the ACK of their re-INVITE goes at once', async () => {
    const call = await weCalled();
    const { at, user, session } = call;
    at.phone.send('INVITE', { sdp: 'hold' });
    at.clock.advance(50);
    user.reinvite?.answer({ sdp: 'held' });
    session.bye();
    at.clock.advance(50);
    at.phone.respond(at.phone.request('BYE'), 200);
    at.clock.advance(10_000);
    expect(at.phone.count('200 INVITE')).toBe(1);
    expect(at.leftovers()).toEqual([]);
  });

  test('their BYE meets their own re-INVITE: it gets 487', async () => {
    const call = await weCalled();
    const { at, user } = call;
    at.phone.send('INVITE', { sdp: 'hold' });
    at.phone.send('BYE');
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite hold', 'end remote-bye']);
    expect(at.phone.heard.sort()).toEqual(['200 BYE', '487 INVITE']);
    user.reinvite?.answer({ sdp: 'too late' });
    expect(at.leftovers()).toEqual([]);
  });
});

test('a lost dialog whose first 2xx waits for its ACK: told at once, BYE after the ACK', async () => {
  const at = await world();
  const user = new Recorder();
  at.answerBy(user);
  at.phone.invite({ sdp: 'offer' });
  at.clock.advance(50);
  const session = user.incoming!.accept({ sdp: 'ours' });
  at.clock.advance(50);
  at.phone.join(at.phone.response(200));
  session.request('INFO', {}, { onResponse: () => {}, onFailure: () => {} });
  at.clock.advance(50);
  at.phone.respond(at.phone.request('INFO'), 481);
  at.clock.advance(50);
  expect(user.heard()).toEqual(['invite', 'end dialog-error']);
  expect(at.phone.count('BYE')).toBe(0);
  at.phone.send('ACK');
  at.clock.advance(50);
  expect(at.phone.count('BYE')).toBe(1);
  at.phone.respond(at.phone.request('BYE'), 200);
  expect(user.heard()).toEqual([]);
  expect(at.leftovers()).toEqual([]);
});
