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

  describe('and begins handshake after handshake', () => {
    const KNOWN = '192.0.2.50';
    const { perSource, perKnown, together, newcomers } = HANDSHAKE_RATES;
    beforeEach(async () => {
      await stage.close();
      await stage.open({ isKnown: (address) => address === KNOWN, bounds: { perStranger: 10_000, perSource: 10_000 } });
    });
    /** So many who say so much, and how many of them were turned away. */
    const from = (address: string, count: number, said = 'HELLO\n'): number => {
      const before = stage.layer.counters.handshakesOverLimit;
      for (let i = 0; i < count; i++) {
        const peer = stage.peer(address);
        if (said !== '') peer.says(said);
        peer.stream.destroy();
      }
      stage.clock.advance(0);
      return stage.layer.counters.handshakesOverLimit - before;
    };

    test('has so many, and who is known far more', () => {
      expect(from(THEIRS.address, perSource.burst + 5)).toBe(5);
      expect(from(KNOWN, perKnown.burst + 7)).toBe(7);
      stage.clock.advance(1_000);
      expect(from(THEIRS.address, perSource.rate + 1)).toBe(1);
      expect(from(KNOWN, perKnown.rate + 1)).toBe(1);
    });

    test('pays for none by a connection alone', () => {
      expect(from(THEIRS.address, 10 * perSource.burst, '')).toBe(0);
      expect(from(THEIRS.address, perSource.burst)).toBe(0);
    });

    test('keeps nobody out who comes for the first time, however many they are together', () => {
      for (let i = 0; i < 20; i++) from(`198.51.100.${i}`, perSource.burst);
      expect(from('203.0.113.1', 1)).toBe(0);
      expect(from('203.0.113.1', 1)).toBe(1);
      let turnedAway = 0;
      for (let i = 2; i < 2 + newcomers.burst; i++) turnedAway += from(`203.0.113.${i}`, 1);
      // Those who flooded came for the first time, too.
      expect(turnedAway).toBeGreaterThan(0);
      expect(turnedAway).toBeLessThan(20);
      stage.clock.advance(2_000 / together.rate);
      expect(from('203.0.113.1', 1)).toBe(0);
    });
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
