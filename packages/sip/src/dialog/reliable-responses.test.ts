import { describe, expect, test } from 'vitest';
import { ALLOWS, invited, prack, REQUIRES, SUPPORTS, T1 } from './testing/extended.ts';

/** The caller hangs up the call that stands; then nothing may be left. */
function over({ phone, clock, at, user }: Awaited<ReturnType<typeof invited>>): string[] {
  phone.join(phone.response(200));
  phone.send('BYE');
  clock.advance(50);
  const last = user.heard().at(-1);
  return [...(last === 'end remote-bye' ? [] : [`last event: ${last}`]), ...at.leftovers()];
}

describe('to a caller that supports reliable provisional responses', () => {
  test('RFC 3262 §3: a 1xx with an SDP is sent reliably, one without is not', async () => {
    const call = await invited([SUPPORTS]);
    const { invite, phone, clock } = call;
    invite.progress(180);
    clock.advance(50);
    expect(phone.response(180).has('RSeq')).toBe(false);
    invite.progress(183, { sdp: 'early' });
    clock.advance(50);
    const reliable = phone.response(183);
    expect(reliable.require).toEqual(['100rel']);
    expect(Number(reliable.value('RSeq'))).toBeGreaterThan(0);
    prack(call, 183);
    expect(phone.count('200 PRACK')).toBe(1);
    invite.reject(486);
    clock.advance(50);
    phone.send('ACK', { seq: 1, branch: 'z9hG4bKinvite1' });
    expect(call.at.leftovers()).toEqual([]);
  });

  test('RFC 3262 §3: a reliable 1xx is repeated from T1, doubling, until its PRACK', async () => {
    const call = await invited([SUPPORTS]);
    const { invite, phone, clock } = call;
    invite.progress(183, { sdp: 'early' });
    clock.advance(T1 + 2 * T1 + 4 * T1 + 100);
    expect(phone.count('183 INVITE')).toBe(4);
    prack(call, 183);
    clock.advance(60 * T1);
    expect(phone.count('183 INVITE')).toBe(4);
    invite.accept({ sdp: 'early' });
    clock.advance(50);
    phone.send('ACK', { seq: 1 });
    expect(over(call)).toEqual([]);
  });

  test('RFC 3262 §3: no PRACK within 64*T1: the INVITE is refused with 504', async () => {
    const call = await invited([SUPPORTS]);
    const { invite, phone, clock, user } = call;
    invite.progress(183, { sdp: 'early' });
    clock.advance(64 * T1 - 100);
    expect(phone.count('504 INVITE')).toBe(0);
    expect(phone.count('183 INVITE')).toBe(7);
    clock.advance(200);
    expect(phone.count('504 INVITE')).toBe(1);
    expect(user.heard()).toEqual(['unacknowledged']);
    expect(invite.answered).toBe(true);
    phone.send('ACK', { seq: 1, branch: 'z9hG4bKinvite1' });
    expect(call.at.leftovers()).toEqual([]);
  });

  test('RFC 3262 §3: the 2xx waits for the PRACK of a 1xx with an SDP, and holds none itself (§5)', async () => {
    const call = await invited([SUPPORTS]);
    const { invite, phone, clock } = call;
    invite.progress(183, { sdp: 'early' });
    clock.advance(50);
    const session = invite.accept({ sdp: 'early' });
    clock.advance(200);
    expect(phone.count('200 INVITE')).toBe(0);
    expect(session.inviteInProgress).toBe('theirs');
    prack(call, 183);
    expect(phone.heard.slice(-2)).toEqual(['200 PRACK', '200 INVITE']);
    expect(phone.response(200).body.toString()).toBe('');
    expect(session.agreed).toEqual({ local: 'early', remote: 'offer' });
    phone.join(phone.response(200));
    phone.send('ACK', { seq: 1 });
    clock.advance(50);
    expect(session.inviteInProgress).toBe('none');
    expect(over(call)).toEqual([]);
  });

  test('RFC 3262 §3: while the 2xx waits no PRACK comes: 504, and the session has ended', async () => {
    const call = await invited([SUPPORTS]);
    const { invite, phone, clock, user } = call;
    invite.progress(183, { sdp: 'early' });
    invite.accept({ sdp: 'early' });
    clock.advance(64 * T1 + 100);
    expect(phone.count('504 INVITE')).toBe(1);
    expect(phone.count('BYE')).toBe(0);
    expect(user.heard()).toEqual(['end no-ack']);
    phone.send('ACK', { seq: 1, branch: 'z9hG4bKinvite1' });
    expect(call.at.leftovers()).toEqual([]);
  });

  test('CANCEL while the 2xx waits: 487, and the session has ended', async () => {
    const call = await invited([SUPPORTS]);
    const { invite, phone, clock, user } = call;
    invite.progress(183, { sdp: 'early' });
    invite.accept({ sdp: 'early' });
    clock.advance(50);
    phone.cancel();
    clock.advance(50);
    expect(phone.heard.slice(-2)).toEqual(['200 CANCEL', '487 INVITE']);
    expect(user.heard()).toEqual(['end remote-bye']);
    phone.send('ACK', { seq: 1, branch: 'z9hG4bKinvite1' });
    // A PRACK that was on its way is answered all the same (§3).
    prack(call, 183);
    expect(phone.count('200 PRACK')).toBe(1);
    expect(call.at.leftovers()).toEqual([]);
  });

  test('BYE of either side while the 2xx waits ends the INVITE', async () => {
    const theirs = await invited([SUPPORTS]);
    theirs.invite.progress(183, { sdp: 'early' });
    theirs.invite.accept({ sdp: 'early' });
    theirs.clock.advance(50);
    theirs.phone.join(theirs.phone.response(183));
    theirs.phone.send('BYE');
    theirs.clock.advance(50);
    expect(theirs.phone.heard.slice(-2)).toEqual(['200 BYE', '487 INVITE']);
    expect(theirs.user.heard()).toEqual(['end remote-bye']);
    expect(theirs.at.leftovers()).toEqual([]);

    const ours = await invited([SUPPORTS]);
    ours.invite.progress(183, { sdp: 'early' });
    ours.invite.accept({ sdp: 'early' }).bye();
    ours.clock.advance(50);
    expect(ours.phone.heard.slice(-1)).toEqual(['480 INVITE']);
    expect(ours.user.heard()).toEqual([]);
    expect(ours.at.leftovers()).toEqual([]);
  });

  test('RFC 3262 §3: one at a time; the next goes with the next number when the first is acknowledged', async () => {
    const call = await invited([REQUIRES]);
    const { invite, phone, clock } = call;
    invite.progress(180);
    invite.progress(183, { sdp: 'early' });
    clock.advance(50);
    expect(phone.count('183 INVITE')).toBe(0);
    const first = Number(phone.response(180).value('RSeq'));
    prack(call, 180);
    expect(Number(phone.response(183).value('RSeq'))).toBe(first + 1);
    prack(call, 183);
    invite.reject(480);
    clock.advance(50);
    phone.send('ACK', { seq: 1, branch: 'z9hG4bKinvite1' });
    expect(call.at.leftovers()).toEqual([]);
  });

  test('what waits in the queue is left out when the answer comes, which then holds the SDP', async () => {
    const call = await invited([REQUIRES]);
    const { invite, phone, clock } = call;
    invite.progress(180);
    invite.progress(183, { sdp: 'early' });
    invite.accept({ sdp: 'answer' });
    clock.advance(50);
    expect(phone.count('183 INVITE')).toBe(0);
    expect(phone.response(200).body.toString()).toBe('answer');
    // The 180 had no SDP, so nothing waited for its PRACK, which is answered nevertheless (RFC 3262 §3).
    phone.join(phone.response(200));
    phone.send('ACK', { seq: 1 });
    const { value } = { value: phone.response(180).value('RSeq') };
    phone.remoteTag = phone.response(180).toTag;
    if (phone.remoteTag === phone.response(200).toTag) {
      phone.send('PRACK', { headers: [['RAck', `${value} 1 INVITE`]] });
      clock.advance(50);
      expect(phone.count('200 PRACK')).toBe(1);
    }
    expect(over(call)).toEqual([]);
  });

  test('RFC 3262 §3: a PRACK that names no response that awaits one gets 481', async () => {
    const call = await invited([SUPPORTS]);
    const { invite, phone, clock } = call;
    invite.progress(183, { sdp: 'early' });
    clock.advance(50);
    const response = phone.response(183);
    phone.join(response);
    const rseq = Number(response.value('RSeq'));
    for (const rack of [`${rseq + 1} 1 INVITE`, `${rseq} 2 INVITE`, `${rseq} 1 UPDATE`, 'nonsense', '']) {
      phone.send('PRACK', { headers: [['RAck', rack]] });
    }
    phone.send('PRACK');
    clock.advance(50);
    expect(phone.count('481 PRACK')).toBe(6);
    prack(call, 183);
    prack(call, 183);
    expect(phone.count('200 PRACK')).toBe(1);
    expect(phone.count('481 PRACK')).toBe(7);
    phone.send('CANCEL', { seq: 1, branch: 'z9hG4bKinvite1', toTag: undefined });
    clock.advance(50);
    phone.send('ACK', { seq: 1, branch: 'z9hG4bKinvite1' });
    expect(call.at.leftovers()).toEqual([]);
  });

  test('a lost PRACK is repeated by its client, a lost 200 to it is repeated by us', async () => {
    const call = await invited([SUPPORTS]);
    const { invite, phone, clock, at } = call;
    invite.progress(183, { sdp: 'early' });
    clock.advance(50);
    const response = phone.response(183);
    phone.join(response);
    const again = {
      headers: [['RAck', `${response.value('RSeq')} 1 INVITE`]],
      branch: 'z9hG4bKprack',
      seq: 2,
    } as const;
    at.net.dropNext(({ description }) => description === 'PRACK');
    phone.send('PRACK', again);
    clock.advance(T1);
    expect(phone.count('200 PRACK')).toBe(0);
    at.net.dropNext(({ description }) => description === '200 PRACK');
    phone.send('PRACK', again);
    clock.advance(50);
    expect(phone.count('200 PRACK')).toBe(0);
    phone.send('PRACK', again);
    clock.advance(50);
    expect(phone.count('200 PRACK')).toBe(1);
    phone.seq = 2;
    invite.reject(486);
    clock.advance(50);
    phone.send('ACK', { seq: 1, branch: 'z9hG4bKinvite1' });
    expect(at.leftovers()).toEqual([]);
  });

  test('RFC 3262 §5: an offer in the PRACK is answered in its 200, and the 2xx waits for that', async () => {
    const call = await invited([SUPPORTS, ALLOWS]);
    const { invite, phone, clock, user } = call;
    invite.progress(183, { sdp: 'early' });
    clock.advance(50);
    prack(call, 183, 'second offer');
    expect(user.heard()).toEqual(['update second offer']);
    const session = invite.accept({ sdp: 'early' });
    clock.advance(50);
    expect(phone.count('200 PRACK') + phone.count('200 INVITE')).toBe(0);
    user.update?.answer({ sdp: 'second answer' });
    clock.advance(50);
    expect(phone.heard.slice(-2)).toEqual(['200 PRACK', '200 INVITE']);
    expect(session.agreed).toEqual({ local: 'second answer', remote: 'second offer' });
    phone.join(phone.response(200));
    phone.send('ACK', { seq: 1 });
    expect(over(call)).toEqual([]);
  });
});

