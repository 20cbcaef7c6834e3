import { FakeClock } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { readWavForm } from '../sound/wav-form.ts';
import { MemoryFiles } from '../testing/memory-files.ts';
import { sealedOpening } from './sealed-playback.ts';
import { newSeal, type Seal, SealedWriter } from './sealed-writer.ts';

const SECONDS = 40;
let sealed: Buffer;
let seal: Seal;

beforeEach(() => {
  const clock = new FakeClock();
  const files = new MemoryFiles(clock);
  seal = newSeal(Buffer.alloc(32, 7));
  const writer = new SealedWriter({ path: 'm.vrec', files, seal, ended: () => {} });
  writer.law = 'PCMA';
  for (let second = 0; second < SECONDS; second++) {
    writer.write(second * 8_000, Buffer.alloc(16_000, second + 1));
    clock.advance(0);
  }
  writer.finish();
  clock.advance(0);
  sealed = files.contents.get('m.vrec')!;
});

/** Opens it to its end; says in how many portions. */
function opened(octets: Uint8Array, key: Buffer | undefined = seal.key): { steps: number; got: Uint8Array | Error } {
  const opening = sealedOpening('m.vrec', octets, key?.toString('base64'))!;
  for (let steps = 1; ; steps++) {
    const got = opening.step();
    if (got !== undefined) return { steps, got };
  }
}

test('an encrypted recording becomes a WAV of its sound, in portions', () => {
  const { steps, got } = opened(sealed);
  expect(steps).toBeGreaterThan(1);
  expect(readWavForm(got as Uint8Array)).toMatchObject({ ok: true, value: { form: 'alaw', frames: SECONDS * 8_000 } });
  expect((got as Uint8Array).at(-1)).toBe(SECONDS);
});

test('a file that was cut off is what of it is whole', () => {
  const { got } = opened(sealed.subarray(0, sealed.length / 2));
  const form = readWavForm(got as Uint8Array);
  expect(form.ok && form.value.frames).toBeGreaterThan(SECONDS * 3_900);
});

test.each([
  ['another key', () => opened(sealed, Buffer.alloc(32)), 'segment 1'],
  ['no key', () => sealedOpening('m.vrec', sealed, undefined)!.step(), 'no key'],
  ['a changed octet', () => opened(Buffer.from(sealed).fill(9, 9_000, 9_001)), 'was changed'],
  ['another file', () => opened(Buffer.alloc(100)), 'does not begin'],
  ['an empty file', () => opened(Buffer.alloc(0)), 'does not begin'],
] as const)('%s is told', (_, open, said) => {
  const answer = open();
  expect(String(answer instanceof Error ? answer : answer && 'got' in answer ? answer.got : answer)).toContain(said);
});

test('a plain file is read as it is', () => {
  expect(sealedOpening('m.wav', sealed, undefined)).toBeUndefined();
});
