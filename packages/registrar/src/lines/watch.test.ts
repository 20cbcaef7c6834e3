import { afterEach, beforeEach, expect, test } from 'vitest';
import { ITSP, LinesBench, OPERATOR, OURS } from './testing/lines-bench.ts';
import type { ScriptedOperator } from './testing/scripted-operator.ts';

const WAREHOUSE = { managedBy: 'cli', name: 'warehouse', proxy: 'sip:198.51.100.9:5060' } as const;

let bench: LinesBench;
let operator: ScriptedOperator;

beforeEach(async () => {
  bench = await LinesBench.open();
  operator = await bench.operator();
});

afterEach(async () => {
  expect(await bench.close()).toEqual([]);
});

const up = () => bench.line('warehouse').status().up;

test('a trunk by address needs no registration and is asked every minute', () => {
  bench.use(WAREHOUSE);
  bench.passes(600);
  expect(bench.line('warehouse').status()).toMatchObject({ state: 'not-needed', up: true, roundTrip: 0 });
  expect(operator.requests('OPTIONS').length).toBe(10);
  expect(operator.requests('REGISTER').length).toBe(0);
  expect(bench.happened()).toEqual([]);
});

test('an answer to a request that went out twice tells of life, and not of the round trip', () => {
  bench.network.latency = 20;
  bench.network.dropNext('OPTIONS');
  bench.use(WAREHOUSE);
  bench.passes(5);
  const status = bench.line('warehouse').status();
  expect(status.up).toBe(true);
  expect(status.roundTrip).toBeUndefined();
  bench.passes(60);
  expect(bench.line('warehouse').status().roundTrip).toBe(40);
  // What was measured once is not lost by it.
  bench.network.dropNext('OPTIONS');
  bench.passes(60);
  expect(bench.line('warehouse').status().roundTrip).toBe(40);
});

test.each([200, 401, 404, 405, 488, 500, 603])('%d to OPTIONS is a sign of life', (status) => {
  operator.options = () => ({ status });
  bench.use(WAREHOUSE);
  bench.passes(120);
  expect(up()).toBe(true);
});

test('three misses make it down, one answer up, each told once; a lost one is nothing', () => {
  bench.use(WAREHOUSE);
  bench.passes(2);
  bench.network.vanish(OPERATOR.address);
  bench.passes(58 + 25);
  expect(up()).toBe(true);
  bench.network.comeBack(OPERATOR.address);
  bench.passes(10);
  expect(bench.happened()).toEqual([]);
  bench.network.vanish(OPERATOR.address);
  bench.passes(95);
  expect(up()).toBe(false);
  expect(bench.line('warehouse').target()).toBeUndefined();
  bench.passes(3600);
  bench.network.comeBack(OPERATOR.address);
  bench.passes(60);
  expect(bench.happened()).toEqual(['down no answer within 10 s', 'up 200']);
  expect(bench.line('warehouse').target()?.endpoint).toMatchObject(OPERATOR);
});

test('a call’s 503 stands for its minute, though OPTIONS and REGISTER are answered meanwhile', () => {
  bench.use(ITSP);
  bench.line().markFailing(OPERATOR);
  bench.passes(59);
  expect([operator.requests('OPTIONS').length, operator.requests('REGISTER').length]).toEqual([1, 2]);
  expect(bench.line().target()).toBeUndefined();
  bench.passes(1);
  expect(bench.line().target()?.endpoint).toMatchObject(OPERATOR);
});

test('503 is none', () => {
  bench.use(WAREHOUSE);
  bench.passes(2);
  operator.options = () => ({ status: 503 });
  bench.passes(100);
  expect(bench.happened()).toEqual(['down 503']);
});

test('a trunk that never answered OPTIONS is told down, and calls still try it', () => {
  operator.options = () => undefined;
  bench.use(WAREHOUSE);
  bench.passes(120);
  expect(bench.happened()).toEqual(['down no answer within 10 s']);
  expect(bench.line('warehouse').target()?.endpoint).toMatchObject(OPERATOR);
});

test('an operator that answers REGISTER and no OPTIONS is not judged by these', () => {
  operator.options = () => undefined;
  bench.use(ITSP);
  bench.passes(3600);
  expect(bench.happened()).toEqual(['registered 200']);
  expect(bench.line().target()?.endpoint).toMatchObject(OPERATOR);
  expect(operator.requests('OPTIONS').length).toBeLessThan(62);
});

test('a peer that comes back is registered at anew at once: it may have forgotten us', () => {
  bench.use({ ...ITSP, register: { ...ITSP.register!, expires: 3_600_000 } });
  bench.passes(2);
  bench.network.vanish(OPERATOR.address);
  bench.passes(200);
  operator.forget();
  bench.network.comeBack(OPERATOR.address);
  bench.passes(60);
  expect(operator.bindings.has(bench.line().contactUser!)).toBe(true);
});

