import { beforeEach, expect, test } from 'vitest';
import { running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

beforeEach(async () => {
  await serve();
  const groups =
    '[{ extension: "600", name: Sales, members: ["201"], login: true }, { extension: "601", name: All, members: ["201"] }]';
  await running.model.applyFile({
    path: '/groups.yaml',
    name: 'groups.yaml',
    text: `domain: acme.example\ngroups: ${groups}\n`,
  });
});

const isLoggedIn = (): boolean => {
  const [domain] = running.model.directory.model.domains;
  return domain !== undefined && running.world.isLoggedIn(domain, '600', '201');
};

test('a member logs in and out', async () => {
  expect((await vats('group', 'login', '600', '201')).out).toBe('201 is logged in to group 600 Sales\n');
  expect(isLoggedIn()).toBe(true);
  expect((await vats('group', 'login', '600', '201')).out).toBe('201 is already logged in to group 600 Sales\n');
  expect((await vats('group', 'logout', '600', '201')).out).toBe('201 is logged out of group 600 Sales\n');
  expect(isLoggedIn()).toBe(false);
});

test.each([
  [['login', '700', '201'], /there is no group 700 in acme\.example/],
  [['login', '600', '202'], /202 is no member of group 600: it has 201/],
  [['login', '601', '201'], /ring without being logged in: write login: true/],
  [['logout', '600', '201', '--domain', 'x.example'], /there is no domain x\.example/],
])('%j is refused with its remedy', async (argv, message) => {
  const { code, err } = await vats('group', ...argv);
  expect(err).toMatch(message);
  expect(code).toBe(1);
});
