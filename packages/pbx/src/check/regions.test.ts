import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { checkPbx } from './check-pbx.ts';

const warnings = (region: string): string => {
  const read = checkPbx(
    `domain: acme.example
users: [{ extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]
numbers:
  - { number: "+74951234567", trunk: itsp, to: "201", byCaller: [{ region: ${region}, to: "201" }] }
regions: { Moscow: ["+7495*"] }
`,
    'test.yaml',
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