describe('to a caller that requires reliable provisional responses', () => {
  test('RFC 3262 §3: every 1xx above 100 is reliable', async () => {
    const call = await invited([REQUIRES]);
    const { invite, phone, clock } = call;
    expect(invite.wantsReliable).toBe(true);
    invite.progress(180);
    clock.advance(50);
    expect(phone.response(180).require).toEqual(['100rel']);
    prack(call, 180);
    invite.accept({ sdp: 'answer' });
    clock.advance(50);
    expect(phone.response(200).body.toString()).toBe('answer');
    phone.join(phone.response(200));
    phone.send('ACK', { seq: 1 });
    expect(over(call)).toEqual([]);
  });

  test('RFC 3262 §5: without an offer it gets ours in the first, and its PRACK holds the answer', async () => {
    const call = await invited([REQUIRES], { sdp: null });
    const { invite, phone, clock, user } = call;
    invite.progress(180, { sdp: 'our offer' });
    clock.advance(50);
    expect(invite.settled).toBe(true);
    expect(phone.response(180).body.toString()).toBe('our offer');
    const session = invite.accept({});
    clock.advance(50);
    expect(phone.count('200 INVITE')).toBe(0);
    prack(call, 180, 'their answer');
    expect(user.heard()).toEqual(['prack their answer']);
    expect(phone.response(200).body.toString()).toBe('');
    expect(session).toMatchObject({ remoteSdp: 'their answer', offerAnswer: 'stable' });
    phone.join(phone.response(200));
    phone.send('ACK', { seq: 1 });
    expect(over(call)).toEqual([]);
  });
});

test('RFC 3262 §3: a caller that says nothing of it gets no reliable response (RFC 3261 §8.2.4, RFC 3262 §8)', async () => {
  const call = await invited([]);
  const { invite, phone, clock } = call;
  invite.progress(183, { sdp: 'early' });
  clock.advance(10 * T1);
  expect(phone.count('183 INVITE')).toBe(1);
  expect(phone.response(183).has('RSeq')).toBe(false);
  invite.accept({ sdp: 'early' });
  clock.advance(50);
  phone.join(phone.response(200));
  phone.send('ACK', { seq: 1 });
  expect(over(call)).toEqual([]);
});

test('a layer that speaks it only when it must', async () => {
  const call = await invited([SUPPORTS], { reliable: 'required' });
  const { invite, phone, clock } = call;
  invite.progress(183, { sdp: 'early' });
  clock.advance(50);
  expect(phone.response(183).has('RSeq')).toBe(false);
  invite.reject(486);
  clock.advance(50);
  phone.send('ACK', { seq: 1, branch: 'z9hG4bKinvite1' });
  expect(call.at.leftovers()).toEqual([]);
});
