import { Ledger } from '@vats/kernel';
import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Locator } from './locator.ts';
import type { ServerList } from './server-list.ts';
import { FakeDns } from './testing/fake-dns.ts';

const HOST = 'sip.operator.example';
const SRV = `SRV _sip._udp.${HOST}`;

let clock: FakeClock;
let dns: FakeDns;
let ledger: Ledger;
let log: MemoryLog;
let locator: Locator;
let changes: string[][];

beforeEach(() => {
  clock = new FakeClock();
  dns = new FakeDns();
  ledger = new Ledger();
  log = new MemoryLog();
  locator = new Locator({ clock, dns, ledger, log, random: new SeededRandom(3263) });
  changes = [];
});

afterEach(() => {
  locator.close();
  dns.release();
  return dns.settled().then(() => {
    expect(ledger.leftovers()).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

const server = (target: string, priority = 10, weight = 0) => ({ priority, weight, port: 5060, target });
const addressesOf = (list: ServerList) => list.endpoints.map(({ address }) => address);

async function follow(host = HOST): Promise<ServerList> {
  const list = locator.follow({ host, transport: 'udp' }, () => changes.push(addressesOf(list)));
  await dns.settled();
  return list;
}

async function twoServers(): Promise<ServerList> {
  dns.records.set(SRV, [server('a.example', 10), server('b.example', 20)]);
  dns.records.set('A a.example', ['192.0.2.1']);
  dns.records.set('A b.example', ['192.0.2.2']);
  return follow();
}

async function later(milliseconds: number): Promise<void> {
  clock.advance(milliseconds);
  await dns.settled();
}

test('an IP literal is there at once, with no look-up and no timer', () => {
  const list = locator.follow({ host: '192.0.2.7', port: 5070, transport: 'udp' });
  expect(list.endpoints).toMatchObject([{ address: '192.0.2.7', port: 5070 }]);
  expect(list.state).toBe('found');
  list.refresh();
  expect(dns.asked).toEqual([]);
  expect(clock.pending).toBe(0);
});

test('nothing until the first answer, then its endpoints, and the change is told', async () => {
  dns.records.set(`A ${HOST}`, ['192.0.2.1']);
  const list = locator.follow({ host: HOST, transport: 'udp' }, () => changes.push(addressesOf(list)));
  expect([list.state, list.endpoints]).toEqual(['looking', []]);
  expect(ledger.counts()).toMatchObject({ 'server lists': 1, 'server look-ups': 1 });
  await dns.settled();
  expect(list.state).toBe('found');
  expect(changes).toEqual([['192.0.2.1']]);
  expect(list.has({ address: '192.0.2.1', port: 5060 })).toBe(true);
  expect(list.has({ address: '192.0.2.1', port: 5061 })).toBe(false);
});

test('asked for again when the TTL is over; a change is told, and no change is not', async () => {
  dns.ttl = 120;
  const list = await twoServers();
  await later(119_999);
  expect(dns.asked.filter((each) => each === SRV).length).toBe(1);
  await later(1);
  expect(dns.asked.filter((each) => each === SRV).length).toBe(2);
  expect(changes).toEqual([['192.0.2.1', '192.0.2.2']]);
  dns.records.set('A a.example', ['192.0.2.3']);
  await later(120_000);
  expect(changes.at(-1)).toEqual(['192.0.2.3', '192.0.2.2']);
  expect(addressesOf(list)).toEqual(['192.0.2.3', '192.0.2.2']);
});

test('servers of equal rank keep their order from look-up to look-up', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  dns.records.set(
    SRV,
    names.map((name) => server(name, 10, 10)),
  );
  names.forEach((name, i) => void dns.records.set(`A ${name}`, [`192.0.2.${i}`]));
  await follow();
  for (let i = 0; i < 5; i++) await later(300_000);
  expect(changes.length).toBe(1);
});

test('when the DNS fails the old ones stay; it is asked again ever more seldom, and normally once it answers', async () => {
  const list = await twoServers();
  dns.failing.set(SRV, 'ESERVFAIL');
  await later(300_000);
  expect(list.state).toBe('failed');
  expect(list.failure).toEqual({ code: 'ESERVFAIL', question: SRV });
  expect(addressesOf(list)).toEqual(['192.0.2.1', '192.0.2.2']);
  const asked = async (milliseconds: number) => {
    dns.asked.length = 0;
    await later(milliseconds);
    return dns.asked.length;
  };
  expect([await asked(4_999), await asked(1), await asked(9_999), await asked(1)]).toEqual([0, 1, 0, 1]);
  for (let i = 0; i < 10; i++) await later(300_000);
  expect(await asked(3_000_000)).toBe(1);
  dns.failing.clear();
  await later(300_000);
  expect([list.state, list.failure]).toEqual(['found', undefined]);
  dns.failing.set(SRV, 'ESERVFAIL');
  await later(300_000);
  expect(await asked(5_000)).toBe(1);
  expect(changes.length).toBe(1);
});

test('an answer that there is nothing takes the old ones away', async () => {
  const list = await twoServers();
  dns.records.clear();
  await later(300_000);
  expect([list.state, list.endpoints]).toEqual(['none', []]);
  expect(changes.at(-1)).toEqual([]);
  dns.records.set(`A ${HOST}`, ['192.0.2.5']);
  await later(60_000);
  expect(addressesOf(list)).toEqual(['192.0.2.5']);
});

test('what could not be asked for of several keeps its old place at the end', async () => {
  const list = await twoServers();
  dns.failing.set('A a.example', 'ETIMEOUT');
  await later(300_000);
  expect([list.state, addressesOf(list)]).toEqual(['failed', ['192.0.2.2', '192.0.2.1']]);
  expect(list.failure?.question).toBe('A a.example');
  await later(5_000);
  expect(changes.length).toBe(2);
  dns.failing.clear();
  await later(10_000);
  expect([list.state, addressesOf(list)]).toEqual(['found', ['192.0.2.1', '192.0.2.2']]);
});

test('one that fails comes last for its time (RFC 3263 §4.3), and may come back earlier', async () => {
  const list = await twoServers();
  const [first] = list.endpoints;
  list.markFailing(first!);
  expect(addressesOf(list)).toEqual(['192.0.2.2', '192.0.2.1']);
  clock.advance(59_999);
  expect(addressesOf(list)).toEqual(['192.0.2.2', '192.0.2.1']);
  clock.advance(1);
  expect(addressesOf(list)).toEqual(['192.0.2.1', '192.0.2.2']);
  list.markFailing(first!, 5_000);
  list.markWorking(first!);
  expect(addressesOf(list)).toEqual(['192.0.2.1', '192.0.2.2']);
  list.markFailing({ address: '203.0.113.1', port: 5060 });
  for (const endpoint of list.endpoints) list.markFailing(endpoint);
  expect(addressesOf(list)).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(changes.length).toBe(1);
});

test('one that fails at what it is there for comes last for its time, whatever else it answers', async () => {
  const list = await twoServers();
  const [first] = list.endpoints;
  list.markRefusing(first!);
  list.markFailing(first!, 5_000);
  list.markWorking(first!);
  expect(list.isFailing(first!)).toBe(true);
  clock.advance(59_999);
  expect(addressesOf(list)).toEqual(['192.0.2.2', '192.0.2.1']);
  clock.advance(1);
  expect([list.isFailing(first!), addressesOf(list)]).toEqual([false, ['192.0.2.1', '192.0.2.2']]);
  list.markRefusing(first!);
  list.markFailing(first!);
  list.markServing(first!);
  expect([list.isFailing(first!), addressesOf(list)]).toEqual([false, ['192.0.2.1', '192.0.2.2']]);
  list.markRefusing({ address: '203.0.113.1', port: 5060 });
  expect(list.isFailing({ address: '203.0.113.1', port: 5060 })).toBe(false);
});

test('a list that was closed tells nothing, also of the answer that was on its way', async () => {
  dns.records.set(`A ${HOST}`, ['192.0.2.1']);
  dns.hold();
  const list = await follow();
  list.close();
  list.close();
  expect(ledger.counts()).toMatchObject({ 'server lists': 0, 'server look-ups': 1 });
  dns.release();
  await dns.settled();
  expect([list.state, list.endpoints, changes]).toEqual(['closed', [], []]);
  list.refresh();
  expect(ledger.leftovers()).toEqual([]);
});

test('asked while it asks, it does not ask twice; a user that fails costs a line', async () => {
  dns.hold();
  dns.records.set(`A ${HOST}`, ['192.0.2.1']);
  const list = await follow();
  list.onChange = () => {
    throw new Error('ours');
  };
  list.refresh();
  dns.release();
  await dns.settled();
  expect(dns.asked).toEqual([SRV, `A ${HOST}`, `AAAA ${HOST}`]);
  expect(log.events).toEqual(['locate.user-failed']);
  expect(list.state).toBe('found');
});

test('another transport to the same place is a change too', async () => {
  dns.ttl = 120;
  const pointer = (service: string, name: string) => [
    { order: 1, preference: 1, flags: 's', service, regexp: '', replacement: `${name}.${HOST}` },
  ];
  dns.records.set(`NAPTR ${HOST}`, pointer('SIP+D2U', '_sip._udp'));
  for (const name of ['_sip._udp', '_sip._tcp']) dns.records.set(`SRV ${name}.${HOST}`, [server('a.example', 10, 10)]);
  dns.records.set('A a.example', ['192.0.2.1']);
  const list = locator.follow({ host: HOST }, () => changes.push(list.endpoints.map(({ transport }) => transport)));
  await dns.settled();
  dns.records.set(`NAPTR ${HOST}`, pointer('SIP+D2T', '_sip._tcp'));
  await later(120_000);
  expect(changes).toEqual([['udp'], ['tcp']]);
});
