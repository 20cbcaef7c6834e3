import { expect, test } from 'vitest';
import { running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

test('what an employee has set by phone is shown, told by explain, kept by an apply, and reset', async () => {
  await serve();
  const domain = running.model.directory.model.domains[0]!;
  running.own.set(domain.id, '201', { set: 'always', to: '202' });
  running.own.set(domain.id, '201', { set: 'dnd', to: true });
  const { out } = await vats('user', 'show', '201');
  expect(out).toMatch(/do not disturb +on +phone\n/);
  expect(out).toMatch(/forward always +202 +phone\n/);
  expect((await vats('explain', 'call', '--from', '202', '--to', '201')).out).toContain('go on to 202 (set by phone)');
  await running.model.applyFile({
    path: '/more.yaml',
    name: 'more.yaml',
    text: 'domain: acme.example\ngroups: [{ extension: "600", name: Sales, members: ["201"] }]\n',
  });
  expect(JSON.parse((await vats('user', 'show', '201', '--json')).out)).toMatchObject({
    ...{ extension: '201', dnd: { on: true, by: 'phone' }, forwards: [{ when: 'always', to: '202', by: 'phone' }] },
  });
  expect((await vats('user', 'reset', '201')).out).toBe('all of 201 is as the PBX file says\n');
  expect((await vats('user', 'reset', '201')).out).toBe('201 had set nothing by phone\n');
  expect((await vats('user', 'show', '201')).out).toMatch(/do not disturb +off +file\n/);
});

test('who is removed leaves nothing behind', async () => {
  await serve();
  const domain = running.model.directory.model.domains[0]!;
  running.own.set(domain.id, '202', { set: 'dnd', to: true });
  expect((await vats('user', 'remove', '202')).code).toBe(0);
  expect(running.own.of(domain.id, '202')).toBeUndefined();
});

test('nobody has such an extension: the remedy is said', async () => {
  await serve();
  const { code, err } = await vats('user', 'show', '999');
  expect([code, err]).toEqual([
    1,
    expect.stringContaining('nobody in acme.example has extension 999: vats user export'),
  ]);
});
