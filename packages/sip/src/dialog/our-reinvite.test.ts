import { describe, expect, test } from 'vitest';
import { endOf, phoneCalled, weCalled } from './testing/calls.ts';
import { offering } from './testing/our-offer.ts';
import { Recorder } from './testing/recorder.ts';

const T1 = 500;

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

  test('a refused re-INVITE leaves the session as it was (RFC 3261 §14.1, RFC 6141 §3.1)', async () => {
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

  test.each([408, 481])('%i to a re-INVITE ends the call (RFC 5057 §5.1)', async (status) => {
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
});
