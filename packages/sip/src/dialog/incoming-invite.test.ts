import { expect, test } from 'vitest';
import { RawPeer } from './testing/raw-peer.ts';
import { Recorder } from './testing/recorder.ts';
import { PHONE, SWITCH, type World, world } from './testing/world.ts';

const T1 = 500;

async function invited(sdp: string | null = 'offer') {
  const at = await world();
  const user = new Recorder();
  at.answerBy(user);
  at.phone.invite(sdp === null ? {} : { sdp });
  at.clock.advance(50);
  expect(user.heard()).toEqual(['invite']);
  return { ...parts(at), user, incoming: user.incoming! };
}

function parts(at: World) {
  const { clock, net, phone, dialogs } = at;
  return { at, clock, net, phone, dialogs };
}

/** An answered call, its ACK under way. */
async function answered(sdp: string | null = 'offer') {
  const scene = await invited(sdp);
  const session = scene.incoming.accept({ sdp: 'ours' });
  scene.clock.advance(50);
  scene.phone.join(scene.phone.response(200));
  return { ...scene, session };
}

test('rings, is answered, ends (RFC 3261 §21.1, §21.2.1)', async () => {
  const { at, clock, phone, user, incoming } = await invited();
  expect(incoming.offer).toBe('offer');
  incoming.progress(180);
  clock.advance(50);
  expect(phone.response(180).value('Contact')).toMatch(/^<sip:[a-z0-9]{24}@10\.0\.0\.1:5060>$/);
  const session = incoming.accept({ sdp: 'ours' });
  clock.advance(50);
  const ok = phone.response(200);
  expect(ok.toTag).toBe(phone.response(180).toTag);
  expect(ok.body.toString()).toBe('ours');
  expect(ok.value('Allow')).toContain('INVITE');
  expect(session.inviteInProgress).toBe('theirs');
  phone.join(ok);
  phone.send('ACK');
  clock.advance(50);
  expect(user.heard()).toEqual(['ack']);
  expect(session).toMatchObject({ inviteInProgress: 'none', offerAnswer: 'stable', remoteSdp: 'offer', ended: false });
  phone.send('BYE');
  clock.advance(50);
  expect(user.heard()).toEqual(['end remote-bye']);
  expect(user.end?.request?.method).toBe('BYE');
  expect(session.ended).toBe(true);
  expect(phone.count('200 BYE')).toBe(1);
  expect(at.dialogs.size).toBe(0);
  expect(at.leftovers()).toEqual([]);
});

test('a late offer: the 2xx offers, the ACK answers', async () => {
  const { at, clock, phone, user, session } = await answered(null);
  expect(session.offerAnswer).toBe('offered');
  phone.send('ACK', { sdp: 'answer' });
  clock.advance(50);
  expect(user.heard()).toEqual(['ack answer']);
  expect(session).toMatchObject({ offerAnswer: 'stable', remoteSdp: 'answer' });
  session.bye();
  clock.advance(50);
  phone.respond(phone.request('BYE'), 200);
  expect(at.leftovers()).toEqual([]);
  expect(user.heard()).toEqual([]);
});

test('a late offer whose ACK lacks the answer leaves nothing open', async () => {
  const { at, clock, phone, user, session } = await answered(null);
  phone.send('ACK');
  clock.advance(50);
  expect(user.heard()).toEqual(['ack']);
  expect(session).toMatchObject({ offerAnswer: 'stable', remoteSdp: undefined });
  phone.send('BYE');
  expect(at.leftovers()).toEqual([]);
});

test('the 2xx is repeated until its ACK comes', async () => {
  const { at, clock, net, phone, user } = await answered();
  net.dropNext('ACK');
  phone.send('ACK');
  clock.advance(5_000);
  const start = net.times('200 INVITE')[0]!;
  expect(net.times('200 INVITE').map((time) => time - start)).toEqual([0, 500, 1_500, 3_500]);
  phone.send('ACK');
  clock.advance(20_000);
  expect(phone.count('200 INVITE')).toBe(4);
  phone.send('ACK');
  clock.advance(50);
  expect(user.heard()).toEqual(['ack']);
  phone.send('BYE');
  expect(at.leftovers()).toEqual([]);
});

test('every 2xx lost but the last: the call stands', async () => {
  const { at, clock, net, phone, user, incoming } = await invited();
  net.dropNext('200 INVITE', 6);
  incoming.accept({ sdp: 'ours' });
  clock.advance(20_000);
  phone.join(phone.response(200));
  phone.send('ACK');
  clock.advance(50_000);
  expect(user.heard()).toEqual(['ack']);
  phone.send('BYE');
  expect(at.leftovers()).toEqual([]);
});

