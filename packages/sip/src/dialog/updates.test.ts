import { describe, expect, test } from 'vitest';
import { endOf, phoneCalled, type StandingCall, weCalled } from './testing/calls.ts';
import { ALLOWS, EXTENDED, invited, inviting, prack, SUPPORTS, T1 } from './testing/extended.ts';
import { offering } from './testing/our-offer.ts';
import { Recorder } from './testing/recorder.ts';

/** An UPDATE or INVITE of the phone, and what came back at once. */
function sends(
  { at }: Pick<StandingCall, 'at'>,
  method: string,
  sdp?: string,
  headers: (typeof ALLOWS)[] = [],
): string[] {
  const before = at.phone.received.length;
  at.phone.send(method, { ...(sdp !== undefined && { sdp }), headers });
  at.clock.advance(50);
  return at.phone.heard.slice(before);
}

describe.each([
  ['we called', () => weCalled(EXTENDED)],
  ['the phone called', () => phoneCalled(EXTENDED)],
])('in a confirmed dialog, %s', (_, make) => {
  test('RFC 3311 §5.2: an UPDATE without offer is answered at once, and refreshes the target', async () => {
    const call = await make();
    call.at.phone.send('UPDATE', { contact: 'sip:moved@10.0.0.2', headers: [ALLOWS] });
    call.at.clock.advance(50);
    expect(call.at.phone.response(200).has('Contact')).toBe(true);
    expect(call.user.heard()).toEqual([]);
    expect(call.session.dialog.remoteTarget).toBe('sip:moved@10.0.0.2');
    expect(call.session.allowsUpdate).toBe(true);
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 3311 §5.2: an offer is answered in the 200', async () => {
    const call = await make();
    expect(sends(call, 'UPDATE', 'hold')).toEqual([]);
    expect(call.user.heard()).toEqual(['update hold']);
    call.user.update?.answer({ sdp: 'held' });
    call.at.clock.advance(50);
    expect(call.at.phone.response(200).body.toString()).toBe('held');
    expect(call.session.agreed).toEqual({ local: 'held', remote: 'hold' });
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 3311 §5.2: a refused offer changes nothing', async () => {
    const call = await make();
    const before = call.session.agreed;
    call.at.phone.send('UPDATE', { sdp: 'odd', contact: 'sip:moved@10.0.0.2' });
    call.at.clock.advance(50);
    call.user.update?.reject(488);
    call.at.clock.advance(50);
    expect(call.at.phone.count('488 UPDATE')).toBe(1);
    expect(call.session).toMatchObject({ agreed: before, offerAnswer: 'stable' });
    expect(call.session.dialog.remoteTarget).not.toBe('sip:moved@10.0.0.2');
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 3311 §5.2: another one before the first is answered gets 500 with Retry-After', async () => {
    const call = await make();
    sends(call, 'UPDATE', 'one');
    expect(sends(call, 'UPDATE', 'two')).toEqual(['500 UPDATE']);
    expect(call.at.phone.response(500).value('Retry-After')).toMatch(/^(\d|10)$/);
    expect(sends(call, 'UPDATE')).toEqual(['500 UPDATE']);
    expect(sends(call, 'INVITE', 'three')).toEqual(['500 INVITE']);
    call.user.update?.answer({ sdp: 'answer' });
    call.at.clock.advance(50);
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 3311 §5.2: an offer that crosses ours gets 491, whichever of UPDATE and INVITE either is', async () => {
    const call = await make();
    sends(call, 'UPDATE', undefined, [ALLOWS]);
    call.session.update({ sdp: 'ours' }, call.user);
    call.at.clock.advance(50);
    const update = call.at.phone.request('UPDATE');
    expect(sends(call, 'UPDATE', 'theirs')).toEqual(['491 UPDATE']);
    expect(sends(call, 'INVITE', 'theirs')).toEqual(['491 INVITE']);
    call.at.phone.respond(update, 200, { sdp: 'answer' });
    call.at.clock.advance(50);
    expect(call.user.heard()).toEqual(['reinvite answered']);
    const { received } = offering(call, { sdp: 'again' });
    expect(sends(call, 'UPDATE', 'theirs')).toEqual(['491 UPDATE']);
    // Without an offer there is nothing to cross.
    expect(sends(call, 'UPDATE')).toEqual(['200 UPDATE']);
    call.at.phone.respond(received, 200, { sdp: 'answer' });
    call.at.clock.advance(50);
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 3311 §5.2: an offer while a re-INVITE of theirs is open gets 500 with Retry-After', async () => {
    const call = await make();
    sends(call, 'INVITE', 'one');
    expect(sends(call, 'UPDATE', 'two')).toEqual(['500 UPDATE']);
    expect(call.at.phone.response(500).has('Retry-After')).toBe(true);
    call.user.reinvite?.answer({ sdp: 'answer' });
    call.at.clock.advance(50);
    call.at.phone.send('ACK');
    call.at.clock.advance(50);
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 3311 §5.2: an offer that nobody answers in time gets 504', async () => {
    const call = await make();
    sends(call, 'UPDATE', 'one');
    call.at.clock.advance(32 * T1);
    expect(call.at.phone.count('504 UPDATE')).toBe(1);
    expect(call.user.heard()).toEqual(['update one', 'reinvite cancelled']);
    expect(endOf(call)).toEqual([]);
  });

  test('RFC 3311 §5.1: our UPDATE is answered; what waits goes after it', async () => {
    const call = await make();
    sends(call, 'UPDATE', undefined, [ALLOWS]);
    call.session.update({ sdp: 'one' }, call.user);
    const second = new Recorder();
    call.session.reinvite({ sdp: 'two' }, second);
    const third = new Recorder();
    call.session.update({ sdp: 'three' }, third);
    call.at.clock.advance(50);
    const update = call.at.phone.request('UPDATE');
    expect(update.has('Contact')).toBe(true);
    expect(call.at.phone.count('INVITE')).toBe(0);
    call.at.phone.respond(update, 200, { sdp: 'answer one' });
    call.at.clock.advance(50);
    expect(call.session.remoteSdp).toBe('answer one');
    call.at.phone.respond(call.at.phone.request('INVITE'), 200, { sdp: 'answer two' });
    call.at.clock.advance(50);
    expect(second.heard()).toEqual(['reinvite answered']);
    expect(call.at.phone.request('UPDATE').body.toString()).toBe('three');
    call.at.phone.respond(call.at.phone.request('UPDATE'), 488);
    call.at.clock.advance(50);
    expect(third.heard()).toEqual(['reinvite failed 488']);
    expect(call.session).toMatchObject({ remoteSdp: 'answer two', offerAnswer: 'stable' });
    expect(endOf(call)).toEqual([]);
  });

  test.each([
    [491, [], 4_100],
    [500, [['Retry-After', '3']], 3_000],
  ] as const)('RFC 3311 §5.3: after %i our UPDATE is tried again in its time', async (status, headers, ms) => {
    const call = await make();
    call.session.update({ sdp: 'one' }, call.user);
    call.at.clock.advance(50);
    call.at.phone.respond(call.at.phone.request('UPDATE'), status, { headers });
    call.at.clock.advance(ms + 50);
    expect(call.at.phone.distinct('UPDATE')).toBe(2);
    call.at.phone.respond(call.at.phone.request('UPDATE'), 200, { sdp: 'answer' });
    call.at.clock.advance(50);
    expect(call.user.heard()).toEqual(['reinvite answered']);
    expect(endOf(call)).toEqual([]);
  });

  test.each([408, 481, 'silence'])('RFC 3311 §5.3: %s to our UPDATE ends the dialog', async (what) => {
    const call = await make();
    call.session.update({}, call.user);
    call.at.clock.advance(50);
    if (typeof what === 'number') call.at.phone.respond(call.at.phone.request('UPDATE'), what);
    call.at.clock.advance(what === 'silence' ? 64 * T1 : 50);
    expect(call.user.heard()).toEqual(
      [`reinvite failed ${what === 481 ? 481 : 408}`, `end ${what === 'silence' ? 'timeout' : 'dialog-error'}`].slice(
        -2,
      ),
    );
    call.at.phone.respond(call.at.phone.request('BYE'), 200);
    expect(call.at.leftovers()).toEqual([]);
  });

  test('BYE while an UPDATE of theirs waits: it gets 487', async () => {
    const call = await make();
    sends(call, 'UPDATE', 'one');
    call.session.bye();
    call.at.clock.advance(50);
    expect(call.at.phone.heard.slice(-2)).toEqual(['487 UPDATE', 'BYE']);
    call.at.phone.respond(call.at.phone.request('BYE'), 200);
    expect(call.at.leftovers()).toEqual([]);
  });

  test('a PRACK in a confirmed dialog acknowledges nothing', async () => {
    const call = await make();
    expect(sends(call, 'PRACK')).toEqual(['481 PRACK']);
    expect(endOf(call)).toEqual([]);
  });
});

