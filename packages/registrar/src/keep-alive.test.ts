import { describe, expect, test } from 'vitest';
import { MemoryBindingStore, sampleBinding } from './testing/index.ts';
import { RegistrarBench, tcpFlow, udpFlow } from './testing/registrar-bench.ts';

const BEHIND_NAT = '<sip:alice@192.168.1.10:5060;line=7>';

async function pinged() {
  const bench = new RegistrarBench();
  const flow = udpFlow('203.0.113.9', 1024);
  await bench.register({ contact: BEHIND_NAT, expires: 300, flow });
  bench.happened();
  return { bench, flow };
}

const reachability = (bench: RegistrarBench) => bench.registrar.registrations()[0]?.reachability;

describe('pings', () => {
  test('a phone behind a NAT gets OPTIONS over its flow each 25 s (RFC 3261 §11.1)', async () => {
    const { bench, flow } = await pinged();
    bench.clock.advance(100_000);
    const times = bench.pings.map(({ at }) => at);
    expect(times[0]).toBeLessThanOrEqual(25_000);
    expect(times.slice(1).map((at, i) => at - times[i]!)).toEqual([25_000, 25_000, 25_000]);
    expect(bench.pings.every((ping) => ping.flow === flow)).toBe(true);
    expect(bench.pings[0]?.draft).toMatchObject({ method: 'OPTIONS', uri: 'sip:alice@192.168.1.10:5060;line=7' });
    expect(bench.pings[0]?.draft.headers.find(([name]) => name === 'From')?.[1]).toMatch(
      /^<sip:pbx\.example:5060>;tag=/,
    );
  });

  test('a phone whose Contact is where it is gets none', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: '<sip:alice@192.0.2.10>' });
    await bench.register({ contact: '<sip:alice@[2001:db8::a]>', callId: 'six', flow: udpFlow('2001:db8:0::a') });
    bench.clock.advance(300_000);
    expect(bench.pings).toEqual([]);
  });

  test('a connection without a NAT is held by a double CRLF each two minutes, and nobody is asked', async () => {
    const bench = new RegistrarBench();
    const flow = tcpFlow('192.0.2.10');
    await bench.register({ contact: '<sip:alice@192.0.2.10;transport=tcp>', flow });
    bench.clock.advance(600_000);
    expect([flow.sent.map(String), bench.pings]).toEqual([Array.from({ length: 5 }, () => '\r\n\r\n'), []]);
    flow.close();
    bench.clock.advance(600_000);
    expect(flow.sent).toHaveLength(5);
  });

  test('a phone on a connection behind a NAT is asked as well', async () => {
    const bench = new RegistrarBench();
    await bench.register({ contact: '<sip:alice@192.168.1.10;transport=tcp>', flow: tcpFlow('203.0.113.9') });
    bench.clock.advance(50_000);
    expect(bench.pings).toHaveLength(2);
  });

  test('refreshes do not shift them, and their end ends them', async () => {
    const { bench, flow } = await pinged();
    for (let i = 0; i < 10; i++) {
      bench.clock.advance(20_000);
      await bench.register({ contact: BEHIND_NAT, expires: 300, flow });
    }
    expect(bench.pings).toHaveLength(8);
    await bench.register({ contact: BEHIND_NAT, expires: 0, flow });
    bench.clock.advance(100_000);
    expect([bench.pings.length, bench.clock.pending]).toEqual([8, 0]);
  });

  test('phones that register together are pinged spread over the interval', async () => {
    const bench = new RegistrarBench();
    for (let i = 0; i < 500; i++) {
      await bench.register({
        login: `u${i}`,
        contact: BEHIND_NAT,
        callId: `c${i}`,
        flow: udpFlow('203.0.113.9', 1024 + i),
      });
    }
    bench.clock.advance(25_000);
    const inEachSecond = Array.from({ length: 25 }, (_, s) =>
      bench.pings.filter(({ at }) => Math.ceil(at / 1000) - 1 === s),
    );
    expect(bench.pings).toHaveLength(500);
    expect(Math.max(...inEachSecond.map((pings) => pings.length))).toBeLessThan(45);
  });

  test('a Path is the way of pings too', async () => {
    const bench = new RegistrarBench();
    await bench.register({
      contact: BEHIND_NAT,
      flow: udpFlow('203.0.113.9'),
      headers: [['Path', '<sip:203.0.113.9;lr>']],
    });
    bench.clock.advance(25_000);
    expect(bench.pings[0]?.draft.headers).toContainEqual(['Route', '<sip:203.0.113.9;lr>']);
  });
});

