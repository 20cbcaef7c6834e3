import { describe, expect, test } from 'vitest';
import { endOf, phoneCalled, weCalled } from './testing/calls.ts';
import { RawPeer } from './testing/raw-peer.ts';
import { Recorder } from './testing/recorder.ts';
import { PHONE, SWITCH, world } from './testing/world.ts';

const T1 = 500;

describe('requests of the peer', () => {
  test('reach the user, who responds once', async () => {
    const call = await phoneCalled();
    const { at, user } = call;
    at.phone.send('INFO', { headers: [['Info-Package', 'x']] });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['INFO']);
    user.respond?.(200, { headers: [['X-A', 'b']], body: Buffer.from('c'), reason: 'Fine' });
    user.respond?.(500);
    at.clock.advance(50);
    const response = at.phone.response(200);
    expect([response.reason, response.value('X-A'), response.body.toString()]).toEqual(['Fine', 'b', 'c']);
    expect(at.phone.heard).toEqual(['200 INFO']);
    expect(endOf(call)).toEqual([]);
  });

  test.each([
    ['UPDATE', 405],
    ['PRACK', 405],
    ['SUBSCRIBE', 405],
    ['REFER', 405],
    ['FOO', 501],
  ])('%s is %i with Allow (RFC 3261 §8.2.1, §20.5, §21.4.6)', async (method, status) => {
    const call = await phoneCalled();
    const { at, user } = call;
    at.phone.send(method);
    at.clock.advance(50);
    expect(at.phone.response(status).value('Allow')).toContain('INVITE');
    expect(user.heard()).toEqual([]);
    expect(endOf(call)).toEqual([]);
  });

  test('a Require that nobody knows is 420; a BYE is heard whatever it requires (RFC 3261 §20.32)', async () => {
    const call = await phoneCalled();
    const { at, user } = call;
    at.phone.send('INFO', { headers: [['Require', 'nothing']] });
    at.clock.advance(50);
    expect(at.phone.response(420).value('Unsupported')).toBe('nothing');
    at.phone.send('BYE', { headers: [['Require', 'nothing']] });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['end remote-bye']);
    expect(at.phone.count('200 BYE')).toBe(1);
    expect(at.leftovers()).toEqual([]);
  });

  test('out of order: 500 (RFC 3261 §12.2.2)', async () => {
    const call = await phoneCalled();
    const { at, user } = call;
    at.phone.send('INFO', { seq: 10 });
    at.phone.send('INFO', { seq: 9 });
    at.phone.send('INFO', { seq: 10 });
    at.phone.send('BYE', { seq: 2 });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['INFO']);
    expect(at.phone.count('500 INFO')).toBe(2);
    expect(at.phone.count('500 BYE')).toBe(1);
    expect(call.session.dialog.remoteSeq).toBe(10);
    at.phone.seq = 10;
    expect(endOf(call)).toEqual([]);
  });

  test('what waits for its response when the dialog ends gets 487 (RFC 3261 §15.1.2)', async () => {
    const call = await phoneCalled();
    const { at, user } = call;
    at.phone.send('INFO');
    at.phone.send('BYE');
    at.clock.advance(50);
    expect(at.phone.heard.sort()).toEqual(['200 BYE', '487 INFO']);
    user.respond?.(200);
    at.clock.advance(50);
    expect(at.phone.count('200 INFO')).toBe(0);
    expect(at.leftovers()).toEqual([]);
  });

  test.each(['INFO', 'INVITE', 'BYE'])('%s for no dialog of ours: 481', async (method) => {
    const at = await world();
    at.phone.send(method, { toTag: 'unknown' });
    at.clock.advance(50);
    expect(at.phone.heard).toEqual([`481 ${method}`]);
    expect(at.dialogs.counters.unknownDialog).toBe(1);
    expect(at.leftovers()).toEqual([]);
  });

  test('one wrong tag, or another Call-ID, is no dialog of ours', async () => {
    const call = await phoneCalled();
    const { at, user } = call;
    at.phone.send('BYE', { toTag: `${at.phone.remoteTag}x` });
    at.phone.send('BYE', { fromTag: 'other' });
    at.phone.send('BYE', { callId: 'other' });
    at.clock.advance(50);
    expect(at.phone.heard).toEqual(['481 BYE', '481 BYE', '481 BYE']);
    expect(user.heard()).toEqual([]);
    expect(endOf(call)).toEqual([]);
  });

  test('a stray ACK is met with silence', async () => {
    const call = await phoneCalled();
    const { at, user } = call;
    at.phone.send('ACK');
    at.phone.send('ACK', { seq: 77 });
    at.phone.send('ACK', { toTag: 'unknown' });
    at.clock.advance(50);
    expect(at.phone.heard).toEqual([]);
    expect(user.heard()).toEqual([]);
    expect(endOf(call)).toEqual([]);
  });
});

