import { expect, test } from 'vitest';
import { cutTrace } from './cut-trace.ts';
import { leaksOf } from './leaks.ts';
import { datagram, pcapOf, segment } from './testing/frames.ts';
import { traceOf } from './trace.ts';

const PHONE = { address: '127.0.0.61', port: 5060 };
const SERVER = { address: '127.0.0.40', port: 5060 };
const SOUND = { address: '127.0.0.61', port: 46_200 };
const EAR = { address: '127.0.0.40', port: 46_000 };

const OPTIONS = 'OPTIONS sip:127.0.0.40 SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n';
const rtp = (payloadType: number, timestamp: number, payload: Buffer): Buffer => {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = payloadType;
  header.writeUInt32BE(timestamp, 4);
  return Buffer.concat([header, payload]);
};

test('all of the SIP is kept, some of the sound, all of the keys, and no noise', () => {
  const voice = Array.from({ length: 50 }, (_, i) => datagram(SOUND, EAR, rtp(8, i * 160, Buffer.alloc(160))));
  const keys = Array.from({ length: 9 }, () => datagram(SOUND, EAR, rtp(101, 8_000, Buffer.from([5, 10, 3, 32]))));
  const noise = datagram({ address: '127.0.0.1', port: 53 }, { address: '127.0.0.1', port: 40_000 }, 'dns');
  const file = pcapOf([
    datagram(PHONE, SERVER, OPTIONS),
    ...voice,
    noise,
    ...keys,
    datagram(PHONE, SERVER, '\r\n\r\n'),
  ]);
  const { messages, streams } = traceOf(cutTrace(file, 'x'), 'x');
  expect(messages).toHaveLength(2);
  expect(streams).toMatchObject([{ packets: 5 + 9, payloadTypes: [8, 101], keys: '5' }]);
});

test('a storm is cut to its first messages', () => {
  const file = pcapOf(Array.from({ length: 30 }, () => datagram(PHONE, SERVER, OPTIONS)));
  expect(traceOf(cutTrace(file, 'x', { messages: 4 }), 'x').messages).toHaveLength(4);
});

test('connections stay whole, their handshake included', () => {
  const phone = { ...PHONE, port: 40_000 };
  const file = pcapOf([
    segment(phone, SERVER, '', { sequence: 9, flags: { syn: true } }),
    segment(phone, SERVER, OPTIONS, { sequence: 10, flags: { ack: true } }),
  ]);
  expect(cutTrace(file, 'x')).toEqual(file);
  const web = segment(phone, { ...SERVER, port: 80 }, 'GET / HTTP/1.1', { sequence: 1 });
  expect(cutTrace(Buffer.concat([file, pcapOf([web]).subarray(24)]), 'x')).toEqual(file);
});

test('a trace that names the machine, or was not on loopback, is told of', () => {
  const said = 'OPTIONS sip:pbx SIP/2.0\r\nVia: SIP/2.0/UDP my-laptop:5060\r\nFrom: <sip:x@192.0.2.7>;tag=192\r\n\r\n';
  const trace = traceOf(pcapOf([datagram({ address: '10.0.0.8', port: 5060 }, SERVER, said)]), 'x');
  expect(leaksOf(trace, ['my-laptop', '192.0.2.7', 'x'])).toEqual([
    'address 10.0.0.8',
    'message 1 names my-laptop',
    'message 1 names 192.0.2.7',
  ]);
  expect(leaksOf(traceOf(pcapOf([datagram(PHONE, SERVER, OPTIONS)]), 'x'), ['my-laptop', 'ions'])).toEqual([]);
});
