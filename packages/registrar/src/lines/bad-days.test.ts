import type { HeaderField, SipRequest } from '@vats/sip';
import { afterEach, expect, test } from 'vitest';
import { ITSP, LinesBench, OPERATOR } from './testing/lines-bench.ts';
import type { ScriptedOperator } from './testing/scripted-operator.ts';

let bench: LinesBench;
let operator: ScriptedOperator;

/** An operator and a line of ours, which has not begun. */
async function open(seed = 1): Promise<void> {
  bench = await LinesBench.open(seed);
  operator = await bench.operator();
}

afterEach(async () => {
  expect(await bench.close()).toEqual([]);
});

const registers = (): SipRequest[] => operator.requests('REGISTER');
const credentials = (): string[] => registers().flatMap((each) => each.value('Authorization') ?? []);
const nonceOf = (text: string | undefined): string | undefined => /\bnonce="([^"]*)"/.exec(text ?? '')?.[1];

let nonces = 0;
function digest(more: string): HeaderField {
  return ['WWW-Authenticate', `Digest realm="${operator.realm}", nonce="fresh${++nonces}", qop="auth", ${more}`];
}

/** Seconds from the start at which REGISTERs of new transactions went out, however they ended. */
function sentAt(): number[] {
  const first = new Map<string, number>();
  for (const { octets, at } of bench.network.sent('REGISTER')) {
    const branch = /branch=([^;\r]+)/.exec(String(octets))?.[1] ?? '';
    if (!first.has(branch)) first.set(branch, at / 1000);
  }
  return [...first.values()];
}