describe('in an early dialog of the phone’s INVITE', () => {
  test('RFC 3311 §5.2: an offer before the INVITE’s has its answer gets 500', async () => {
    const call = await invited([SUPPORTS, ALLOWS]);
    call.invite.progress(180);
    call.clock.advance(50);
    call.phone.join(call.phone.response(180));
    expect(sends(call, 'UPDATE', 'too early')).toEqual(['500 UPDATE']);
    expect(sends(call, 'UPDATE')).toEqual(['200 UPDATE']);
    call.invite.reject(486);
    call.clock.advance(50);
    call.phone.send('ACK', { seq: 1, branch: 'z9hG4bKinvite1' });
    expect(call.at.leftovers()).toEqual([]);
  });

  test('RFC 3311 §5.1: once the answer is acknowledged both sides may change it; the 2xx says none of it', async () => {
    const call = await invited([SUPPORTS, ALLOWS]);
    const { invite, phone, clock, user } = call;
    invite.progress(183, { sdp: 'early' });
    clock.advance(50);
    prack(call, 183);
    sends(call, 'UPDATE', 'their change');
    expect(user.heard()).toEqual(['update their change']);
    user.update?.answer({ sdp: 'our answer' });
    clock.advance(50);
    expect(invite.settled).toBe(true);
    const session = invite.accept({});
    clock.advance(50);
    const success = phone.response(200);
    expect(success.cseq).toMatchObject({ value: { method: 'INVITE' } });
    expect(success.body.toString()).toBe('');
    expect(session.agreed).toEqual({ local: 'our answer', remote: 'their change' });
    phone.join(success);
    phone.send('ACK', { seq: 1 });
    clock.advance(50);
    expect(endOf({ at: call.at, user, session })).toEqual([]);
  });
});