test('a peer that refused us is not asked again for coming back: it would ban us', () => {
  operator.password = 'another';
  bench.use(ITSP);
  bench.passes(2);
  bench.network.vanish(OPERATOR.address);
  bench.passes(100);
  bench.network.comeBack(OPERATOR.address);
  bench.passes(100);
  expect(bench.happened()).toEqual(['rejected 401', 'down no answer within 10 s', 'up 200']);
  expect(operator.requests('REGISTER').length).toBe(2);
});

test('behind a NAT a double CRLF goes to the registrar every 25 s', async () => {
  bench.use(ITSP);
  bench.passes(100);
  expect(bench.network.sent('keep-alive')).toEqual([]);
  const behind = await LinesBench.open(1, { host: '10.0.0.5', port: 5060 });
  await behind.operator();
  behind.use(ITSP);
  behind.passes(90);
  expect(behind.line().status().seenAs).toBe('192.0.2.1:5060');
  expect(behind.network.sent('keep-alive').map(({ to }) => to)).toEqual([OPERATOR, OPERATOR, OPERATOR]);
  expect(await behind.close()).toEqual([]);
});

test('over TCP: registered, kept by a double CRLF, and registered anew at once when the connection breaks', async () => {
  const over = await bench.operator({ address: '198.51.100.11', port: 5060 }, 'tcp');
  bench.use({ ...ITSP, proxy: 'sip:198.51.100.11', transport: 'tcp' });
  await bench.dns.settled();
  bench.passes(60);
  expect(bench.happened()).toEqual(['registered 200']);
  expect(over.requests('REGISTER').at(-1)?.value('Contact')).toContain(';transport=tcp');
  expect(bench.network.sent('keep-alive').filter(({ from }) => from.address === OURS.address).length).toBe(2);
  const before = over.requests('REGISTER').length;
  bench.network.breakStreams('198.51.100.11');
  bench.passes(0.1);
  expect(over.requests('REGISTER').length).toBeGreaterThan(before);
  expect(bench.state).toBe('registered');
  expect(bench.happened()).toEqual([]);
});

test('over TCP: a peer that ends each connection is not registered at in a flood', async () => {
  const over = await bench.operator({ address: '198.51.100.11', port: 5060 }, 'tcp');
  bench.use({ ...ITSP, proxy: 'sip:198.51.100.11', transport: 'tcp' });
  for (let second = 0; second < 600; second++) {
    bench.passes(1);
    bench.network.breakStreams('198.51.100.11');
  }
  expect(over.requests('REGISTER').length).toBeLessThan(60);
});

test('over TCP: where nobody listens it is unreachable at once, with the reason', () => {
  bench.use({ ...ITSP, proxy: 'sip:198.51.100.66:5060', transport: 'tcp' });
  bench.passes(1);
  expect(bench.happened()).toEqual(['unreachable refused']);
});

test('a transport that contradicts the proxy says so and does nothing', () => {
  bench.use({ ...ITSP, proxy: 'sips:198.51.100.66', transport: 'udp' });
  bench.passes(600);
  expect(bench.line().status()).toMatchObject({ state: 'not-served', why: expect.stringContaining('TLS') });
  expect(bench.line().target()).toBeUndefined();
  expect(bench.network.wire).toEqual([]);
});

test('where the DNS fails at SRV the name itself is asked for, and the failure is shown', async () => {
  bench.dns.failing.set('SRV _sip._udp.sip.itsp.example', 'ESERVFAIL');
  bench.dns.records.set('A sip.itsp.example', [OPERATOR.address]);
  bench.use({ ...ITSP, proxy: 'sip:sip.itsp.example' });
  for (let second = 0; second < 10; second++) {
    bench.passes(1);
    await bench.dns.settled();
  }
  expect(bench.state).toBe('registered');
  expect(bench.line().status().lookupFailure).toEqual({
    code: 'ESERVFAIL',
    question: 'SRV _sip._udp.sip.itsp.example',
  });
});

test('a name that the DNS does not know is unreachable, and is asked for until it is there', async () => {
  bench.use({ ...ITSP, proxy: 'sip:sip.itsp.example' });
  await bench.dns.settled();
  bench.passes(10);
  expect(bench.happened()).toEqual(['unreachable DNS: no server is known for sip.itsp.example']);
  bench.dns.records.set('A sip.itsp.example', [OPERATOR.address]);
  for (let second = 0; second < 80; second++) {
    bench.passes(1);
    await bench.dns.settled();
  }
  expect(bench.state).toBe('registered');
});

test('a name whose address changes is registered at its new address', async () => {
  const moved = await bench.operator({ address: '198.51.100.20', port: 5060 });
  bench.dns.ttl = 60;
  bench.dns.records.set('A sip.itsp.example', [OPERATOR.address]);
  bench.use({ ...ITSP, proxy: 'sip:sip.itsp.example:5060' });
  await bench.dns.settled();
  bench.passes(1);
  bench.dns.records.set('A sip.itsp.example', ['198.51.100.20']);
  bench.passes(60);
  await bench.dns.settled();
  bench.passes(1);
  expect(moved.bindings.size).toBe(1);
  expect(bench.line().target()?.endpoint.address).toBe('198.51.100.20');
});
