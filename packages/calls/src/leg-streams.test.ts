import type { MediaStream } from '@vats/media';
import { expect, test } from 'vitest';
import { LegStreams, MOST_BEGUN, MOST_STREAMS } from './leg-streams.ts';

let closed: number[];
let now = 0;

function streams({ video = true, free = 100 } = {}): LegStreams {
  closed = [];
  let port = 20_000;
  let left = free;
  const lease = (): MediaStream | undefined => {
    if (left-- <= 0) return undefined;
    port += 2;
    const own = port;
    return {
      local: { address: '127.0.0.1', port: own, rtcpPort: own + 1 },
      update: () => {},
      close: () => void closed.push(own),
    };
  };
  return new LegStreams({ lease, clock: { monotonic: () => now }, video });
}

const video = (key: string) => ({ key, kind: 'video', transport: 'rtp' }) as const;

test('a stream has the same port until it is not needed any more', () => {
  const all = streams();
  expect([all.open(video('1')), all.open(video('2')), all.open(video('1'))]).toEqual([20_002, 20_004, 20_002]);
  all.keep(new Set(['2']));
  expect([closed, all.get('1'), all.get('2')?.local.port]).toEqual([[20_002], undefined, 20_004]);
  expect(all.open(video('1'))).toBe(20_006);
});

test('a few are carried, and none without ports', () => {
  const all = streams();
  const ports = Array.from({ length: 9 }, (_, i) => all.open(video(String(i))));
  expect(ports.filter((port) => port !== undefined)).toHaveLength(MOST_STREAMS);
  expect(streams({ free: 0 }).open(video('1'))).toBeUndefined();
});

test('a stream that is turned off and on in a storm of re-INVITEs does not take port after port', () => {
  const all = streams({ free: Number.POSITIVE_INFINITY });
  const turnsOffAndOn = (): void => {
    for (let i = 0; i < 1_000; i++) {
      all.open(video('1'));
      all.keep(new Set());
    }
  };
  turnsOffAndOn();
  expect(closed).toHaveLength(MOST_BEGUN);
  now += 59_999;
  expect(all.open(video('1'))).toBeUndefined();
  now += 1;
  turnsOffAndOn();
  expect(closed).toHaveLength(2 * MOST_BEGUN);
});

test('without video there is fax and text', () => {
  const all = streams({ video: false });
  const carried = ['video', 'application', 'image', 'text'].filter(
    (kind) => all.open({ key: kind, kind, transport: 'udp' }) !== undefined,
  );
  expect(carried).toEqual(['image', 'text']);
});