describe('reachability', () => {
  test('an answer shows the phone, how long it took and when', async () => {
    const { bench } = await pinged();
    bench.clock.advance(25_000);
    const sentAt = bench.pings[0]!.at;
    bench.clock.advance(30);
    bench.answerPing();
    const [status] = bench.registrar.registrations();
    expect(status).toMatchObject({ behindNat: true, lastSeen: bench.clock.now() });
    expect(status?.roundTrip).toBe(bench.clock.monotonic() - sentAt);
    expect(bench.happened()).toEqual([]);
  });

  test('an answer to a ping that went out twice shows the phone, and not how long it took', async () => {
    const { bench } = await pinged();
    bench.clock.advance(25_000);
    bench.pings.at(-1)!.sent.isRepeated = true;
    bench.clock.advance(700);
    const before = bench.registrar.registrations()[0]?.roundTrip;
    bench.answerPing();
    expect(bench.registrar.registrations()[0]).toMatchObject({ lastSeen: bench.clock.now() });
    expect(bench.registrar.registrations()[0]?.roundTrip).toBe(before);
  });

  test('two pings missed make it unreachable, one does not, one answer brings it back: one event each', async () => {
    const { bench } = await pinged();
    bench.clock.advance(25_000);
    bench.answerPing();
    bench.clock.advance(50_000);
    expect(bench.happened()).toEqual([]);
    bench.clock.advance(25_000);
    expect(bench.happened()).toEqual(['unreachable ping-unanswered']);
    expect(reachability(bench)).toMatchObject({ reachable: false, reason: 'ping-unanswered' });
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ unreachable: 'ping-unanswered' }]);
    bench.clock.advance(75_000);
    expect(bench.happened()).toEqual([]);
    bench.answerPing();
    bench.answerPing();
    expect(bench.happened()).toEqual(['reachable']);
  });

  test('one lost ping in a row of answered ones changes nothing', async () => {
    const { bench } = await pinged();
    for (let i = 0; i < 8; i++) {
      bench.clock.advance(25_000);
      if (i % 2 === 0) bench.answerPing();
    }
    expect(bench.happened()).toEqual([]);
  });

  test('a late answer to an earlier ping is a sign of life', async () => {
    const { bench } = await pinged();
    bench.clock.advance(25_000);
    bench.answerPing();
    bench.clock.advance(50_000);
    bench.answerPing(-2);
    bench.clock.advance(25_000);
    expect(bench.happened()).toEqual([]);
  });

  test('a phone that never answers OPTIONS is not taken for dead', async () => {
    const { bench, flow } = await pinged();
    bench.clock.advance(250_000);
    expect(bench.happened()).toEqual([]);
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ flow }]);
  });

  test('a REGISTER brings an unreachable phone back', async () => {
    const { bench, flow } = await pinged();
    bench.clock.advance(25_000);
    bench.answerPing();
    bench.clock.advance(75_000);
    await bench.register({ contact: BEHIND_NAT, expires: 300, flow });
    expect(bench.happened()).toEqual(['unreachable ping-unanswered', 'refreshed', 'reachable']);
  });

  test('a silent phone whose connection ends after all is told of once', async () => {
    const bench = new RegistrarBench();
    const flow = tcpFlow('203.0.113.9');
    await bench.register({ contact: '<sip:alice@192.168.1.10;transport=tcp>', flow });
    bench.clock.advance(25_000);
    bench.answerPing();
    bench.clock.advance(75_000);
    flow.close();
    expect(bench.happened()).toEqual(['registered', 'unreachable ping-unanswered']);
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ unreachable: 'ping-unanswered' }]);
  });

  test('any request over the flow is a sign of life', async () => {
    const { bench, flow } = await pinged();
    bench.clock.advance(25_000);
    bench.answerPing();
    bench.clock.advance(50_000);
    bench.registrar.heard(flow);
    bench.clock.advance(25_000);
    expect(bench.happened()).toEqual([]);
    bench.clock.advance(50_000);
    bench.registrar.heard(flow);
    expect(bench.happened()).toEqual(['unreachable ping-unanswered', 'reachable']);
    bench.registrar.heard(udpFlow('203.0.113.77'));
  });

  test('an answer over a flow that the phone has left says nothing about the new one', async () => {
    const { bench } = await pinged();
    bench.clock.advance(25_000);
    bench.answerPing();
    await bench.register({ contact: BEHIND_NAT, expires: 300, flow: udpFlow('203.0.113.9', 2048) });
    bench.happened();
    const before = { ...bench.registrar.registrations()[0] };
    bench.clock.advance(10);
    bench.answerPing();
    expect(bench.registrar.registrations()[0]).toMatchObject({
      lastSeen: before.lastSeen,
      roundTrip: before.roundTrip,
    });
    bench.clock.advance(250_000);
    expect(bench.happened()).toEqual([]);
  });

  test('restored UDP bindings are pinged as well', async () => {
    const store = new MemoryBindingStore();
    store.bindings.set('b1', sampleBinding({ contact: 'sip:alice@192.168.1.10' }));
    const bench = new RegistrarBench({}, store);
    await bench.registrar.load();
    bench.clock.advance(25_000);
    expect(bench.pings).toMatchObject([{ flow: bench.restored[0] }]);
  });
});
