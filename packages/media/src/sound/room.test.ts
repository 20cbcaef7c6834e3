import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Party, Room } from './room.ts';
import { softly } from './soft-limit.ts';
import { loudness, sine } from './testing/tones.ts';

let room: Room;
let told: (Party | undefined)[];

beforeEach(() => {
  told = [];
  room = new Room({ rate: 8_000, activeChanged: (party) => told.push(party) });
});

function says(party: Party, amplitude: number, hertz = 400): Int16Array {
  // From its highest sample on: a sine that begins with 0 would hide what is done to the first one.
  const from = Math.round(2_000 / hertz);
  party.said.set(sine(8_000, hertz, 160 + from, amplitude).subarray(from));
  room.speaks(party);
  return party.said.slice();
}

function sumOf(...sounds: Int16Array[]): number[] {
  return Array.from({ length: 160 }, (_, i) => softly(sounds.reduce((sum, sound) => sum + sound[i]!, 0)));
}

function heard(party: Party): number[] {
  return [...room.hear(party).sound];
}

const SILENCE = new Array(160).fill(0);

test('each hears the sum of the others', () => {
  const [a, b, c] = [room.join()!, room.join()!, room.join()!];
  const [ofA, ofB, ofC] = [says(a, 4_000), says(b, 5_000, 700), says(c, 6_000, 1_100)];
  room.mix();
  expect(heard(a)).toEqual(sumOf(ofB, ofC));
  expect(heard(b)).toEqual(sumOf(ofA, ofC));
  expect(heard(c)).toEqual(sumOf(ofA, ofB));
});

test('all who are silent hear one and the same frame', () => {
  const [a, ...others] = Array.from({ length: 10 }, () => room.join()!);
  const ofA = says(a!, 4_000);
  room.mix();
  const frames = others.map((party) => ({ ...room.hear(party) }));
  expect([...frames[0]!.sound]).toEqual([...ofA]);
  expect(new Set(frames.map(({ mix }) => mix)).size).toBe(1);
  expect(new Set(frames.map(({ sound }) => sound)).size).toBe(1);
  expect(heard(a!)).toEqual(SILENCE);
});

test('what was not said in a turn is not repeated', () => {
  const [a, b] = [room.join()!, room.join()!];
  says(a, 4_000);
  room.mix();
  room.mix();
  expect(heard(b)).toEqual(SILENCE);
});

test('one voice alone passes as it is, at full scale too; several are bent, not cut', () => {
  const [a, b, c] = [room.join()!, room.join()!, room.join()!];
  const ofA = says(a, 32_767);
  room.mix();
  expect(heard(c)).toEqual([...ofA]);
  says(a, 32_767);
  says(b, 32_767);
  room.mix();
  const sound = heard(c);
  expect(Math.max(...sound)).toBeLessThanOrEqual(32_767);
  expect(Math.max(...sound)).toBeGreaterThan(30_000);
  // A cut sine has many equal samples at its top.
  expect(sound.filter((sample) => sample === Math.max(...sound)).length).toBeLessThan(20);
});

test('the limit bends without a step, and never turns back', () => {
  let before = softly(-10_000_000);
  for (let sum = -100_000; sum <= 100_000; sum += 7) {
    const now = softly(sum);
    expect(now - before).toBeGreaterThanOrEqual(0);
    if (sum > -100_000) expect(now - before).toBeLessThanOrEqual(8);
    expect(Math.abs(now)).toBeLessThanOrEqual(32_767);
    before = now;
  }
  expect(softly(20_000)).toBe(20_000);
});

test('noise of a silent line is not added, and the end of a word is', () => {
  const [a, b] = [room.join()!, room.join()!];
  says(a, 40);
  room.mix();
  expect(heard(b)).toEqual(SILENCE);
  says(a, 4_000);
  room.mix();
  for (let turn = 0; turn < 15; turn++) {
    const quiet = says(a, 40);
    room.mix();
    expect(heard(b)).toEqual([...quiet]);
  }
  says(a, 40);
  room.mix();
  expect(heard(b)).toEqual(SILENCE);
});

test('mute, deaf, louder', () => {
  const [a, b] = [room.join()!, room.join()!];
  room.mute(a, true);
  says(a, 4_000);
  room.mix();
  expect(heard(b)).toEqual(SILENCE);
  room.mute(a, false);
  room.amplify(a, 6);
  const ofA = says(a, 4_000);
  room.mix();
  expect(heard(b)).toEqual([...ofA].map((sample) => Math.round(sample * 10 ** 0.3)));
  room.deafen(b, true);
  says(a, 4_000);
  room.mix();
  expect(heard(b)).toEqual(SILENCE);
});

