import { expect, test } from 'vitest';
import { answered, calling, hangUp } from './testing/our-invite.ts';
import { RawPeer } from './testing/raw-peer.ts';
import { Recorder } from './testing/recorder.ts';
import { SWITCH, world } from './testing/world.ts';

const T1 = 500;

test('what the INVITE says (RFC 3261 §8.1.1.1, §8.1.1.2, §8.1.1.3, §8.1.1.8, §8.1.1.9, §20.20, §20.37, §20.39)', async () => {
  const { at, received, invite, phone } = await calling({
    sdp: 'offer',
    maxForwards: 41,
    headers: [['Subject', 'hello']],
    routes: ['<sip:10.0.0.2;lr>'],
    contactUser: 'anna',
    callId: 'ours',
  });
  expect(received.requestUriText).toBe('sip:bob@10.0.0.2');
  expect(received.fromTag).toBe(invite.localTag);
  expect(received.value('To')).toBe('<sip:bob@switch.example>');
  expect(received.toTag).toBeUndefined();
  expect(received.value('Call-ID')).toBe('ours');
  expect(received.value('CSeq')).toBe('1 INVITE');
  expect(received.value('Max-Forwards')).toBe('41');
  expect(received.value('Contact')).toBe('<sip:anna@10.0.0.1:5060>');
  expect(received.value('Route')).toBe('<sip:10.0.0.2;lr>');
  expect(received.value('Subject')).toBe('hello');
  expect(received.value('Content-Type')).toBe('application/sdp');
  expect(received.value('Supported')).toBe('replaces');
  expect(received.body.toString()).toBe('offer');
  phone.respond(received, 486, { tag: 'b' });
  expect(at.leftovers()).toEqual([]);
});

test('RFC 3261 §8.1.1.4: each call has a Call-ID of its own, which its ACK and BYE say too', async () => {
  const at = await world();
  const callIds = [1, 2].map(() => {
    const user = new Recorder();
    const { callId } = at.call(user, { sdp: 'offer' });
    at.clock.advance(50);
    at.phone.respond(at.phone.request('INVITE'), 200, { tag: 'b1', sdp: 'answer' });
    at.clock.advance(50);
    user.session?.bye();
    at.clock.advance(50);
    for (const method of ['INVITE', 'ACK', 'BYE']) expect(at.phone.request(method).value('Call-ID')).toBe(callId);
    at.phone.respond(at.phone.request('BYE'), 200);
    return callId;
  });
  expect(new Set(callIds).size).toBe(2);
  expect(at.leftovers()).toEqual([]);
});

test('rings, is answered, ends', async () => {
  const { at, clock, phone, user, received, dialogs } = await calling();
  phone.respond(received, 100);
  phone.respond(received, 180, { tag: 'b1' });
  phone.respond(received, 183, { tag: 'b1', sdp: 'early' });
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 180 b1', 'progress 183 b1']);
  expect(user.earlies[1]).toMatchObject({ id: 'b1', remoteSdp: 'early' });
  expect(dialogs.size).toBe(1);
  phone.joinAsCallee(received, 'b1');
  phone.respond(received, 200, { tag: 'b1', sdp: 'answer' });
  clock.advance(50);
  expect(user.heard()).toEqual(['answer']);
  const ack = phone.request('ACK');
  expect(ack.requestUriText).toBe(phone.contact);
  expect(ack.value('CSeq')).toBe('1 ACK');
  expect(ack.toTag).toBe('b1');
  expect(ack.body.length).toBe(0);
  expect(user.session).toMatchObject({ offerAnswer: 'stable', remoteSdp: 'answer', inviteInProgress: 'none' });
  user.session?.bye();
  user.session?.bye();
  clock.advance(50);
  const bye = phone.request('BYE');
  expect(bye.value('CSeq')).toBe('2 BYE');
  phone.respond(bye, 200);
  clock.advance(50);
  expect(phone.count('BYE')).toBe(1);
  expect(dialogs.size).toBe(0);
  expect(at.leftovers()).toEqual([]);
  expect(user.heard()).toEqual([]);
});