test('of several challenges the strongest that we speak is answered, and others hinder nothing', async () => {
  await open();
  operator.register = (request, self) => {
    if (credentials().length === 0) {
      const headers: HeaderField[] = [
        ['WWW-Authenticate', `Basic realm="${self.realm}"`],
        ['WWW-Authenticate', 'Digest nonsense'],
        digest('algorithm=MD5'),
        digest('algorithm=SHA3-256'),
        digest('algorithm=SHA-256'),
      ];
      return { status: 401, headers };
    }
    return self.serve(request);
  };
  bench.use(ITSP);
  expect(credentials()[0]).toMatch(/\balgorithm="?SHA-256\b/);
  // The bench's operator knows MD5 alone: it asks anew, in its own words.
  expect(credentials()[1]).toMatch(/\balgorithm="?MD5\b/);
  expect(bench.state).toBe('registered');
});

test('an operator that ages every nonce before its next use is answered at once each time, and nobody is told', async () => {
  await open();
  let good = '';
  operator.register = (request, self) => {
    const nonce = nonceOf(request.value('Authorization'));
    if (nonce !== undefined && nonce === good) {
      good = '';
      return { status: 200, headers: [['Expires', '180']] };
    }
    const challenge = digest(nonce === undefined ? 'algorithm=MD5' : 'algorithm=MD5, stale=TRUE');
    good = nonceOf(challenge[1]) as string;
    return { status: 401, headers: [['Server', self.realm], challenge] };
  };
  bench.use(ITSP);
  expect(bench.happened()).toEqual(['registered 200']);
  bench.passes(6 * 3600);
  expect(bench.state).toBe('registered');
  expect(bench.happened()).toEqual([]);
  // Each refresh takes two requests: one with the nonce of before, one with the new one.
  expect(registers().length % 2).toBe(0);
  expect(registers().length).toBeLessThan(2 * 6 * 45);
});

test('one that calls every nonce stale for ever is refused after a few, told with its answer, and left alone for minutes', async () => {
  await open();
  operator.register = () => ({ status: 401, headers: [digest('stale=true')] });
  bench.use(ITSP);
  expect(registers().length).toBeLessThanOrEqual(5);
  expect(bench.line().status()).toMatchObject({ state: 'rejected', answer: { status: 401, reason: 'Unauthorized' } });
  const before = registers().length;
  bench.passes(299);
  expect(registers().length).toBe(before);
});

test('one that answers each REGISTER with another 401 gets our digest a few times an hour, for a day', async () => {
  await open();
  operator.register = () => ({ status: 401, headers: [digest('algorithm=MD5')] });
  bench.use(ITSP);
  bench.passes(24 * 3600);
  // 5 to 10 minutes lie between two tries.
  expect(credentials().length).toBeGreaterThan(24 * 6 - 1);
  expect(credentials().length).toBeLessThan(24 * 12 + 1);
  expect(bench.happened().filter((each) => each.startsWith('rejected'))).toEqual(['rejected 401']);
});

test('a changed password is tried once in five minutes, whatever else happens, and ours is used as soon as it is changed too', async () => {
  await open();
  bench.use(ITSP);
  operator.password = 'n3w';
  bench.passes(180);
  expect(bench.state).toBe('rejected');
  const wrong = (): number[] => {
    const times: number[] = [];
    for (const { octets, at } of bench.network.sent('REGISTER')) {
      if (String(octets).includes('\r\nAuthorization: ')) times.push(at / 1000);
    }
    return times.slice(1);
  };
  // It is away, comes back, and the same file is applied again and again: no reason to try the same password again.
  const began = bench.clock.monotonic() / 1000;
  for (let round = 0; round < 18; round++) {
    operator.options = () => ({ status: Math.floor(round / 3) % 2 === 0 ? 503 : 200 });
    bench.passes(100);
    bench.use(structuredClone(ITSP));
  }
  const tries = wrong().filter((at) => at > began);
  expect(tries.length).toBeGreaterThan(2);
  expect(tries.length).toBeLessThanOrEqual(6);
  for (const [i, at] of tries.entries()) if (i > 0) expect(at - (tries[i - 1] as number)).toBeGreaterThanOrEqual(300);
  expect(bench.line().status().answer?.why).toBe('the peer refused our credentials: password or authUser is wrong');
  const sent = registers().length;
  bench.use({ ...ITSP, register: { ...ITSP.register!, password: 'n3w' } });
  expect(bench.state).toBe('registered');
  expect(registers().length - sent).toBeLessThanOrEqual(2);
});

test('423 wants more: it is given, kept for the refreshes, and no event', async () => {
  await open();
  const expires = (request: SipRequest): number => (request.expires?.ok ? request.expires.value : 0);
  operator.register = (request, self) =>
    expires(request) < 600 ? { status: 423, headers: [['Min-Expires', '600']] } : self.serve(request);
  bench.use(ITSP);
  bench.passes(3600);
  expect(
    registers()
      .map(expires)
      .filter((each) => each < 600),
  ).toEqual([180]);
  expect(bench.happened()).toEqual(['registered 200']);
});

test('503 for an hour: Retry-After is kept to, the answer stays visible, and it heals by itself', async () => {
  await open();
  operator.register = () => ({ status: 503, reason: 'Service Unavailable', headers: [['Retry-After', '90']] });
  bench.use(ITSP);
  for (let minute = 0; minute < 60; minute++) {
    bench.passes(60);
    const { state, answer, nextTryAt } = bench.line().status();
    expect([state, answer?.status, answer?.reason]).toEqual(['unreachable', 503, 'Service Unavailable']);
    expect(nextTryAt).toBeGreaterThan(bench.clock.now());
  }
  const times = sentAt();
  for (const [i, at] of times.entries()) if (i > 0) expect(at - (times[i - 1] as number)).toBeGreaterThanOrEqual(90);
  expect(bench.happened()).toEqual(['unreachable 503']);
  operator.register = undefined;
  bench.passes(301);
  expect(bench.happened()).toEqual(['registered 200']);
});

/** Times of the tries in an hour in which nobody answers; what is shown is looked at each second. */
async function silentHour(seed: number): Promise<number[]> {
  await open(seed);
  bench.network.vanish(OPERATOR.address);
  bench.use(ITSP);
  for (let second = 1; second <= 3600; second++) {
    bench.passes(1);
    const { state, answer, nextTryAt } = bench.line().status();
    expect(bench.line().isTrying).toBe(true);
    expect(state).toBe(second < 32 ? 'registering' : 'unreachable');
    if (second >= 32) expect(answer).toMatchObject({ reason: 'no answer within 32 s', endpoint: '198.51.100.9:5060' });
    if (nextTryAt !== undefined) expect(nextTryAt).toBeGreaterThanOrEqual(bench.clock.now());
  }
  return sentAt();
}

test('an hour of silence: ever longer rests up to five minutes, at random, each state shown with its answer', async () => {
  const times = await silentHour(1);
  // Of a rest, without the 32 s in which an answer was waited for.
  const rests = times.slice(1).map((at, i) => at - (times[i] as number) - 32);
  for (const [i, rest] of rests.entries()) {
    const least = Math.min(2 ** i, 240);
    expect(rest).toBeGreaterThanOrEqual(least);
    expect(rest).toBeLessThanOrEqual(Math.min(2 ** (i + 1), 300) + 0.001);
  }
  expect(rests.length).toBeGreaterThan(10);
  await bench.close();
  const others = await silentHour(2);
  for (const at of [1, 2, 3, 4, 5]) expect(others[at]).not.toBe(times[at]);
});
