import { SeededRandom } from '@vats/kernel/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketClient } from '../testing/web-socket-client.ts';
import { CONNECTION_LIMITS } from './connection-limits.ts';
import { KEEP_ALIVE } from './flow.ts';
import { MESSAGE, type Peer, TcpStage } from './testing/tcp-stage.ts';
import { OPCODE } from './web-socket-frame.ts';

const stage = new TcpStage('ws');
beforeEach(() => stage.open());
afterEach(async () => expect(await stage.close()).toEqual([]));

/** A phone on a WebSocket. */
function phone(fields?: Readonly<Record<string, string>>): { peer: Peer; client: WebSocketClient } {
  const peer = stage.peer();
  const client = new WebSocketClient(new SeededRandom(3), (octets) => peer.says(octets.toString('latin1')));
  peer.hears = (octets) => client.onOctets(octets);
  client.open(fields);
  return { peer, client };
}

describe('a WebSocket', () => {
  test('RFC 7118 §5: carries messages both ways, over the flow that it is', () => {
    const { client } = phone();
    expect(client.answer).toMatch(/^HTTP\/1\.1 101 /);
    client.send(MESSAGE.replace('Content-Length: 0\r\n', ''));
    expect(stage.heard).toEqual(['c']);
    const flow = stage.layer.flowById(stage.flows[0]?.id ?? '');
    expect(flow).toMatchObject({ transport: 'ws', reliable: true });
    flow?.send(Buffer.from('answer'));
    stage.clock.advance(0);
    expect(client.heard).toEqual(['answer']);
  });

  test('RFC 6455 §5.5.2: our keep-alive is a ping, whose pong is no message', () => {
    const { client } = phone();
    client.send(MESSAGE);
    stage.flows[0]?.send(KEEP_ALIVE);
    stage.clock.advance(0);
    expect(client.heard).toEqual(['#9']);
    client.frame(OPCODE.pong, Buffer.alloc(0));
    client.send('\r\n\r\n');
    expect(client.heard).toEqual(['#9', '\r\n']);
    expect(stage.heard).toEqual(['c']);
  });

  test('RFC 6455 §7.4.1: is told that we go away when we do', async () => {
    const { client, peer } = phone();
    const closed = stage.layer.close();
    stage.clock.advance(0);
    expect(client.closeCode).toBe(1001);
    peer.stream.end();
    stage.clock.advance(0);
    await closed;
  });

  test('whose message is no SIP stays open, as a datagram would cost nobody anything', () => {
    const { client } = phone();
    client.send('hello');
    client.send(MESSAGE);
    expect(stage.heard).toEqual(['c']);
    expect(stage.layer.counters.malformed).toBe(1);
  });

  test('that breaks the rules of frames is told its close code, and closed', () => {
    const { client, peer } = phone();
    peer.says('\x81\x01a');
    expect(client.closeCode).toBe(1002);
    expect(stage.layer.counters.unframed).toBe(1);
    stage.clock.advance(CONNECTION_LIMITS.linger);
    expect(peer.closed).toBeDefined();
  });

  test('of a page that may not is refused with 403', () => {
    const { client } = phone({ Origin: 'https://evil.example' });
    expect(client.answer).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe('slow, silent and half-open peers', () => {
  test.each(['', 'GET / HTTP/1.1\r\nHost: a\r\n'])(
    'who has not asked for a WebSocket in time, having said %j, is closed',
    (said) => {
      const slow = stage.peer();
      if (said !== '') slow.says(said);
      stage.clock.advance(CONNECTION_LIMITS.connect - 1);
      expect(slow.closed).toBeUndefined();
      stage.clock.advance(1);
      expect(slow.closed).toBeDefined();
    },
  );

  test('a trickle of a request is no progress', () => {
    const slow = stage.peer();
    for (const octet of 'GET / HTTP') {
      slow.says(octet);
      stage.clock.advance(CONNECTION_LIMITS.connect / 10);
    }
    expect(slow.closed).toBeDefined();
  });

  test('who opens a WebSocket and says nothing on it is closed, pings or not', () => {
    const { client, peer } = phone();
    for (let i = 0; i < 10; i++) {
      client.frame(OPCODE.ping, Buffer.alloc(0));
      stage.clock.advance(CONNECTION_LIMITS.firstMessage / 10);
    }
    stage.clock.advance(CONNECTION_LIMITS.linger);
    expect(peer.closed).toBeDefined();
  });

  test('a message must be whole in time, in however many pieces', () => {
    const { client, peer } = phone();
    client.send(MESSAGE);
    client.frame(OPCODE.text, Buffer.from('OPTIONS'), false);
    for (let i = 0; i < 9; i++) {
      stage.clock.advance(CONNECTION_LIMITS.halfMessage / 10);
      client.frame(OPCODE.more, Buffer.from('x'), false);
    }
    expect(peer.closed).toBeUndefined();
    stage.clock.advance(CONNECTION_LIMITS.halfMessage / 10);
    expect(peer.closed).toBeDefined();
  });

  test('who pings and pings and reads none of the answers is torn down, and fills no memory', async () => {
    await stage.close();
    await stage.open({ timeouts: { queueOctets: 10_000 } });
    const { client, peer } = phone();
    stage.network.stall(peer.stream.bound);
    const ping = (): void => client.frame(OPCODE.ping, Buffer.alloc(125));
    for (let i = 0; i < 60 && stage.ledger.counts().connections === 1; i++) ping();
    expect(stage.ledger.counts().connections).toBe(1);
    for (let i = 0; i < 60 && stage.ledger.counts().connections === 1; i++) {
      stage.clock.advance(500);
      ping();
    }
    expect(peer.closed).toBeDefined();
  });

  test('who pings without end is torn down, though it reads what it is answered', () => {
    const { client, peer } = phone();
    for (let i = 0; i < 64; i++) client.frame(OPCODE.ping, Buffer.from('x'));
    expect(peer.closed).toBeUndefined();
    client.frame(OPCODE.ping, Buffer.from('x'));
    stage.clock.advance(0);
    expect(peer.closed).toBeDefined();
  });
});
