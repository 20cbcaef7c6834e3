import { SeededRandom } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { loadOpus } from '../codec/opus.ts';
import { loudness, strength } from '../sound/testing/tones.ts';
import { RoomsHere, type Speaker } from './testing/rooms-here.ts';

let here: RoomsHere;
let anna: Speaker;
let boris: Speaker;
let vera: Speaker;

beforeEach(() => {
  here = new RoomsHere();
});

/** Anna says nothing and hears Boris (500 Hz) and Vera (1,400 Hz). */
function three(): void {
  [anna, boris, vera] = ['anna', 'boris', 'vera'].map((as) => here.enter(as)!) as [Speaker, Speaker, Speaker];
  boris.hertz = 500;
  vera.hertz = 1_400;
}

/** How strong Boris and Vera are in what somebody heard, and how loud everything else is. */
function voices(of: Speaker): { boris: number; vera: number; rest: number } {
  const { sound, rate } = of.heard();
  const [ofBoris, ofVera] = [strength(sound, rate, 500), strength(sound, rate, 1_400)];
  const rest = Math.sqrt(Math.max(0, loudness(sound) ** 2 - ofBoris ** 2 / 2 - ofVera ** 2 / 2));
  return { boris: ofBoris, vera: ofVera, rest };
}

async function settled(milliseconds = 1_000): Promise<void> {
  await here.run(milliseconds);
  for (const speaker of [anna, boris, vera]) speaker?.heard();
}

test('good lines: both are heard as loud as they talk, and nothing else is', async () => {
  three();
  await settled();
  await here.run(2_000);
  const { boris, vera, rest } = voices(anna);
  expect(boris).toBeGreaterThan(5_800);
  expect(vera).toBeGreaterThan(5_800);
  expect(rest).toBeLessThan(200);
});

test('one with 20 % loss is heard, and costs nobody else anything', async () => {
  three();
  const random = new SeededRandom(2);
  boris.network = () => (random.below(5) === 0 ? [] : [0]);
  await settled();
  await here.run(4_000);
  const { boris: ofBoris, vera: ofVera } = voices(anna);
  expect(ofBoris).toBeGreaterThan(4_500);
  expect(ofVera).toBeGreaterThan(5_800);
  // Vera's own line is good: what Boris hears of her is whole.
  expect(voices(boris).vera).toBeGreaterThan(5_800);
});

test('200 ms of jitter, packets that come twice and out of order: heard whole once that is known', async () => {
  three();
  const random = new SeededRandom(3);
  boris.network = () => (random.below(10) === 0 ? [random.below(200), random.below(200)] : [random.below(200)]);
  await settled(10_000);
  await here.run(4_000);
  const { boris: ofBoris, vera: ofVera, rest } = voices(anna);
  expect(ofBoris).toBeGreaterThan(5_700);
  expect(ofVera).toBeGreaterThan(5_800);
  expect(rest).toBeLessThan(600);
});

test('a clock that jumps, numbers that jump, another source: heard again within a moment', async () => {
  three();
  await settled();
  const jumps: ((packet: Buffer) => void)[] = [
    (packet) => packet.writeUInt32BE((packet.readUInt32BE(4) + 3_000_000_000) >>> 0, 4),
    (packet) => packet.writeUInt16BE((packet.readUInt16BE(2) + 30_000) & 0xffff, 2),
    (packet) => packet.writeUInt32BE(77, 8),
  ];
  for (const jump of jumps) {
    const before = boris.tamper;
    boris.tamper = (packet, number) => {
      before(packet, number);
      jump(packet);
    };
    await settled(600);
    await here.run(1_000);
    const { boris: ofBoris, vera: ofVera } = voices(anna);
    expect(ofBoris).toBeGreaterThan(5_700);
    expect(ofVera).toBeGreaterThan(5_800);
  }
});

test('a flood from one is heard by nobody else', async () => {
  three();
  await settled();
  boris.network = () => Array.from({ length: 20 }, (_, i) => i);
  let number = 0;
  boris.tamper = (packet) => packet.writeUInt16BE(number++ & 0xffff, 2);
  await here.run(2_000);
  const { sound, rate } = anna.heard();
  expect(sound.length).toBe(2 * rate);
  expect(strength(sound, rate, 1_400)).toBeGreaterThan(5_800);
});

