import { expect, test } from 'vitest';
import { planApply } from '../model/apply.ts';
import { EMPTY_MODEL } from '../model/model.ts';
import { formatProblem } from '../problems/problem.ts';
import { checkPbx, readPbx } from './check-pbx.ts';

const NOW = Date.UTC(2027, 0, 1, 12);

function said(hours: string, more = '', now = NOW): string[] {
  const text = `domain: a.example\n${more}schemes:\n  - name: main\n    hours: ${hours}\n    open: [{ hangup: normal }]\n    closed: [{ hangup: busy }]\n`;
  const checked = checkPbx(text, 'f', { now });
  const problems = checked.ok ? checked.warnings : checked.problems;
  return problems.map(formatProblem).filter((line) => line.includes('hours'));
}

test.each([
  [
    '{ mon: ["09:00-13:00", "12:00-18:00"] }',
    'error: schemes[0].hours.mon: 09:00-13:00 and 12:00-18:00 overlap; write one range, "09:00-18:00", or take them apart',
  ],
  [
    '{ mon: ["13:00-18:00", "09:00-13:00"] }',
    'warning: schemes[0].hours.mon: 09:00-13:00 and 13:00-18:00 touch; write',
  ],
  ['{ mon: ["09:00-18:00", "10:00-11:00", "17:00-19:00"] }', '09:00-18:00 and 17:00-19:00 overlap'],
  ['{ mon: ["09:00-18:00", "22:00-06:00", "23:00-23:30"] }', '22:00-06:00 and 23:00-23:30 overlap'],
  [
    '{ mon: "09:00-18:00", except: { "2027-01-09": ["08:00-10:00", "09:00-11:00"] } }',
    'hours.except.2027-01-09: 08:00',
  ],
  ['{ mon: "09:00-18:00", short: ["08:00-10:00", "10:00-11:00"] }', 'hours.short: 08:00-10:00 and 10:00-11:00 touch'],
  [
    '{ mon: "09:00-18:00", except: { "2026-12-31": closed, "2026-12-30": closed } }',
    'warning: schemes[0].hours.except.2026-12-31: 2026-12-31 is past, and 1 more with it; remove it',
  ],
  [
    '{ mon: "09:00-18:00", work: closed }',
    'warning: schemes[0].hours.work: work has no effect unless vats calendar import has written a calendar: this file has none',
  ],
])('%s is told', (hours, problem) => {
  expect(said(hours).join('\n')).toContain(problem);
});

test('hours that make sense are not remarked on', () => {
  expect(said('{ mon: ["09:00-13:00", "14:00-18:00"], tue: "22:00-06:00", except: { "2027-01-01": closed } }')).toEqual(
    [],
  );
});

test('a calendar makes holidays meaningful until it ends', () => {
  const hours = '{ mon: "09:00-18:00", holidays: "10:00-12:00" }';
  expect(said(hours, 'calendar: { "2027-02-20": work, "2026-01-01": off }\n')).toEqual([]);
  expect(said(hours, 'calendar: { "2026-02-20": work }\n').join()).toContain('the calendar ends on 2026-02-20');
});

test('before a year ends without the days of the next one it is told, in its last sixty days', () => {
  const hours = '{ mon: "09:00-18:00", holidays: closed }';
  const calendar = 'calendar: { "2026-12-31": off }\n';
  expect(said(hours, calendar, Date.UTC(2026, 10, 2, 12)).join()).toBe('');
  expect(said(hours, calendar, Date.UTC(2026, 10, 27, 12)).join()).toContain(
    'holidays has no effect from 2027-01-01 on: the calendar has no days of 2027; run vats calendar import',
  );
  expect(said(hours, 'calendar: { "2026-12-31": off, "2027-01-01": off }\n', Date.UTC(2026, 10, 27, 12))).toEqual([]);
  expect(said('{ mon: "09:00-18:00" }', calendar, Date.UTC(2026, 10, 27, 12))).toEqual([]);
});

test('a switch, which has what was imported, says that there is no calendar', () => {
  const text =
    'domain: a.example\nschemes: [{ name: main, hours: { work: closed }, open: [{ hangup: normal }], closed: [{ hangup: busy }] }]\n';
  const read = readPbx(text, 'f');
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join());
  const applied = planApply(EMPTY_MODEL, read.value, { managedBy: 'file:x', now: NOW });
  const lines = (applied.ok ? applied.warnings : applied.problems).map(formatProblem);
  expect(lines.join('\n')).toContain('work has no effect: the domain has no calendar');
});

test('what is past is so by the clocks of the domain', () => {
  const hours = '{ mon: "09:00-18:00", except: { "2027-01-01": closed } }';
  expect(said(hours, 'timezone: Pacific/Kiritimati\n').join()).toContain('2027-01-01 is past');
});

test('hours of a user and of a schedule are judged as those of a scheme are', () => {
  const overlap = '{ mon: ["09:00-18:00", "10:00-11:00"] }';
  const text = `domain: a.example
users: [{ extension: "201", name: A, hours: ${overlap}, devices: [{ login: anna, password: Vf5kNm7Z }] }]
schemes: [{ name: main, open: [{ ring: "201" }] }]
numbers:
  - { number: "+74951234567", scheme: main, schedule: [{ hours: { mon: "09:00-18:00", holidays: "10:00-11:00" }, scheme: main }, { hours: ${overlap}, scheme: main }] }
`;
  const checked = checkPbx(text, 'f', { now: NOW });
  const lines = (checked.ok ? [] : checked.problems).map(formatProblem).filter((line) => line.includes('.hours'));
  expect(lines).toEqual([
    expect.stringMatching(/^f:2:\d+: error: users\[0\]\.hours\.mon: 09:00-18:00 and 10:00-11:00 overlap; write one/),
    expect.stringMatching(/^f:5:\d+: error: numbers\[0\]\.schedule\[1\]\.hours\.mon: .* overlap; write/),
    expect.stringMatching(/^f:5:\d+: warning: numbers\[0\]\.schedule\[0\]\.hours\.holidays: holidays has no effect/),
  ]);
});
