import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { checkPbx } from './check-pbx.ts';

const REGISTER = { has: (name: string) => name === 'Тверь', all: () => ['Тверь'] };

const warnings = (region: string, register?: typeof REGISTER): string => {
  const read = checkPbx(
    `domain: acme.example
users: [{ extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
numbers:
  - { number: "+74951234567", trunk: itsp, to: "201", byCaller: [{ region: ${region}, to: "201" }] }
regions: { Moscow: ["+7495*"] }
`,
    'test.yaml',
    register === undefined ? {} : { register },
  );
  return (read.ok ? read.warnings : read.problems).map(formatProblem).join('\n');
};

test('a region that nobody described is warned about, with what was meant', () => {
  expect(warnings('Mosow')).toMatch(
    /5:\d+: warning: .*names region Mosow, which nobody described.*did you mean Moscow\?/,
  );
  expect(warnings('Tver')).toContain('add it under regions');
  expect(warnings('MOSCOW')).not.toContain('region');
});

test('a region of the numbering register is known, and only where the register is', () => {
  expect(warnings('Тверь', REGISTER)).not.toContain('region');
  expect(warnings('Тверт', REGISTER)).toContain('did you mean Тверь?');
  expect(warnings('Kazan', REGISTER)).toMatch(/which nobody described: .*vats regions names shows/);
  expect(warnings('Тверь')).toMatch(/the numbering register of a switch is not known here; ask the switch/);
});
