import { expect, test } from 'vitest';
import { reportBlocks } from '../rtp/read-reports.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import {
  call,
  clock,
  close,
  events,
  handled,
  media,
  phone,
  reported,
  rtpPort,
  statistics,
  update,
  useWorker,
  worker,
} from './testing/worker-here.ts';

useWorker(41_600);

/** A phone's sound, one packet each 20 ms, for so long. */
async function speak(from: Awaited<ReturnType<typeof phone>>[], seconds: number, first: number): Promise<number> {
  for (let i = 0; i < seconds * 5; i++) {
    const before = worker.packets;
    for (const [leg, each] of from.entries()) {
      each.send(rtpPacket({ sequence: first + i, timestamp: (first + i) * 1_600, ssrc: leg + 1 }), rtpPort(leg + 1));
    }
    await handled(before + from.length);
    clock.advance(200);
  }
  return first + seconds * 5;
}

test('a leg that is not heard is told with what it claims and who sends there instead, and that it is heard again', async () => {
  const { a, b } = await call({ do: 'supervise', call: 1 });
  const stranger = await phone('127.0.0.77');
  const next = await speak([a], 1, 1);
  stranger.send(rtpPacket({ sequence: 1 }), rtpPort(2));
  await handled(6);
  const later = await speak([a], 4, next);
  await reported();
  expect(events().filter(({ kind }) => kind === 'one-way')).toEqual([
    { kind: 'one-way', leg: 'b', everHeard: false, claimed: b.at, stranger: stranger.at },
  ]);
  await speak([a, b], 2, later);
  await reported();
  expect(events().filter(({ kind }) => kind === 'recovered')).toHaveLength(1);
});

test('before the answer and on hold nobody is missed', async () => {
  const { a, b } = await call();
  await speak([a], 5, 1);
  worker.execute([{ do: 'supervise', call: 1 }, update(2, media(b, { held: true }))]);
  await speak([a], 5, 100);
  await reported();
  expect(events().filter(({ kind }) => kind === 'one-way' || kind === 'silent')).toEqual([]);
});

test('what came is measured, and the peer is told of it where nobody else does', async () => {
  const { a } = await call();
  const aRtcp = await phone('127.0.0.2');
  worker.execute([update(1, media(a, { claimedRtcp: aRtcp.at }), false)]);
  await speak([a], 3, 1);
  a.send(rtpPacket({ sequence: 15, timestamp: 15 * 1_600, ssrc: 1 }), rtpPort(1));
  a.send(rtpPacket({ sequence: 18, timestamp: 18 * 1_600, ssrc: 1 }), rtpPort(1));
  await handled(17);
  for (let i = 0; i < 20; i++) clock.advance(500);
  const { packet } = await aRtcp.next();
  expect(reportBlocks(packet)).toMatchObject([{ ssrc: 1, lost: 2 }]);
  await close();
  const { quality, rtp } = statistics('a');
  expect(rtp.lost).toBe(2);
  expect(quality).toMatchObject({ duplicates: 1, reordered: 0, reported: undefined });
  expect(quality.score).toBeGreaterThan(3);
});
