import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TransportFailure } from './failure.ts';
import { KEEP_ALIVE } from './flow.ts';
import { type End, GROUNDS, type Ground, Pair } from './testing/grounds.ts';

describe.each(GROUNDS.filter(([, make]) => make().transport === 'tcp'))('%s', (_, makeGround) => {
  let pair: Pair;
  let ground: Ground;
  let here: End;
  let there: End;

  beforeEach(async () => {
    pair = await Pair.on(makeGround());
    ({ ground, here, there } = pair);
  });

  afterEach(async () => expect(await pair.close()).toEqual([]));

  test('one connection serves everything between two ends, both ways (RFC 3261 §18.1.1)', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one'));
    here.flowTo(there.endpoint).send(here.request(flow, 'two'));
    await ground.until(() => there.heard.length === 2);
    expect(there.layer.counters.connectionsAccepted).toBe(1);
    const back = there.layer.flowTo({ transport: 'tcp', endpoint: there.heard[0]!.flow.observed });
    expect(back.id).toBe(there.heard[0]!.flow.id);
    back.send(there.request(back, 'three'));
    await ground.until(() => here.heard.length === 1);
    expect(there.layer.counters.connectionsMade).toBe(0);
  });

  test('a connection that is refused fails what waits for it', async () => {
    const nobody = { ...there.endpoint };
    let closed = false;
    void there.layer.close().then(() => {
      closed = true;
    });
    await ground.until(() => closed);
    const flow = here.flowTo(nobody);
    const failures: TransportFailure[] = [];
    flow.onClose((why) => failures.push(why));
    flow.send(here.request(flow, 'one'), (why) => failures.push(why));
    flow.send(here.request(flow, 'two'), (why) => failures.push(why));
    await ground.until(() => failures.length === 3);
    expect(failures.map(({ code }) => code)).toEqual(['refused', 'refused', 'refused']);
    expect(here.flowTo(nobody).id).not.toBe(flow.id);
  });

  test('a message without Content-Length is answered with 400, and the connection ends (RFC 3261 §18.3)', async () => {
    const peer = await pair.rawPeer(there.endpoint);
    const lines = ['Via: SIP/2.0/TCP a;branch=z9hG4bKa', 'From: <sip:a@a>;tag=a', 'To: <sip:b@b>', 'Call-ID: c'];
    peer.send(`INVITE sip:a SIP/2.0\r\n${lines.join('\r\n')}\r\nCSeq: 1 INVITE\r\n\r\nv=0`);
    await ground.until(() => peer.closed());
    expect(peer.text()).toMatch(/^SIP\/2\.0 400 Missing Content-Length\r\n/);
    expect(there.heard).toEqual([]);
  });

  test('RFC 5626 §3.5.1: a ping is answered with a pong and told, as is the pong to one of ours', async () => {
    const told: string[] = [];
    there.layer.onKeepAlive = (flow) => void told.push(flow.id);
    const peer = await pair.rawPeer(there.endpoint);
    peer.send('\r\n');
    await ground.until(() => there.layer.counters.keepAlives === 1);
    expect(told).toEqual([]);
    peer.send('\r\n');
    await ground.until(() => peer.text() === '\r\n');
    expect(told).toHaveLength(1);

    const flow = here.flowTo(there.endpoint);
    const heard: string[] = [];
    here.layer.onKeepAlive = ({ id }) => void heard.push(id);
    flow.send(KEEP_ALIVE);
    expect(flow.pongsDue).toBe(1);
    await ground.until(() => heard.length === 1);
    expect([heard, flow.pongsDue]).toEqual([[flow.id], 0]);
  });

  test('RFC 5626 §3.5.1: a user that fails at a keep-alive costs nothing but that', async () => {
    there.layer.onKeepAlive = () => {
      throw new Error('a bug');
    };
    const peer = await pair.rawPeer(there.endpoint);
    peer.send('\r\n\r\n');
    await ground.until(() => peer.text() === '\r\n');
    expect(there.layer.counters.handlerFaults).toBe(1);
  });

  test('a peer that vanishes in the middle of a message leaves nothing behind', async () => {
    const peer = await pair.rawPeer(there.endpoint);
    peer.send('OPTIONS sip:a SIP/2.0\r\nConte');
    await ground.until(() => there.ledger.counts().connections === 1);
    await peer.leave();
    await ground.until(() => there.ledger.counts().connections === 0);
    expect(there.heard).toEqual([]);
  });
});