describe('requests of ours', () => {
  test('get their final response', async () => {
    const call = await weCalled();
    const { at, user, session } = call;
    const statuses: number[] = [];
    const asking = { onResponse: (r: { status: number }) => void statuses.push(r.status), onFailure: () => {} };
    session.request('INFO', { headers: [['Info-Package', 'x']], body: Buffer.from('hi') }, asking);
    at.clock.advance(50);
    const info = at.phone.request('INFO');
    expect(info.value('CSeq')).toBe('2 INFO');
    expect(info.has('Contact')).toBe(false);
    at.phone.respond(info, 100);
    at.phone.respond(info, 415);
    at.clock.advance(50);
    expect(statuses).toEqual([415]);
    session.request('OPTIONS', {}, asking);
    at.clock.advance(50);
    expect(at.phone.request('OPTIONS').has('Contact')).toBe(true);
    at.phone.respond(at.phone.request('OPTIONS'), 200);
    at.clock.advance(50);
    expect(statuses).toEqual([415, 200]);
    expect(user.heard()).toEqual([]);
    expect(endOf(call)).toEqual([]);
  });

  test.each([408, 481])('%i ends the dialog (RFC 3261 §12.2.1.2)', async (status) => {
    const call = await weCalled();
    const { at, user, session } = call;
    const statuses: number[] = [];
    session.request('INFO', {}, { onResponse: (r) => void statuses.push(r.status), onFailure: () => {} });
    at.clock.advance(50);
    at.phone.respond(at.phone.request('INFO'), status);
    at.clock.advance(50);
    expect(statuses).toEqual([status]);
    expect(user.heard()).toEqual(['end dialog-error']);
    at.phone.respond(at.phone.request('BYE'), 481);
    expect(at.leftovers()).toEqual([]);
  });

  test('no response ends it too (RFC 3261 §12.2.1.2)', async () => {
    const call = await weCalled();
    const { at, user, session } = call;
    const failures: string[] = [];
    session.request('INFO', {}, { onResponse: () => {}, onFailure: (cause) => void failures.push(cause) });
    at.clock.advance(64 * T1);
    expect(failures).toEqual(['timeout']);
    expect(user.heard()).toEqual(['end timeout']);
    expect(at.leftovers()).toEqual([]);
  });

  test('after the end there are none', async () => {
    const call = await weCalled();
    const { at, user, session } = call;
    session.bye();
    session.request('INFO', {}, { onResponse: () => {}, onFailure: () => {} });
    session.reinvite({ sdp: 'x' }, user);
    session.acknowledge('x');
    session.bye();
    at.clock.advance(50);
    expect(at.phone.heard).toEqual(['BYE']);
    at.phone.respond(at.phone.request('BYE'), 200);
    expect(at.leftovers()).toEqual([]);
    expect(user.heard()).toEqual([]);
  });
});

describe('the end', () => {
  test('both hang up at once: each BYE gets 200 (RFC 5407 §3.2.1)', async () => {
    const call = await phoneCalled();
    const { at, user, session } = call;
    session.bye();
    at.phone.send('BYE');
    at.phone.send('INFO');
    at.clock.advance(50);
    expect(at.phone.heard.sort()).toEqual(['200 BYE', '481 INFO', 'BYE']);
    at.phone.respond(at.phone.request('BYE'), 200);
    at.clock.advance(50);
    expect(at.dialogs.size).toBe(0);
    expect(user.heard()).toEqual([]);
    expect(at.leftovers()).toEqual([]);
  });

  test('the BYE lost is repeated; never answered, it is forgotten (RFC 3261 §15.1.1)', async () => {
    const call = await phoneCalled();
    const { at, net, session } = { ...call, net: call.at.net };
    net.dropNext('BYE');
    session.bye();
    at.clock.advance(64 * T1);
    expect(at.phone.count('BYE')).toBe(10);
    expect(at.dialogs.size).toBe(0);
    expect(at.leftovers()).toEqual([]);
  });

  test('their BYE comes twice: one end', async () => {
    const call = await phoneCalled();
    const { at, user } = call;
    at.phone.send('BYE', { branch: 'z9hG4bKbye' });
    at.clock.advance(50);
    at.phone.send('BYE', { branch: 'z9hG4bKbye', seq: at.phone.seq });
    at.clock.advance(50);
    expect(at.phone.heard).toEqual(['200 BYE', '200 BYE']);
    expect(user.heard()).toEqual(['end remote-bye']);
    expect(at.leftovers()).toEqual([]);
  });
});

