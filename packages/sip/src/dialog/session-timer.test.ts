import { describe, expect, test } from 'vitest';
import { endOf, phoneCalled, weCalled } from './testing/calls.ts';
import { ALLOWS, EXTENDED, invited, inviting, T1, TIMED } from './testing/extended.ts';

const TIMER: readonly [string, string] = ['Supported', 'timer'];

function expires(value: string): readonly [string, string] {
  return ['Session-Expires', value];
}

/** The phone has called with these headers, and the call stands. */
async function called(headers: readonly (readonly [string, string])[], policy = TIMED) {
  const call = await invited(headers, { sessionTimer: policy });
  const session = call.invite.accept({ sdp: 'answer' });
  call.clock.advance(50);
  const success = call.phone.response(200);
  call.phone.join(success);
  call.phone.send('ACK', { seq: 1 });
  call.clock.advance(50);
  call.user.heard();
  call.phone.received.length = 0;
  return { ...call, session, success };
}

/** The phone has answered our call with these headers. */
async function answered(headers: readonly (readonly [string, string])[], policy = TIMED) {
  const call = await inviting({ sdp: 'offer' }, { sessionTimer: policy });
  call.phone.respond(call.received, 200, { tag: 'b1', sdp: 'answer', headers });
  call.clock.advance(50);
  call.user.heard();
  call.phone.received.length = 0;
  return { ...call, session: call.user.session! };
}

describe('as called side', () => {
  test.each([
    ['what it asks for', [TIMER, expires('600')], '600;refresher=uas', { expires: 600, refresher: 'us' }],
    ['its choice of refresher', [TIMER, expires('600;refresher=uac')], '600;refresher=uac', { refresher: 'peer' }],
    ['no more than ours', [TIMER, expires('7200;refresher=uas')], '1800;refresher=uas', { expires: 1_800 }],
    ['ours, where it asks for none', [TIMER], '1800;refresher=uas', { expires: 1_800, refresher: 'us' }],
    ['not below its Min-SE', [TIMER, expires('4000'), ['Min-SE', '3600']], '3600;refresher=uas', { expires: 3_600 }],
  ] as const)('RFC 4028 §9: a caller that supports it gets %s', async (_, headers, said, facts) => {
    const call = await called(headers);
    expect(call.success.value('Session-Expires')).toBe(said);
    expect(call.success.require).toEqual(['timer']);
    expect(call.session.sessionTimer).toMatchObject({ peerSupports: true, ...facts });
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 4028 §9: what a proxy asked for a caller that cannot is ours to refresh', async () => {
    const call = await called([expires('600')]);
    expect(call.success.value('Session-Expires')).toBe('600;refresher=uas');
    expect(call.success.require).toEqual([]);
    expect(call.session.sessionTimer).toEqual({ expires: 600, refresher: 'us', peerSupports: false });
    expect(endOf(call)).toEqual([]);
  });

  test.each([
    ['nothing', []],
    ['less than any proxy may', [expires('5')]],
    ['what cannot be read', [expires('soon')]],
  ] as const)('a caller that cannot, and says %s, has no timer', async (_, headers) => {
    const call = await called(headers);
    expect(call.success.has('Session-Expires')).toBe(false);
    expect(call.session.sessionTimer).toBeUndefined();
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 4028 §9: one that must always be gets a timer that we alone keep', async () => {
    const call = await called([], { ...TIMED, alone: true });
    expect(call.success.value('Session-Expires')).toBe('1800;refresher=uas');
    expect(call.session.sessionTimer).toEqual({ expires: 1_800, refresher: 'us', peerSupports: false });
    call.clock.advance(900_000);
    expect(call.phone.request('INVITE').body.toString()).toBe('answer');
    call.phone.respond(call.phone.request('INVITE'), 200, { sdp: 'offer' });
    call.clock.advance(50);
    expect(call.user.heard()).toEqual([]);
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 4028 §9: a re-INVITE or UPDATE that asks for less than ours gets 422 with Min-SE (RFC 4028 §5, §6)', async () => {
    const call = await called([TIMER]);
    for (const method of ['INVITE', 'UPDATE']) {
      call.phone.send(method, { headers: [TIMER, expires('30')], ...(method === 'INVITE' && { sdp: 'x' }) });
      call.clock.advance(50);
      expect(call.phone.heard).toContain(`422 ${method}`);
    }
    expect(call.phone.response(422).value('Min-SE')).toBe('90');
    expect(call.user.heard()).toEqual([]);
    expect(endOf(call)).toEqual([]);
  });
});

