import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { arbitraryPbx } from '../testing/arbitrary-pbx.ts';
import { modelOf, onlyDomain, worldOf } from '../testing/model-of.ts';
import { advance } from './advance.ts';
import type { Caller, Plan, RingOutcome } from './plan.ts';
import { route } from './route.ts';

/** Random files (up to 6 users, 3 groups, 5 rules), each with one random call in a random world. */
const RUNS = 200;
const MOST_STEPS = 200;

const outcome = fc.constantFrom<RingOutcome>(
  'no-answer',
  'unreachable',
  'callee-busy',
  'callee-declined',
  'no-common-codec',
);
const dialled = fc.oneof(
  fc.constantFrom('200', '201', '205', '600', '602', 'u200-0', 'u203-2', '*43', '112', '+74950000000', '300'),
  fc.stringMatching(/^[+0-9]{1,16}$/),
  fc.string({ maxLength: 40 }),
);

test('every call comes to an end, rings only whom it may, and is decided the same way twice', () => {
  fc.assert(
    fc.property(
      arbitraryPbx(),
      dialled,
      fc.array(outcome, { maxLength: 20 }),
      fc.infiniteStream(fc.boolean()),
      (file, number, outcomes, coin) => {
        const model = modelOf(stringify(file));
        const domain = onlyDomain(model);
        const logins = domain.users.flatMap(({ devices }) => devices.map(({ login }) => login));
        const away = logins.filter(() => coin.next().value);
        const world = worldOf(model, away);
        const caller: Caller = { kind: 'trunk', trunk: 'itsp' };
        const first = route({ domain, caller, dialled: number }, world);
        expect(route({ domain, caller, dialled: number }, world)).toEqual(first);

        let plan: Plan = first;
        let steps = 0;
        while (plan.step.do === 'ring') {
          const { targets, ring } = plan.step;
          expect(targets.length).toBeGreaterThan(0);
          expect(ring).toBeGreaterThan(0);
          for (const target of targets) {
            if (target.kind === 'outside') continue;
            const { user, device } = target;
            expect(domain.users).toContain(user);
            expect(user.devices).toContain(device);
            expect(away).not.toContain(device.login);
          }
          plan = advance(plan, { kind: 'ring-ended', outcome: outcomes[steps] ?? 'no-answer' }, world);
          steps++;
          // A user may ring alone and again as a member, in each round: still no more than so small a file can ask for.
          expect(steps).toBeLessThanOrEqual(MOST_STEPS);
        }
        expect(['reject', 'echo', 'hangup']).toContain(plan.step.do);
        expect(new Set(plan.visited).size).toBe(plan.visited.length);
        expect(plan.story.every((line) => line.length > 0)).toBe(true);
      },
    ),
    { numRuns: RUNS },
  );
});
