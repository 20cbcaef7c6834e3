import fc from 'fast-check';
import { expect, test } from 'vitest';
import { opinionScore } from './opinion-score.ts';

test.each([
  ['a perfect path', { loss: 0, jitterMs: 0 }, 4.4],
  ['a usual one', { loss: 0.01, jitterMs: 5, roundTripMs: 40 }, 4.3],
  ['5 % lost', { loss: 0.05, jitterMs: 10, roundTripMs: 80 }, 3.88],
  ['by satellite', { loss: 0, jitterMs: 5, roundTripMs: 1_200 }, 1.59],
  ['20 % lost', { loss: 0.2, jitterMs: 60, roundTripMs: 100 }, 2.42],
  ['nothing left', { loss: 1, jitterMs: 500, roundTripMs: 5_000 }, 1],
])('%s', (_, path, score) => {
  expect(opinionScore(path)).toBeCloseTo(score, 1);
});

test('worse is never better', () => {
  const path = fc.record({
    loss: fc.double({ min: 0, max: 1, noNaN: true }),
    jitterMs: fc.integer({ min: 0, max: 500 }),
    roundTripMs: fc.integer({ min: 0, max: 3_000 }),
  });
  fc.assert(
    fc.property(path, path, (one, other) => {
      const worse = {
        loss: Math.max(one.loss, other.loss),
        jitterMs: Math.max(one.jitterMs, other.jitterMs),
        roundTripMs: Math.max(one.roundTripMs, other.roundTripMs),
      };
      expect(opinionScore(worse)).toBeLessThanOrEqual(opinionScore(one));
      expect(opinionScore(worse)).toBeGreaterThanOrEqual(1);
    }),
  );
});
