import { SeededRandom } from '@vats/kernel/testing';
import { ScriptedOperator } from '@vats/registrar/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clock, network, running, serve, useSwitch, vats, whileTimePasses } from './testing/served-switch.ts';

// Among countries that the machine does not let in: a trunk's server is heard all the same.
const AT = { address: '203.0.113.70', port: 5060 };
const TRUNKS = `
domain: acme.example
trunks:
  - name: itsp
    proxy: sip:203.0.113.70
    domain: sip.itsp.example
    transport: udp
    register: { login: "74951234567", password: s3cret }
`;

useSwitch();

let operator: ScriptedOperator;

beforeEach(async () => {
  await serve({ policy: 'russia' });
  operator = await ScriptedOperator.open({
    clock,
    random: new SeededRandom(3),
    network: network.host(AT.address),
    at: AT,
  });
});

afterEach(async () => {
  // Before the switch ends, so that it need not wait for anybody.
  await whileTimePasses(running.close());
  await operator.close();
});

async function applies(text = TRUNKS): Promise<void> {
  const applied = await running.model.applyFile({ path: '/acme2.yaml', name: 'acme2.yaml', text });
  if (!applied.ok) throw new Error(JSON.stringify(applied.problems));
  clock.advance(2_000);
}

test('vats trunks with none says so', async () => {
  expect((await vats('trunks')).out).toBe('there are no trunks\n');
  expect((await vats('status')).out).not.toContain('trunks');
});

test('a trunk that is well', async () => {
  await applies();
  const { out, code } = await vats('trunks');
  expect(code).toBe(0);
  expect(out).toMatch(
    /^TRUNK +DOMAIN +PROXY +STATE .*\nitsp +acme\.example +sip:203\.0\.113\.70 +registered, \d:\d\d left +200 OK +\d:\d\d +\d:\d\d +up \d:\d\d +203\.0\.113\.70:5060 +\d+ ms\n$/,
  );
  const { trunks } = JSON.parse((await vats('trunks', '--json')).out);
  expect(trunks).toMatchObject([
    { name: 'itsp', state: 'registered', up: true, answer: { status: 200, reason: 'OK' } },
  ]);
  expect((await vats('status')).out).toMatch(/\ntrunks +1, all well\n/);
});

test('one that is refused is in status, and the test says why and ends with 1', async () => {
  operator.password = 'another';
  await applies();
  expect((await vats('status')).out).toMatch(
    /trunks +1, 1 IN TROUBLE[\s\S]*WARNING +trunk itsp of acme\.example is rejected: 401 Unauthorized; vats trunk test itsp shows why\n/,
  );
  const { code, out } = await whileTimePasses(vats('trunk', 'test', 'itsp'));
  expect(code).toBe(1);
  expect(out).toMatch(/FAIL {2}answer +final answer: 401 /);
  expect(out).toMatch(/\nnot good: 401 again after our credentials.*\nremedy: check password and authUser/);
  expect(out).not.toContain('s3cret');
});

test('the test of one that is well ends with 0 and leaves it as it is', async () => {
  await applies();
  const before = [...operator.bindings.keys()];
  const { code, out } = await whileTimePasses(vats('trunk', 'test', 'itsp'));
  expect(code).toBe(0);
  expect(out).toMatch(/\ngood: the credentials are right, and the trunk is registered\n$/);
  expect([...operator.bindings.keys()]).toEqual(before);
});

test('one that is silent is told so in time', async () => {
  network.vanish(AT.address);
  await applies();
  const { code, out } = await whileTimePasses(vats('trunk', 'test', 'itsp'));
  expect(code).toBe(1);
  expect(out).toContain('not good: the peer is silent\nremedy: ');
});

test.each([
  [['trunk', 'test', 'nobody'], /acme\.example has no trunk nobody: name one of itsp/],
  [['trunk', 'test', 'itsp', '--domain', 'x.example'], /there is no domain x\.example/],
  [['trunks', '--domain', 'x.example'], /there is no domain x\.example/],
])('%j is refused with its remedy', async (argv, message) => {
  await applies();
  const { code, err } = await vats(...argv);
  expect([code, err]).toEqual([1, expect.stringMatching(message)]);
});

test('what an operator bans by hand is not heard, though it is a trunk', async () => {
  running.access.gate.bans.add({ network: AT.address }, { by: 'operator', reason: 'test' });
  await applies();
  clock.advance(33_000);
  expect(running.trunks.statuses()[0]).toMatchObject({ state: 'unreachable' });
});

test('a changed access policy ends no registration of ours', async () => {
  const overTcp = await ScriptedOperator.open({
    ...{ clock, random: new SeededRandom(3), network: network.host(AT.address), at: AT },
    transport: 'tcp',
  });
  await applies(TRUNKS.replace('transport: udp', 'transport: tcp'));
  const before = overTcp.requests('REGISTER').length;
  expect(before).toBeGreaterThan(1);
  running.sweepAccess();
  clock.advance(5_000);
  expect(overTcp.requests('REGISTER').length).toBe(before);
  expect(running.trunks.statuses()[0]).toMatchObject({ state: 'registered', up: true });
  await whileTimePasses(running.close());
  await whileTimePasses(overTcp.close());
});
