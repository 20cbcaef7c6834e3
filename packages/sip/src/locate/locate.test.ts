import { SeededRandom } from '@vats/kernel/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import type { TransportName } from '../transport/index.ts';
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

describe('RFC 3263 §4.1: where no transport is given', () => {
  const NAPTR = `NAPTR ${HOST}`;
  const naptr = (service: string, replacement: string, order = 10, preference = 10, more = {}) => ({
    ...{ order, preference, flags: 's', service, regexp: '', replacement },
    ...more,
  });

  beforeEach(() => {
    dns.records.set('SRV _sip._udp.udp.example', [server('a.example', 5061)]);
    dns.records.set('SRV _sip._tcp.tcp.example', [server('b.example', 5062)]);
    dns.records.set('SRV _sips._tcp.tls.example', [server('c.example', 5063)]);
    dns.records.set('A a.example', ['192.0.2.1']);
    dns.records.set('A b.example', ['192.0.2.2']);
    dns.records.set('A c.example', ['192.0.2.3']);
  });

  async function byDns(target: Partial<ServerTarget> = {}) {
    const located = await locate({ host: HOST, ...target }, dns, new SeededRandom(1));
    if (!located.ok) return `${located.question}: ${located.code}`;
    return located.endpoints.map(({ transport, address, port }) => `${transport} ${address} ${port}`);
  }

  test('RFC 3263 §4.1: NAPTR names transport and servers, by preference within the lowest order', async () => {
    dns.records.set(NAPTR, [
      naptr('SIP+D2U', '_sip._udp.udp.example', 20, 1),
      naptr('sip+d2u', '_sip._udp.udp.example', 10, 60),
      naptr('SIP+D2T', '_sip._tcp.tcp.example', 10, 50),
    ]);
    expect(await byDns()).toEqual(['tcp 192.0.2.2 5062', 'udp 192.0.2.1 5061']);
    expect(dns.asked).not.toContain(`SRV _sip._udp.${HOST}`);
  });

  test('RFC 3263 §4.1: services that we have no transport for are passed over, with their order', async () => {
    dns.records.set(NAPTR, [
      naptr('SIPS+D2T', '_sips._tcp.tls.example', 5),
      naptr('SIP+D2U', '_sip._udp.udp.example', 10),
    ]);
    expect(await byDns()).toEqual(['udp 192.0.2.1 5061']);
    const withTls = { transports: ['udp', 'tcp', 'tls'] as TransportName[] };
    expect(await byDns(withTls)).toEqual(['tls 192.0.2.3 5063']);
    expect(await byDns({ transports: ['tcp'] })).toEqual([]);
  });

  test('RFC 3263 §4.1: of a sips URI only what is secure will do', async () => {
    dns.records.set(NAPTR, [
      naptr('SIP+D2U', '_sip._udp.udp.example', 5),
      naptr('SIPS+D2T', '_sips._tcp.tls.example', 10),
    ]);
    const transports = ['udp', 'tcp', 'tls'] as TransportName[];
    expect(await byDns({ secure: true, transports })).toEqual(['tls 192.0.2.3 5063']);
  });

  test('RFC 3403 §4.1: what is no plain pointer to SRV is passed over', async () => {
    dns.records.set(NAPTR, [
      naptr('SIP+D2T', '_sip._tcp.tcp.example', 1, 1, { flags: 'u' }),
      naptr('SIP+D2T', '_sip._tcp.tcp.example', 1, 2, { regexp: '!.*!sip:x@y!' }),
      naptr('SIP+D2T', '.', 1, 3),
      naptr('E2U+sip', '_sip._tcp.tcp.example', 1, 4),
      naptr('SIP+D2U', '_sip._udp.udp.example', 9, 9, { flags: 'S' }),
    ]);
    expect(await byDns()).toEqual(['udp 192.0.2.1 5061']);
  });

  test('RFC 3263 §4.1: without NAPTR the first transport of ours that has SRV is taken', async () => {
    dns.records.set(`SRV _sip._tcp.${HOST}`, [server('b.example', 5062)]);
    expect(await byDns()).toEqual(['tcp 192.0.2.2 5062']);
    expect(dns.asked.slice(0, 3)).toEqual([NAPTR, `SRV _sip._udp.${HOST}`, `SRV _sip._tcp.${HOST}`]);
    dns.records.set(`SRV _sip._udp.${HOST}`, [server('.')]);
    expect(await byDns()).toEqual(['tcp 192.0.2.2 5062']);
    dns.records.set(`SRV _sip._tcp.${HOST}`, [server('.')]);
    dns.records.set(`A ${HOST}`, ['203.0.113.1']);
    expect(await byDns()).toEqual([]);
  });

  test('RFC 3263 §4.2: without any of them it is UDP at port 5060', async () => {
    dns.records.set(`A ${HOST}`, ['203.0.113.1']);
    expect(await byDns()).toEqual(['udp 203.0.113.1 5060']);
  });

  test('RFC 3263 §4.1: a port or an address leaves nothing to ask: UDP, or TLS for sips', async () => {
    dns.records.set(`A ${HOST}`, ['203.0.113.1']);
    expect(await byDns({ port: 5080 })).toEqual(['udp 203.0.113.1 5080']);
    expect(await byDns({ host: '192.0.2.9' })).toEqual(['udp 192.0.2.9 5060']);
    const secure = { secure: true, transports: ['udp', 'tcp', 'tls'] as TransportName[] };
    expect(await byDns({ ...secure, host: '192.0.2.9', port: 5099 })).toEqual(['tls 192.0.2.9 5099']);
    expect(dns.asked).toEqual([`A ${HOST}`, `AAAA ${HOST}`]);
  });

  test('a DNS that fails at NAPTR is asked for what stands without it', async () => {
    dns.failing.set(NAPTR, 'ENOTIMP');
    dns.records.set(`SRV _sip._udp.${HOST}`, [server('a.example')]);
    expect(await byDns()).toEqual(['udp 192.0.2.1 5060']);
  });

  test('of several services one that can not be asked for is told beside the others', async () => {
    dns.records.set(NAPTR, [
      naptr('SIP+D2T', '_sip._tcp.tcp.example'),
      naptr('SIP+D2U', '_sip._udp.udp.example', 10, 20),
    ]);
    dns.failing.set('SRV _sip._tcp.tcp.example', 'ETIMEOUT');
    const located = await locate({ host: HOST }, dns, new SeededRandom(1));
    expect(located).toMatchObject({ ok: true, endpoints: [{ address: '192.0.2.1' }], failure: { code: 'ETIMEOUT' } });
    dns.failing.set('SRV _sip._udp.udp.example', 'ETIMEOUT');
    expect(await byDns()).toBe('SRV _sip._tcp.tcp.example: ETIMEOUT');
  });

  test('how much is asked is bounded, whatever a domain says', async () => {
    dns.records.set(
      NAPTR,
      Array.from({ length: 100 }, (_, i) => naptr('SIP+D2U', `_sip._udp.s${i}.example`, 1, i)),
    );
    await byDns();
    expect(dns.asked).toHaveLength(1 + 4);
  });

  test('each transport is asked for in the families that we have for it', async () => {
    dns.records.set('AAAA b.example', ['2001:db8::2']);
    dns.records.set(NAPTR, [naptr('SIP+D2T', '_sip._tcp.tcp.example'), naptr('SIP+D2U', '_sip._udp.udp.example')]);
    const families = (transport: string) => [transport === 'tcp' ? 'ipv6' : 'ipv4'] as const;
    expect(await byDns({ families })).toEqual(['tcp 2001:db8::2 5062', 'udp 192.0.2.1 5061']);
  });
});