test('no ACK within 64*T1: BYE (RFC 3261 §13.3.1.4)', async () => {
  const { at, clock, phone, user, session, net } = await answered();
  clock.advance(64 * T1 - 100);
  expect(user.heard()).toEqual([]);
  clock.advance(100);
  expect(user.heard()).toEqual(['end no-ack']);
  expect(net.times('BYE')[0]! - net.times('200 INVITE')[0]!).toBe(64 * T1);
  expect(phone.count('200 INVITE')).toBe(11);
  expect(session.ended).toBe(true);
  phone.respond(phone.request('BYE'), 200);
  expect(at.leftovers()).toEqual([]);
});

test('our BYE waits for the ACK of our 2xx (RFC 3261 §15)', async () => {
  const { at, clock, phone, user, session } = await answered();
  session.bye([['Reason', 'SIP;cause=200']]);
  expect(session.ended).toBe(true);
  clock.advance(2_000);
  expect(phone.count('BYE')).toBe(0);
  expect(phone.count('200 INVITE')).toBe(3);
  phone.send('ACK');
  clock.advance(50);
  expect(phone.request('BYE').value('Reason')).toBe('SIP;cause=200');
  expect(phone.count('200 INVITE')).toBe(3);
  phone.respond(phone.request('BYE'), 200);
  expect(at.leftovers()).toEqual([]);
  expect(user.heard()).toEqual([]);
});

test('our BYE waits no longer than 64*T1', async () => {
  const { at, clock, phone, user, session } = await answered();
  session.bye();
  clock.advance(64 * T1);
  clock.advance(50);
  expect(phone.count('BYE')).toBe(1);
  phone.respond(phone.request('BYE'), 200);
  expect(at.leftovers()).toEqual([]);
  expect(user.heard()).toEqual([]);
});

test('the peer’s BYE comes before its ACK, or while ours waits for it (RFC 5407 §3.1.6, §3.2.4)', async () => {
  for (const leave of [false, true]) {
    const { at, clock, phone, user, session } = await answered();
    if (leave) session.bye();
    phone.send('BYE');
    clock.advance(50);
    expect(phone.count('200 BYE')).toBe(1);
    expect(user.heard()).toEqual(leave ? [] : ['end remote-bye']);
    phone.send('ACK');
    clock.advance(60_000);
    expect(phone.count('200 INVITE')).toBe(1);
    expect(phone.count('BYE')).toBe(0);
    expect(at.leftovers()).toEqual([]);
  }
});

test('CANCEL: 487, and the user hears it once', async () => {
  const { at, clock, phone, user, incoming } = await invited();
  incoming.progress(180);
  clock.advance(50);
  phone.cancel();
  clock.advance(50);
  expect(user.heard()).toEqual(['cancelled by CANCEL']);
  expect(phone.count('200 CANCEL')).toBe(1);
  expect(phone.response(487).toTag).toBe(phone.response(180).toTag);
  expect(incoming.answered).toBe(true);
  expect(() => incoming.accept({ sdp: 'ours' })).toThrow(/has its final response/);
  incoming.reject(486);
  incoming.progress(180);
  phone.send('ACK', { branch: 'z9hG4bKinvite1', toTag: phone.response(487).toTag });
  clock.advance(50);
  expect(phone.count('486 INVITE')).toBe(0);
  expect(at.leftovers()).toEqual([]);
});

test('the 487 lost: it is repeated until its ACK', async () => {
  const { at, clock, net, phone, user } = await invited();
  net.dropNext('487 INVITE', 2);
  phone.cancel();
  clock.advance(3_000);
  expect(net.sent('487 INVITE').length).toBe(3);
  phone.send('ACK', { branch: 'z9hG4bKinvite1', toTag: phone.response(487).toTag });
  clock.advance(10_000);
  expect(net.sent('487 INVITE').length).toBe(3);
  expect(user.heard()).toEqual(['cancelled by CANCEL']);
  expect(at.leftovers()).toEqual([]);
});

test('CANCEL that crosses our 2xx changes nothing (RFC 3261 §9.2, RFC 5407 §3.1.2)', async () => {
  const { at, clock, phone, user, session } = await answered();
  phone.cancel();
  clock.advance(50);
  expect(phone.count('200 CANCEL')).toBe(1);
  expect(user.heard()).toEqual([]);
  expect(session.ended).toBe(false);
  phone.send('ACK');
  phone.send('BYE');
  clock.advance(50);
  expect(user.heard()).toEqual(['ack', 'end remote-bye']);
  expect(at.leftovers()).toEqual([]);
});

test('BYE in the early dialog ends the call as CANCEL does (RFC 3261 §15)', async () => {
  const { at, clock, phone, user, incoming } = await invited();
  incoming.progress(183, { sdp: 'early' });
  clock.advance(50);
  phone.join(phone.response(183));
  phone.send('BYE');
  clock.advance(50);
  expect(user.heard()).toEqual(['cancelled by BYE']);
  expect(phone.count('200 BYE')).toBe(1);
  expect(phone.count('487 INVITE')).toBe(1);
  expect(at.dialogs.size).toBe(0);
  expect(at.leftovers()).toEqual([]);
});

