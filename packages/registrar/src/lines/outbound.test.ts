import type { HeaderField, ReplyDraft, SipRequest } from '@vats/sip';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { instanceIdOf } from './instance-id.ts';
import { ITSP, LinesBench } from './testing/lines-bench.ts';
import type { ScriptedOperator } from './testing/scripted-operator.ts';

let bench: LinesBench;
let operator: ScriptedOperator;

beforeEach(async () => {
  bench = await LinesBench.open();
  operator = await bench.operator(undefined, 'tcp');
});

afterEach(async () => {
  expect(await bench.close()).toEqual([]);
});

const OVER_TCP = { ...ITSP, transport: 'tcp' } as const;
const FLOWED = { ...OVER_TCP, register: { ...ITSP.register!, outbound: true } };
const PINGED = 'keep-alive';

const registers = (): SipRequest[] => operator.requests('REGISTER');

/** The operator does as ever, and says this besides. */
function says(...headers: HeaderField[]): void {
  operator.register = (request, itself): ReplyDraft => {
    const reply = itself.serve(request);
    return reply.status === 200 ? { ...reply, headers: [...(reply.headers ?? []), ...headers] } : reply;
  };
}

/** When we sent a ping, in seconds from now on. */
function pings(seconds: number): number[] {
  bench.network.wire.length = 0;
  const start = bench.clock.monotonic();
  bench.passes(seconds);
  return bench.network
    .sent((each) => each.description === PINGED && each.octets.length === 4)
    .map(({ at }) => (at - start) / 1000);
}

describe('RFC 5626: where a trunk wants flows', () => {
  test('RFC 5626 §4.2.1: the REGISTER names instance and flow, and says what is supported (RFC 5626 §4.2)', () => {
    bench.use(FLOWED);
    const register = registers().at(-1)!;
    expect(register.value('Contact')).toMatch(
      /;transport=tcp>;reg-id=1;\+sip\.instance="<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>"$/,
    );
    expect(register.supported).toEqual(['path', 'outbound']);
  });

  test('others are not told of it, and of Path alone (RFC 3327 §5.1)', () => {
    bench.use(OVER_TCP);
    expect(registers().at(-1)!.value('Contact')).not.toContain('reg-id');
    expect(registers().at(-1)!.supported).toEqual(['path']);
  });

  test('RFC 5626 §4.1: the instance is the same for one key, and another for each trunk', () => {
    const key = Buffer.alloc(32, 1);
    const ids = [
      instanceIdOf(key, 'd1', 'a'),
      instanceIdOf(key, 'd1', 'b'),
      instanceIdOf(Buffer.alloc(32, 2), 'd1', 'a'),
    ];
    expect(new Set(ids).size).toBe(3);
    expect(instanceIdOf(key, 'd1', 'a')).toBe(ids[0]);
  });

  test('RFC 5626 §4.4.1: pings come within 80 and 100 % of the Flow-Timer', () => {
    says(['Flow-Timer', '50']);
    bench.use(FLOWED);
    const [first, second] = pings(100);
    expect(first).toBeGreaterThanOrEqual(40);
    expect(first).toBeLessThanOrEqual(50);
    expect(second! - first!).toBeGreaterThanOrEqual(40);
    expect(second! - first!).toBeLessThanOrEqual(50);
  });

  test.each([
    ['soon', 25],
    ['0', 25],
    ['1', 8],
    ['99999999999', 25],
  ])('RFC 5626 §10: a Flow-Timer of %s is taken for what can be', (value, least) => {
    says(['Flow-Timer', value]);
    bench.use(FLOWED);
    const [first] = pings(30);
    expect(first).toBeGreaterThanOrEqual(least);
    expect(first).toBeLessThanOrEqual(least * 1.25);
  });

  test('RFC 5626 §4.4.1: a connection whose ping is not answered within 10 s is given up, and a new one is made', () => {
    says(['Flow-Timer', '50'], ['Require', 'outbound']);
    bench.use(FLOWED);
    bench.passes(60);
    expect(registers()).toHaveLength(2);
    // Its server keeps the connection and says nothing.
    bench.network.vanish('198.51.100.9');
    bench.passes(62);
    expect(bench.transport.counters.connectionsMade).toBeGreaterThan(1);
    bench.network.comeBack('198.51.100.9');
  });

  test('RFC 5626 §4.5: a flow that never becomes a registration is made again with growing waits', () => {
    bench.use(FLOWED);
    operator.register = () => ({ status: 500 });
    for (let second = 0; second < 1_800; second++) {
      bench.passes(1);
      bench.network.breakStreams('198.51.100.9');
    }
    const times = bench.network.sent('REGISTER').map(({ at }) => at / 1000);
    const waits = times.slice(1).map((time, at) => time - times[at]!);
    expect(waits.length).toBeLessThan(20);
    expect(Math.max(...waits.slice(0, 5))).toBeLessThan(20);
    expect(Math.min(...waits.slice(8))).toBeGreaterThan(60);
  });

  test('a peer that promised no answers owes none', () => {
    says(['Flow-Timer', '50']);
    bench.use(FLOWED);
    bench.network.vanish('198.51.100.9');
    bench.passes(62);
    expect(bench.transport.counters.connectionsMade).toBe(1);
    bench.network.comeBack('198.51.100.9');
  });
});

describe('RFC 3608', () => {
  test('RFC 3608 §6.1: the Service-Route of the 200 is the way of our requests, in its order', () => {
    says(['Service-Route', '<sip:a.example;lr>, <sip:b.example;lr>'], ['Service-Route', '<sip:c.example;lr>']);
    bench.use(OVER_TCP);
    expect(bench.line().serviceRoute).toEqual(['<sip:a.example;lr>', '<sip:b.example;lr>', '<sip:c.example;lr>']);
  });

  test('RFC 3608 §6.1: that of a refresh takes its place, none of one takes it away', () => {
    says(['Service-Route', '<sip:a.example;lr>']);
    bench.use(OVER_TCP);
    says();
    bench.passes(150);
    expect(registers().length).toBeGreaterThan(2);
    expect(bench.line().serviceRoute).toEqual([]);
  });

  test('one that can not be read, or never ends, is as if it were not there (RFC 3608 §5)', () => {
    for (const value of ['<sip:a.example;lr>, <sip:', '<tel:112>', Array(9).fill('<sip:a.example;lr>').join(',')]) {
      says(['Service-Route', value]);
      bench.use(OVER_TCP);
      expect(bench.line().serviceRoute).toEqual([]);
      bench.use();
    }
  });

  test('where there is no binding there is no route', () => {
    says(['Service-Route', '<sip:a.example;lr>']);
    bench.use(OVER_TCP);
    operator.register = () => ({ status: 403 });
    bench.passes(200);
    expect(bench.line().serviceRoute).toEqual([]);
  });
});
