import { beforeEach, expect, test } from 'vitest';
import { addDomain, clock, json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();
beforeEach(() => serve());

const HOUR_MS = 3_600_000;

test('ages are told by the switch’s clock, whatever the terminal’s says', async () => {
  clock.stepWall(36 * HOUR_MS);
  expect((await vats('status')).out).toMatch(/, up 36:00:00\n/);
  const banned = await vats('bans', 'add', '203.0.113.9', '--for', '1h');
  expect(banned.out).toMatch(/ 1:00:00 +operator /);
  clock.stepWall(HOUR_MS / 2);
  expect((await vats('bans')).out).toMatch(/ 30:00 +operator /);
  expect((await vats('bans', 'list')).out).toMatch(/ 30:00 +operator /);
  await running.model.applyFile({
    ...{ path: '/trunk.yaml', name: 'trunk.yaml' },
    text: 'domain: acme.example\ntrunks: [{ name: itsp, proxy: "sip:192.0.2.1" }]\n',
  });
  expect((await vats('trunks')).out).toMatch(/itsp +acme\.example +\S+ +\S+ +.*0:00 /);
  for (const command of ['status', 'calls', 'registrations', 'bans', 'trunks']) {
    expect(await json(command), command).toMatchObject({ now: clock.now() });
  }
});

async function office(calendar: string, path = '/office.yaml', name = 'acme.example'): Promise<string> {
  await running.model.applyFile({ path, name: 'office.yaml', text: `domain: ${name}\n${calendar}\n` });
  return (await vats('status')).out;
}

test('status says until when the production calendar reaches, and warns before it ends and after', async () => {
  clock.stepWall(Date.UTC(2026, 8, 1) - clock.now());
  expect((await vats('status')).out).not.toContain('calendar');
  const good = await office('calendar: { "2026-01-01": off }');
  expect(good).toMatch(/\ncalendar +until the end of 2026\n/);
  expect(good).not.toContain('WARNING');
  clock.stepWall(Date.UTC(2026, 10, 27) - clock.now());
  const near = await office('calendar: { "2026-01-01": off }');
  expect(near).toMatch(
    /\nWARNING +the production calendar of acme\.example ends with 2026, in 34 days; vats calendar import FILE takes that of 2027 over\n/,
  );
  clock.stepWall(Date.UTC(2027, 0, 5) - clock.now());
  expect((await vats('status')).out).toContain('WARNING    the production calendar of acme.example ended with 2026; ');

  await addDomain('hours: { mon-fri: "09:00-18:00", holidays: closed }\n');
  const both = (await vats('status')).out;
  expect(both).toContain('calendar of two.example is asked for by its hours, and there is none; vats calendar import');
  await office('calendar: { "2027-01-01": off }', '/two.yaml', 'two.example');
  expect((await vats('status')).out).toContain('until the end of 2026 (acme.example), 2027 (two.example)\n');
});
