import type { ReplyDraft, SipRequest } from '@vats/sip';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  callIdOf,
  contactUserOf,
  cseqOf,
  expiresOf,
  ITSP,
  LinesBench,
  OPERATOR,
  RESERVE,
} from './testing/lines-bench.ts';
import type { ScriptedOperator } from './testing/scripted-operator.ts';

let bench: LinesBench;
let operator: ScriptedOperator;

beforeEach(async () => {
  bench = await LinesBench.open();
  operator = await bench.operator();
});

afterEach(async () => {
  expect(await bench.close()).toEqual([]);
});

const registers = (): SipRequest[] => operator.requests('REGISTER');
const always = (reply: ReplyDraft | undefined) => () => reply;

describe('a registration', () => {
  test('is made through the challenge, for 180 s, with a random Contact user and no user in the Request-URI (RFC 3261 §10.2.1)', () => {
    bench.use(ITSP);
    const [first, second] = registers();
    expect(first?.requestUriText).toBe('sip:sip.itsp.example');
    expect(first?.value('To')).toBe('<sip:74951234567@sip.itsp.example>');
    expect(expiresOf(second!)).toBe(180);
    expect(contactUserOf(second!)).toMatch(/^[a-z0-9]{20}$/);
    expect([cseqOf(first!), cseqOf(second!)]).toEqual([1, 2]);
    expect(bench.happened()).toEqual(['registered 200']);
    expect(bench.line().status()).toMatchObject({
      state: 'registered',
      until: bench.clock.now() + 180_000,
      endpoint: '198.51.100.9:5060',
      registeredAt: '198.51.100.9:5060',
      answer: { status: 200, endpoint: '198.51.100.9:5060' },
    });
  });

  test('measures the round trip of the REGISTER that was granted alone, and of none that went out twice', () => {
    // No answer to OPTIONS, so what is shown is the REGISTER's own.
    operator.options = () => undefined;
    bench.network.latency = 30;
    bench.use(ITSP);
    bench.passes(1);
    expect(bench.line().status()).toMatchObject({ state: 'registered', roundTrip: 60 });
    bench.network.latency = 20;
    bench.network.dropNext('REGISTER', 2);
    const before = registers().length;
    while (registers().length === before) bench.passes(1);
    bench.passes(5);
    expect(bench.line().status()).toMatchObject({ state: 'registered', roundTrip: 60 });
  });

  test('is refreshed in time, for ever, with one Call-ID, rising CSeq numbers and no further event (RFC 3261 §10.2.4)', () => {
    bench.use(ITSP);
    bench.happened();
    bench.passes(24 * 3600);
    const all = registers();
    expect(all.length).toBeGreaterThan(24 * 20);
    expect(new Set(all.map(callIdOf)).size).toBe(1);
    expect(new Set(all.map(contactUserOf)).size).toBe(1);
    expect(all.map(cseqOf)).toEqual(all.map((_, at) => at + 1));
    expect(bench.happened()).toEqual([]);
    expect(operator.bindings.get(bench.line().contactUser!)?.until).toBeGreaterThan(bench.clock.monotonic() + 40_000);
  });

  test('goes by what is granted: in our Contact among others, rewritten or not, else in Expires (RFC 3261 §10.2.4)', () => {
    const ours = (request: SipRequest): string => contactUserOf(request)!;
    operator.register = (request) => ({
      status: 200,
      headers: [
        ['Contact', '<sip:other@203.0.113.1>;expires=3000'],
        ['Contact', `<sip:${ours(request)}@203.0.113.77:1024;ob>;expires=60`],
        ['Expires', '900'],
      ],
    });
    bench.use(ITSP);
    expect(bench.line().status().until).toBe(bench.clock.now() + 60_000);
    operator.register = always({ status: 200, headers: [['Expires', '900']] });
    bench.passes(60);
    expect(bench.line().status().until).toBeGreaterThan(bench.clock.now() + 600_000);
  });

  test('that is granted no time is no registration', () => {
    operator.register = (request) => ({
      status: 200,
      headers: [['Contact', `<sip:${contactUserOf(request)}@203.0.113.77>;expires=0`]],
    });
    bench.use(ITSP);
    expect(bench.happened()).toEqual(['rejected 200']);
    bench.passes(299);
    expect(registers().length).toBe(1);
  });

  test('of one second is not refreshed in a flood', () => {
    operator.granted = 1;
    bench.use(ITSP);
    bench.passes(100);
    expect(registers().length).toBeLessThan(60);
  });

  test('uses a digest username, a Contact user and an expiry of its own (RFC 3261 §10.2.1.1)', () => {
    const register = { ...ITSP.register!, authUser: 'auth7', contactUser: 'line1', expires: 600_000 };
    bench.use({ ...ITSP, register });
    const last = registers().at(-1)!;
    expect(last.value('Authorization')).toContain('username="auth7"');
    expect([contactUserOf(last), expiresOf(last)]).toEqual(['line1', 600]);
  });

  test('follows 423 to the longer time, within bounds (RFC 3261 §10.2.8)', () => {
    operator.register = (request, self) =>
      (expiresOf(request) ?? 0) < 300 ? { status: 423, headers: [['Min-Expires', '300']] } : self.serve(request);
    bench.use(ITSP);
    expect(registers().map(expiresOf).slice(0, 2)).toEqual([180, 300]);
    operator.register = always({ status: 423, headers: [['Min-Expires', '999999']] });
    bench.passes(300);
    expect(bench.state).toBe('rejected');
    expect(registers().every((each) => expiresOf(each)! <= 300)).toBe(true);
  });

  test('survives nonces that go stale', () => {
    bench.use(ITSP);
    let stale = true;
    operator.register = (request, self) => {
      if (!stale) return self.serve(request);
      stale = false;
      const headers = [['WWW-Authenticate', `Digest realm="${self.realm}", nonce="fresh", stale=true, qop="auth"`]];
      return { status: 401, headers: headers as [string, string][] };
    };
    bench.passes(400);
    expect(bench.state).toBe('registered');
    expect(bench.happened()).toEqual(['registered 200']);
  });

  test('comes back by itself when the operator was started again and knows nothing', () => {
    bench.use(ITSP);
    operator.forget();
    bench.passes(180);
    expect(operator.bindings.has(bench.line().contactUser!)).toBe(true);
  });
});

