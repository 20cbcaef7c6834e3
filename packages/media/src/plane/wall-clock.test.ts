import { expect, test } from 'vitest';
import { manifestOf } from '../recording/manifest.ts';
import { readNotes } from '../recording/note.ts';
import { readWavHeader } from '../recording/wav-header.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import { BRIDGE, call, clock, close, events, files, rtpPort, statistics, useWorker } from './testing/worker-here.ts';

useWorker(46_300);

const RECORD = {
  do: 'record',
  call: 1,
  order: { path: 'r.wav', callId: 'one', format: 'wav', minimumMs: 0 },
  left: { leg: 1, party: { number: '201' } },
  right: { leg: 2, party: { number: '202' } },
} as const;

test.each([
  ['ahead by a day', 86_400_000],
  ['back by a day', -86_400_000],
])('the machine’s clock is set %s: sound, its measures and the recording do not notice', async (_, step) => {
  const { a, b } = await call(BRIDGE, RECORD, { do: 'supervise', call: 1 });
  const begun = clock.now();
  for (let i = 0; i < 100; i++) {
    if (i === 50) clock.stepWall(step);
    const packets = [
      rtpPacket({ sequence: i, payload: Buffer.alloc(160, 1 + i) }),
      rtpPacket({ sequence: i, ssrc: 9 }),
    ];
    a.send(packets[0]!, rtpPort(1));
    b.send(packets[1]!, rtpPort(2));
    expect([(await b.next()).packet, (await a.next()).packet]).toEqual(packets);
    clock.advance(20);
  }
  await close();
  expect(events().map(({ kind }) => kind)).toEqual(['learned', 'learned', 'recording-finished', 'closed']);
  expect(statistics('a')).toMatchObject({ rtp: { packets: 100, lost: 0 }, quality: { jitterMs: 0 } });
  const wav = files.contents.get('r.wav')!;
  expect(readWavHeader(wav)).toEqual({ law: 'PCMA', frames: 16_000 });
  for (let i = 0; i < 100; i++) expect(wav[58 + 2 * 160 * i]).toBe(1 + i);
  const notes = readNotes(files.contents.get('r.journal')!.toString());
  const sound = { file: 'r.wav', format: 'wav-g711', encrypted: false, octets: wav.length, sha256: '' } as const;
  const { heard, startedAt } = manifestOf(notes, { ...sound, durationMs: 2_000 }, { call: 'one', at: 0 });
  expect(heard.map(({ channel, fromMs, toMs }) => [channel, fromMs, toMs])).toEqual([
    ['left', 0, 2_000],
    ['right', 0, 2_000],
  ]);
  expect(Date.parse(startedAt)).toBe(begun);
});
