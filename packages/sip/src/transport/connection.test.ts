import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CONNECTION_LIMITS } from './connection-limits.ts';
import { MESSAGE, TcpStage, THEIRS } from './testing/tcp-stage.ts';

const stage = new TcpStage();
beforeEach(() => stage.open());
afterEach(async () => expect(await stage.close()).toEqual([]));

describe('keep-alives of RFC 5626 §3.5.1', () => {
  test('RFC 5626 §3.5.1: a ping is answered wherever it is cut', () => {
    for (let at = 1; at < 4; at++) {
      const pinger = stage.peer();
      pinger.says('\r\n\r\n'.slice(0, at));
      expect(pinger.text).toBe('');
      pinger.says('\r\n\r\n'.slice(at));
      expect(pinger.text).toBe('\r\n');
      pinger.says(MESSAGE);
      expect(stage.heard.length).toBe(at);
    }
  });

  test('a CRLF before or behind a message is no half of a ping', () => {
    const stray = stage.peer();
    stray.says(`\r\n${MESSAGE}\r\n${MESSAGE}`);
    expect(stray.text).toBe('');
    expect(stage.heard.length).toBe(2);
  });

  test('who sends nothing but pings loses the connection; a phone that pings now and then, and who ends messages with empty lines, does not', () => {
    const flood = stage.peer();
    flood.says('\r\n'.repeat(64));
    expect(flood.closed).toBeUndefined();
    flood.says('\r\n'.repeat(1_000));
    stage.clock.advance(0);
    expect(flood.closed).toBeDefined();
    expect(flood.text.length).toBeLessThan(100);
    const phone = stage.peer();
    phone.says(MESSAGE);
    for (let i = 0; i < 200; i++) {
      stage.clock.advance(2_000);
      phone.says('\r\n\r\n');
    }
    for (let i = 0; i < 200; i++) phone.says(`${MESSAGE}\r\n\r\n`);
    expect(phone.closed).toBeUndefined();
  });

  test('the answer to our ping is not taken for a ping', () => {
    const phone = stage.peer();
    phone.says(MESSAGE);
    for (let i = 0; i < 4; i++) {
      stage.flows[0]!.send(Buffer.from('\r\n\r\n'));
      stage.clock.advance(0);
      phone.says('\r\n');
    }
    expect(phone.text).toBe('\r\n\r\n'.repeat(4));
  });
});

test('a connection that is on its way out is not used again', async () => {
  await stage.listener();
  const { flow } = stage.flowToPeer();
  flow.send(Buffer.from(MESSAGE));
  stage.clock.advance(0);
  stage.network.vanish(THEIRS.address);
  stage.clock.advance(CONNECTION_LIMITS.idle);
  expect(flow.open).toBe(false);
  expect(stage.ledger.counts().connections).toBe(1);
  stage.network.comeBack(THEIRS.address);
  const next = stage.flowToPeer().flow;
  expect(next.id).not.toBe(flow.id);
  expect(next.open).toBe(true);
});

test('who is no longer admitted loses the connection at the next message', async () => {
  await stage.layer.close();
  let admitted = true;
  await stage.open({ admit: () => admitted, isKnown: () => false });
  const guest = stage.peer();
  guest.says(MESSAGE);
  admitted = false;
  guest.says(MESSAGE);
  expect(stage.heard).toEqual(['c']);
  expect(guest.closed).toBeDefined();
});

test('nor is such a one told what is wrong with a stream', async () => {
  await stage.layer.close();
  let admitted = true;
  await stage.open({ admit: () => admitted, isKnown: () => false });
  const guest = stage.peer();
  guest.says(MESSAGE);
  admitted = false;
  guest.says(MESSAGE.replace(/Call-ID.*$/s, 'Via: SIP/2.0/TCP a;branch=z9hG4bKa\r\n\r\n'));
  expect(guest.text).toBe('');
  expect(stage.layer.counters).toMatchObject({ refused: 1, unframed: 1 });
  expect(guest.closed).toBeDefined();
});

test('who is proven and only sends too much keeps the connection, and is heard again', async () => {
  await stage.layer.close();
  let admitted = false;
  await stage.open({ admit: (_from, _transport, octets) => admitted || octets === undefined, isProven: () => true });
  const phone = stage.peer();
  phone.says(MESSAGE);
  expect(stage.heard).toEqual([]);
  expect(stage.layer.counters.refused).toBe(1);
  expect(phone.closed).toBeUndefined();
  admitted = true;
  phone.says(MESSAGE);
  expect(stage.heard).toEqual(['c']);
});

test('a message that closes its own connection is the last one heard on it', () => {
  stage.layer.user = {
    onMessage(message, flow) {
      stage.heard.push(message.value('Call-ID'));
      if ('end' in flow && typeof flow.end === 'function') flow.end();
    },
  };
  const guest = stage.peer();
  guest.says(MESSAGE + MESSAGE);
  expect(stage.heard).toEqual(['c']);
});

test('a watcher that throws keeps nobody else from hearing', () => {
  const guest = stage.peer();
  guest.says(MESSAGE);
  const told: string[] = [];
  stage.flows[0]!.onClose(() => {
    throw new Error('a bug');
  });
  stage.flows[0]!.onClose(({ code }) => told.push(code));
  guest.stream.destroy();
  stage.clock.advance(0);
  expect(told).toEqual(['closed']);
  expect(stage.layer.counters.handlerFaults).toBe(1);
});

test('a fault of ours in reading what came costs that connection, and no other', () => {
  const [guest, beside] = [stage.peer(), stage.peer()];
  guest.says(MESSAGE);
  beside.says(MESSAGE);
  Object.defineProperty(stage.layer.counters, 'keepAlives', {
    configurable: true,
    get: () => {
      throw new Error('ours');
    },
  });
  guest.says('\r\n\r\n');
  Object.defineProperty(stage.layer.counters, 'keepAlives', { value: 0, writable: true });
  stage.clock.advance(0);
  expect(guest.closed).toBeDefined();
  expect(stage.layer.counters.handlerFaults).toBe(1);
  beside.says(MESSAGE);
  expect(stage.heard).toHaveLength(3);
  expect(beside.closed).toBeUndefined();
});

test('close lets a connection send what it holds, and does not wait for ever', async () => {
  await stage.listener();
  const { flow } = stage.flowToPeer();
  stage.clock.advance(0);
  stage.network.stall(THEIRS);
  flow.send(Buffer.from(MESSAGE));
  let closed = false;
  const closing = stage.layer.close().then(() => {
    closed = true;
  });
  stage.clock.advance(CONNECTION_LIMITS.linger - 1);
  await Promise.resolve();
  expect(closed).toBe(false);
  stage.network.resume(THEIRS);
  stage.clock.advance(0);
  expect(stage.network.sent('OPTIONS').length).toBe(1);
  stage.clock.advance(1);
  await closing;
  expect(closed).toBe(true);
});

test('close does not wait for a connection that is not up yet', async () => {
  await stage.listener();
  stage.network.vanish(THEIRS.address);
  stage.flowToPeer();
  const closing = stage.layer.close();
  stage.clock.advance(0);
  await closing;
  expect(stage.ledger.leftovers()).toEqual([]);
});

test('RFC 3261 §18.3: streams cut anywhere bring the same messages', () => {
  const many = stage.peer();
  stage.network.cut = (octets) => [...octets].map((octet) => Buffer.from([octet]));
  many.says(MESSAGE.repeat(5));
  expect(stage.heard.length).toBe(5);
});