describe('a refusal', () => {
  test.each([
    [403, 'Forbidden'],
    [404, 'Not Found'],
  ])('%d is shown with its words and tried again slowly', (status, reason) => {
    operator.register = always({ status, reason });
    bench.use(ITSP);
    expect(bench.line().status()).toMatchObject({ state: 'rejected', answer: { status, reason } });
    expect(bench.happened()).toEqual([`rejected ${status}`]);
    bench.passes(299);
    expect(registers().length).toBe(1);
    bench.passes(3600);
    expect(registers().length).toBeGreaterThan(5);
    expect(registers().length).toBeLessThan(14);
    expect(bench.happened()).toEqual([]);
    operator.register = undefined;
    bench.passes(601);
    expect(bench.happened()).toEqual(['registered 200']);
  });

  test('a wrong password is final after one answer, told as such, and never logged', () => {
    operator.password = 'another';
    bench.use(ITSP);
    expect(registers().length).toBe(2);
    expect(bench.line().status().answer).toMatchObject({ status: 401, why: expect.stringContaining('password') });
    expect(JSON.stringify([bench.log.lines, bench.events, bench.line().status()])).not.toContain('s3cret');
    bench.passes(299);
    expect(registers().length).toBe(2);
  });

  test('another realm than the first one gets no digest', () => {
    bench.use(ITSP);
    operator.realm = 'evil.example';
    bench.passes(180);
    expect(bench.line().status().answer?.why).toContain('"evil.example"');
    expect(registers().some((each) => each.value('Authorization')?.includes('evil'))).toBe(false);
  });

  test('a realm that is set by hand holds from the first challenge on', () => {
    bench.use({ ...ITSP, register: { ...ITSP.register!, realm: 'right.example' } });
    expect(bench.state).toBe('rejected');
    expect(registers().length).toBe(1);
  });
});