test('RFC 5407 §3.1.3: a BYE of the early dialog crosses our 2xx', async () => {
  const { at, clock, phone, user, incoming } = await invited();
  incoming.progress(180);
  clock.advance(50);
  phone.join(phone.response(180));
  incoming.accept({ sdp: 'ours' });
  phone.send('BYE');
  clock.advance(50);
  expect(phone.heard.slice(-2).sort()).toEqual(['200 BYE', '200 INVITE']);
  expect(user.heard()).toEqual(['end remote-bye']);
  phone.send('ACK', { seq: 1 });
  clock.advance(60_000);
  expect(phone.count('200 INVITE')).toBe(1);
  expect(phone.count('BYE')).toBe(0);
  expect(at.leftovers()).toEqual([]);
});

test('RFC 5407 §3.1.5: a re-INVITE that overtakes the ACK with the answer is 491', async () => {
  const { at, clock, phone, user } = await answered(null);
  phone.send('INVITE', { sdp: 'later' });
  clock.advance(50);
  expect(phone.count('491 INVITE')).toBe(1);
  phone.send('ACK', { seq: phone.seq - 1, sdp: 'answer' });
  clock.advance(50);
  expect(user.heard()).toEqual(['ack answer']);
  phone.send('BYE');
  expect(at.leftovers()).toEqual([]);
});

test('a second INVITE in the early dialog is 500 with Retry-After (RFC 3261 §14.2)', async () => {
  const { at, clock, phone, user, incoming } = await invited();
  incoming.progress(180);
  clock.advance(50);
  phone.join(phone.response(180));
  phone.send('INVITE', { sdp: 'more' });
  clock.advance(50);
  expect(Number(phone.response(500).value('Retry-After'))).toBeLessThanOrEqual(10);
  incoming.reject(486);
  clock.advance(50);
  expect(phone.count('486 INVITE')).toBe(1);
  expect(user.heard()).toEqual([]);
  expect(at.leftovers()).toEqual([]);
});

test('requests within the early dialog reach the user; what it leaves open ends with the INVITE (RFC 3261 §12.3)', async () => {
  const { at, clock, phone, user, incoming } = await invited();
  incoming.progress(180);
  clock.advance(50);
  phone.join(phone.response(180));
  phone.send('INFO');
  clock.advance(50);
  user.respond?.(200);
  phone.send('MESSAGE');
  clock.advance(50);
  expect(user.heard()).toEqual(['INFO', 'MESSAGE']);
  incoming.reject(480, { headers: [['Reason', 'Q.850;cause=19']] });
  user.respond?.(200);
  clock.advance(50);
  expect(phone.heard).toEqual(expect.arrayContaining(['200 INFO', '487 MESSAGE', '480 INVITE']));
  expect(phone.response(480).value('Reason')).toBe('Q.850;cause=19');
  expect(at.leftovers()).toEqual([]);
});

test('a retransmitted INVITE makes one call and gets the last response again', async () => {
  const { at, clock, phone, user, incoming } = await invited();
  incoming.progress(180);
  clock.advance(50);
  phone.invite({ sdp: 'offer', seq: 1, branch: 'z9hG4bKinvite1' });
  clock.advance(50);
  expect(user.heard()).toEqual([]);
  expect(phone.count('180 INVITE')).toBe(2);
  incoming.reject(603);
  expect(at.leftovers()).toEqual([]);
});

test('a provisional response is repeated every minute, for proxies on the way (RFC 3261 §13.3.1.1)', async () => {
  const { at, clock, phone, incoming } = await invited();
  incoming.progress(180);
  clock.advance(30_000);
  incoming.progress(183, { sdp: 'early' });
  clock.advance(125_000);
  expect(phone.count('180 INVITE')).toBe(1);
  expect(phone.count('183 INVITE')).toBe(3);
  incoming.reject(486);
  expect(at.leftovers()).toEqual([]);
});

test('one dialog never gets two different SDPs before its answer: another SDP, another tag', async () => {
  const { at, clock, phone, user, incoming } = await invited();
  incoming.progress(180);
  incoming.progress(183, { sdp: 'one' });
  incoming.progress(183, { sdp: 'two' });
  incoming.progress(180);
  incoming.progress(183, { sdp: 'one' });
  clock.advance(50);
  const tags = phone.received.filter((each) => each.kind === 'response' && each.status > 100).map((each) => each.toTag);
  expect(tags[1]).toBe(tags[0]);
  expect(tags[2]).not.toBe(tags[0]);
  expect(tags[3]).toBe(tags[2]);
  expect(tags[4]).toBe(tags[0]);
  expect(at.dialogs.size).toBe(2);
  incoming.accept({ sdp: 'one' });
  clock.advance(50);
  expect(phone.response(200).toTag).toBe(tags[0]);
  expect(at.dialogs.size).toBe(1);
  phone.join(phone.response(200));
  phone.send('ACK');
  phone.send('BYE');
  clock.advance(50);
  expect(user.heard()).toEqual(['ack', 'end remote-bye']);
  expect(at.leftovers()).toEqual([]);
});