test('a 2xx without SDP: the answer is that of the 183', async () => {
  const { at, clock, phone, user, received } = await calling();
  phone.joinAsCallee(received, 'b1');
  phone.respond(received, 183, { tag: 'b1', sdp: 'early' });
  phone.respond(received, 180, { tag: 'b1' });
  phone.respond(received, 200, { tag: 'b1' });
  clock.advance(50);
  expect(user.session).toMatchObject({ remoteSdp: 'early', offerAnswer: 'stable' });
  await hangUp(phone, at);
  expect(at.leftovers()).toEqual([]);
});

test('an answer from nowhere: the ACK goes out all the same', async () => {
  const { at, phone, clock, user, received } = await calling();
  phone.joinAsCallee(received, 'b1');
  phone.respond(received, 200, { tag: 'b1' });
  clock.advance(50);
  expect(user.session).toMatchObject({ remoteSdp: undefined, offerAnswer: 'stable' });
  expect(phone.count('ACK')).toBe(1);
  await hangUp(phone, at);
  expect(at.leftovers()).toEqual([]);
});

test('a late offer: the ACK waits for the answer', async () => {
  const { at, clock, phone, user, received } = await calling({});
  expect(received.body.length).toBe(0);
  phone.joinAsCallee(received, 'b1');
  phone.respond(received, 200, { tag: 'b1', sdp: 'theirs' });
  clock.advance(50);
  expect(user.heard()).toEqual(['answer']);
  const session = user.session!;
  expect(session).toMatchObject({ offerAnswer: 'answering', remoteSdp: 'theirs', inviteInProgress: 'ours' });
  phone.respond(received, 200, { tag: 'b1', sdp: 'theirs' });
  clock.advance(3_000);
  expect(phone.count('ACK')).toBe(0);
  session.acknowledge('ours');
  session.acknowledge('again');
  clock.advance(50);
  expect(phone.request('ACK').body.toString()).toBe('ours');
  expect(phone.count('ACK')).toBe(1);
  expect(session).toMatchObject({ offerAnswer: 'stable', inviteInProgress: 'none' });
  phone.respond(received, 200, { tag: 'b1', sdp: 'theirs' });
  clock.advance(50);
  expect(phone.count('ACK')).toBe(2);
  expect(phone.request('ACK').body.toString()).toBe('ours');
  await hangUp(phone, at);
  expect(at.leftovers()).toEqual([]);
});

test('a late offer that is never answered: ACK and BYE after 64*T1', async () => {
  const { at, clock, phone, user, received } = await calling({});
  phone.respond(received, 200, { tag: 'b1', sdp: 'theirs' });
  clock.advance(64 * T1 + 50);
  expect(user.heard()).toEqual(['answer', 'end no-ack']);
  expect(phone.heard.slice(-2)).toEqual(['ACK', 'BYE']);
  phone.respond(phone.request('BYE'), 200);
  expect(at.leftovers()).toEqual([]);
});

test('a late offer, hung up instead: ACK without answer, then BYE', async () => {
  const { at, clock, phone, user, received } = await calling({});
  phone.respond(received, 200, { tag: 'b1', sdp: 'theirs' });
  clock.advance(50);
  user.session?.bye();
  clock.advance(50);
  expect(phone.heard.slice(-2)).toEqual(['ACK', 'BYE']);
  phone.respond(phone.request('BYE'), 200);
  expect(at.leftovers()).toEqual([]);
  expect(user.heard()).toEqual(['answer']);
});

test('hung up in the very turn of the answer', async () => {
  const { at, clock, phone, user, received } = await calling();
  user.whenAnswered = (session) => session.bye();
  phone.respond(received, 200, { tag: 'b1', sdp: 'answer' });
  clock.advance(50);
  expect(phone.heard.slice(-2)).toEqual(['ACK', 'BYE']);
  phone.respond(phone.request('BYE'), 200);
  expect(at.leftovers()).toEqual([]);
  expect(user.heard()).toEqual(['answer']);
});

