import { expect, test } from 'vitest';
import { Concealment } from './concealment.ts';
import { amplitudeAt, loudness, tone } from './testing/sounds.ts';

const RATE = 8_000;
const PACKET = 160;

function after(sound: Int16Array): Concealment {
  const concealment = new Concealment(RATE);
  for (let at = 0; at + PACKET <= sound.length; at += PACKET) {
    concealment.heard(sound.slice(at, at + PACKET), PACKET);
  }
  return concealment;
}

test.each([90, 130, 200, 350])('a lost packet of a %i Hz voice goes on as the voice did', (hertz) => {
  const sound = tone(hertz, RATE, 5 * PACKET);
  const out = new Int16Array(PACKET);
  after(sound).conceal(PACKET, out);
  // Where it begins nothing clicks, and what it repeats has the voice's own frequency.
  expect(Math.abs(out[0]! - sound.at(-1)!)).toBeLessThan(4_000);
  expect(amplitudeAt(out.subarray(0, 80), hertz, RATE)).toBeGreaterThan(7_000);
});

test('it fades, is silent after 60 ms and stays so', () => {
  const concealment = after(tone(200, RATE, 5 * PACKET));
  const out = new Int16Array(PACKET);
  const loud = Array.from({ length: 5 }, () => {
    concealment.conceal(PACKET, out);
    return loudness(out);
  });
  expect(loud[0]).toBeGreaterThan(loud[1]!);
  expect(loud[1]).toBeGreaterThan(loud[2]!);
  expect(loud.slice(3)).toEqual([0, 0]);
});

test('of silence it makes silence, and nothing was heard is silence too', () => {
  const out = new Int16Array(PACKET).fill(1);
  new Concealment(RATE).conceal(PACKET, out);
  expect(loudness(out)).toBe(0);
  after(new Int16Array(800)).conceal(PACKET, out);
  expect(loudness(out)).toBe(0);
});

test('what comes after it is joined without a step, and from 4 ms on as it came', () => {
  const concealment = after(tone(200, RATE, 5 * PACKET));
  const out = new Int16Array(PACKET);
  concealment.conceal(PACKET, out);
  const last = out.at(-1)!;
  const next = new Int16Array(PACKET).fill(12_000);
  concealment.heard(next, PACKET);
  expect(Math.abs(next[0]! - last)).toBeLessThan(4_000);
  expect([...next.subarray(32)].every((sample) => sample === 12_000)).toBe(true);
});