test('who vanishes falls silent, is in nobody’s way, and is heard when they are back', async () => {
  three();
  await settled();
  boris.network = () => [];
  await settled(500);
  await here.run(1_000);
  const gone = voices(anna);
  expect([gone.boris < 20, gone.vera > 5_800]).toEqual([true, true]);
  boris.network = () => [0];
  await settled(500);
  await here.run(1_000);
  expect(voices(anna).boris).toBeGreaterThan(5_800);
});

test('the music of a phone that holds the line is not in the room', async () => {
  three();
  await settled();
  boris.held = true;
  await settled(200);
  await here.run(1_000);
  expect(voices(anna).boris).toBeLessThan(20);
  boris.held = false;
  await settled(500);
  await here.run(1_000);
  expect(voices(anna).boris).toBeGreaterThan(5_800);
});

test('who is alone hears a faint noise that does not hum, and nothing of themselves', async () => {
  anna = here.enter('anna')!;
  for (const hertz of [0, 500]) {
    anna.hertz = hertz;
    await settled(600);
    await here.run(1_000);
    const { sound, rate } = anna.heard();
    expect(sound.length).toBe(rate);
    expect(loudness(sound)).toBeGreaterThan(1);
    expect(loudness(sound)).toBeLessThan(30);
    expect(strength(sound, rate, 500)).toBeLessThan(5);
    expect([...sound.subarray(0, 160)]).not.toEqual([...sound.subarray(160, 320)]);
  }
});

test('parties of all codecs hear each other, wide band where both have it', async () => {
  await loadOpus();
  const encodings = ['pcma/8000/1', 'pcmu/8000/1', 'g722/8000/1', 'opus/48000/2'];
  const hertz = [500, 900, 1_400, 2_300];
  const all = encodings.map((encoding, i) => here.enter(`p${i}`, encoding)!);
  for (const [i, speaker] of all.entries()) speaker.hertz = hertz[i]!;
  await here.run(1_000);
  for (const speaker of all) speaker.heard();
  await here.run(2_000);
  for (const [i, speaker] of all.entries()) {
    const { sound, rate } = speaker.heard();
    const heard = hertz.map((tone) => strength(sound, rate, tone));
    for (const [j, strong] of heard.entries()) {
      if (i === j) expect(strong).toBeLessThan(100);
      else expect(strong).toBeGreaterThan(4_500);
    }
  }
  // Beyond what G.711 carries.
  for (const speaker of all) speaker.hertz = 0;
  all[3]!.hertz = 5_500;
  await here.run(600);
  for (const speaker of all) speaker.heard();
  await here.run(1_000);
  const strong = all.slice(0, 3).map((speaker) => {
    const { sound, rate } = speaker.heard();
    return strength(sound, rate, rate === 8_000 ? 2_500 : 5_500);
  });
  expect(strong[2]).toBeGreaterThan(4_000);
  expect(Math.max(strong[0]!, strong[1]!)).toBeLessThan(100);
});

test('who hears a codec in which no sound can be made is refused, and no room is left of it', () => {
  expect(here.enter('anna', 'g729/8000/1')).toBeUndefined();
  expect([here.rooms.size, here.pacer.size]).toEqual([0, 0]);
  const first = here.enter('anna')!;
  expect(here.enter('boris', 'g729/8000/1')).toBeUndefined();
  first.leave();
  expect(here.rooms.size).toBe(0);
});

test('a hundred talk; the hundred and first is refused; the room goes on when half of them leave', async () => {
  const all = Array.from({ length: 100 }, (_, i) => here.enter(`p${i}`)!);
  expect(here.enter('one more')).toBeUndefined();
  all[0]!.hertz = 500;
  all[99]!.hertz = 1_400;
  await here.run(200);
  for (const speaker of all.slice(1, 51)) speaker.leave();
  for (const speaker of all) speaker.heard();
  await here.run(500);
  const { sound, rate } = all[60]!.heard();
  expect(strength(sound, rate, 500)).toBeGreaterThan(5_500);
  expect(strength(sound, rate, 1_400)).toBeGreaterThan(5_500);
  expect(all[30]!.heard().sound.length).toBe(0);
  expect(here.enter('one more')).toBeDefined();
});
