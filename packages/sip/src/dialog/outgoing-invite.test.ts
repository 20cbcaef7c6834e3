import { expect, test } from 'vitest';
import { RawPeer } from './testing/raw-peer.ts';
import { Recorder } from './testing/recorder.ts';
import { PHONE, SWITCH, type World, world } from './testing/world.ts';
import type { OutgoingInviteOptions } from './user.ts';

const T1 = 500;

/** An INVITE of ours that has reached the phone. */
async function calling(options: Partial<OutgoingInviteOptions> = { sdp: 'offer' }) {
  const at = await world();
  const user = new Recorder();
  const invite = at.call(user, options);
  at.clock.advance(50);
  return { ...parts(at), user, invite, received: at.phone.request('INVITE') };
}

function parts(at: World) {
  const { clock, net, phone, dialogs } = at;
  return { at, clock, net, phone, dialogs };
}

async function answered(options: Partial<OutgoingInviteOptions> = { sdp: 'offer' }) {
  const scene = await calling(options);
  const { phone, clock, received, user } = scene;
  phone.joinAsCallee(received, 'b1');
  phone.respond(received, 200, { tag: 'b1', sdp: 'answer' });
  clock.advance(50);
  expect(user.heard()).toEqual(['answer']);
  return { ...scene, session: user.session! };
}

async function hangUp(phone: RawPeer, at: World) {
  phone.send('BYE');
  at.clock.advance(50);
}

