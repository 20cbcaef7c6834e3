import { beforeEach, expect, test } from 'vitest';
import { running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

beforeEach(async () => {
  await serve();
  await running.model.applyFile({
    path: '/groups.yaml',
    name: 'groups.yaml',
    text: 'domain: acme.example\ngroups: [{ extension: "600", name: Sales, members: ["201"], queue: { max: 5 } }]\n',
  });
});

test('queues are shown with what came of their callers today', async () => {
  expect((await vats('queues')).out).toMatch(/^QUEUE +NAME +WAITING .*\n600 +Sales +0 +0 +1 +0 +0 +0\n$/);
  const { queues } = JSON.parse((await vats('queues', '--json')).out);
  expect(queues).toMatchObject([{ group: '600', waiting: [], today: { answered: 0, abandoned: 0 } }]);
});

test('an employee has a pause with a reason, and it ends', async () => {
  expect((await vats('agents', 'pause', '201', '--reason', 'lunch')).out).toBe('201 has a pause\n');
  expect((await vats('agents', 'pause', '201', '--reason', 'doctor')).out).toBe('201 has a pause already\n');
  const { agents } = JSON.parse((await vats('agents', '--json')).out);
  expect(agents).toMatchObject([{ to: '201', group: '600', pause: { reason: 'doctor' } }]);
  expect((await vats('agents')).out).toContain('doctor');
  expect((await vats('agents', 'resume', '201')).out).toBe('201 has no pause any more\n');
  expect((await vats('agents', 'resume', '201')).out).toBe('201 had no pause\n');
});

test('a pause of nobody is refused with its remedy', async () => {
  const { code, err } = await vats('agents', 'pause', '999');
  expect([code, err]).toEqual([
    1,
    expect.stringContaining('nobody in acme.example has extension 999: vats agents shows'),
  ]);
});

test('codes are listed', async () => {
  expect((await vats('codes')).out).toMatch(/\*45\[GROUP\] +login +logs you in/);
});