describe('silence', () => {
  test('for an hour is tried again all the time, ever more rarely, told once, and heals (RFC 3261 §10.2.7)', () => {
    bench.network.vanish(OPERATOR.address);
    bench.use(ITSP);
    bench.passes(3600);
    const tries = new Set(bench.network.sent('REGISTER').map(({ octets }) => /CSeq: (\d+)/.exec(String(octets))?.[1]));
    expect(tries.size).toBeGreaterThan(10);
    expect(tries.size).toBeLessThan(30);
    expect(bench.happened().sort()).toEqual(['down no answer within 10 s', 'unreachable no answer within 32 s']);
    expect(bench.state).toBe('unreachable');
    bench.network.comeBack(OPERATOR.address);
    bench.passes(340);
    expect(bench.happened().sort()).toEqual(['registered 200', 'up 200']);
  });

  test('of one refresh is no event while the granted time runs', () => {
    bench.use(ITSP);
    bench.happened();
    operator.register = always(undefined);
    bench.passes(130);
    expect(bench.state).toBe('registered');
    operator.register = undefined;
    bench.passes(45);
    expect(bench.happened()).toEqual([]);
  });

  test('of refreshes until the granted time is over is told', () => {
    bench.use(ITSP);
    bench.happened();
    operator.register = always(undefined);
    bench.passes(181);
    expect(bench.happened()).toEqual(['unreachable no answer within 32 s']);
    expect(bench.line().status().until).toBeUndefined();
  });
});

describe('503', () => {
  test('with Retry-After is left alone for so long, within bounds', () => {
    operator.register = always({ status: 503, headers: [['Retry-After', '120']] });
    bench.use(ITSP);
    expect(bench.happened()).toEqual(['unreachable 503']);
    bench.passes(119);
    expect(registers().length).toBe(1);
    operator.register = always({ status: 503, headers: [['Retry-After', '999999']] });
    bench.passes(2);
    expect(registers().length).toBe(2);
    bench.passes(601);
    expect(registers().length).toBe(3);
  });

  test('without it the next server is asked at once, and the calls go there', async () => {
    const reserve = await bench.operator(RESERVE);
    bench.dns.records.set('SRV _sip._udp.sip.itsp.example', [
      { priority: 1, weight: 1, port: 5060, target: 'a.itsp.example' },
      { priority: 2, weight: 1, port: 5060, target: 'b.itsp.example' },
    ]);
    bench.dns.records.set('A a.itsp.example', [OPERATOR.address]);
    bench.dns.records.set('A b.itsp.example', [RESERVE.address]);
    operator.register = always({ status: 503 });
    bench.use({ ...ITSP, proxy: 'sip:sip.itsp.example' });
    await bench.dns.settled();
    bench.passes(0);
    expect(bench.happened()).toEqual(['registered 200']);
    expect(reserve.requests('REGISTER').length).toBe(2);
    expect(bench.line().target()?.endpoint).toMatchObject(RESERVE);
  });
});