test('a late offer in a 183 is the one in the 200 (RFC 3261 §13.2.1)', async () => {
  const { at, clock, phone, user, incoming } = await invited(null);
  incoming.progress(183, { sdp: 'ours' });
  const session = incoming.accept({ sdp: 'ours' });
  clock.advance(50);
  expect(phone.response(200).toTag).toBe(phone.response(183).toTag);
  phone.join(phone.response(200));
  phone.send('ACK', { sdp: 'answer' });
  clock.advance(50);
  expect(user.heard()).toEqual(['ack answer']);
  session.bye();
  clock.advance(50);
  phone.respond(phone.request('BYE'), 200);
  expect(at.leftovers()).toEqual([]);
});

test('Record-Route comes back in the 2xx and is our route', async () => {
  const { at, clock, phone, user } = await invited(null);
  user.incoming!.reject(480);
  phone.callId = 'call-2';
  const headers = [['Record-Route', '<sip:10.0.0.2;lr>,<sip:10.0.0.3;lr>']] as const;
  phone.invite({ sdp: 'offer', headers, contact: 'sip:far@10.9.9.9' });
  clock.advance(50);
  const session = user.incoming!.accept({ sdp: 'ours' });
  clock.advance(50);
  expect(phone.response(200).list('Record-Route')).toEqual(['<sip:10.0.0.2;lr>', '<sip:10.0.0.3;lr>']);
  phone.join(phone.response(200));
  phone.send('ACK');
  clock.advance(50);
  session.bye();
  clock.advance(50);
  const bye = phone.request('BYE');
  expect(bye.requestUriText).toBe('sip:far@10.9.9.9');
  expect(bye.list('Route')).toEqual(['<sip:10.0.0.2;lr>', '<sip:10.0.0.3;lr>']);
  phone.respond(bye, 200);
  expect(at.leftovers()).toEqual([]);
});

test('over TCP the 2xx is repeated just the same', async () => {
  const at = await world();
  const { clock, net } = at;
  const user = new Recorder();
  at.answerBy(user);
  const phone = RawPeer.overTcp(net.host(PHONE.address), PHONE, SWITCH);
  phone.invite({ sdp: 'offer' });
  clock.advance(100);
  user.incoming?.accept({ sdp: 'ours' });
  clock.advance(2_000);
  expect(phone.count('200 INVITE')).toBe(3);
  expect(phone.response(200).value('Contact')).toMatch(/;transport=tcp>$/);
  phone.join(phone.response(200));
  phone.send('ACK');
  phone.send('BYE');
  clock.advance(100);
  expect(user.heard()).toEqual(['invite', 'ack', 'end remote-bye']);
  phone.hangUp();
  expect(at.leftovers()).toEqual([]);
});

test('the connection is gone and nobody comes back: the end is by transport', async () => {
  const at = await world();
  const { clock, net } = at;
  const user = new Recorder();
  at.answerBy(user);
  const phone = RawPeer.overTcp(net.host(PHONE.address), PHONE, SWITCH);
  phone.invite({ sdp: 'offer' });
  clock.advance(100);
  phone.hangUp();
  clock.advance(100);
  user.incoming?.accept({ sdp: 'ours' });
  clock.advance(64 * T1 + 1_000);
  expect(user.heard()).toEqual(['invite', 'end transport']);
  expect(at.leftovers()).toEqual([]);
});

test('a phone that reconnects before its ACK is found on its new connection', async () => {
  const at = await world();
  const { clock, net } = at;
  const user = new Recorder();
  at.answerBy(user);
  const before = RawPeer.overTcp(net.host(PHONE.address), PHONE, SWITCH);
  before.invite({ sdp: 'offer' });
  clock.advance(100);
  const session = user.incoming!.accept({ sdp: 'ours' });
  clock.advance(100);
  before.join(before.response(200));
  before.hangUp();
  const after = RawPeer.overTcp(net.host(PHONE.address), PHONE, SWITCH);
  after.succeed(before);
  after.send('ACK');
  clock.advance(100);
  expect(user.heard()).toEqual(['invite', 'ack']);
  session.bye();
  clock.advance(100);
  after.respond(after.request('BYE'), 200);
  clock.advance(100);
  after.hangUp();
  expect(at.leftovers()).toEqual([]);
});