describe('where requests of a dialog come from', () => {
  test('another host that somehow knows the tags gets 403 and changes nothing', async () => {
    const call = await phoneCalled();
    const { at, user, session } = call;
    const flow = session.dialog.flow;
    const thief = await RawPeer.overUdp(at.net.host('10.6.6.6'), { address: '10.6.6.6', port: 5060 }, SWITCH);
    thief.succeed(at.phone);
    thief.seq = 50;
    for (const method of ['BYE', 'INVITE', 'INFO']) thief.send(method, { sdp: 'mine' });
    thief.send('ACK');
    at.clock.advance(50);
    expect(thief.heard).toEqual(['403 BYE', '403 INVITE', '403 INFO']);
    expect(user.heard()).toEqual([]);
    expect(session.dialog).toMatchObject({ flow, remoteSeq: at.phone.seq });
    expect(at.dialogs.counters.foreignSource).toBe(4);
    expect(endOf(call)).toEqual([]);
  });

  test('a datagram as from the peer, with the Contact of another host, gives the call to nobody there', async () => {
    const call = await phoneCalled();
    const { at, user, session } = call;
    const forger = await RawPeer.overUdp(at.net.host('10.0.0.2'), { address: '10.0.0.2', port: 61_000 }, SWITCH);
    const thief = await RawPeer.overUdp(at.net.host('10.6.6.6'), { address: '10.6.6.6', port: 5060 }, SWITCH);
    forger.succeed(at.phone);
    forger.send('INVITE', { sdp: 'mine', contact: 'sip:peer@10.6.6.6' });
    at.clock.advance(50);
    user.reinvite?.answer({ sdp: 'answer' });
    at.clock.advance(50);
    thief.succeed(forger);
    for (const method of ['ACK', 'INFO', 'BYE']) thief.send(method);
    at.clock.advance(50);
    expect(thief.heard).toEqual(['403 INFO', '403 BYE']);
    expect(session.dialog.flow.observed.address).toBe('10.0.0.2');
    expect(session.dialog.remoteTarget).toBe('sip:peer@10.6.6.6');
    forger.send('ACK');
    at.clock.advance(50);
    session.bye();
    at.clock.advance(50);
    expect(thief.received).toHaveLength(2);
    forger.respond(forger.request('BYE'), 200);
    expect(at.leftovers()).toEqual([]);
  });

  test('over a connection the peer may name another host of its own', async () => {
    const at = await world();
    const { clock, net } = at;
    const user = new Recorder();
    at.answerBy(user);
    const peer = RawPeer.overTcp(net.host(PHONE.address), PHONE, SWITCH);
    peer.invite({ sdp: 'offer' });
    clock.advance(100);
    const session = user.incoming!.accept({ sdp: 'ours' });
    clock.advance(100);
    peer.join(peer.response(200));
    peer.send('ACK');
    peer.send('INVITE', { sdp: 'hold', contact: 'sip:peer@10.6.6.6' });
    clock.advance(100);
    user.reinvite?.answer({ sdp: 'held' });
    clock.advance(100);
    peer.send('ACK');
    const other = RawPeer.overTcp(net.host('10.6.6.6'), { address: '10.6.6.6', port: 5060 }, SWITCH);
    other.succeed(peer);
    other.send('BYE');
    clock.advance(100);
    expect(other.heard).toEqual(['200 BYE']);
    expect(session.ended).toBe(true);
    peer.hangUp();
    other.hangUp();
    expect(at.leftovers()).toEqual([]);
  });

  test('the wiring may let another host in', async () => {
    const call = await phoneCalled({ mayMove: (_, flow) => flow.observed.address === '10.6.6.6' });
    const { at, user, session } = call;
    const proxy = await RawPeer.overUdp(at.net.host('10.6.6.6'), { address: '10.6.6.6', port: 5060 }, SWITCH);
    proxy.succeed(at.phone);
    proxy.send('INFO');
    at.clock.advance(50);
    expect(user.heard()).toEqual(['INFO']);
    user.respond?.(200);
    session.bye();
    at.clock.advance(50);
    expect(proxy.heard).toEqual(['200 INFO', 'BYE']);
    proxy.respond(proxy.request('BYE'), 200);
    expect(at.leftovers()).toEqual([]);
  });

  test('the same host from another port is followed: a NAT that forgot', async () => {
    const call = await phoneCalled();
    const { at, user, session } = call;
    const moved = await RawPeer.overUdp(at.net.host('10.0.0.2'), { address: '10.0.0.2', port: 61_000 }, SWITCH);
    moved.succeed(at.phone);
    moved.send('INFO');
    at.clock.advance(50);
    user.respond?.(200);
    session.bye();
    at.clock.advance(50);
    expect(moved.heard).toEqual(['200 INFO', 'BYE']);
    moved.respond(moved.request('BYE'), 200);
    expect(at.leftovers()).toEqual([]);
  });

  test('a request out of order moves nothing', async () => {
    const call = await phoneCalled();
    const { at, session } = call;
    const { flow } = session.dialog;
    const old = await RawPeer.overUdp(at.net.host('10.0.0.2'), { address: '10.0.0.2', port: 61_000 }, SWITCH);
    old.succeed(at.phone);
    old.send('INFO', { seq: 1 });
    at.clock.advance(50);
    expect(old.heard).toEqual(['500 INFO']);
    expect(session.dialog.flow).toBe(flow);
    expect(endOf(call)).toEqual([]);
  });

  test('a TCP phone reconnects: its re-INVITE is taken, and our BYE finds the new connection', async () => {
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
    before.send('ACK');
    clock.advance(100);
    before.hangUp();
    clock.advance(100);
    expect(session.dialog.flow.open).toBe(false);
    const failures: string[] = [];
    session.request('INFO', {}, { onResponse: () => {}, onFailure: (cause) => void failures.push(cause) });
    session.reinvite({ sdp: 'hold' }, user);
    clock.advance(1_000);
    expect(failures).toEqual(['transport']);
    expect(user.heard()).toEqual(['invite', 'ack', 'reinvite failed 503']);
    expect(session.ended).toBe(false);
    const after = RawPeer.overTcp(net.host(PHONE.address), PHONE, SWITCH);
    after.succeed(before);
    after.send('INVITE', { sdp: 'hold' });
    clock.advance(100);
    user.reinvite?.answer({ sdp: 'held' });
    clock.advance(100);
    after.send('ACK');
    clock.advance(100);
    expect(user.heard()).toEqual(['reinvite hold', 'ack']);
    session.bye();
    clock.advance(100);
    after.respond(after.request('BYE'), 200);
    clock.advance(100);
    after.hangUp();
    expect(at.leftovers()).toEqual([]);
  });
});

test('requests without To tag are the wiring’s; until it takes them they get 503', async () => {
  const at = await world();
  at.phone.send('OPTIONS');
  at.clock.advance(50);
  expect(at.phone.heard).toEqual(['503 OPTIONS']);
  at.dialogs.outOfDialog = (request, flow) => at.transactions.replyStatelessly(request, flow, { status: 200 });
  at.phone.send('OPTIONS');
  at.clock.advance(50);
  expect(at.phone.heard).toEqual(['503 OPTIONS', '200 OPTIONS']);
  expect(at.leftovers()).toEqual([]);
});

test('a peer that sends faster than its user responds is held up', async () => {
  const call = await phoneCalled();
  const { at, user } = call;
  for (let sent = 0; sent < 40; sent++) at.phone.send('INFO');
  at.clock.advance(50);
  expect(user.heard().length).toBe(32);
  expect(at.phone.count('503 INFO')).toBe(8);
  expect(endOf(call)).toEqual([]);
});
