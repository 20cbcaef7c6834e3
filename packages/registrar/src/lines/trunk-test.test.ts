import type { Trunk } from '@vats/pbx';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ITSP, LinesBench, OPERATOR } from './testing/lines-bench.ts';
import type { ScriptedOperator } from './testing/scripted-operator.ts';
import type { TrunkTest } from './trunk-test.ts';

let bench: LinesBench;
let operator: ScriptedOperator;

beforeEach(async () => {
  bench = await LinesBench.open();
  operator = await bench.operator();
});

afterEach(async () => {
  expect(await bench.close()).toEqual([]);
});

/** Lets the test run to its end, whatever time it takes. */
async function tried(trunk: Trunk = ITSP): Promise<TrunkTest> {
  bench.use(trunk);
  let result: TrunkTest | undefined;
  void bench.lines.test(bench.line(trunk.name)).then((test) => {
    result = test;
  });
  for (let second = 0; second < 60 && result === undefined; second++) {
    bench.passes(0.5);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (result === undefined) throw new Error('the test does not end');
  return result;
}

const text = ({ steps }: TrunkTest): string => steps.map((each) => `${each.step}: ${each.text}`).join('\n');

test('a good trunk: every step with its answer, no secret, and the live registration as it was', async () => {
  bench.use(ITSP);
  const before = [...operator.bindings];
  const result = await tried();
  expect(result).toMatchObject({ good: true, verdict: 'the credentials are right, and the trunk is registered' });
  const said = text(result);
  for (const part of [
    'settings: proxy sip:198.51.100.9:5060 over udp, domain sip.itsp.example, login 74951234567',
    'dns: no question: 198.51.100.9:5060 is an address',
    'options: OPTIONS to 198.51.100.9:5060: 200 OK',
    'live registration, untouched by this test: registered (200 OK), for 1',
    '401: realm "operator.example", algorithm MD5, qop auth; we answer as 74951234567',
    'answer: final answer: 200 OK',
    'the server keeps our Contact as sip:',
  ]) {
    expect(said).toContain(part);
  }
  expect(JSON.stringify(result)).not.toMatch(/s3cret|nonce/);
  expect([...operator.bindings].map(([user]) => user)).toEqual(before.map(([user]) => user));
  expect(
    operator
      .requests('REGISTER')
      .slice(2)
      .every((each) => !each.has('Contact')),
  ).toBe(true);
  expect(bench.happened()).toEqual(['registered 200']);
});

test('silence', async () => {
  bench.network.vanish(OPERATOR.address);
  const result = await tried();
  expect(result).toMatchObject({ good: false, verdict: 'the peer is silent' });
  expect(result.remedy).toMatch(/firewall.*port/);
  expect(text(result)).toContain('OPTIONS to 198.51.100.9:5060: no answer within 8 s');
});

test('a wrong password', async () => {
  operator.password = 'another';
  const result = await tried();
  expect(result.verdict).toMatch(/^401 again after our credentials: password or digest username is wrong/);
  expect(result.remedy).toMatch(/password and authUser \(now 74951234567\)/);
});

test.each([
  [403, /refuses/, /login \(74951234567\) and domain \(sip\.itsp\.example\)/],
  [404, /does not know this account/, /login .* and domain/],
  [503, /serves nobody/, /later/],
])('%d', async (status, verdict, remedy) => {
  operator.register = () => ({ status });
  const result = await tried();
  expect(result.good).toBe(false);
  expect(result.verdict).toMatch(verdict);
  expect(result.remedy).toMatch(remedy);
});

test('another realm than the one set', async () => {
  const result = await tried({ ...ITSP, register: { ...ITSP.register!, realm: 'right.example' } });
  expect(result.verdict).toBe('the peer asks for realm "operator.example", which our credentials are not for');
  expect(result.remedy).toContain('register.realm');
  expect(operator.requests('REGISTER').some((each) => each.has('Authorization'))).toBe(false);
});

test('a registrar that answers no questions is told apart from a wrong password', async () => {
  operator.register = (request, self) => {
    const reply = self.serve(request);
    return reply.status === 200 && !request.has('Contact') ? { status: 400 } : reply;
  };
  const result = await tried();
  expect(result.verdict).toMatch(/^400 .*the credentials were taken/);
  expect(text(result)).toContain('live registration, untouched by this test: registered');
});

test('a router that fails at SRV', async () => {
  bench.dns.failing.set('SRV _sip._udp.sip.itsp.example', 'ESERVFAIL');
  bench.dns.failing.set('A sip.itsp.example', 'ESERVFAIL');
  bench.dns.failing.set('AAAA sip.itsp.example', 'ESERVFAIL');
  const result = await tried({ ...ITSP, proxy: 'sip:sip.itsp.example' });
  expect(text(result)).toContain('dns: SRV _sip._udp.sip.itsp.example: failed: ESERVFAIL');
  expect(result.remedy).toContain('proxy: sip:sip.itsp.example:5060');
});

test('a name that there is not', async () => {
  const result = await tried({ ...ITSP, proxy: 'sip:sip.itsp.example' });
  expect(result.verdict).toBe('the DNS knows no server of sip.itsp.example');
  expect(text(result)).toContain('A sip.itsp.example: no record');
});

test('a trunk by its address is asked by OPTIONS alone', async () => {
  const trunk = { managedBy: 'cli', name: 'office', proxy: 'sip:198.51.100.9' } as const;
  operator.options = () => ({ status: 404 });
  expect(await tried(trunk)).toMatchObject({ good: true, verdict: 'the peer is there (404 to OPTIONS)' });
  expect(operator.requests('REGISTER')).toEqual([]);
});

test('a transport that is not served', async () => {
  expect(await tried({ ...ITSP, proxy: 'sips:198.51.100.66', transport: 'udp' })).toMatchObject({
    good: false,
    remedy: expect.stringContaining('TLS'),
  });
});
