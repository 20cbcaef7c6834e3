import { beforeEach, expect, test } from 'vitest';
import { HearingWatch } from './hearing-watch.ts';

interface Leg {
  name: string;
  heardAt: number;
  held: boolean;
  speaks: boolean;
  restsBySaying: boolean;
}

const NEVER = Number.NEGATIVE_INFINITY;

let watch: HearingWatch<Leg>;
let a: Leg;
let b: Leg;

beforeEach(() => {
  watch = new HearingWatch<Leg>(1_000);
  a = { name: 'a', heardAt: NEVER, held: false, speaks: true, restsBySaying: false };
  b = { ...a, name: 'b' };
});

/** What is found when those two were heard then. */
function at(now: number, heardA: number, heardB: number) {
  a.heardAt = heardA;
  b.heardAt = heardB;
  const found = watch.check(now, [a, b]);
  return found?.kind === 'one-way' ? found.legs.map(({ name }) => name) : found;
}

test('who is not heard for three seconds while another is, is told once; when it is heard, that', () => {
  expect(at(3_999, 3_990, NEVER)).toBeUndefined();
  expect(at(4_000, 3_990, NEVER)).toEqual(['b']);
  expect(at(9_000, 8_990, NEVER)).toBeUndefined();
  expect(at(10_000, 9_990, 9_980)).toEqual({ kind: 'recovered', milliseconds: 9_000 });
  expect(at(11_000, 10_990, 10_990)).toBeUndefined();
});

test('nobody is heard: silence, which may become one way', () => {
  expect(at(4_000, 900, 900)).toEqual({ kind: 'silent' });
  expect(at(5_000, 900, 900)).toBeUndefined();
  expect(at(6_000, 5_990, 900)).toEqual(['b']);
  expect(at(9_000, 5_990, 900)).toEqual({ kind: 'silent' });
  expect(at(10_000, 9_990, 9_990)).toEqual({ kind: 'recovered', milliseconds: 9_000 });
});

test('while a leg is on hold nobody is missed, and afterwards each gets its time', () => {
  b.held = true;
  expect(at(10_000, 9_990, NEVER)).toBeUndefined();
  b.held = false;
  expect(at(12_999, 12_990, NEVER)).toBeUndefined();
  expect(at(13_000, 12_990, NEVER)).toEqual(['b']);
});

test('a change of who is joined gives everybody time, and is no recovery by itself', () => {
  expect(at(4_000, 3_990, NEVER)).toEqual(['b']);
  watch.restart(5_000);
  expect(at(6_000, 5_990, NEVER)).toBeUndefined();
  expect(at(8_000, 7_990, NEVER)).toBeUndefined();
  expect(at(9_000, 8_990, 8_990)).toMatchObject({ kind: 'recovered' });
});

test('whom nobody is to hear, and who said that it rests, is not missed', () => {
  b.speaks = false;
  expect(at(10_000, 9_990, NEVER)).toBeUndefined();
  b.speaks = true;
  b.restsBySaying = true;
  expect(at(20_000, 19_990, 11_000)).toBeUndefined();
});
