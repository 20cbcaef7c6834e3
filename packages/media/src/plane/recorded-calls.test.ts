import { describe, expect, test } from 'vitest';
import { readNotes } from '../recording/note.ts';
import { readWavHeader, WAV_HEADER_OCTETS } from '../recording/wav-header.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import type { Command } from './messages.ts';
import {
  call,
  clock,
  close,
  events,
  files,
  handled,
  media,
  openLegs,
  phone,
  reported,
  rtpPort,
  settle,
  start,
  update,
  useWorker,
  worker,
} from './testing/worker-here.ts';

useWorker(41_200);

describe('the recording', () => {
  const ANNA = { number: '201', name: 'Anna' };
  const BORIS = { number: '202' };
  const RECORD = {
    do: 'record',
    call: 1,
    order: { path: 'r.wav', callId: 'one', format: 'wav', minimumMs: 0 },
    left: { leg: 1, party: ANNA },
    right: { leg: 2, party: BORIS },
  } as const satisfies Command;

  test('holds both sides in their places, and is finished before the call is told closed', async () => {
    const { a, b } = await call(RECORD);
    await settle();
    for (let i = 0; i < 5; i++) {
      a.send(rtpPacket({ sequence: i, payload: Buffer.alloc(160, 1) }), rtpPort(1));
      await b.next();
      b.send(rtpPacket({ sequence: i, ssrc: 9, payload: Buffer.alloc(160, 2) }), rtpPort(2));
      await a.next();
      // Events and comfort noise are no sound.
      a.send(rtpPacket({ sequence: 100 + i, payloadType: 101, payload: Buffer.alloc(4, 3) }), rtpPort(1));
      await b.next();
      clock.advance(20);
    }
    await close();
    expect(events().map((event) => event.kind)).toEqual(['learned', 'learned', 'recording-finished', 'closed']);
    expect(events()[2]).toEqual({
      kind: 'recording-finished',
      path: 'r.wav',
      law: 'PCMA',
      durationMs: 100,
      octets: 58 + 1_600,
      why: 'call-ended',
    });
    const wav = files.contents.get('r.wav')!;
    expect(readWavHeader(wav)).toEqual({ law: 'PCMA', frames: 800 });
    expect(wav.subarray(WAV_HEADER_OCTETS).equals(Buffer.alloc(1_600, Buffer.from([1, 2])))).toBe(true);
  });

  test('holds nothing that the other side could not hear', async () => {
    const { a, b } = await call(RECORD, update(1, media(undefined, { receives: false, held: true })));
    b.send(rtpPacket({ sequence: 1, payload: Buffer.alloc(160, 2) }), rtpPort(2));
    a.send(rtpPacket({ sequence: 1, payload: Buffer.alloc(160, 1) }), rtpPort(1));
    await handled(2);
    clock.advance(20);
    await close();
    expect(files.contents.get('r.wav')!.includes(2, WAV_HEADER_OCTETS)).toBe(false);
  });

  test('a disk that is full ends the recording, not the call', async () => {
    files.capacity = 4_000;
    const { a, b } = await call(RECORD);
    for (let i = 0; i < 50; i++) {
      a.send(rtpPacket({ sequence: i, payload: Buffer.alloc(160, 1) }), rtpPort(1));
      await b.next();
      clock.advance(20);
    }
    clock.advance(1_000);
    await reported();
    expect(events().filter((event) => event.kind === 'recording-failed')).toMatchObject([{ reason: 'no-space' }]);
    a.send(rtpPacket({ sequence: 50 }), rtpPort(1));
    await b.next();
    await close();
    expect(events().map((event) => event.kind)).toEqual(['learned', 'recording-failed', 'closed']);
  });

  test('an echo is recorded on both sides', async () => {
    await start();
    const a = await phone('127.0.0.2');
    worker.execute([
      ...openLegs('127.0.0.2'),
      update(1, media(a)),
      { do: 'echo', call: 1, leg: 1 },
      { ...RECORD, right: RECORD.left },
    ]);
    a.send(rtpPacket({ sequence: 1, payload: Buffer.alloc(160, 5) }), rtpPort(1));
    await a.next();
    clock.advance(20);
    await close();
    expect(files.contents.get('r.wav')!.subarray(WAV_HEADER_OCTETS).equals(Buffer.alloc(320, 5))).toBe(true);
  });

  test('goes on in one file when another leg takes the place of one; it pauses, and stops while the call goes on', async () => {
    const { a, b } = await call(RECORD);
    const c = await phone('127.0.0.4');
    await settle();
    const say = async (
      speaker: typeof a,
      leg: number,
      hearer: typeof a,
      sequence: number,
      octet: number,
    ): Promise<void> => {
      speaker.send(rtpPacket({ sequence, ssrc: leg, payload: Buffer.alloc(160, octet) }), rtpPort(leg));
      await hearer.next();
      clock.advance(20);
    };
    await say(b, 2, a, 1, 2);
    worker.execute([
      { ...openLegs('127.0.0.2', '127.0.0.3', '127.0.0.4')[3]!, leg: 3 } as Command,
      update(3, media(c)),
      { do: 'close-leg', call: 1, leg: 2 },
      { do: 'bridge', call: 1, a: 1, b: 3, aToB: [], bToA: [] },
      { do: 'record-from', call: 1, channel: 'right', source: { leg: 3, party: { number: '203' } } },
    ]);
    await say(c, 3, a, 1, 3);
    worker.execute([{ do: 'pause-recording', call: 1 }]);
    await say(c, 3, a, 2, 4);
    worker.execute([{ do: 'resume-recording', call: 1 }]);
    await say(c, 3, a, 3, 5);
    worker.execute([{ do: 'stop-recording', call: 1, why: 'stopped' }]);
    await reported();
    expect(events().at(-1)).toMatchObject({ kind: 'recording-finished', why: 'stopped', durationMs: 80 });
    await say(c, 3, a, 4, 6);
    const wav = files.contents.get('r.wav')!.subarray(WAV_HEADER_OCTETS);
    const right = [20, 40, 60, 80].map((ms) => wav[(ms - 10) * 16 + 1]);
    expect(right).toEqual([2, 3, 0xd5, 5]);
    const journal = readNotes(files.contents.get('r.journal')!.toString());
    expect(journal.filter((note) => note.note === 'from')).toMatchObject([
      { channel: 'left', leg: 'a', number: '201', name: 'Anna' },
      { channel: 'right', leg: 'b', number: '202', ms: 0 },
      { channel: 'right', ms: 20 },
      { channel: 'right', number: '203', ms: 20 },
    ]);
    await close();
    expect(events().at(-1)?.kind).toBe('closed');
  });
});
