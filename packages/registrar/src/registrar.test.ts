import { describe, expect, test } from 'vitest';
import { MemoryBindingStore, sampleBinding } from './testing/index.ts';
import { contactsOf, RegistrarBench, tcpFlow, udpFlow } from './testing/registrar-bench.ts';

const CONTACT = '<sip:alice@192.0.2.10:5060>';

describe('where a call goes', () => {
  test('phones preferred by q come first (RFC 3261 §10.2.1.2)', async () => {
    const bench = new RegistrarBench();
    await bench.register({
      contact: ['<sip:low@192.0.2.10>;q=0.1', '<sip:high@192.0.2.10>;q=0.9', '<sip:best@192.0.2.10>'],
    });
    const targets = bench.registrar.bindingsOf('acme.example', 'alice');
    expect(targets.map(({ binding }) => binding.contact)).toEqual([
      'sip:best@192.0.2.10',
      'sip:high@192.0.2.10',
      'sip:low@192.0.2.10',
    ]);
  });

  test('headers and method of a Contact are kept and told, but never put into a Request-URI (RFC 3261 §19.1.5)', async () => {
    const bench = new RegistrarBench();
    const uri = 'sip:alice@192.0.2.10;method=INVITE;ob?Route=%3Csip:evil.example%3E';
    const reply = await bench.register({ contact: `<${uri}>` });
    expect(contactsOf(reply)).toEqual([`<${uri}>;expires=3600`]);
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([
      { requestUri: 'sip:alice@192.0.2.10;ob' },
    ]);
  });

  test('the end of a connection makes its phones unreachable at once, with one event each', async () => {
    const bench = new RegistrarBench();
    const flow = tcpFlow('192.0.2.10');
    await bench.register({ contact: ['<sip:a@192.0.2.10;transport=tcp>', '<sip:b@192.0.2.10;transport=tcp>'], flow });
    expect(flow.listeners).toBe(1);
    expect(bench.registrar.isReachable('acme.example', 'alice')).toBe(true);
    bench.happened();
    flow.close();
    expect(bench.happened()).toEqual(['unreachable connection-closed', 'unreachable connection-closed']);
    expect(bench.registrar.isReachable('acme.example', 'alice')).toBe(false);
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([
      { unreachable: 'connection-closed' },
      { unreachable: 'connection-closed' },
    ]);
    bench.clock.advance(3_600_000);
    expect(bench.happened()).toEqual(['expired', 'expired']);
  });

  test('a connection that ended while the disk worked leaves an unreachable phone', async () => {
    const bench = new RegistrarBench();
    const flow = tcpFlow('192.0.2.10');
    bench.store.hold();
    const reply = bench.register({ contact: '<sip:a@192.0.2.10;transport=tcp>', flow });
    flow.close();
    bench.store.release();
    expect((await reply).status).toBe(200);
    expect(bench.happened()).toEqual(['registered', 'unreachable connection-closed']);
  });

  test('listeners on flows are given back', async () => {
    const bench = new RegistrarBench();
    const flow = tcpFlow('192.0.2.10');
    await bench.register({ contact: '<sip:a@192.0.2.10;transport=tcp>', flow });
    await bench.register({ contact: '*', expires: 0, flow });
    expect(flow.listeners).toBe(0);
    await bench.register({ contact: '<sip:a@192.0.2.10;transport=tcp>', flow });
    await bench.registrar.close();
    expect([flow.listeners, bench.clock.pending]).toEqual([0, 0]);
  });
});

describe('a restart', () => {
  const restart = async (...bindings: ReturnType<typeof sampleBinding>[]) => {
    const store = new MemoryBindingStore();
    for (const binding of bindings) store.bindings.set(binding.id, binding);
    const bench = new RegistrarBench({}, store);
    await bench.registrar.load();
    return bench;
  };

  test('a UDP binding works at once, over the same listener', async () => {
    const bench = await restart(sampleBinding());
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([
      { requestUri: 'sip:alice@192.0.2.10:5060', flow: bench.restored[0] },
    ]);
    expect(bench.happened()).toEqual([]);
    bench.clock.advance(3_600_000);
    expect(bench.happened()).toEqual(['expired']);
  });

  test('a TCP binding is unreachable until the phone returns', async () => {
    const flow = { ...sampleBinding().flow, transport: 'tcp' };
    const bench = await restart(sampleBinding({ flow, contact: 'sip:alice@192.0.2.10;transport=tcp' }));
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ unreachable: 'restarted' }]);
    const back = tcpFlow('192.0.2.10');
    await bench.register({ contact: '<sip:alice@192.0.2.10;transport=tcp>', flow: back, callId: 'new' });
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ flow: back }]);
    expect(bench.happened()).toEqual(['refreshed', 'reachable']);
  });

  test('a UDP binding whose listener is gone is unreachable', async () => {
    const flow = { ...sampleBinding().flow, id: 'udp 198.51.100.1:5999 192.0.2.10:5060' };
    const bench = await restart(sampleBinding({ flow }));
    expect(bench.registrar.bindingsOf('acme.example', 'alice')).toMatchObject([{ unreachable: 'listener-gone' }]);
  });

  test('what expired meanwhile, or cannot be read, is dropped from the disk too', async () => {
    const past = sampleBinding({ id: 'past', expiresAt: sampleBinding().registeredAt });
    const bench = await restart(past, sampleBinding({ id: 'torn', contact: 'sip:' }), sampleBinding());
    expect([bench.registrar.size, bench.happened()]).toEqual([1, []]);
    await bench.registrar.close();
    expect([...bench.store.bindings.keys()]).toEqual(['b1']);
  });

  test('a clock that was set back while we were away keeps no binding for ever', async () => {
    const bench = await restart(sampleBinding({ expiresAt: sampleBinding().registeredAt + 10 * 86_400_000 }));
    bench.clock.advance(7_200_000);
    expect(bench.registrar.size).toBe(0);
  });

  test('the REGISTER whose 200 got lost with the old process may come once more', async () => {
    const bench = await restart(sampleBinding({ callId: 'reg1', cseq: 7 }));
    const reply = await bench.register({ contact: CONTACT, cseq: 7 });
    expect(reply.status).toBe(200);
    expect((await bench.register({ contact: CONTACT, cseq: 7 })).status).toBe(500);
    expect((await bench.register({ contact: CONTACT, cseq: 6 })).status).toBe(500);
  });
});

test('after close new REGISTERs get 503', async () => {
  const bench = new RegistrarBench();
  await bench.registrar.close();
  expect((await bench.register({ contact: CONTACT })).status).toBe(503);
});

test('ten thousand phones cost two timers', async () => {
  const bench = new RegistrarBench();
  const all = Array.from({ length: 10_000 }, (_, i) =>
    bench.register({
      login: `u${i}`,
      contact: '<sip:u@192.168.1.10>',
      flow: udpFlow('203.0.113.1', 1024 + i),
      callId: `c${i}`,
    }),
  );
  await Promise.all(all);
  expect([bench.registrar.size, bench.clock.pending]).toEqual([10_000, 2]);
  expect(bench.store.writes.length).toBeLessThan(5);
});
