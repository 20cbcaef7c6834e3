import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CONNECTION_LIMITS } from './connection-limits.ts';
import type { TransportFailure } from './failure.ts';
import { HANDSHAKE_RATES } from './handshake-budget.ts';
import { MESSAGE, OURS, type Peer, TcpStage, THEIRS } from './testing/tcp-stage.ts';

const stage = new TcpStage('tls');
beforeEach(() => stage.open());
afterEach(async () => expect(await stage.close()).toEqual([]));

/** Somebody whose handshake is done. */
function secured(address?: string): Peer {
  const peer = stage.peer(address);
  peer.says('HELLO\n');
  peer.says('GOOD\n');
  return peer;
}

describe('whoever connects to us', () => {
  test('is heard when the handshake is done, and answered over it', () => {
    const peer = secured();
    peer.says(MESSAGE);
    expect(stage.heard).toEqual(['c']);
    expect(stage.flows[0]).toMatchObject({ transport: 'tls', reliable: true, observed: peer.stream.bound });
    stage.flows[0]?.send(Buffer.from('answer'));
    stage.clock.advance(0);
    expect(peer.text).toBe('CERT DNS:pbx.example\nanswer');
  });

  test('is judged before the handshake, which costs nothing when refused', async () => {
    await stage.close();
    await stage.open({ admit: () => false });
    const peer = stage.peer();
    peer.says('HELLO\n');
    expect(peer.closed).toBeDefined();
    expect(peer.text).toBe('');
    expect(stage.layer.counters).toMatchObject({ refused: 1, connectionsAccepted: 0 });
  });

  test.each(['', 'HELL', 'HELLO\n'])('and stops in the handshake, having said %j, is closed in time', (said) => {
    const slow = stage.peer();
    if (said !== '') slow.says(said);
    stage.clock.advance(CONNECTION_LIMITS.connect - 1);
    expect(slow.closed).toBeUndefined();
    stage.clock.advance(1);
    expect(slow.closed).toBeDefined();
    expect(stage.log.lines.at(-1)).toMatchObject({ fields: { code: 'timeout', detail: 'no handshake' } });
  });

  test('and is silent after the handshake is closed as over TCP', () => {
    const silent = secured();
    stage.clock.advance(CONNECTION_LIMITS.firstMessage - 1);
    expect(silent.closed).toBeUndefined();
    stage.clock.advance(1);
    expect(silent.closed).toBeDefined();
  });

  test('and speaks something else is closed at once, and told in the log', () => {
    const lost = stage.peer();
    lost.says(MESSAGE);
    expect(lost.closed).toBeDefined();
    expect(stage.heard).toEqual([]);
    expect(stage.layer.counters.handshakesFailed).toBe(1);
    expect(stage.log.lines.some(({ event }) => event === 'transport.handshake-failed')).toBe(true);
  });

  test('cannot be written to before the handshake is done, nor is a flow to it found', () => {
    const peer = stage.peer();
    const failures: TransportFailure[] = [];
    const flow = stage.layer.flowTo({ transport: 'tls', endpoint: peer.stream.bound });
    flow.send(Buffer.from('x'), (failure) => failures.push(failure));
    expect(failures).toEqual([{ code: 'unreachable', detail: 'nobody knows who should be there' }]);
    peer.stream.destroy();
    stage.clock.advance(0);
  });

  test('a stranger may begin so many handshakes, whoever is known as many as they like', async () => {
    await stage.close();
    await stage.open({ isKnown: (address) => address === '192.0.2.50', bounds: { perStranger: 1_000 } });
    const from = (address: string, count: number): number => {
      for (let i = 0; i < count; i++) stage.peer(address).stream.destroy();
      stage.clock.advance(0);
      return stage.layer.counters.handshakesOverLimit;
    };
    const { perSource } = HANDSHAKE_RATES;
    expect(from(THEIRS.address, perSource.burst)).toBe(0);
    expect(from(THEIRS.address, 5)).toBe(5);
    expect(from('192.0.2.50', 200)).toBe(5);
    stage.clock.advance(1_000);
    expect(from(THEIRS.address, perSource.rate + 1)).toBe(6);
  });
});

describe('whom we connect to', () => {
  const peer = { name: 'itsp.example', verify: 'strict' } as const;

  /** Somebody who says that the certificate is for these names. */
  async function operator(names: string) {
    const heard: string[] = [];
    await stage.network.host(THEIRS.address).listenTcp(THEIRS, {
      onConnection: (stream) => ({
        onOctets: (octets) => {
          const text = octets.toString();
          if (text === 'HELLO\n') stream.write(Buffer.from(`CERT ${names}\n`));
          else heard.push(text);
        },
        onEnded: () => stream.end(),
        onClosed: () => {},
      }),
      onFailure: () => {},
    });
    return heard;
  }

  test('is told nothing until it has shown who it is', async () => {
    const heard = await operator('DNS:itsp.example');
    const flow = stage.layer.flowTo({ transport: 'tls', endpoint: THEIRS, peer });
    flow.send(Buffer.from('secret'));
    expect(heard).toEqual([]);
    stage.clock.advance(0);
    expect(heard.join('')).toBe('GOOD\nsecret');
    expect(stage.layer.flowTo({ transport: 'tls', endpoint: THEIRS, peer }).id).toBe(flow.id);
  });

  test('RFC 5922 §7.3: is not told anything when it is somebody else, and the reason says so', async () => {
    const heard = await operator('DNS:other.example');
    const failures: TransportFailure[] = [];
    const flow = stage.layer.flowTo({ transport: 'tls', endpoint: THEIRS, peer });
    flow.send(Buffer.from('secret'), (failure) => failures.push(failure));
    stage.clock.advance(0);
    expect(heard).toEqual([]);
    expect(failures).toEqual([
      { code: 'untrusted', detail: 'the certificate is not for itsp.example: it has other.example' },
    ]);
  });

  test('where we do not listen, Via and Contact say a port that may stand there, also before it is up', async () => {
    const { layer, clock } = stage;
    await Promise.all(layer.listeners.map((listener) => listener.close()));
    await operator('DNS:itsp.example');
    const flow = layer.flowTo({ transport: 'tls', endpoint: THEIRS, peer });
    expect(layer.sentBy(flow)).toEqual({ host: OURS.address, port: 5061 });
    clock.advance(0);
    expect(layer.sentBy(flow).port).toBe(flow.bound.port);
  });

  test('a connection that was made to one peer carries nothing for another at the same address', async () => {
    await operator('DNS:itsp.example');
    const one = stage.layer.flowTo({ transport: 'tls', endpoint: THEIRS, peer });
    stage.clock.advance(0);
    const other = stage.layer.flowTo({ transport: 'tls', endpoint: THEIRS, peer: { ...peer, name: 'other.example' } });
    const lax = stage.layer.flowTo({ transport: 'tls', endpoint: THEIRS, peer: { ...peer, verify: 'off' } });
    expect(new Set([one.id, other.id, lax.id]).size).toBe(3);
  });

  test.each(['ws', 'wss'] as const)('RFC 7118 §7: never a browser: %s', (transport) => {
    const failures: TransportFailure[] = [];
    stage.layer.flowTo({ transport, endpoint: OURS }).send(Buffer.from('x'), (failure) => failures.push(failure));
    expect(failures).toEqual([{ code: 'unreachable', detail: 'the peer must connect to us' }]);
  });
});
