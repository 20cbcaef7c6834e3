import { describe, expect, test } from 'vitest';
import { rtpPacket, UdpPhone } from '../testing/udp-phone.ts';
import type { Command } from './messages.ts';
import {
  clock,
  close,
  events,
  media,
  openLegs,
  phone,
  phones,
  ports,
  RANGE,
  reported,
  reports,
  reservePorts,
  rtpPort,
  settle,
  start,
  update,
  useWorker,
  warmPorts,
  worker,
} from './testing/worker-here.ts';

useWorker(41_300);

describe('ports', () => {
  test('checklist 21: pairs are even and odd, in no order, and warm ones are bound again as they are leased', async () => {
    await start();
    expect(reports.at(-1)).toEqual({ say: 'ready' });
    expect(warmPorts()).toHaveLength(8);
    expect(warmPorts()).not.toEqual([...warmPorts()].sort());
    for (const port of warmPorts()) expect(port % 2).toBe(0);
    worker.execute(openLegs('127.0.0.2', '127.0.0.3'));
    await reported();
    expect(new Set(warmPorts()).size).toBe(10);
  });

  test('checklist 21: exhausted is exhausted, and what rested comes back, calls or none', async () => {
    await start({ pairs: 2, resting: 0 });
    expect(warmPorts()).toHaveLength(2);
    worker.execute(openLegs('127.0.0.2', '127.0.0.3'));
    await reported();
    expect(warmPorts()).toHaveLength(2);
    await close();
    clock.advance(29_000);
    await reported();
    expect(warmPorts()).toHaveLength(2);
    clock.advance(2_000);
    await reported();
    expect(warmPorts()).toHaveLength(4);
  });

  test('checklist 21: a burst takes pairs of the reserve, which are bound a portion a turn, and its calls have sound', async () => {
    await start({ warm: 2 });
    expect(warmPorts()).toHaveLength(2);
    expect(reservePorts()).toHaveLength(18);
    expect(new Set([...warmPorts(), ...reservePorts()]).size).toBe(20);
    const a = await phone('127.0.0.2');
    const [first, ...rest] = [...warmPorts(), ...reservePorts()].map(
      (port, i): Command => ({
        do: 'open-leg',
        call: 1,
        leg: i + 1,
        name: String(i),
        family: 4,
        port,
        signalling: '127.0.0.2',
      }),
    );
    worker.execute([{ do: 'open-call', call: 1 }, first!, ...rest, update(20, media(a))]);
    worker.execute([{ do: 'echo', call: 1, leg: 20 }]);
    const last = { address: '127.0.0.1', port: reservePorts().at(-1)! };
    await expect(UdpPhone.open(last.address, last.port).then((other) => phones.push(other))).resolves.toBeDefined();
    phones.pop()!.close();
    await settle();
    a.send(rtpPacket({ sequence: 1 }), last);
    expect((await a.next()).from).toEqual(last);
  });

  test('a pair of the reserve that another process has costs the one call that got it', async () => {
    await start({ warm: 2 });
    const port = reservePorts()[0]!;
    phones.push(await UdpPhone.open('127.0.0.1', port));
    worker.execute([
      { do: 'open-call', call: 1 },
      { do: 'open-leg', call: 1, leg: 1, name: 'a', family: 4, port, signalling: '127.0.0.2' },
    ]);
    await settle();
    expect(events()).toMatchObject([
      { kind: 'lost', detail: expect.stringContaining(`${port} of the reserve cannot be bound: EADDRINUSE`) },
    ]);
  });

  test('a pair that rests bound hears nobody, and serves another call afterwards as a new one would', async () => {
    await start({ pairs: 1, warm: 1 });
    const a = await phone('127.0.0.2');
    worker.execute([...openLegs('127.0.0.2'), update(1, media(a)), { do: 'echo', call: 1, leg: 1 }]);
    for (let sequence = 1; sequence <= 7; sequence++) {
      a.send(rtpPacket({ sequence }), rtpPort(1));
      await a.next();
      clock.advance(1_000); // connected to its source by now
    }
    await close();
    // Bound: nobody else gets it.
    await expect(UdpPhone.open('127.0.0.1', ports[0])).rejects.toThrow('EADDRINUSE');
    a.send(rtpPacket({ sequence: 8 }), rtpPort(1));
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve)); // the packet is read
    clock.advance(29_000);
    await reported();
    expect(warmPorts()).toHaveLength(1);
    clock.advance(2_000);
    await reported();
    expect(warmPorts()).toEqual([ports[0], ports[0]]);
    const b = await phone('127.0.0.3');
    const [, opened] = openLegs('127.0.0.3');
    worker.execute([
      { do: 'open-call', call: 2 },
      { ...opened, call: 2 } as Command,
      { ...update(1, media(b)), call: 2 } as Command,
      { do: 'echo', call: 2, leg: 1 },
    ]);
    b.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    expect((await b.next()).packet).toEqual(rtpPacket({ sequence: 1 }));
    worker.execute([{ do: 'close-call', call: 2 }]);
    await reported();
    expect(events(2)).toMatchObject([
      { kind: 'learned', observed: b.at },
      { kind: 'closed', legs: [{ rtp: { packets: 1, foreign: 0 } }] },
    ]);
    expect(a.heard).toHaveLength(7);
  });

  test('only so many pairs rest bound, and what the next refill will not need is closed after its rest', async () => {
    await start({ warm: 1, resting: 4 });
    const free = async (port: number) => {
      const other = await UdpPhone.open('127.0.0.1', port).catch(() => undefined);
      other?.close();
      return other !== undefined;
    };
    const leased = [...warmPorts(), ...reservePorts()].slice(0, 6);
    for (const [i, port] of leased.entries()) {
      const leg = { leg: 1, name: 'a', family: 4, signalling: '127.0.0.2' } as const;
      worker.execute([
        { do: 'open-call', call: i + 1 },
        { do: 'open-leg', call: i + 1, port, ...leg },
      ]);
    }
    await settle();
    for (let number = 1; number <= 6; number++) worker.execute([{ do: 'close-call', call: number }]);
    await reported();
    expect(await Promise.all(leased.map(free))).toEqual([false, false, false, false, true, true]);
    clock.advance(31_000);
    expect((await Promise.all(leased.map(free))).filter((each) => each)).toHaveLength(4);
  });

  test('a pair of which another process has one port is passed over, and its other port let go', async () => {
    const other = await UdpPhone.open('127.0.0.1', RANGE.first + 1);
    phones.push(other);
    await start({ pairs: 2 });
    expect(warmPorts()).toEqual([RANGE.first + 2]);
    expect(reports).toContainEqual({ say: 'unbound', address: '127.0.0.1', inUse: 1, failed: undefined });
    const even = await UdpPhone.open('127.0.0.1', RANGE.first);
    phones.push(even);
  });

  test('an address that is not ours is said', async () => {
    await start({ address: '192.0.2.1', pairs: 1, warm: 1, resting: 0 });
    await reported();
    expect(reports).toEqual([{ say: 'failed', code: 'EADDRNOTAVAIL', address: '192.0.2.1' }]);
  });
});