describe('as calling side', () => {
  test('RFC 4028 §7.1: our INVITE says that we support it, how long, and who refreshes', async () => {
    const call = await inviting({ sdp: 'offer' }, { sessionTimer: { ...TIMED, min: 120 } });
    expect(call.received.supported).toContain('timer');
    expect(call.received.value('Session-Expires')).toBe('1800;refresher=uac');
    expect(call.received.value('Min-SE')).toBe('120');
    call.phone.respond(call.received, 486, { tag: 'b1' });
    call.clock.advance(50);
    expect(call.at.leftovers()).toEqual([]);
  });

  test('a leg that is to have none says nothing of it', async () => {
    const call = await inviting({ sdp: 'offer', sessionTimer: 'off' }, { sessionTimer: TIMED });
    expect(call.received.supported).toEqual(['100rel']);
    expect(call.received.has('Session-Expires')).toBe(false);
    call.phone.respond(call.received, 200, { tag: 'b1', sdp: 'answer', headers: [expires('90;refresher=uas')] });
    call.clock.advance(50);
    expect(call.user.session?.sessionTimer).toBeUndefined();
    call.user.heard();
    expect(endOf({ at: call.at, user: call.user, session: call.user.session! })).toEqual([]);
  });

  test('RFC 4028 §7.3: a 422 is answered by another INVITE of the same Call-ID with its interval', async () => {
    const call = await inviting({ sdp: 'offer' }, { sessionTimer: TIMED });
    const { phone, clock, received } = call;
    phone.respond(received, 422, { tag: 'proxy', headers: [['Min-SE', '3600']] });
    clock.advance(50);
    const again = phone.request('INVITE');
    expect(again.value('Call-ID')).toBe(received.value('Call-ID'));
    expect(again.fromTag).toBe(received.fromTag);
    expect(again.value('CSeq')).toBe('2 INVITE');
    expect(again.value('Session-Expires')).toBe('3600;refresher=uac');
    expect(again.value('Min-SE')).toBe('3600');
    // The same again leads nowhere.
    phone.respond(again, 422, { tag: 'proxy', headers: [['Min-SE', '3600']] });
    clock.advance(50);
    expect(call.user.heard()).toEqual(['failure 422 response']);
    expect(call.at.leftovers()).toEqual([]);
  });

  test.each([
    ['uac', { expires: 600, refresher: 'us', peerSupports: true }],
    ['uas', { expires: 600, refresher: 'peer', peerSupports: true }],
  ])('RFC 4028 §7.2: the 2xx says who refreshes: %s', async (who, facts) => {
    const call = await answered([expires(`600;refresher=${who}`)]);
    expect(call.session.sessionTimer).toEqual(facts);
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 4028 §7.2: a 2xx that says nothing: there is no timer, unless we keep one alone', async () => {
    const none = await answered([]);
    expect(none.session.sessionTimer).toBeUndefined();
    expect(endOf(none)).toEqual([]);
    const alone = await answered([], { ...TIMED, alone: true });
    expect(alone.session.sessionTimer).toEqual({ expires: 1_800, refresher: 'us', peerSupports: false });
    expect(endOf(alone)).toEqual([]);
  });
});