test('the ACK lost: a repeated 2xx gets the very same octets again, also after the BYE', async () => {
  const { at, clock, net, phone, user, received, session } = await answered();
  const again = () => {
    phone.respond(received, 200, { tag: 'b1', sdp: 'answer' });
    clock.advance(100);
  };
  again();
  again();
  session.bye();
  clock.advance(50);
  phone.respond(phone.request('BYE'), 200);
  clock.advance(50);
  expect(at.dialogs.size).toBe(0);
  again();
  const acks = net.sent('ACK');
  expect(acks.length).toBe(4);
  expect(new Set(acks.map((ack) => ack.octets.toString('latin1'))).size).toBe(1);
  expect(user.heard()).toEqual([]);
  expect(at.leftovers()).toEqual([]);
});

test('the ACK carries the INVITE’s credentials (RFC 3261 §13.2.2.4)', async () => {
  const headers = [
    ['Proxy-Authorization', 'Digest username="a"'],
    ['Subject', 'hello'],
  ] as const;
  const { at, phone } = await answered({ sdp: 'offer', headers });
  expect(phone.request('ACK').value('Proxy-Authorization')).toBe('Digest username="a"');
  expect(phone.request('ACK').has('Subject')).toBe(false);
  await hangUp(phone, at);
  expect(at.leftovers()).toEqual([]);
});

test('requests within an early dialog reach the user; an INVITE there is glare', async () => {
  const { at, clock, phone, user, received } = await calling();
  phone.respond(received, 180, { tag: 'b1' });
  phone.joinAsCallee(received, 'b1');
  clock.advance(50);
  phone.send('INFO');
  phone.send('INVITE', { sdp: 'more' });
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 180 b1', 'early INFO b1']);
  expect(phone.count('491 INVITE')).toBe(1);
  user.respond?.(200, { headers: [['X-Heard', 'yes']] });
  clock.advance(50);
  expect(phone.response(200).value('X-Heard')).toBe('yes');
  phone.respond(received, 480, { tag: 'b1' });
  expect(at.leftovers()).toEqual([]);
});

test('the callee’s BYE overtakes its 2xx: the call is over before it was', async () => {
  const { at, clock, net, phone, user, received } = await calling();
  phone.respond(received, 180, { tag: 'b1' });
  phone.joinAsCallee(received, 'b1');
  clock.advance(50);
  net.overtakeNext('200 INVITE');
  phone.respond(received, 200, { tag: 'b1', sdp: 'answer' });
  phone.send('BYE');
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 180 b1', 'failure 487 response']);
  expect(phone.heard.slice(1)).toEqual(['200 BYE', 'ACK']);
  expect(at.leftovers()).toEqual([]);
});

test('the resolver finds the way of ACK and BYE', async () => {
  const at = await world();
  const { clock, phone, net } = at;
  const proxy = await RawPeer.overUdp(net.host('10.0.0.3'), { address: '10.0.0.3', port: 5060 }, SWITCH);
  const user = new Recorder();
  const resolve = () => at.flowTo(proxy.endpoint);
  at.call(user, { sdp: 'offer', resolve });
  clock.advance(50);
  phone.respond(phone.request('INVITE'), 200, {
    tag: 'b1',
    sdp: 'answer',
    headers: [['Record-Route', '<sip:10.0.0.3;lr>']],
  });
  clock.advance(50);
  expect(proxy.request('ACK').value('Route')).toBe('<sip:10.0.0.3;lr>');
  phone.respond(phone.request('INVITE'), 200, { tag: 'b1', sdp: 'answer' });
  clock.advance(50);
  expect(proxy.count('ACK')).toBe(2);
  user.session?.bye();
  clock.advance(50);
  proxy.respond(proxy.request('BYE'), 200);
  expect(at.leftovers()).toEqual([]);
  expect(phone.count('ACK')).toBe(0);
});
