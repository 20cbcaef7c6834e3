import { describe, expect, test, vi } from 'vitest';
import { Recorder } from '../recording/recorder.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import type { Command } from './messages.ts';
import { RelayLeg } from './relay-leg.ts';
import {
  BRIDGE,
  CLOSE,
  call,
  clock,
  events,
  media,
  openLegs,
  RANGE,
  reported,
  rtpPort,
  settle,
  start,
  update,
  useWorker,
  warmPorts,
  worker,
} from './testing/worker-here.ts';

useWorker(41_400);

describe('supervision', () => {
  test('silence is told after the answer only, and only while nobody is held', async () => {
    const { a } = await call();
    clock.advance(120_000);
    await reported();
    expect(events()).toEqual([]);
    worker.execute([{ do: 'supervise', call: 1 }, update(1, media(a, { held: true }))]);
    clock.advance(120_000);
    worker.execute([update(1, media(a))]);
    clock.advance(59_000);
    await reported();
    expect(events()).toEqual([{ kind: 'silent' }]);
    clock.advance(3_000);
    await reported();
    expect(events().slice(1)).toEqual([{ kind: 'silence', milliseconds: 60_000 }]);
  });

  test('a hold has its end', async () => {
    const { a } = await call({ do: 'supervise', call: 1 });
    worker.execute([update(1, media(a, { held: true }))]);
    clock.advance(1_802_000);
    await reported();
    expect(events()).toEqual([{ kind: 'hold-expired', milliseconds: 1_800_000 }]);
  });
});

describe('faults', () => {
  test('a bug in the handling of a call costs that call, not the worker', async () => {
    const { a } = await call({
      do: 'record',
      call: 1,
      order: { path: 'r.wav', callId: 'one', format: 'wav', minimumMs: 0 },
      left: { leg: 1, party: { number: '201' } },
      right: undefined,
    });
    await settle();
    worker.execute([{ ...openLegs('127.0.0.2')[1]!, port: 1, leg: 9 } as Command]);
    await reported();
    expect(events().map((event) => event.kind)).toEqual(['recording-finished', 'lost']);
    a.send(rtpPacket({ sequence: 1 }), rtpPort(1));
    worker.execute([CLOSE, BRIDGE, { do: 'open-call', call: 2 }, { do: 'close-call', call: 2 }]);
    await reported();
    expect(events(2)).toEqual([{ kind: 'closed', legs: [] }]);
  });

  test('nor does one more, in the closing of what is lost: its other legs and all ports are given back', async () => {
    await start({ pairs: 2 });
    worker.execute([...openLegs('127.0.0.2', '127.0.0.3'), { do: 'open-call', call: 2 }]);
    const close = vi.spyOn(RelayLeg.prototype, 'close').mockImplementationOnce(() => {
      throw new Error('a fault in the closing');
    });
    try {
      worker.execute([{ ...openLegs('127.0.0.2')[1]!, port: 1, leg: 9 } as Command]);
    } finally {
      close.mockRestore();
    }
    await reported();
    expect(events()).toMatchObject([{ kind: 'lost', detail: expect.not.stringContaining('in the closing') }]);
    worker.execute([{ do: 'close-call', call: 2 }]);
    await reported();
    expect(events(2)).toMatchObject([{ kind: 'closed' }]);
    clock.advance(31_000);
    await reported();
    const [one, two] = [RANGE.first, RANGE.first + 2];
    expect(warmPorts().sort()).toEqual([one, one, two, two]);
  });

  test('nor does one of a recording that is to be closed', async () => {
    const order = { path: 'r.wav', callId: 'one', format: 'wav', minimumMs: 0 } as const;
    await call({ do: 'record', call: 1, order, left: { leg: 1, party: { number: '201' } }, right: undefined });
    await settle();
    const finish = vi.spyOn(Recorder.prototype, 'finish').mockImplementationOnce(() => {
      throw new Error('a fault put in');
    });
    try {
      worker.execute([CLOSE]);
    } finally {
      finish.mockRestore();
    }
    await reported();
    expect(events()).toMatchObject([
      { kind: 'recording-failed' },
      { kind: 'lost', detail: expect.stringContaining('a fault put in') },
    ]);
  });

  test('nor does one that only time brings to light', async () => {
    await call({ do: 'open-call', call: 2 });
    await settle();
    const tick = vi.spyOn(RelayLeg.prototype, 'tick').mockImplementationOnce(() => {
      throw new Error('a fault put in');
    });
    try {
      for (let i = 0; i < 40; i++) clock.advance(50);
    } finally {
      tick.mockRestore();
    }
    await reported();
    expect(events()).toEqual([{ kind: 'lost', detail: expect.stringContaining('a fault put in') }]);
    worker.execute([{ do: 'close-call', call: 2 }]);
    await reported();
    expect(events(2)).toEqual([{ kind: 'closed', legs: [] }]);
  });

  test('a pair that was leased for a call lost meanwhile is not lost with it', async () => {
    await start({ pairs: 1 });
    worker.execute(openLegs('127.0.0.2').slice(1));
    clock.advance(31_000);
    await reported();
    expect(warmPorts()).toEqual([RANGE.first, RANGE.first]);
  });

  test('commands for what is gone are void', async () => {
    await call();
    worker.execute([
      { do: 'close-leg', call: 1, leg: 2 },
      { do: 'close-leg', call: 1, leg: 2 },
      BRIDGE,
      { do: 'echo', call: 1, leg: 2 },
      { do: 'unbridge', call: 1, leg: 2 },
      update(2, media(undefined)),
      CLOSE,
      CLOSE,
      { do: 'supervise', call: 1 },
    ]);
    await reported();
    expect(events().filter((event) => event.kind === 'closed')).toHaveLength(1);
  });
});
