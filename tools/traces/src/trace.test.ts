import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { drawLadder } from './ladder.ts';
import { placesOf, readStory } from './story.ts';
import { datagram, pcapOf, segment } from './testing/frames.ts';
import { readTrace, traceOf } from './trace.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`../../../fixtures/traces/${name}`, import.meta.url));
const PHONE = { address: '127.0.0.61', port: 5060 };
const SERVER = { address: '127.0.0.40', port: 5060 };
const REGISTER = 'REGISTER sip:x SIP/2.0\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n';
const OK = 'SIP/2.0 200 OK\r\nCSeq: 1 REGISTER\r\nContent-Length: 0\r\n\r\n';

test('a real trace over UDP: who, when, what', () => {
  const trace = readTrace(fixture('register-challenge.pcap'));
  expect(trace.messages.map(({ sip }) => sip?.startLine)).toEqual([
    'REGISTER sip:127.0.0.40;transport=udp SIP/2.0',
    'SIP/2.0 401 Unauthorized',
    'REGISTER sip:127.0.0.40;transport=udp SIP/2.0',
    'SIP/2.0 200 OK',
  ]);
  expect(trace.messages[0]).toMatchObject({ number: 1, at: 0, from: PHONE, to: SERVER, transport: 'udp' });
  expect(trace.messages[3]!.at).toBeGreaterThan(trace.messages[1]!.at);
});

test('a real trace over TCP: three connections, and who asked for each', () => {
  const { connections, messages, oddities } = readTrace(fixture('tcp-register-call.pcap'));
  expect(connections.map(({ acceptor }) => acceptor.address)).toEqual(['127.0.0.50', '127.0.0.50', '127.0.0.62']);
  expect(messages).toHaveLength(26);
  expect(new Set(messages.map(({ connection }) => connection))).toEqual(new Set([1, 2, 3]));
  expect(oddities).toEqual([]);
});

test('a real trace as pcapng, written by another program', () => {
  const { messages } = readTrace(fixture('subscribe-mwi.pcapng'));
  expect(messages.at(-1)?.sip?.startLine).toBe('SIP/2.0 489 Bad Event');
});

test('keys that were pressed are read from the sound', () => {
  const { streams } = readTrace(fixture('dtmf-rfc4733.pcap'));
  expect(streams.map(({ keys }) => keys)).toEqual(['19#', '19#']);
  expect(streams.every(({ payloadTypes }) => payloadTypes.includes(101))).toBe(true);
});

test('a keep-alive belongs to the trace when its two ends speak SIP elsewhere, noise does not', () => {
  const stranger = { address: '127.0.0.99', port: 9_999 };
  const file = pcapOf([
    datagram(PHONE, SERVER, '\r\n\r\n'),
    datagram(stranger, SERVER, 'noise'),
    datagram(PHONE, SERVER, REGISTER),
    datagram(SERVER, PHONE, 'nonsense'),
  ]);
  expect(traceOf(file, 'x').messages.map(({ sip, octets }) => sip?.startLine ?? octets.toString())).toEqual([
    '\r\n\r\n',
    'REGISTER sip:x SIP/2.0',
    'nonsense',
  ]);
});

test('messages of a TCP connection are cut by their length, wherever segments end', () => {
  const tcpPhone = { ...PHONE, port: 40_000 };
  const said = `${REGISTER}\r\n\r\n${REGISTER}`;
  const cut = 30;
  const file = pcapOf([
    segment(tcpPhone, SERVER, '', { sequence: 9, flags: { syn: true } }),
    segment(tcpPhone, SERVER, said.slice(cut), { sequence: 10 + cut, flags: { ack: true } }),
    segment(tcpPhone, SERVER, said.slice(0, cut), { sequence: 10, flags: { ack: true } }),
    segment(SERVER, tcpPhone, OK, { sequence: 70, flags: { ack: true } }),
    segment(tcpPhone, SERVER, REGISTER.slice(0, 20), { sequence: 10 + said.length, flags: { ack: true } }),
  ]);
  const trace = traceOf(file, 'x');
  expect(trace.messages.map(({ octets }) => octets.toString())).toEqual([REGISTER, '\r\n\r\n', REGISTER, OK]);
  expect(trace.connections).toEqual([{ number: 1, opener: tcpPhone, acceptor: SERVER }]);
  expect(trace.oddities.map(({ what }) => what)).toEqual([expect.stringContaining('20 octets never ended')]);
});

test('fragments of a large request over UDP are one message', () => {
  const { messages } = readTrace(fixture('hold-resume-linphone.pcap'));
  expect(Math.max(...messages.map(({ octets }) => octets.length))).toBeGreaterThan(1_400);
});

describe('the ladder', () => {
  test('of a cancelled call', () => {
    const story = readStory(fixture('cancelled.yaml'));
    const trace = readTrace(fixture('cancelled.pcap'));
    const ladder = drawLadder({ ...trace, messages: trace.messages.slice(11) }, placesOf(story, 'asterisk'));
    expect(ladder.replace(/^( +\d+) +\d+\.\d+ /gm, '$1 ')).toBe(LADDER);
  });

  test('names what has no start line, and places that nobody named', () => {
    const file = pcapOf([
      datagram(PHONE, SERVER, REGISTER),
      datagram(PHONE, SERVER, '\r\n\r\n'),
      datagram(SERVER, PHONE, '?'),
    ]);
    const ladder = drawLadder(traceOf(file, 'x'));
    expect(ladder).toContain('127.0.0.61:5060');
    expect(ladder).toContain('keep-alive');
    expect(ladder).toContain('not SIP');
  });
});

const LADDER = `                          alice                        asterisk                        bob
  12                |------- INVITE (sdp) ------->|                             |
  13                |<------- 100 INVITE ---------|                             |
  14                |                             |------- INVITE (sdp) ------->|
  15                |                             |<------- 100 INVITE ---------|
  16                |                             |<------- 180 INVITE ---------|
  17                |<------- 180 INVITE ---------|                             |
  18                |---------- CANCEL ---------->|                             |
  19                |<------- 487 INVITE ---------|                             |
  20                |------------ ACK ----------->|                             |
  21                |<------- 200 CANCEL ---------|                             |
  22                |                             |---------- CANCEL ---------->|
  23                |                             |<------- 200 CANCEL ---------|
  24                |                             |<------- 487 INVITE ---------|
  25                |                             |------------ ACK ----------->|
`;
