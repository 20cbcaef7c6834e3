import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { Outbox, PATIENCE_MS } from './outbox.ts';

function setup() {
  const clock = new FakeClock();
  const posted: (readonly string[])[] = [];
  return { clock, posted, outbox: new Outbox<string>(clock, (messages) => void posted.push(messages)) };
}

test('messages of one turn go together, at its end', async () => {
  const { clock, posted, outbox } = setup();
  outbox.send('a');
  outbox.sendPatiently('b');
  outbox.send('c');
  expect(posted).toEqual([]);
  await Promise.resolve();
  expect(posted).toEqual([['a', 'b', 'c']]);
  expect(clock.pending).toBe(0);
});

test('what nobody waits for goes with what somebody does, in the order of its giving', async () => {
  const { clock, posted, outbox } = setup();
  outbox.sendPatiently('a');
  clock.advance(PATIENCE_MS - 1);
  outbox.send('b');
  await Promise.resolve();
  expect(posted).toEqual([['a', 'b']]);
  expect(clock.pending).toBe(0);
});

test('what nobody waits for goes in a moment, and the moment is counted from the first', async () => {
  const { clock, posted, outbox } = setup();
  outbox.sendPatiently('a');
  clock.advance(PATIENCE_MS - 1);
  outbox.sendPatiently('b');
  await Promise.resolve();
  expect(posted).toEqual([]);
  clock.advance(1);
  expect(posted).toEqual([['a', 'b']]);
  outbox.sendPatiently('c');
  clock.advance(PATIENCE_MS);
  expect(posted).toEqual([['a', 'b'], ['c']]);
  expect(clock.pending).toBe(0);
});