test('what the INVITE says', async () => {
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

test('forks: the first 2xx wins, later ones get ACK and BYE', async () => {
  const { at, clock, phone, user, received, dialogs } = await calling();
  for (const tag of ['b1', 'b2', 'b3']) phone.respond(received, 180, { tag, contact: `sip:${tag}@10.0.0.2` });
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 180 b1', 'progress 180 b2', 'progress 180 b3']);
  expect(dialogs.size).toBe(3);
  phone.respond(received, 200, { tag: 'b2', contact: 'sip:b2@10.0.0.2', sdp: 'two' });
  phone.respond(received, 200, { tag: 'b1', contact: 'sip:b1@10.0.0.2', sdp: 'one' });
  phone.respond(received, 200, { tag: 'b9', contact: 'sip:b9@10.0.0.2', sdp: 'nine' });
  clock.advance(50);
  expect(user.heard()).toEqual(['answer']);
  expect(user.session?.dialog).toMatchObject({ remoteTag: 'b2', remoteTarget: 'sip:b2@10.0.0.2' });
  expect(dialogs.size).toBe(1);
  const acks = phone.received.filter((each) => each.kind === 'request' && each.method === 'ACK');
  expect(acks.map((ack) => ack.toTag)).toEqual(['b2', 'b1', 'b9']);
  const byes = phone.received.filter((each) => each.kind === 'request' && each.method === 'BYE');
  expect(byes.map((bye) => bye.toTag)).toEqual(['b1', 'b9']);
  expect(byes[0]?.value('Reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
  // The BYE to b1 is lost to it: it repeats its 2xx and gets its ACK again, no second BYE.
  phone.respond(received, 200, { tag: 'b1', contact: 'sip:b1@10.0.0.2', sdp: 'one' });
  clock.advance(50);
  expect(phone.count('ACK')).toBe(4);
  for (const bye of byes) if (bye.kind === 'request') phone.respond(bye, 200);
  phone.joinAsCallee(received, 'b2');
  await hangUp(phone, at);
  expect(user.heard()).toEqual(['end remote-bye']);
  expect(at.leftovers()).toEqual([]);
});

test('a late fork repeats its 2xx longer than our transaction lives, and gets its ACK', async () => {
  const { at, clock, phone, received, dialogs } = await answered();
  const late = () => {
    phone.respond(received, 200, { tag: 'b2', sdp: 'two' });
    clock.advance(50);
  };
  clock.advance(20_000);
  late();
  phone.respond(phone.request('BYE'), 200);
  clock.advance(20_000);
  expect(at.transactions.counters.stray).toBe(0);
  late();
  expect(dialogs.counters).toMatchObject({ ackedAgain: 1, strayResponses: 0 });
  expect(phone.count('ACK')).toBe(3);
  clock.advance(20_000);
  late();
  phone.respond(received, 487, { tag: 'b2' });
  clock.advance(50);
  expect(dialogs.counters).toMatchObject({ ackedAgain: 1, strayResponses: 2 });
  expect(phone.count('ACK')).toBe(3);
  await hangUp(phone, at);
  expect(at.leftovers()).toEqual([]);
});

test('a callee that answers a thousand times over does not make us talk without end', async () => {
  const { at, clock, phone, received } = await calling();
  for (let fork = 0; fork < 100; fork++) phone.respond(received, 180, { tag: `b${fork}` });
  clock.advance(50);
  expect(at.dialogs.size).toBe(32);
  for (let fork = 0; fork < 100; fork++) phone.respond(received, 200, { tag: `b${fork}`, sdp: 'answer' });
  clock.advance(50);
  expect(phone.count('ACK')).toBe(33);
  phone.joinAsCallee(received, 'b0');
  await hangUp(phone, at);
  expect(at.leftovers()).toEqual([]);
});

test.each([
  ['before anything came back', false],
  ['after a 100', true],
])('cancelled %s', async (_, tried) => {
  const { at, clock, phone, user, received, invite } = await calling();
  if (tried) phone.respond(received, 100);
  clock.advance(50);
  invite.cancel([['Reason', 'SIP;cause=200']]);
  invite.cancel();
  clock.advance(200);
  expect(phone.count('CANCEL')).toBe(tried ? 1 : 0);
  if (!tried) phone.respond(received, 180, { tag: 'b1' });
  clock.advance(50);
  const cancel = phone.request('CANCEL');
  expect(cancel.value('CSeq')).toBe('1 CANCEL');
  expect(cancel.value('Reason')).toBe('SIP;cause=200');
  expect(cancel.value('Via')).toBe(received.value('Via'));
  expect(user.heard()).toEqual([]);
  phone.respond(cancel, 200, { tag: 'b1' });
  phone.respond(received, 487, { tag: 'b1' });
  clock.advance(50);
  expect(user.heard()).toEqual(['failure 487 cancelled']);
  expect(phone.count('ACK')).toBe(1);
  expect(at.leftovers()).toEqual([]);
  expect(user.heard()).toEqual([]);
});

test('cancelled in the turn in which it was sent', async () => {
  const at = await world();
  const { clock, phone } = at;
  const user = new Recorder();
  at.call(user, { sdp: 'offer' }).cancel();
  clock.advance(50);
  expect(phone.heard).toEqual(['INVITE']);
  phone.respond(phone.request('INVITE'), 100);
  clock.advance(50);
  phone.respond(phone.request('CANCEL'), 200);
  phone.respond(phone.request('INVITE'), 487, { tag: 'b1' });
  clock.advance(50);
  expect(user.heard()).toEqual(['failure 487 cancelled']);
  expect(at.leftovers()).toEqual([]);
});

test('cancelled, and nobody ever answers: one failure, by the time of the INVITE', async () => {
  const { at, clock, user, invite, phone } = await calling();
  invite.cancel();
  clock.advance(64 * T1);
  expect(user.heard()).toEqual(['failure 487 cancelled']);
  expect(phone.count('CANCEL')).toBe(0);
  expect(at.leftovers()).toEqual([]);
});

test('cancelled, and no final response comes: given up after 64*T1 (RFC 3261 §9.1)', async () => {
  const { at, clock, phone, user, received, invite } = await calling();
  phone.respond(received, 180, { tag: 'b1' });
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 180 b1']);
  invite.cancel();
  clock.advance(50);
  phone.respond(phone.request('CANCEL'), 200);
  clock.advance(64 * T1 - 200);
  expect(user.heard()).toEqual([]);
  clock.advance(400);
  expect(user.heard()).toEqual(['failure 487 cancelled']);
  expect(at.leftovers()).toEqual([]);
});

test('the 487 is lost and repeated', async () => {
  const { at, clock, net, phone, user, received, invite } = await calling();
  phone.respond(received, 180, { tag: 'b1' });
  clock.advance(50);
  invite.cancel();
  clock.advance(50);
  net.dropNext('487 INVITE');
  phone.respond(received, 487, { tag: 'b1' });
  clock.advance(500);
  phone.respond(received, 487, { tag: 'b1' });
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 180 b1', 'failure 487 cancelled']);
  phone.respond(received, 487, { tag: 'b1' });
  clock.advance(50);
  expect(phone.count('ACK')).toBe(2);
  expect(at.leftovers()).toEqual([]);
  expect(user.heard()).toEqual([]);
});

test('the 2xx crosses the CANCEL: ACK, BYE, cancelled once', async () => {
  const { at, clock, phone, user, received, invite } = await calling();
  phone.respond(received, 180, { tag: 'b1' });
  clock.advance(50);
  user.heard();
  invite.cancel([['Reason', 'SIP;cause=480']]);
  phone.respond(received, 200, { tag: 'b1', sdp: 'answer' });
  clock.advance(50);
  expect(user.heard()).toEqual(['failure 487 cancelled']);
  expect(phone.heard.filter((what) => what !== 'CANCEL')).toEqual(['INVITE', 'ACK', 'BYE']);
  expect(phone.request('BYE').value('Reason')).toBe('SIP;cause=480');
  phone.respond(phone.request('CANCEL'), 481);
  phone.respond(phone.request('BYE'), 200);
  phone.respond(received, 200, { tag: 'b2', sdp: 'answer' });
  phone.respond(received, 200, { tag: 'b1', sdp: 'answer' });
  clock.advance(50);
  expect(phone.count('ACK')).toBe(3);
  expect(phone.count('BYE')).toBe(2);
  phone.respond(phone.request('BYE'), 200);
  expect(at.leftovers()).toEqual([]);
  expect(user.heard()).toEqual([]);
});

test('another final response crosses the CANCEL', async () => {
  const { at, clock, phone, user, received, invite } = await calling();
  phone.respond(received, 180, { tag: 'b1' });
  clock.advance(50);
  invite.cancel();
  phone.respond(received, 486, { tag: 'b1' });
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 180 b1', 'failure 487 cancelled']);
  expect(user.response?.status).toBe(486);
  expect(at.leftovers()).toEqual([]);
});

test('after its end an INVITE cannot be cancelled', async () => {
  const { at, clock, phone, invite } = await answered();
  invite.cancel();
  clock.advance(100);
  expect(phone.count('CANCEL')).toBe(0);
  await hangUp(phone, at);
  expect(at.leftovers()).toEqual([]);
});

test.each([
  [302, 'failure 302 response'],
  [408, 'failure 408 response'],
  [486, 'failure 486 response'],
  [603, 'failure 603 response'],
])('%i', async (status, event) => {
  const { at, clock, phone, user, received } = await calling();
  phone.respond(received, 183, { tag: 'b1', sdp: 'early' });
  phone.respond(received, status, { tag: 'b1' });
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 183 b1', event]);
  expect(phone.count('ACK')).toBe(1);
  expect(at.dialogs.size).toBe(0);
  expect(at.leftovers()).toEqual([]);
});

test('nobody answers: 408 after 64*T1', async () => {
  const { at, clock, user, phone } = await calling();
  clock.advance(64 * T1);
  expect(user.heard()).toEqual(['failure 408 timeout']);
  expect(phone.count('INVITE')).toBe(7);
  expect(at.leftovers()).toEqual([]);
});

test('no connection: 503, in a later turn', async () => {
  const at = await world();
  const user = new Recorder();
  at.call(user, { sdp: 'offer', target: () => at.flowTo({ address: '10.0.0.9', port: 5060 }, 'tcp') });
  expect(user.heard()).toEqual([]);
  at.clock.advance(100);
  expect(user.heard()).toEqual(['failure 503 transport']);
  expect(at.leftovers()).toEqual([]);
});

test('a flow that is closed already: 503, in a later turn', async () => {
  const at = await world();
  const phone = RawPeer.overTcp(at.net.host(PHONE.address), PHONE, SWITCH);
  phone.send('OPTIONS');
  let flow: OutgoingInviteOptions['target'] | undefined;
  at.dialogs.outOfDialog = (_, from) => {
    flow = from;
  };
  at.clock.advance(100);
  phone.hangUp();
  at.clock.advance(100);
  const user = new Recorder();
  if (flow !== undefined) at.call(user, { sdp: 'offer', target: flow });
  expect(user.heard()).toEqual([]);
  at.clock.advance(100);
  expect(user.heard()).toEqual(['failure 503 transport']);
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

test('a user that fails at its answer leaves no call behind', async () => {
  const { at, clock, phone, user, received } = await calling();
  user.whenAnswered = () => {
    throw new Error('bug');
  };
  phone.respond(received, 200, { tag: 'b1', sdp: 'answer' });
  clock.advance(50);
  expect(phone.heard.slice(-2)).toEqual(['ACK', 'BYE']);
  phone.respond(phone.request('BYE'), 200);
  expect(at.leftovers()).toEqual(['Error: bug']);
});
