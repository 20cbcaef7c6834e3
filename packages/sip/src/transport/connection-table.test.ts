import { SeededRandom } from '@vats/kernel/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CONNECTION_LIMITS } from './connection-limits.ts';
import { type Peer, TcpStage, THEIRS } from './testing/tcp-stage.ts';
import { TransportLayer } from './transport-layer.ts';

const stage = new TcpStage();
beforeEach(() => stage.open());
afterEach(async () => expect(await stage.close()).toEqual([]));

describe('bounds', () => {
  test('connections of one source, and of all', async () => {
    await stage.layer.close();
    await stage.open({ bounds: { perSource: 2, total: 3 } });
    const of = (address: string): Peer => stage.peer(address);
    const first = [of('198.51.100.1'), of('198.51.100.1'), of('198.51.100.1')];
    expect(first.map(({ closed }) => closed !== undefined)).toEqual([false, false, true]);
    const others = [of('198.51.100.2'), of('198.51.100.3')];
    expect(others.map(({ closed }) => closed !== undefined)).toEqual([false, true]);
    expect(stage.layer.counters.connectionsOverLimit).toBe(2);
    expect(stage.log.events.filter((event) => event === 'transport.too-many-connections').length).toBe(2);
    first[0]!.stream.destroy();
    stage.clock.advance(0);
    expect(of('198.51.100.1').closed).toBeUndefined();
  });

  test('a whole IPv6 /64 is one source', async () => {
    await stage.layer.close();
    await stage.open({ bounds: { perSource: 1 } });
    await stage.layer.listen({ transport: 'tcp', endpoint: { address: '::', port: 5060 } }).catch(() => {});
    const ours = { address: '2001:db8:f::1', port: 5060 };
    const { network, clock, log, ledger } = stage;
    const six = new TransportLayer({
      network,
      clock,
      random: new SeededRandom(1),
      log,
      ledger,
      bounds: { perSource: 1 },
    });
    await six.listen({ transport: 'tcp', endpoint: ours });
    const closed: unknown[] = [];
    for (const address of ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1']) {
      network.connectTcp(address, ours, {
        onOctets: () => {},
        onEnded: () => {},
        onClosed: () => closed.push(address),
      });
    }
    clock.advance(0);
    expect(closed).toEqual(['2001:db8::2']);
    const done = six.close();
    clock.advance(CONNECTION_LIMITS.linger);
    await done;
  });

  test('a connection of ours beyond the bound fails at once', async () => {
    await stage.layer.close();
    await stage.open({ bounds: { total: 0 } });
    const failed: string[] = [];
    stage.layer.flowTo({ transport: 'tcp', endpoint: THEIRS }).send(Buffer.from('x'), ({ code }) => failed.push(code));
    expect(failed).toEqual(['overflow']);
  });
});
