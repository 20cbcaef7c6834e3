import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Ledger } from '@vats/kernel';
import { FakeClock } from '@vats/kernel/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NodeDns } from './node-dns.ts';

const TYPE = { A: 1, AAAA: 28, SRV: 33 } as const;

interface Zone {
  readonly rcode?: number;
  readonly answers?: readonly { readonly type: keyof typeof TYPE; readonly ttl: number; readonly data: Buffer }[];
}

/** A name server on loopback that knows what a test tells it; undefined: it keeps silent. */
let zone: (name: string, type: number) => Zone | undefined;
let socket: Socket;
let clock: FakeClock;
let ledger: Ledger;
let dns: NodeDns;
let asked: () => void;

beforeEach(async () => {
  asked = () => {};
  socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const { name, type, end } = questionOf(query);
    const reply = zone(name, type);
    if (reply !== undefined) socket.send(answerTo(query, end, reply), from.port, from.address);
    asked();
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  clock = new FakeClock();
  ledger = new Ledger();
  dns = new NodeDns({ clock, ledger, servers: [`127.0.0.1:${socket.address().port}`] });
});

afterEach(() => {
  expect(ledger.leftovers()).toEqual([]);
  expect(clock.pending).toBe(0);
  socket.close();
});

function questionOf(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answerTo(query: Buffer, end: number, { rcode = 0, answers = [] }: Zone): Buffer {
  const head = Buffer.from(query.subarray(0, end));
  head.writeUInt16BE(0x8180 | rcode, 2);
  head.writeUInt16BE(answers.length, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  const records = answers.map(({ type, ttl, data }) => {
    // The name is that of the question, at octet 12.
    const record = Buffer.from([0xc0, 12, 0, TYPE[type], 0, 1, 0, 0, 0, 0, 0, data.length]);
    record.writeUInt32BE(ttl, 6);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([head, ...records]);
}

function srvData(priority: number, weight: number, port: number, target: string): Buffer {
  const numbers = Buffer.alloc(6);
  [priority, weight, port].forEach((number, i) => void numbers.writeUInt16BE(number, 2 * i));
  const labels = target === '' ? [] : target.split('.');
  const name = labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]);
  return Buffer.concat([numbers, ...name, Buffer.from([0])]);
}

test('addresses and their TTL, within bounds', async () => {
  const ttls: Record<string, number> = { 'usual.example': 120, 'short.example': 0, 'long.example': 86_400 };
  zone = (name, type) =>
    type === TYPE.A
      ? { answers: [{ type: 'A', ttl: ttls[name]!, data: Buffer.from([192, 0, 2, 1]) }] }
      : { answers: [{ type: 'AAAA', ttl: 90, data: Buffer.from('20010db8000000000000000000000001', 'hex') }] };
  expect(await dns.a('usual.example')).toEqual({ ok: true, records: ['192.0.2.1'], ttl: 120 });
  expect(await dns.a('short.example')).toMatchObject({ ttl: 30 });
  expect(await dns.a('long.example')).toMatchObject({ ttl: 3_600 });
  expect(await dns.aaaa('usual.example')).toEqual({ ok: true, records: ['2001:db8::1'], ttl: 90 });
});

test('SRV records, and the root as target', async () => {
  zone = (name) => ({
    answers: [{ type: 'SRV', ttl: 60, data: srvData(10, 5, 5070, name.includes('none') ? '' : 'a.example') }],
  });
  const [first, none] = [await dns.srv('_sip._udp.x.example'), await dns.srv('_sip._udp.none.example')];
  expect(first).toEqual({
    ok: true,
    records: [{ priority: 10, weight: 5, port: 5070, target: 'a.example' }],
    ttl: 300,
  });
  expect(none).toMatchObject({ ok: true, records: [{ target: '.' }] });
});

test.each([
  ['no such name', { rcode: 3 }],
  ['no record of this type', {}],
])('%s: an answer without records', async (_, reply) => {
  zone = () => reply;
  expect(await dns.a('x.example')).toEqual({ ok: true, records: [], ttl: 300 });
  expect(await dns.srv('_sip._udp.x.example')).toEqual({ ok: true, records: [], ttl: 300 });
});

test.each([
  [2, 'ESERVFAIL'],
  [5, 'EREFUSED'],
])('a name server that answers with code %i: a failure', async (rcode, code) => {
  zone = () => ({ rcode });
  expect(await dns.a('x.example')).toEqual({ ok: false, code });
});

test('a name server that keeps silent: the question is given up when its time is over', async () => {
  zone = () => undefined;
  const reached = new Promise<void>((tell) => {
    asked = tell;
  });
  const answer = dns.a('x.example');
  await reached;
  expect(ledger.counts()).toEqual({ 'dns questions': 1 });
  clock.advance(8_000);
  expect(await answer).toEqual({ ok: false, code: 'ETIMEOUT' });
});

test('a name that is none: a failure, no exception', async () => {
  zone = () => ({ rcode: 3 });
  expect(await dns.a(`${'x'.repeat(300)}.example`)).toMatchObject({ ok: false });
});

test('localhost needs no name server', async () => {
  zone = () => ({ rcode: 3 });
  expect(await dns.a('localhost')).toMatchObject({ records: ['127.0.0.1'] });
  expect(await dns.aaaa('LOCALHOST.')).toMatchObject({ records: ['::1'] });
});
