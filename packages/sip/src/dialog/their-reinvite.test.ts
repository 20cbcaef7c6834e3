import { describe, expect, test } from 'vitest';
import { endOf, phoneCalled, weCalled } from './testing/calls.ts';
import { Recorder } from './testing/recorder.ts';

const T1 = 500;

describe.each([
  ['we called', weCalled],
  ['the phone called', phoneCalled],
])('%s', (_, make) => {
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
