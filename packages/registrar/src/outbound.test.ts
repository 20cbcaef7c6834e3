import { describe, expect, test } from 'vitest';
import { FakeFlow } from './testing/fake-flow.ts';
import { contactsOf, type RegisterDraft, RegistrarBench, tcpFlow, udpFlow } from './testing/registrar-bench.ts';

const INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000a95a0e128>"';
const CONTACT = '<sip:alice@192.168.1.10;ob>';

function flowed(regId: number, flow: FakeFlow, more: Partial<RegisterDraft> = {}): RegisterDraft {
  const contact = `${CONTACT};${INSTANCE};reg-id=${regId}`;
  return { contact, flow, callId: `flow${regId}`, headers: [['Supported', 'path, outbound']], ...more };
}

function reachable(bench: RegistrarBench): boolean[] {
  return bench.registrar.registrations().map(({ reachability }) => reachability.reachable);
}

describe('RFC 5626', () => {
  test('RFC 5626 §6: flows of one instance are bindings of their own, and the answer says that they are', async () => {
    const bench = new RegistrarBench();
    await bench.register(flowed(1, tcpFlow('203.0.113.9')));
    const reply = await bench.register(flowed(2, tcpFlow('203.0.113.9', 40_001)));
    expect(contactsOf(reply)).toHaveLength(2);
    expect(reply.headers).toContainEqual(['Require', 'outbound']);
    expect(reply.headers).toContainEqual(['Supported', 'path, outbound']);
    expect(reply.headers).toContainEqual(['Flow-Timer', '120']);
    expect(bench.registrar.size).toBe(2);
  });

  test('RFC 5626 §6: a newer flow of the same instance and reg-id takes the place of the older one', async () => {
    const bench = new RegistrarBench();
    const [first, second] = [tcpFlow('203.0.113.9'), tcpFlow('203.0.113.99')];
    await bench.register(flowed(1, first));
    expect((await bench.register(flowed(1, second, { callId: 'after' }))).status).toBe(200);
    expect(bench.happened()).toEqual(['registered', 'refreshed']);
    const [target] = bench.registrar.bindingsOf('acme.example', 'alice');
    expect(target && 'flow' in target && target.flow).toBe(second);
    first.close();
    expect(bench.happened()).toEqual([]);
  });

  test('RFC 5626 §5.4: over datagrams the phone is to be heard sooner', async () => {
    const reply = await new RegistrarBench().register(flowed(1, udpFlow('203.0.113.9', 1024)));
    expect(reply.headers).toContainEqual(['Flow-Timer', '30']);
  });

  test.each(['ws', 'wss'] as const)(
    'RFC 5626 §5.4: a page in a browser (%s) has no pings of its own, and is asked as others are',
    async (transport) => {
      const bench = new RegistrarBench();
      const flow = new FakeFlow(
        transport,
        { address: '192.0.2.1', port: 443 },
        { address: '203.0.113.9', port: 50_000 },
        'page',
      );
      const reply = await bench.register(flowed(1, flow));
      expect(reply.headers).toContainEqual(['Require', 'outbound']);
      expect(reply.headers?.map(([name]) => name)).not.toContain('Flow-Timer');
      bench.clock.advance(60_000);
      expect(bench.pings.length).toBeGreaterThan(0);
    },
  );

  test.each<[name: string, draft: Partial<RegisterDraft>]>([
    ['who does not say that it knows outbound', { headers: [] }],
    ['who gives its Contact no reg-id', { contact: `${CONTACT};${INSTANCE}` }],
    ['a reg-id without an instance', { contact: `${CONTACT};reg-id=1` }],
  ])('RFC 5626 §6: nothing is agreed on with %s', async (_name, draft) => {
    const bench = new RegistrarBench();
    const reply = await bench.register(flowed(1, udpFlow('203.0.113.9', 1024), draft));
    expect(reply.status).toBe(200);
    const said = reply.headers?.map(([name]) => name);
    expect(said).not.toContain('Require');
    expect(said).not.toContain('Flow-Timer');
  });

  test('RFC 5626 §6: through a proxy that does not care for flows it is 439, and nothing changes', async () => {
    const proxy = udpFlow('10.0.0.5');
    const isProxy = (address: string): boolean => address === '10.0.0.5';
    const headers = (path: string) =>
      [
        ['Supported', 'path, outbound'],
        ['Path', path],
      ] as const;
    const bench = new RegistrarBench({ isProxy });
    const reply = await bench.register(flowed(1, proxy, { headers: headers('<sip:10.0.0.5;lr>') }));
    expect([reply.status, bench.registrar.size]).toEqual([439, 0]);

    const via = [
      ['Supported', 'outbound'],
      ['Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK2'],
    ] as const;
    expect((await bench.register(flowed(1, proxy, { headers: via }))).status).toBe(439);
    const client = { address: '192.0.2.1', port: 5060, transport: 'proxy' };
    expect((await bench.register(flowed(1, proxy, { client }))).status).toBe(439);

    // What the proxy next to the phone says counts.
    const outer = headers('<sip:10.0.0.5;lr;ob>, <sip:192.0.2.1;lr>');
    expect((await bench.register(flowed(1, proxy, { client, headers: outer }))).status).toBe(439);
    const both = headers('<sip:10.0.0.5;lr>, <sip:192.0.2.1;lr;ob>');
    const agreed = await bench.register(flowed(1, proxy, { client, headers: both }));
    expect(agreed.status).toBe(200);
    expect(agreed.headers).toContainEqual(['Require', 'outbound']);
    // The proxy watches over the flow, not we.
    expect(agreed.headers?.map(([name]) => name)).not.toContain('Flow-Timer');
  });

  test('RFC 5626 §4.4: a phone that keeps its flow alive is not pinged', async () => {
    const bench = new RegistrarBench();
    const flow = udpFlow('203.0.113.9', 1024);
    await bench.register(flowed(1, flow, { contact: `${CONTACT};${INSTANCE};reg-id=1;expires=300` }));
    for (let second = 0; second < 280; second += 28) {
      bench.clock.advance(28_000);
      bench.registrar.keptAlive(udpFlow('203.0.113.9', 1024));
    }
    expect(bench.pings).toHaveLength(0);
    expect(flow.sent).toEqual([]);
    expect(reachable(bench)).toEqual([true]);
  });

  test('RFC 5626 §5.4: when its keep-alives stop it is asked, and then counts as gone', async () => {
    const bench = new RegistrarBench();
    await bench.register(flowed(1, udpFlow('203.0.113.9', 1024)));
    bench.happened();
    bench.clock.advance(29_999);
    expect(bench.pings).toHaveLength(0);
    bench.clock.advance(1);
    expect(bench.pings).toHaveLength(1);
    bench.clock.advance(9_999);
    expect(reachable(bench)).toEqual([true]);
    bench.clock.advance(1);
    expect(bench.happened()).toEqual(['unreachable keep-alive-stopped']);
    expect(bench.registrar.isReachable('acme.example', 'alice')).toBe(false);
    bench.clock.advance(100_000);
    expect(bench.pings).toHaveLength(1);
    expect(bench.happened()).toEqual([]);
  });

  test('an answer to that question is a sign of life: some phones promise keep-alives and send none', async () => {
    const bench = new RegistrarBench();
    await bench.register(flowed(1, udpFlow('203.0.113.9', 1024)));
    bench.happened();
    for (let times = 0; times < 5; times++) {
      bench.clock.advance(30_000);
      bench.answerPing();
    }
    expect(bench.pings).toHaveLength(5);
    expect(bench.happened()).toEqual([]);
  });

  test('a flow that was given up is good again with its next keep-alive, and listened to again', async () => {
    const bench = new RegistrarBench();
    const flow = tcpFlow('203.0.113.9');
    await bench.register(flowed(1, flow));
    bench.clock.advance(130_000);
    expect(bench.happened()).toEqual(['registered', 'unreachable keep-alive-stopped']);
    bench.registrar.keptAlive(flow);
    expect(bench.happened()).toEqual(['reachable']);
    bench.clock.advance(130_000);
    expect(bench.happened()).toEqual(['unreachable keep-alive-stopped']);
  });

  test('a keep-alive says nothing of a phone that promised none', async () => {
    const bench = new RegistrarBench();
    const flow = udpFlow('203.0.113.9', 1024);
    await bench.register({ contact: '<sip:alice@192.168.1.10>', flow });
    bench.clock.advance(25_000);
    bench.answerPing();
    const { lastSeen } = bench.registrar.registrations()[0]!;
    bench.clock.advance(1_000);
    bench.registrar.keptAlive(flow);
    expect(bench.registrar.registrations()[0]!.lastSeen).toBe(lastSeen);
  });
});
