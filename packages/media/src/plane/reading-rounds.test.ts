import { beforeEach, describe, expect, test } from 'vitest';
import { type DirectSocket, NOTHING } from './direct-socket.ts';
import { ReadingRounds } from './reading-rounds.ts';

/** Holds what arrives until it is read. */
class Queue implements DirectSocket {
  readonly waiting: Buffer[] = [];
  paused = false;
  reads = 0;

  read([into]: readonly Buffer[]): number {
    this.reads++;
    const next = this.waiting.shift();
    return next === undefined ? NOTHING : next.copy(into!);
  }

  write(): boolean {
    return true;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }
}

let rounds: ReadingRounds;
let socket: Queue;
let heard: Buffer[];

beforeEach(() => {
  rounds = new ReadingRounds();
  socket = new Queue();
  heard = [];
});

const packet = (value: number, length = 172): Buffer => Buffer.alloc(length, value);
const admit = (rate = 50) => rounds.admit(socket, rate, (each) => void heard.push(each));

/** Packets come every 20 ms from the first millisecond on; rounds are made every 2 ms. */
function run(from: number, to: number, step = 2): void {
  for (let now = from; now < to; now += step) {
    for (let at = now; at < now + step; at++) if (at % 20 === 1) socket.waiting.push(packet(at % 251));
    rounds.make(now + step);
  }
}

describe('who takes part', () => {
  test('is read by nobody else, once for a packet and seldom more, and gets each packet whole', () => {
    rounds.start(0);
    expect(admit()?.isIn).toBe(true);
    expect([rounds.size, socket.paused]).toEqual([1, true]);
    run(0, 2_000);
    expect(heard).toEqual(Array.from({ length: 100 }, (_, i) => packet((1 + 20 * i) % 251)));
    expect(socket.reads).toBeLessThan(125);
  });

  test('gets packets that stay what they are: their memory is not used again', () => {
    rounds.start(0);
    admit();
    run(0, 20_000);
    expect(heard).toHaveLength(1_000);
    for (const [i, each] of heard.entries()) expect(each.equals(packet((1 + 20 * i) % 251))).toBe(true);
  });

  test('must have a beat, and rounds must be made', () => {
    expect(admit()).toBeUndefined();
    rounds.start(0);
    expect(admit(5)).toBeUndefined();
    expect(admit(400)).toBeUndefined();
    expect([rounds.size, socket.paused]).toEqual([0, false]);
  });

  test('leaves by itself when nothing comes, and may come back', () => {
    rounds.start(0);
    const member = admit();
    run(0, 200);
    for (let now = 200; now < 340; now += 2) rounds.make(now);
    expect([member?.isIn, rounds.size, socket.paused]).toEqual([false, 0, false]);
    const reads = socket.reads;
    rounds.make(400);
    expect(socket.reads).toBe(reads);
    expect(admit()?.isIn).toBe(true);
  });

  test('leaves when it is told so, when its beat is gone, and when the rounds end', () => {
    rounds.start(0);
    for (const leave of [
      (member: ReturnType<typeof admit>) => member!.leave(),
      (member: ReturnType<typeof admit>) => member!.pace(3),
      () => rounds.stop(),
    ]) {
      const member = admit();
      expect(socket.paused).toBe(true);
      leave(member);
      leave(member);
      expect([member?.isIn, rounds.size, socket.paused]).toEqual([false, 0, false]);
    }
    socket.waiting.push(packet(1));
    rounds.make(50);
    expect([heard, admit()]).toEqual([[], undefined]);
  });

  test('changes its beat', () => {
    rounds.start(0);
    const member = admit(25);
    member?.pace(50);
    run(0, 2_000);
    expect(heard).toHaveLength(100);
    expect(socket.reads).toBeLessThan(125);
  });
});

test('after a long sleep nothing is lost, and what waited is taken at once', () => {
  rounds.start(0);
  admit();
  run(0, 200);
  for (let i = 0; i < 10; i++) socket.waiting.push(packet(i));
  rounds.make(5_000);
  expect(heard).toHaveLength(20);
  run(5_000, 5_400);
  expect(heard).toHaveLength(40);
});

test('a flood on one socket holds nobody up', () => {
  rounds.start(0);
  const flooded = new Queue();
  let count = 0;
  rounds.admit(flooded, 50, () => count++);
  admit();
  for (let i = 0; i < 1_000; i++) flooded.waiting.push(packet(i % 251));
  socket.waiting.push(packet(7));
  rounds.make(2);
  expect([count, heard.length]).toEqual([16, 1]);
});

test("when all are late at once they take no more than their share of a round, and each one's turn comes", () => {
  rounds.start(0);
  const late = Array.from({ length: 200 }, () => new Queue());
  const heardOf = new Set<number>();
  for (const [i, each] of late.entries()) rounds.admit(each, 50, () => void heardOf.add(i));
  const reads = () => late.reduce((sum, each) => sum + each.reads, 0);
  for (let now = 2; now <= 20; now += 2) {
    const before = reads();
    rounds.make(now);
    expect(reads() - before).toBeLessThanOrEqual(48);
  }
  for (const each of late) each.waiting.push(packet(1), packet(2));
  for (let now = 22; now <= 26; now += 2) rounds.make(now);
  expect(heardOf.size).toBe(200);
});

test('what is longer than any sound is dropped, what is empty is not', () => {
  rounds.start(0);
  admit();
  socket.waiting.push(packet(1, 8_192), packet(2, 0), packet(3, 8_191));
  for (let now = 2; now < 60; now += 2) rounds.make(now);
  expect(heard.map(({ length }) => length)).toEqual([0, 8_191]);
});

test('one who leaves because of what he hears gets the rest all the same: it was read for him', () => {
  rounds.start(0);
  const member = rounds.admit(socket, 50, (each) => {
    heard.push(each);
    member?.leave();
  });
  socket.waiting.push(packet(1), packet(2));
  rounds.make(2);
  expect([heard.length, socket.paused]).toEqual([2, false]);
});

test('traces of errors are as long as ever outside', () => {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 7;
  let during = 0;
  rounds.start(0);
  rounds.admit(socket, 50, () => {
    during = Error.stackTraceLimit;
  });
  socket.waiting.push(packet(1));
  rounds.make(2);
  const after = Error.stackTraceLimit;
  Error.stackTraceLimit = before;
  expect([during, after]).toEqual([7, 7]);
});
