import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TransportFailure } from './failure.ts';
import { type Flow, KEEP_ALIVE } from './flow.ts';
import { type End, GROUNDS, type Ground, Pair } from './testing/grounds.ts';

describe.each(GROUNDS)('%s', (_, makeGround) => {
  let pair: Pair;
  let ground: Ground;
  let here: End;
  let there: End;

  beforeEach(async () => {
    pair = await Pair.on(makeGround());
    ({ ground, here, there } = pair);
  });

  afterEach(async () => expect(await pair.close()).toEqual([]));

  test('a request arrives whole, with the endpoint that it came from', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one', 'body'));
    await ground.until(() => there.heard.length === 1);
    const { message, flow: arrivedOn } = there.heard[0]!;
    expect(message.kind === 'request' && message.method).toBe('OPTIONS');
    expect(message.body.toString()).toBe('body');
    expect(arrivedOn.bound).toEqual(there.endpoint);
    expect(arrivedOn.observed.address).toBe(ground.address);
    if (ground.transport === 'udp') expect(arrivedOn.observed).toEqual(here.endpoint);
    expect(message.topVia.ok && message.topVia.value.port).toBe(here.endpoint.port);
  });

  test('its response comes back on the same flow', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one'));
    await ground.until(() => there.heard.length === 1);
    there.answer(0);
    await ground.until(() => here.heard.length === 1);
    const { message, flow: cameOn } = here.heard[0]!;
    expect(message.kind === 'response' && message.status).toBe(200);
    expect(cameOn.id).toBe(flow.id);
  });

  test('messages of many sizes come as they were sent', async () => {
    const flow = here.flowTo(there.endpoint);
    const bodies = [0, 1, 1_300, 20_000, 60_000].map((length) => 'x'.repeat(length));
    for (const [i, body] of bodies.entries()) flow.send(here.request(flow, `size${i}`, body));
    await ground.until(() => there.heard.length === bodies.length);
    expect(there.heard.map(({ message }) => message.body.toString())).toEqual(bodies);
  });

  test('a flow is found again by its id, as long as it can be used', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one'));
    await ground.until(() => there.heard.length === 1);
    const { id } = there.heard[0]!.flow;
    expect(here.flowTo(there.endpoint).id).toBe(flow.id);
    there.layer.flowById(id)!.send(there.request(there.heard[0]!.flow, 'back'));
    await ground.until(() => here.heard.length === 1);
    expect(here.callIds()).toEqual(['back']);
    for (const wrong of ['', 'none', 'udp', 'udp/x/y', 'tcp/x', 'ws/x', `${id}0`.replace('/', '-')]) {
      expect(there.layer.flowById(wrong)).toBeUndefined();
    }
  });

  test('keep-alives reach nobody above, and a ping on a stream is answered (RFC 5626 §3.5.1)', async () => {
    const peer = await pair.rawPeer(there.endpoint);
    peer.send('\r\n\r\n');
    await ground.until(() => there.layer.counters.keepAlives > 0);
    if (ground.transport === 'tcp') await ground.until(() => peer.text() === '\r\n');
    peer.send('OPTIONS sip:a SIP/2.0\r\nCall-ID: after\r\nContent-Length: 0\r\n\r\n');
    await ground.until(() => there.heard.length === 1);
    expect(there.callIds()).toEqual(['after']);
    expect(there.layer.counters.malformed).toBe(0);
    expect(peer.text()).toBe(ground.transport === 'tcp' ? '\r\n' : '');
  });

  test('a ping of ours is no message at the other end', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(KEEP_ALIVE);
    flow.send(here.request(flow, 'after'));
    await ground.until(() => there.heard.length === 1);
    expect(there.layer.counters.keepAlives).toBeGreaterThan(0);
    there.answer(0);
    await ground.until(() => here.heard.length === 1);
    expect(here.layer.counters.malformed + here.layer.counters.unframed).toBe(0);
  });

  test('what is no SIP is counted and harms nobody', async () => {
    const vandal = await pair.rawPeer(there.endpoint);
    vandal.send('GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n');
    vandal.send('\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n');
    const { counters } = there.layer;
    await ground.until(() => counters.malformed + counters.unframed === 2);
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'good'));
    await ground.until(() => there.heard.length === 1);
    expect(there.callIds()).toEqual(['good']);
    expect(counters.handlerFaults).toBe(0);
    if (ground.transport === 'tcp') await ground.until(() => vandal.closed());
  });

  test('a handler that throws costs one message', async () => {
    const { user } = there.layer;
    there.layer.user = {
      onMessage() {
        throw new Error('a bug');
      },
    };
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one'));
    await ground.until(() => there.layer.counters.handlerFaults === 1);
    there.layer.user = user;
    flow.send(here.request(flow, 'two'));
    await ground.until(() => there.heard.length === 1);
    expect(there.callIds()).toEqual(['two']);
  });

  test('a response whose connection or port moved on still finds the sender', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one'));
    await ground.until(() => there.heard.length === 1);
    if (ground.transport === 'tcp') {
      let gone = false;
      there.heard[0]!.flow.onClose(() => {
        gone = true;
      });
      const peer = here.layer.flowById(flow.id);
      expect(peer).toBe(flow);
      closeFlow(flow);
      await ground.until(() => gone);
      expect(there.heard[0]!.flow.open).toBe(false);
      expect(there.layer.flowById(there.heard[0]!.flow.id)).toBeUndefined();
    }
    there.answer(0);
    await ground.until(() => here.heard.length === 1);
  });

  test('a send on a flow that is closed fails, and its watchers hear of it once', async () => {
    const flow = here.flowTo(there.endpoint);
    flow.send(here.request(flow, 'one'));
    await ground.until(() => there.heard.length === 1);
    const closed: TransportFailure[] = [];
    flow.onClose((why) => closed.push(why));
    flow.onClose((why) => closed.push(why))(); // cancelled at once
    let done = false;
    void here.layer.close().then(() => {
      done = true;
    });
    await ground.until(() => done);
    expect(closed.map(({ code }) => code)).toEqual(['closed']);
    expect(flow.open).toBe(false);
    const failures: TransportFailure[] = [];
    flow.send(Buffer.from('x'), (failure) => failures.push(failure));
    await ground.until(() => failures.length > 0);
    expect(failures.map(({ code }) => code)).toEqual(['closed']);
  });

  test('a taken port is refused with the name of the fault', async () => {
    const again = here.layer.listen({ transport: ground.transport, endpoint: here.endpoint });
    await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('who is not admitted is met with silence', async () => {
    const strict = await pair.third({ admit: () => false });
    const peer = await pair.rawPeer(strict.endpoint);
    peer.send('OPTIONS sip:a SIP/2.0\r\nContent-Length: 0\r\n\r\n');
    await ground.until(() => strict.layer.counters.refused > 0);
    expect(strict.heard).toEqual([]);
    expect(peer.text()).toBe('');
    expect(strict.layer.counters.received).toBe(0);
  });
});

/** Ends a connection as its own layer's time-out would. */
function closeFlow(flow: Flow): void {
  if ('end' in flow && typeof flow.end === 'function') flow.end();
}