describe('refreshes', () => {
  test('RFC 4028 §7.4: ours at half the interval, by UPDATE where the peer takes it', async () => {
    const call = await answered([expires('600;refresher=uac'), ALLOWS]);
    const { phone, clock } = call;
    clock.advance(299_900);
    expect(phone.heard).toEqual([]);
    clock.advance(200);
    const update = phone.request('UPDATE');
    expect(update.body.length).toBe(0);
    expect(update.value('Session-Expires')).toBe('600;refresher=uac');
    phone.respond(update, 200, { headers: [expires('400;refresher=uac')] });
    clock.advance(200_050);
    expect(phone.distinct('UPDATE')).toBe(2);
    phone.respond(phone.request('UPDATE'), 200, { headers: [expires('400;refresher=uas')] });
    clock.advance(50);
    expect(call.session.sessionTimer).toMatchObject({ expires: 400, refresher: 'peer' });
    expect(call.user.heard()).toEqual([]);
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 4028 §7.4: else by a re-INVITE with the very SDP that holds', async () => {
    const call = await answered([expires('600;refresher=uac')]);
    const { phone, clock } = call;
    clock.advance(300_050);
    const reinvite = phone.request('INVITE');
    expect(reinvite.body.toString()).toBe('offer');
    phone.respond(reinvite, 200, { sdp: 'another answer', headers: [expires('600;refresher=uac')] });
    clock.advance(50);
    expect(phone.count('ACK')).toBe(1);
    expect(call.user.heard()).toEqual(['refreshed another answer']);
    clock.advance(300_050);
    phone.respond(phone.request('INVITE'), 200, { sdp: 'another answer', headers: [expires('600;refresher=uac')] });
    clock.advance(50);
    expect(call.user.heard()).toEqual([]);
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 4028 §10: the peer’s does not come: BYE a third, and 32 s at most, before the end', async () => {
    const call = await answered([expires('600;refresher=uas')]);
    const { phone, clock, user } = call;
    clock.advance((600 - 32) * 1_000 - 200);
    expect(phone.heard).toEqual([]);
    clock.advance(300);
    expect(phone.heard).toEqual(['BYE']);
    expect(user.heard()).toEqual(['end session-expired']);
    phone.respond(phone.request('BYE'), 200);
    expect(call.at.leftovers()).toEqual([]);
  });

  test.each(['UPDATE', 'INVITE'])('RFC 4028 §9: the peer’s, by %s, begins the interval anew', async (method) => {
    const call = await answered([expires('90;refresher=uas')]);
    const { phone, clock, user } = call;
    for (let times = 0; times < 4; times++) {
      clock.advance(45_000);
      phone.send(method, {
        headers: [TIMER, expires('90;refresher=uac')],
        ...(method === 'INVITE' && { sdp: 'answer' }),
      });
      clock.advance(50);
      if (method === 'INVITE') {
        user.reinvite?.answer({ sdp: 'offer' });
        clock.advance(50);
        phone.send('ACK');
        clock.advance(50);
      }
      expect(phone.response(200).value('Session-Expires')).toBe('90;refresher=uac');
    }
    user.heard();
    clock.advance(59_000);
    expect(user.heard()).toEqual([]);
    clock.advance(2_000);
    expect(user.heard()).toEqual(['end session-expired']);
    phone.respond(phone.request('BYE'), 200);
    expect(call.at.leftovers()).toEqual([]);
  });

  test.each([408, 481])('RFC 4028 §10: %i to ours ends the session', async (status) => {
    const call = await answered([expires('600;refresher=uac'), ALLOWS]);
    call.clock.advance(300_050);
    call.phone.respond(call.phone.request('UPDATE'), status);
    call.clock.advance(50);
    expect(call.user.heard()).toEqual(['end dialog-error']);
    call.phone.respond(call.phone.request('BYE'), 200);
    expect(call.at.leftovers()).toEqual([]);
  });

  test.each(['UPDATE', 'INVITE'])('RFC 4028 §10: silence at ours, an %s, ends the session', async (method) => {
    const call = await answered([expires('600;refresher=uac'), ...(method === 'UPDATE' ? [ALLOWS] : [])]);
    call.clock.advance(300_050 + 64 * T1);
    expect(call.phone.distinct(method)).toBe(1);
    expect(call.user.heard()).toEqual(['end timeout']);
    expect(call.phone.distinct('BYE')).toBe(1);
    call.phone.respond(call.phone.request('BYE'), 200);
    expect(call.at.leftovers()).toEqual([]);
  });

  test.each([500, 503, 488, 405])('RFC 4028 §10: %i to ours ends nothing, and it is tried again', async (status) => {
    const call = await answered([expires('600;refresher=uac'), ALLOWS]);
    const { phone, clock } = call;
    clock.advance(300_050);
    phone.respond(phone.request('UPDATE'), status);
    clock.advance(75_050);
    expect(phone.distinct('UPDATE')).toBe(2);
    phone.respond(phone.request('UPDATE'), 200, { headers: [expires('600;refresher=uac')] });
    clock.advance(50);
    expect(call.user.heard()).toEqual([]);
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 4028 §7.3: 422 to ours: again with the longer interval', async () => {
    const call = await answered([expires('600;refresher=uac'), ALLOWS]);
    const { phone, clock } = call;
    clock.advance(300_050);
    phone.respond(phone.request('UPDATE'), 422, { headers: [['Min-SE', '900']] });
    clock.advance(50);
    expect(phone.request('UPDATE').value('Session-Expires')).toBe('900;refresher=uac');
    expect(phone.request('UPDATE').value('Min-SE')).toBe('900');
    phone.respond(phone.request('UPDATE'), 200, { headers: [expires('900;refresher=uac')] });
    clock.advance(50);
    expect(call.session.sessionTimer).toMatchObject({ expires: 900 });
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 4028 §7.2: a 2xx without Session-Expires turns the timer off', async () => {
    const call = await answered([expires('600;refresher=uac'), ALLOWS]);
    call.clock.advance(300_050);
    call.phone.respond(call.phone.request('UPDATE'), 200);
    call.clock.advance(3_600_000);
    expect(call.session.sessionTimer).toBeUndefined();
    expect(call.phone.distinct('UPDATE')).toBe(1);
    expect(endOf(call)).toEqual([]);
  });

  test('one that crosses a re-INVITE of theirs waits its turn', async () => {
    const call = await answered([expires('600;refresher=uac'), ALLOWS]);
    const { phone, clock, user } = call;
    clock.advance(299_900);
    phone.send('INVITE', { sdp: 'hold', headers: [TIMER, expires('600;refresher=uas')] });
    clock.advance(5_000);
    expect(phone.count('UPDATE')).toBe(0);
    user.reinvite?.answer({ sdp: 'held' });
    clock.advance(50);
    phone.send('ACK');
    clock.advance(50);
    // The re-INVITE was a refresh itself, and another follows that waited.
    expect(phone.distinct('UPDATE')).toBe(1);
    phone.respond(phone.request('UPDATE'), 200, { headers: [expires('600;refresher=uac')] });
    clock.advance(50);
    user.heard();
    expect(endOf(call)).toEqual([]);
  });
});

test('nothing of it is said where the layer has no timer', async () => {
  for (const make of [() => weCalled(EXTENDED), () => phoneCalled(EXTENDED)]) {
    const call = await make();
    expect(call.session.sessionTimer).toBeUndefined();
    call.session.reinvite({ sdp: 'hold' }, call.user);
    call.at.clock.advance(50);
    const received = call.at.phone.request('INVITE');
    expect([received.has('Session-Expires'), received.supported]).toEqual([false, ['100rel']]);
    call.at.phone.respond(received, 200, { sdp: 'held', headers: [expires('90;refresher=uas')] });
    call.at.clock.advance(600_000);
    expect(call.user.heard()).toEqual(['reinvite answered']);
    expect(endOf(call)).toEqual([]);
  }
});