describe('a supervisor', () => {
  let caller: Party;
  let agent: Party;
  let supervisor: Party;

  beforeEach(() => {
    caller = room.join()!;
    agent = room.join()!;
    supervisor = room.join('listen')!;
  });

  function turn(): { ofCaller: Int16Array; ofAgent: Int16Array; ofSupervisor: Int16Array } {
    const said = {
      ofCaller: says(caller, 3_000),
      ofAgent: says(agent, 4_000, 600),
      ofSupervisor: says(supervisor, 5_000, 900),
    };
    room.mix();
    return said;
  }

  test('listens: hears both, is heard by nobody', () => {
    const { ofCaller, ofAgent } = turn();
    expect(heard(supervisor)).toEqual(sumOf(ofCaller, ofAgent));
    expect(heard(caller)).toEqual([...ofAgent]);
    expect(heard(agent)).toEqual([...ofCaller]);
  });

  test('whispers: the agent hears it, the caller and who comes later do not', () => {
    room.present(supervisor, { whisperTo: [agent] });
    const later = room.join()!;
    const { ofCaller, ofAgent, ofSupervisor } = turn();
    expect(heard(caller)).toEqual([...ofAgent]);
    expect(heard(agent)).toEqual(sumOf(ofCaller, ofSupervisor));
    expect(heard(later)).toEqual(sumOf(ofCaller, ofAgent));
    expect(heard(supervisor)).toEqual(sumOf(ofCaller, ofAgent));
  });

  test('barges in: all hear it; and goes back to listening', () => {
    room.present(supervisor, 'talk');
    const { ofAgent, ofSupervisor } = turn();
    expect(heard(caller)).toEqual(sumOf(ofAgent, ofSupervisor));
    room.present(supervisor, 'listen');
    const again = turn();
    expect(heard(caller)).toEqual([...again.ofAgent]);
  });

  test('whose place is taken by another leaves no exception behind', () => {
    room.present(supervisor, { whisperTo: [agent] });
    room.leave(supervisor);
    const next = room.join()!;
    expect(next.place).toBe(supervisor.place);
    const ofNext = says(next, 4_000);
    room.mix();
    expect(heard(caller)).toEqual([...ofNext]);
    // What is done to one who has left is void.
    room.present(supervisor, 'listen');
    says(next, 4_000);
    room.mix();
    expect(heard(caller)).toEqual([...ofNext]);
  });
});

test('a hundred and no more', () => {
  const parties = Array.from({ length: 100 }, () => room.join());
  expect(parties.every((party) => party !== undefined)).toBe(true);
  expect(room.join()).toBeUndefined();
  room.leave(parties[50]!);
  room.leave(parties[50]!);
  expect(room.size).toBe(99);
  expect(room.join()?.place).toBe(50);
});

describe('who talks most', () => {
  test('a short noise takes nothing over, a longer and louder talk does', () => {
    const [a, b] = [room.join()!, room.join()!];
    const turns = (count: number, ofA: number, ofB: number) => {
      for (let turn = 0; turn < count; turn++) {
        if (ofA > 0) says(a, ofA);
        if (ofB > 0) says(b, ofB);
        room.mix();
      }
    };
    turns(10, 4_000, 0);
    expect(told).toEqual([a]);
    turns(10, 4_000, 16_000);
    turns(30, 4_000, 0);
    turns(50, 4_000, 5_000);
    expect(told).toEqual([a]);
    turns(40, 4_000, 16_000);
    expect(told).toEqual([a, b]);
    // In silence the last one stays; whoever talks next takes over at once.
    turns(50, 0, 0);
    expect(room.active).toBe(b);
    turns(1, 4_000, 0);
    expect(told).toEqual([a, b, a]);
    room.leave(a);
    expect(told).toEqual([a, b, a, undefined]);
  });
});

test('who hears the room from outside hears all who talk to everybody, or all but one', () => {
  const [a, b, c, d] = [room.join()!, room.join()!, room.join()!, room.join()!];
  room.present(c, { whisperTo: [a] });
  room.present(d, 'listen');
  expect(room.overhear()).toBeUndefined();
  const [ofA, ofB] = [says(a, 4_000), says(b, 5_000, 700)];
  says(c, 6_000, 1_100);
  says(d, 6_000, 1_300);
  room.mix();
  expect([...room.overhear()!]).toEqual(sumOf(ofA, ofB));
  expect([...room.overhear(a)!]).toEqual([...ofB]);
  expect([a, b, c, d].map((party) => room.isHeard(party))).toEqual([true, true, false, false]);
  // What the parties hear is as ever.
  expect(heard(b)).toEqual([...ofA]);
  says(c, 6_000, 1_100);
  room.mix();
  expect(room.overhear()).toBeUndefined();
  const again = says(a, 4_000);
  room.mix();
  expect([...room.overhear()!]).toEqual([...again]);
  expect(room.overhear(a)).toBeUndefined();
});

test('who talks alone hears the noise too, and not the same of it again and again', () => {
  const noise = Int16Array.from({ length: 250 }, (_, i) => (i % 17) - 8);
  room = new Room({ rate: 8_000, comfortNoise: noise });
  const a = room.join()!;
  says(a, 4_000);
  room.mix();
  expect(heard(a)).toEqual([...noise.subarray(0, 160)]);
  says(a, 4_000);
  room.mix();
  expect(heard(a)).toEqual([...noise.subarray(160), ...noise.subarray(0, 70)]);
});

test('comfort noise when nobody talks, and only then', () => {
  const noise = Int16Array.from({ length: 250 }, (_, i) => (i % 17) - 8);
  room = new Room({ rate: 8_000, comfortNoise: noise });
  const [a, b] = [room.join()!, room.join()!];
  room.mix();
  expect(heard(a)).toEqual([...noise.subarray(0, 160)]);
  room.mix();
  expect(heard(b)).toEqual([...noise.subarray(160), ...noise.subarray(0, 70)]);
  const ofA = says(a, 4_000);
  room.mix();
  expect(heard(b)).toEqual([...ofA]);
  expect(loudness(room.hear(a).sound)).toBeLessThan(10);
});

test('whatever is said: sum without oneself, exactly', () => {
  const levels = fc.array(fc.option(fc.integer({ min: 400, max: 32_000 })), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(levels, (amplitudes) => {
      room = new Room({ rate: 8_000 });
      const parties = amplitudes.map(() => room.join()!);
      const said = parties.map((party, i) =>
        amplitudes[i] == null ? undefined : says(party, amplitudes[i], 200 + 130 * i),
      );
      room.mix();
      for (const [i, party] of parties.entries()) {
        const others = said.filter((sound, j): sound is Int16Array => sound !== undefined && j !== i);
        expect(heard(party)).toEqual(others.length === 1 ? [...others[0]!] : sumOf(...others));
      }
    }),
    { numRuns: 200 },
  );
});
