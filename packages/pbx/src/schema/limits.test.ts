import { expect, test } from 'vitest';
import { checkPbx } from '../check/check-pbx.ts';
import { exportPbx } from '../model/export.ts';
import { formatProblem } from '../problems/problem.ts';
import { modelOf, onlyDomain } from '../testing/model-of.ts';

const FILE = `domain: acme.example
limits: { minutesPerDay: 600, costly: { minutesPerDay: 60, moneyPerDay: "1500.50" }, night: { hours: "22:00-07:00", calls: 1, costly: none } }
users: [{ extension: "201", name: Anna, limits: { calls: 2, moneyPerDay: 300 } }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1", limits: { callsPerHour: 100, costly: none } }]
`;

function problems(limits: string): string[] {
  const checked = checkPbx(`domain: acme.example\nlimits: ${limits}\n`, 'pbx.yaml');
  return checked.ok ? [] : checked.problems.map(formatProblem);
}

test('limits of a domain, a user and a trunk come into the model, money in parts', () => {
  const domain = onlyDomain(modelOf(FILE));
  expect(domain.settings.limits).toEqual({
    minutesPerDay: 600,
    costly: { minutesPerDay: 60, moneyPerDay: 15_005_000 },
    night: { hours: '22:00-07:00', calls: 1, costly: 'none' },
  });
  expect(domain.users[0]!.limits).toEqual({ calls: 2, moneyPerDay: 3_000_000 });
  expect(domain.trunks[0]!.limits).toEqual({ callsPerHour: 100, costly: 'none' });
});

test('an exported domain has the limits that it had', () => {
  const model = modelOf(FILE);
  const again = modelOf(exportPbx(onlyDomain(model), { seal: (secret: string) => secret }));
  expect(onlyDomain(again).settings.limits).toEqual(onlyDomain(model).settings.limits);
  expect(onlyDomain(again).users[0]!.limits).toEqual(onlyDomain(model).users[0]!.limits);
});

test('what is wrong is named with its remedy', () => {
  expect(problems('{ minutesPerWeek: 5 }')[0]).toContain('limits.minutesPerWeek');
  expect(problems('{ calls: -1 }')[0]).toContain('limits.calls');
  expect(problems('{ moneyPerDay: "1,00001" }')[0]).toContain('write an amount such as 1500');
  expect(problems('{ night: { hours: "22:00-07:00" } }')[0]).toContain('add the limits that hold at night');
  expect(problems('{ night: { hours: "22-7", calls: 1 } }')[0]).toContain('write one range, such as "22:00-07:00"');
  expect(problems('{ night: { calls: 1 } }')[0]).toContain('limits.night');
  expect(problems('{ costly: { moneyPerDay: none } }')[0]).toContain('limits.costly');
});
