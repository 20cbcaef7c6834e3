import { beforeEach, expect, test } from 'vitest';
import { json, running, serve, useSwitch, vats } from './testing/served-switch.ts';

useSwitch();

const OFFICE = `domain: acme.example
timezone: Europe/Moscow
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }], forward: { unreachable: "+79161234567" } }
groups: [{ extension: "600", name: Sales, members: ["201", "202"] }]
trunks: [{ name: itsp, proxy: "sip:192.0.2.70", register: { login: "74951234567", password: s3cret } }]
numbers: [{ number: "+74951234567", trunk: itsp, scheme: main }]
schemes: [{ name: main, hours: { mon-fri: "09:00-18:00" }, open: [{ ring: "202" }], closed: [{ hangup: busy }] }]
outbound: [{ match: "+7[67]*", deny: true }, { match: "+7*", trunk: itsp }]
`;

beforeEach(async () => {
  await serve();
  await running.model.applyFile({ path: '/office.yaml', name: 'office.yaml', text: OFFICE });
});

test('a call out: the rule, the trunk, and what comes of it', async () => {
  const { code, out } = await vats('explain', 'call', '--from', 'anna', '--to', '8 916 123-45-67');
  expect(code).toBe(0);
  expect(out).toMatch(/^anna calls 8 916 123-45-67 at 20\d\d-/);
  expect(out).toContain(
    '  1. 8 916 123-45-67, which is +79161234567, matches the outbound rule +7*: ring +79161234567 by itsp for 2m\n     (and when that ends as no-answer)\n',
  );
  expect(out).toMatch(/ {2}2\. did not answer\n {5}so the caller is refused: no-answer\n$/);
  expect((await vats('explain', 'call', '--from', '201', '--to', '+77271234567')).out).toContain('refused: forbidden');
});

test('a call in, at an hour of one’s choice, by somebody’s own number', async () => {
  const by = (at: string) =>
    vats('explain', 'call', '--from', '+79261112233', '--to', '74951234567', '--via', 'itsp', '--at', at);
  const open = (await by('2026-05-05 12:00')).out;
  expect(open).toContain('it goes to scheme main, which is open: it is tue 2026-05-05 12:00');
  // Nobody is registered here, so the call goes on to where Boris has it forwarded.
  expect(open).toContain('so the call goes on to +79161234567');
  expect((await by('2026-05-05 20:00')).out).toContain('refused: callee-busy');
  expect((await by('2026-05-09T12:00:00+03:00')).out).toContain('which is closed');
});

test('ringing that ends in another way, and the answer as JSON', async () => {
  const answer = await json('explain', 'call', '--from', 'anna', '--to', '+79161234567', '--outcome', 'callee-busy');
  expect(answer).toMatchObject({
    domain: 'acme.example',
    from: 'anna',
    steps: [
      { do: 'ring', endsAs: 'callee-busy' },
      { do: 'reject', reason: 'callee-busy' },
    ],
  });
});

test.each([
  [
    ['--from', '999', '--to', '201'],
    1,
    /nobody in acme\.example has extension or login 999: a caller outside comes by a trunk/,
  ],
  [
    ['--from', '1', '--to', '201', '--via', 'nowhere'],
    1,
    /there is no trunk nowhere in acme\.example: name one of itsp/,
  ],
  [['--from', 'anna', '--to', '201', '--at', 'yesterday'], 1, /yesterday/],
  [['--from', 'anna', '--to', '201', '--outcome', 'shouting'], 2, /Allowed choices are no-answer/],
  [['--from', 'anna'], 2, /required option '--to/],
])('%j ends with %i', async (args, code, message) => {
  const said = await vats('explain', 'call', ...args);
  expect(said.code).toBe(code);
  expect(said.err).toMatch(message);
});
