import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlidingSum } from './sliding-sum.ts';

const WINDOW = 600;
const SLOT = 60;

test('a sum is never less than what the window holds, and never more than what it holds with one slot more', () => {
  const uses = fc.array(fc.record({ wait: fc.nat(200), calls: fc.nat(3) }), { maxLength: 60, size: 'max' });
  fc.assert(
    fc.property(uses, fc.nat(1000), (all, later) => {
      const sum = new SlidingSum(WINDOW, SLOT);
      const told: { at: number; calls: number }[] = [];
      const within = (now: number, window: number) =>
        told.filter(({ at }) => at > now - window).reduce((total, { calls }) => total + calls, 0);
      const judge = (now: number): void => {
        expect(sum.at(now).calls).toBeGreaterThanOrEqual(within(now, WINDOW));
        expect(sum.at(now).calls).toBeLessThanOrEqual(within(now, WINDOW + SLOT));
        expect(sum.slots).toBeLessThanOrEqual(WINDOW / SLOT + 2);
      };
      let now = 0;
      for (const { wait, calls } of all) {
        now += wait;
        sum.add(now, { calls, talkMs: 0, money: 0 });
        told.push({ at: now, calls });
        judge(now);
      }
      judge(now + later);
    }),
  );
});
