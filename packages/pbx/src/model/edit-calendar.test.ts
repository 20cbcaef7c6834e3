import { expect, test } from 'vitest';
import { formatProblem } from '../problems/problem.ts';
import { appliedTo, modelOf, onlyDomain } from '../testing/model-of.ts';
import type { Applied } from './apply.ts';
import { describeChange } from './change.ts';
import { setCalendarYears } from './edit-calendar.ts';

const PLAIN = 'domain: acme.example\n';
const WITH = `${PLAIN}calendar: { "2026-12-30": off, "2027-07-07": off }\n`;
const NEW = { by: 'cli', years: [2027], days: { '2027-02-20': 'work', '2027-01-01': 'off' } } as const;

function said(applied: Applied): string[] {
  return applied.ok ? applied.changes.map(describeChange) : applied.problems.map(formatProblem);
}

test('the years given are made equal, other years stay, and the setting is the editor’s', () => {
  const set = setCalendarYears(modelOf(WITH), NEW);
  expect(said(set)).toEqual(['~ setting calendar: 2027-01-01: off; 2027-02-20: work; 2027-07-07: off -> nothing']);
  if (!set.ok) return;
  expect(set.warnings.map(formatProblem).join()).toContain(
    'a PBX file has a calendar too, which its next apply sets again',
  );
  expect(Object.entries(set.domain.settings.calendar ?? {})).toEqual([
    ['2026-12-30', 'off'],
    ['2027-01-01', 'off'],
    ['2027-02-20', 'work'],
  ]);
  expect(set.domain.settingsBy.calendar).toBe('cli');
  const again = setCalendarYears(set.next, NEW);
  expect(again.ok && again.next).toBe(set.next);
});

test('a file that names no calendar leaves it, with --prune too; one that does sets it again', () => {
  const set = setCalendarYears(modelOf(PLAIN), NEW);
  if (!set.ok) throw new Error(said(set).join());
  expect(set.warnings).toEqual([]);
  expect(onlyDomain(appliedTo(set.next, PLAIN, { prune: true })).settings.calendar).toEqual(NEW.days);
  expect(onlyDomain(appliedTo(set.next, WITH)).settings.calendar).toEqual({ '2026-12-30': 'off', '2027-07-07': 'off' });
});

test('a whole year is told by its first days and how many there are', () => {
  const days = Object.fromEntries(
    Array.from({ length: 28 }, (_, i) => [`2027-02-${String(i + 1).padStart(2, '0')}`, 'off']),
  );
  const set = setCalendarYears(modelOf(PLAIN), { by: 'cli', years: [2027], days: days as Record<string, 'off'> });
  expect(said(set)[0]).toMatch(/^\+ setting calendar: 2027-02-01: off; .*2027-02-10: off; and 18 more days$/);
});

test('days of another year, and an unknown domain, are refused', () => {
  expect(said(setCalendarYears(modelOf(PLAIN), { ...NEW, years: [2026] }))).toEqual([
    'error: 2027-02-20 is of no year that is set; name its year, or leave it out',
  ]);
  expect(said(setCalendarYears(modelOf(PLAIN), { ...NEW, domain: 'x.example' }))).toEqual([
    'error: there is no domain x.example; name one of acme.example',
  ]);
});
