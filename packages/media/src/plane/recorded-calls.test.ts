import { describe, expect, test } from 'vitest';
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
});