describe('in an early dialog of our INVITE', () => {
  const reliable = [['Require', '100rel'], ['RSeq', '1'], ALLOWS] as const;

  test('RFC 3311 §5.2: the callee’s offer before it has answered ours gets 491', async () => {
    const call = await inviting();
    call.phone.respond(call.received, 180, { tag: 'b1' });
    call.clock.advance(50);
    expect(sends(call, 'UPDATE', 'too early')).toEqual(['491 UPDATE']);
    call.phone.respond(call.received, 486, { tag: 'b1' });
    call.clock.advance(50);
    expect(call.at.leftovers()).toEqual([]);
  });

  test('RFC 3311 §5.1: early media changes by UPDATE, of either side, and the 2xx says no more of it', async () => {
    const call = await inviting();
    const { phone, clock, user, received, at } = call;
    phone.respond(received, 183, { tag: 'b1', sdp: 'early', headers: reliable });
    clock.advance(50);
    phone.respond(phone.request('PRACK'), 200);
    clock.advance(50);
    sends(call, 'UPDATE', 'their change');
    expect(user.heard()).toEqual(['progress 183 b1', 'early update their change b1']);
    user.update?.answer({ sdp: 'our answer' });
    clock.advance(50);
    expect(phone.response(200).body.toString()).toBe('our answer');
    const ours = new Recorder();
    user.earlies[0]?.update({ sdp: 'our change' }, ours);
    clock.advance(50);
    phone.respond(phone.request('UPDATE'), 200, { sdp: 'their answer' });
    clock.advance(50);
    expect(ours.heard()).toEqual(['reinvite answered']);
    phone.respond(received, 200, { tag: 'b1' });
    clock.advance(50);
    expect(user.session?.agreed).toEqual({ local: 'our change', remote: 'their answer' });
    user.heard();
    expect(endOf({ at, user, session: user.session! })).toEqual([]);
  });

  test('the 2xx comes while our UPDATE is on its way: its answer is taken in the session', async () => {
    const call = await inviting();
    const { phone, clock, user, received, at } = call;
    phone.respond(received, 183, { tag: 'b1', sdp: 'early', headers: reliable });
    clock.advance(50);
    phone.respond(phone.request('PRACK'), 200);
    clock.advance(50);
    const ours = new Recorder();
    user.earlies[0]?.update({ sdp: 'our change' }, ours);
    clock.advance(50);
    phone.respond(received, 200, { tag: 'b1' });
    clock.advance(50);
    expect(user.session?.offerAnswer).toBe('offered');
    expect(sends(call, 'INVITE', 'crossing')).toEqual(['491 INVITE']);
    phone.respond(phone.request('UPDATE'), 200, { sdp: 'their answer' });
    clock.advance(50);
    expect(ours.heard()).toEqual(['reinvite answered']);
    expect(user.session).toMatchObject({ offerAnswer: 'stable', remoteSdp: 'their answer' });
    user.heard();
    expect(endOf({ at, user, session: user.session! })).toEqual([]);
  });

  test('a final failure ends what is open in the early dialog', async () => {
    const call = await inviting();
    const { phone, clock, user, received } = call;
    phone.respond(received, 183, { tag: 'b1', sdp: 'early', headers: reliable });
    clock.advance(50);
    phone.respond(phone.request('PRACK'), 200);
    sends(call, 'UPDATE', 'their change');
    phone.respond(received, 486, { tag: 'b1' });
    clock.advance(50);
    expect(phone.count('487 UPDATE')).toBe(1);
    user.update?.answer({ sdp: 'too late' });
    expect(call.at.leftovers()).toEqual([]);
  });
});