describe('several servers', () => {
  beforeEach(async () => {
    await bench.operator(RESERVE);
    bench.dns.records.set('A sip.itsp.example', [OPERATOR.address, RESERVE.address]);
    bench.use({ ...ITSP, proxy: 'sip:sip.itsp.example:5060' });
    await bench.dns.settled();
    bench.passes(2);
  });

  test('the first one that falls silent is left for the second, and calls leave it within half a minute of a question (RFC 3261 §10.2.6)', () => {
    expect(bench.line().target()?.endpoint).toMatchObject(OPERATOR);
    bench.network.vanish(OPERATOR.address);
    bench.happened();
    bench.passes(60 + 30);
    expect(bench.line().target()?.endpoint).toMatchObject(RESERVE);
    bench.passes(60);
    expect(bench.operators[1]?.bindings.has(bench.line().contactUser!)).toBe(true);
    expect(bench.happened()).toEqual([]);
    bench.network.comeBack(OPERATOR.address);
    bench.passes(200);
    expect(bench.line().target()?.endpoint).toMatchObject(OPERATOR);
  });

  test('what calls find failing is passed over, and all failing is no target', () => {
    bench.line().markFailing(OPERATOR);
    expect(bench.line().target()?.endpoint).toMatchObject(RESERVE);
    bench.line().markFailing(RESERVE);
    expect(bench.line().target()).toBeUndefined();
    bench.line().markWorking(OPERATOR);
    expect(bench.line().target()?.endpoint).toMatchObject(OPERATOR);
  });
});

describe('a changed model', () => {
  test('that says the same changes nothing', () => {
    bench.use(ITSP);
    const before = bench.line();
    const wire = bench.network.wire.length;
    bench.use(structuredClone(ITSP));
    bench.use({ ...structuredClone(ITSP), channels: 5 });
    expect(bench.line()).toBe(before);
    expect(bench.line().trunk.channels).toBe(5);
    expect(bench.network.wire.length).toBe(wire);
  });

  test('with another password registers anew at once, under the same Contact', () => {
    bench.use(ITSP);
    const user = bench.line().contactUser;
    operator.password = 'n3w';
    bench.passes(140);
    expect(bench.state).toBe('rejected');
    bench.use({ ...ITSP, register: { ...ITSP.register!, password: 'n3w' } });
    expect(bench.state).toBe('registered');
    expect(bench.line().contactUser).toBe(user);
  });

  test('with another password in the middle of an attempt answers no challenge with the old one', () => {
    bench.network.latency = 50;
    bench.use(ITSP);
    bench.passes(0.06);
    operator.password = 'n3w';
    bench.use({ ...ITSP, register: { ...ITSP.register!, password: 'n3w' } });
    bench.passes(1);
    expect(bench.state).toBe('registered');
    expect(registers().filter((each) => each.has('Authorization')).length).toBe(1);
    expect(bench.happened()).toEqual(['registered 200']);
  });

  test('without the trunk takes the binding away', () => {
    bench.use(ITSP);
    expect(operator.bindings.size).toBe(1);
    bench.use();
    expect(operator.bindings.size).toBe(0);
    expect(expiresOf(registers().at(-1)!)).toBe(0);
    const sent = registers().length;
    bench.passes(3600);
    expect(registers().length).toBe(sent);
  });

  test('with another domain is another line, whose binding is left alone where the Contact is the same', () => {
    const register = { ...ITSP.register!, contactUser: 'line1' };
    bench.use({ ...ITSP, register });
    bench.use({ ...ITSP, register: { ...register, expires: 300_000 } });
    bench.passes(1);
    expect(operator.bindings.has('line1')).toBe(true);
    expect(registers().some((each) => expiresOf(each) === 0)).toBe(false);
  });
});

test('close takes the binding away, while an attempt is in flight as well', async () => {
  bench.network.latency = 20;
  bench.use(ITSP);
  bench.passes(0.03);
  expect(await bench.close()).toEqual([]);
  expect(operator.bindings.size).toBe(0);
});

test('close waits two seconds at most for a peer that is gone', async () => {
  bench.use(ITSP);
  bench.network.vanish(OPERATOR.address);
  let closed = false;
  void bench.lines.close().then(() => {
    closed = true;
  });
  bench.passes(1.9);
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(false);
  bench.passes(0.2);
  await new Promise((resolve) => setImmediate(resolve));
  expect(closed).toBe(true);
  expect(bench.network.sent('REGISTER').some(({ octets }) => String(octets).includes('Expires: 0'))).toBe(true);
});
