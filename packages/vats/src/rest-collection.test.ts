import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { fullCollection, RestCollection } from './rest-collection.ts';

function at() {
  const clock = new FakeClock();
  const state = { calls: 0, messages: 0, collections: 0 };
  const rest = new RestCollection({
    clock,
    calls: () => state.calls,
    messages: () => state.messages,
    collect: () => void state.collections++,
  });
  return { clock, state, rest };
}

test('memory is given back once, when no call was up for a while after busy times', () => {
  const { clock, state, rest } = at();
  state.messages = 100_000;
  state.calls = 3;
  clock.advance(60_000);
  expect(state.collections).toBe(0);
  state.calls = 0;
  clock.advance(15_000);
  expect(state.collections).toBe(0);
  clock.advance(15_000);
  expect(state.collections).toBe(1);
  clock.advance(600_000);
  expect(state.collections).toBe(1);
  rest.close();
  expect(clock.pending).toBe(0);
});

test('a flood without calls is no rest: the pause is taken when it is over', () => {
  const { clock, state, rest } = at();
  for (let look = 0; look < 40; look++) {
    state.messages += 150_000;
    clock.advance(15_000);
  }
  expect(state.collections).toBe(0);
  clock.advance(15_000);
  expect(state.collections).toBe(0);
  clock.advance(15_000);
  expect(state.collections).toBe(1);
  rest.close();
});

test('phones that register are no flood', () => {
  const { clock, state, rest } = at();
  for (let look = 0; look < 4; look++) {
    state.messages += 2_000;
    clock.advance(15_000);
  }
  expect(state.collections).toBe(1);
  rest.close();
});

test('a switch with little to do is left alone', () => {
  const { clock, state, rest } = at();
  state.messages = 100;
  clock.advance(600_000);
  expect(state.collections).toBe(0);
  rest.close();
});

test('there is a collection to be had, and it collects', async () => {
  const collect = fullCollection();
  const garbage = new WeakRef({ nobody: 'holds this' });
  // A WeakRef holds its object to the end of the turn.
  await new Promise(setImmediate);
  collect();
  expect(garbage.deref()).toBeUndefined();
});
