import { SeededRandom } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { locate, type ServerTarget } from './locate.ts';
import { FakeDns } from './testing/fake-dns.ts';

let dns: FakeDns;
beforeEach(() => {
  dns = new FakeDns();
});

const HOST = 'sip.operator.example';
const server = (target: string, port = 5060, priority = 10, weight = 0) => ({ priority, weight, port, target });

async function found(target: Partial<ServerTarget> = {}) {
  const located = await locate({ host: HOST, transport: 'udp', ...target }, dns, new SeededRandom(1));
  if (!located.ok) return `${located.question}: ${located.code}`;
  return located.endpoints.map(({ address, port }) => `${address} ${port}`);
}

test('an IP literal is itself, with its port or 5060, and nobody is asked', async () => {
  expect(await found({ host: '192.0.2.7' })).toEqual(['192.0.2.7 5060']);
  expect(await found({ host: '2001:db8::7', port: 5070 })).toEqual(['2001:db8::7 5070']);
  expect(dns.asked).toEqual([]);
});

test('a name with a port has addresses only, IPv4 first', async () => {
  dns.records.set(`A ${HOST}`, ['192.0.2.1', '192.0.2.2']);
  dns.records.set(`AAAA ${HOST}`, ['2001:db8::1']);
  dns.records.set(`SRV _sip._udp.${HOST}`, [server('other.example')]);
  expect(await found({ port: 5080 })).toEqual(['192.0.2.1 5080', '192.0.2.2 5080', '2001:db8::1 5080']);
  expect(dns.asked).toEqual([`A ${HOST}`, `AAAA ${HOST}`]);
});

test('families that we cannot talk to are not asked for', async () => {
  dns.records.set(`A ${HOST}`, ['192.0.2.1']);
  dns.records.set(`AAAA ${HOST}`, ['2001:db8::1']);
  expect(await found({ port: 5060, families: ['ipv4'] })).toEqual(['192.0.2.1 5060']);
  expect(await found({ port: 5060, families: ['ipv6', 'ipv4'] })).toEqual(['2001:db8::1 5060', '192.0.2.1 5060']);
  expect(dns.asked).toEqual([`A ${HOST}`, `AAAA ${HOST}`, `A ${HOST}`]);
});

test('a name alone has SRV, in its order, each with the addresses of its target', async () => {
  dns.records.set(`SRV _sip._tcp.${HOST}`, [server('b.example', 5070, 20), server('a.example', 5061, 10)]);
  dns.records.set('A a.example', ['192.0.2.1', '192.0.2.2']);
  dns.records.set('A b.example', ['192.0.2.9']);
  dns.records.set(`A ${HOST}`, ['203.0.113.1']);
  expect(await found({ transport: 'tcp' })).toEqual(['192.0.2.1 5061', '192.0.2.2 5061', '192.0.2.9 5070']);
  expect(dns.asked).not.toContain(`A ${HOST}`);
});

test('without SRV records it has its addresses, port 5060', async () => {
  dns.records.set(`A ${HOST}`, ['203.0.113.1']);
  expect(await found()).toEqual(['203.0.113.1 5060']);
  expect(dns.asked[0]).toBe(`SRV _sip._udp.${HOST}`);
});

test("SRV with the target '.' says that there is no server, whatever addresses there are", async () => {
  dns.records.set(`SRV _sip._udp.${HOST}`, [server('.')]);
  dns.records.set(`A ${HOST}`, ['203.0.113.1']);
  expect(await found()).toEqual([]);
});

test('a failure is no "nothing": neither for SRV nor for addresses', async () => {
  dns.failing.set(`SRV _sip._udp.${HOST}`, 'ESERVFAIL');
  dns.records.set(`A ${HOST}`, ['203.0.113.1']);
  expect(await found()).toBe(`SRV _sip._udp.${HOST}: ESERVFAIL`);
  dns.failing.set(`A ${HOST}`, 'ETIMEOUT');
  expect(await found({ port: 5060 })).toBe(`A ${HOST}: ETIMEOUT`);
  dns.failing.clear();
  dns.records.clear();
  expect(await found()).toEqual([]);
});

test('what of several servers could be asked for is found, and the failure told', async () => {
  dns.records.set(`SRV _sip._udp.${HOST}`, [server('a.example'), server('b.example', 5070, 20)]);
  dns.records.set('A b.example', ['192.0.2.9']);
  dns.failing.set('A a.example', 'ESERVFAIL');
  const located = await locate({ host: HOST, transport: 'udp' }, dns, new SeededRandom(1));
  expect(located).toMatchObject({
    ok: true,
    endpoints: [{ address: '192.0.2.9', port: 5070 }],
    failure: { code: 'ESERVFAIL', question: 'A a.example' },
  });
});

test('one endpoint that several records name is there once, and their number is bounded', async () => {
  dns.records.set(`SRV _sip._udp.${HOST}`, [server('a.example'), server('a2.example', 5060, 20)]);
  for (const name of ['a.example', 'a2.example']) dns.records.set(`A ${name}`, ['192.0.2.1']);
  expect(await found()).toEqual(['192.0.2.1 5060']);
  const many = Array.from({ length: 300 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  dns.records.set(
    `SRV _sip._udp.${HOST}`,
    many.map((_, i) => server(`s${i}.example`, 5060, i)),
  );
  many.forEach((_, i) => void dns.records.set(`A s${i}.example`, many));
  dns.asked.length = 0;
  expect((await found()).length).toBeLessThanOrEqual(256);
  expect(dns.asked.length).toBe(1 + 2 * 16);
});

test('the fingerprint is that of the records, not of their order', async () => {
  const print = async (seed: number) => {
    const located = await locate({ host: HOST, transport: 'udp' }, dns, new SeededRandom(seed));
    return located.ok ? located.fingerprint : '';
  };
  const records = [server('a.example', 5060, 10, 5), server('b.example', 5060, 10, 5)];
  dns.records.set('A a.example', ['192.0.2.1']);
  dns.records.set('A b.example', ['192.0.2.2']);
  dns.records.set(`SRV _sip._udp.${HOST}`, records);
  const prints = new Set(await Promise.all([1, 2, 3, 4, 5, 6].map(print)));
  expect(prints.size).toBe(1);
  dns.records.set(`SRV _sip._udp.${HOST}`, [server('a.example', 5060, 10, 5), server('b.example', 5060, 10, 6)]);
  expect(prints).not.toContain(await print(1));
});
