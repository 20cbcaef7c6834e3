import { expect } from 'vitest';
import { gaps, type Part, sameTone, seconds, tone } from './sound.ts';

/** A tenth of a second: how far two ideas of one call's length may part. */
export const DURATION_TOLERANCE_SECONDS = 0.1;

/** What a phone's jitter buffer may hold back of a call's beginning, beside that. */
export const PHONE_BUFFER_SECONDS = 0.2;

/** Expects that `file` sounds like `hertz` within 2 %. */
export async function expectTone(file: string, hertz: number, part: Part = {}): Promise<void> {
  const found = await tone(file, part);
  expect(sameTone(found, hertz), `${file} sounds like ${found} Hz, not ${hertz} Hz (${JSON.stringify(part)})`).toBe(
    true,
  );
}

/** Expects no silence of a tenth of a second or more between the first and the last half second. */
export async function expectUnbroken(file: string, channel: number): Promise<void> {
  const length = await seconds(file);
  const inside = (await gaps(file, channel)).filter((gap) => gap.at + gap.length > 0.5 && gap.at < length - 0.5);
  expect(inside, `gaps in channel ${channel} of ${file}`).toEqual([]);
}
