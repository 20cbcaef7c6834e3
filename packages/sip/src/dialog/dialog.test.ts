import { describe, expect, test } from 'vitest';
import type { SipRequest, SipResponse } from '../message/message.ts';
import { parseMessage } from '../message/parse-message.ts';
import { type HeaderField, writeRequest, writeResponse } from '../message/write-message.ts';
import type { Flow, TransportName } from '../transport/index.ts';
import { Dialog, type DialogSet } from './dialog.ts';
import { mayArriveOver } from './flow-rule.ts';

function flow(address = '192.0.2.7', port = 5060, transport: TransportName = 'udp'): Flow {
  return {
    id: `${transport}/${address}/${port}`,
    transport,
    reliable: transport !== 'udp',
    bound: { address: '10.0.0.1', port: 5060 },
    observed: { address, port },
    open: true,
    send: () => {},
    onClose: () => () => {},
  };
}

const FROM = '"Боб" <sip:bob@b.example>;tag=bob1'.normalize();
const WIRE_FROM = Buffer.from(FROM, 'utf8').toString('latin1');

function invite(...headers: HeaderField[]): SipRequest {
  const octets = writeRequest({
    method: 'INVITE',
    uri: 'sip:anna@a.example',
    headers: [['From', WIRE_FROM], ['To', '<sip:anna@a.example>'], ['Call-ID', 'c1'], ['CSeq', '7 INVITE'], ...headers],
  });
  const read = parseMessage(octets);
  if (!read.ok || read.value.kind !== 'request') throw new Error();
  return read.value;
}

function response(status: number, ...headers: HeaderField[]): SipResponse {
  const octets = writeResponse({
    status,
    headers: [
      ['From', '<sip:anna@a.example>;tag=anna1'],
      ['To', '<sip:bob@b.example>;tag=bob1'],
      ['Call-ID', 'c1'],
      ['CSeq', '1 INVITE'],
      ...headers,
    ],
  });
  const read = parseMessage(octets);
  if (!read.ok || read.value.kind !== 'response') throw new Error();
  return read.value;
}

const SET: DialogSet = {
  callId: 'c1',
  localTag: 'anna1',
  from: '<sip:anna@a.example>;tag=anna1',
  seq: 1,
  requestUri: 'sip:bob@b.example',
  contactUser: 'u',
  resolve: undefined,
};

const callee = (...headers: HeaderField[]) =>
  Dialog.ofCallee(invite(...headers), 'anna1', flow(), { contactUser: 'u' });
const caller = (...headers: HeaderField[]) => Dialog.ofCaller(SET, response(180, ...headers), flow());
const field = (headers: readonly HeaderField[], name: string) =>
  headers.filter(([each]) => each === name).map(([, value]) => value);

describe('what an INVITE says of the dialog', () => {
  test('at its callee (RFC 3261 §12.1.1)', () => {
    const dialog = callee(
      ['Contact', '<sip:bob@192.0.2.7:5070>'],
      ['Record-Route', '<sip:p2.example;lr>, <sip:p1.example;lr>'],
      ['Record-Route', '<sip:p0.example;lr>'],
    );
    expect(dialog).toMatchObject({
      state: 'early',
      callId: 'c1',
      localTag: 'anna1',
      remoteTag: 'bob1',
      remoteTarget: 'sip:bob@192.0.2.7:5070',
      routeSet: ['<sip:p2.example;lr>', '<sip:p1.example;lr>', '<sip:p0.example;lr>'],
      remoteSeq: 7,
      localSeq: 0,
      ownsCallId: false,
    });
    const { draft } = dialog.request('BYE', dialog.nextSeq(), []);
    expect(draft.uri).toBe('sip:bob@192.0.2.7:5070');
    expect(draft.headers).toEqual([
      ['Route', '<sip:p2.example;lr>'],
      ['Route', '<sip:p1.example;lr>'],
      ['Route', '<sip:p0.example;lr>'],
      ['From', '<sip:anna@a.example>;tag=anna1'],
      ['To', WIRE_FROM],
      ['Call-ID', 'c1'],
      ['CSeq', '1 BYE'],
    ]);
  });

  test('at its caller (RFC 3261 §12.1.2), the route set in reverse', () => {
    const dialog = caller(['Contact', '<sip:bob@192.0.2.7>'], ['Record-Route', '<sip:p2;lr>,<sip:p1;lr>']);
    expect(dialog).toMatchObject({
      localTag: 'anna1',
      remoteTag: 'bob1',
      remoteTarget: 'sip:bob@192.0.2.7',
      routeSet: ['<sip:p1;lr>', '<sip:p2;lr>'],
      remoteSeq: undefined,
      localSeq: 1,
      ownsCallId: true,
    });
    expect(field(dialog.request('BYE', dialog.nextSeq(), []).draft.headers, 'CSeq')).toEqual(['2 BYE']);
  });

  test('a Contact that asks for headers is answered without them; a lone asterisk names nobody', () => {
    expect(callee(['Contact', '<sip:bob@192.0.2.7;x=y?Route=%3Csip:evil%3E>']).remoteTarget).toBe(
      'sip:bob@192.0.2.7;x=y',
    );
    expect(callee(['Contact', '*']).remoteTarget).toBe('sip:bob@b.example');
    expect(callee(['Contact', '<tel:+7495>']).remoteTarget).toBe('tel:+7495');
  });

  test('without Contact the peer is where its INVITE came from or went to', () => {
    expect(callee().remoteTarget).toBe('sip:bob@b.example');
    expect(caller().remoteTarget).toBe('sip:bob@b.example');
  });
});

test('the 2xx settles route set and target anew (RFC 3261 §13.2.2.4)', () => {
  const dialog = caller(['Contact', '<sip:bob@192.0.2.7>'], ['Record-Route', '<sip:p1;lr>']);
  dialog.confirm(response(200, ['Contact', '<sip:bob@192.0.2.8>']));
  expect(dialog).toMatchObject({ state: 'confirmed', routeSet: [], remoteTarget: 'sip:bob@192.0.2.8' });
});

test('a target refresh moves the target and leaves the route set (RFC 3261 §12.2, RFC 6141 §4)', () => {
  const dialog = callee(['Contact', '<sip:bob@192.0.2.7>'], ['Record-Route', '<sip:p1;lr>']);
  dialog.refreshTarget(invite(['Contact', '<sip:bob@192.0.2.9>'], ['Record-Route', '<sip:evil;lr>']));
  expect(dialog).toMatchObject({ remoteTarget: 'sip:bob@192.0.2.9', routeSet: ['<sip:p1;lr>'] });
  dialog.refreshTarget(invite());
  expect(dialog.remoteTarget).toBe('sip:bob@192.0.2.9');
});

test('a host is vouched for by what its request came over, whatever the dialog is on when it is answered', () => {
  const dialog = callee(['Contact', '<sip:bob@192.0.2.7>']);
  dialog.flow = flow('192.0.2.7', 40_000, 'tcp');
  dialog.refreshTarget(invite(['Contact', '<sip:bob@192.0.2.66>']), flow());
  expect(dialog).toMatchObject({ remoteTarget: 'sip:bob@192.0.2.66', vouchedTarget: 'sip:bob@192.0.2.7' });
  dialog.flow = flow();
  dialog.refreshTarget(invite(['Contact', '<sip:bob@192.0.2.9>']), flow('192.0.2.7', 40_000, 'tcp'));
  expect(dialog.vouchedTarget).toBe('sip:bob@192.0.2.9');
});

test.each(['tls', 'wss'] as const)('a dialog on %s goes on over TLS alone, from wherever', (transport) => {
  const dialog = callee(['Contact', '<sip:bob@192.0.2.7>']);
  dialog.flow = flow('192.0.2.7', 40_000, transport);
  const mayMove = () => true;
  for (const other of ['udp', 'tcp', 'ws'] as const) {
    expect(mayArriveOver(dialog, flow('192.0.2.7', 40_000, other)), other).toBe(false);
    expect(mayArriveOver(dialog, flow('192.0.2.8', 40_000, other), mayMove), other).toBe(false);
  }
  for (const other of ['tls', 'wss'] as const) {
    expect(mayArriveOver(dialog, flow('192.0.2.7', 41_000, other)), other).toBe(true);
    expect(mayArriveOver(dialog, flow('192.0.2.8', 41_000, other), mayMove), other).toBe(true);
  }
  dialog.flow = flow();
  expect(mayArriveOver(dialog, flow('192.0.2.7', 41_000, 'tcp'))).toBe(true);
});

describe('CSeq of the peer (RFC 3261 §12.2.2)', () => {
  test('rises strictly, by any step', () => {
    const dialog = callee();
    const judged = [7, 6, 8, 8, 100, 99].map((seq) => dialog.takesSeq(seq, 'INFO'));
    expect(judged).toEqual([false, false, true, false, true, false]);
    expect(dialog.remoteSeq).toBe(100);
  });

  test('may stand still for a BYE, not fall', () => {
    expect([6, 7].map((seq) => callee().takesSeq(seq, 'BYE'))).toEqual([false, true]);
  });

  test('is anything for the first request of a callee', () => {
    const dialog = caller();
    expect(dialog.takesSeq(4_294_967_295, 'INFO')).toBe(true);
    expect(dialog.takesSeq(1, 'INFO')).toBe(false);
  });
});

describe('routing (RFC 3261 §12.2.1.1)', () => {
  test('loose: the request names the target and goes to the first route (RFC 3261 §8.1.2)', () => {
    const dialog = callee(['Contact', '<sip:bob@192.0.2.7>'], ['Record-Route', '<sip:p2;lr>,<sip:p1>']);
    const { draft, nextHop } = dialog.request('INFO', 2, []);
    expect(draft.uri).toBe('sip:bob@192.0.2.7');
    expect(field(draft.headers, 'Route')).toEqual(['<sip:p2;lr>', '<sip:p1>']);
    expect(String(nextHop)).toBe('sip:p2;lr');
  });

  test('strict: the request names the first route, the target comes last', () => {
    const dialog = callee(['Contact', '<sip:bob@192.0.2.7>'], ['Record-Route', '<sip:p2?a=b>,<sip:p1;lr>']);
    const { draft, nextHop } = dialog.request('INFO', 2, []);
    expect(draft.uri).toBe('sip:p2');
    expect(field(draft.headers, 'Route')).toEqual(['<sip:p1;lr>', '<sip:bob@192.0.2.7>']);
    expect(String(nextHop)).toBe('sip:p2?a=b');
  });

  test('none: the request goes to the target', () => {
    expect(String(callee(['Contact', '<sip:bob@192.0.2.7>']).request('INFO', 2, []).nextHop)).toBe('sip:bob@192.0.2.7');
  });

  test('the flow is the dialog’s own, unless somebody knows a better one for the next hop', () => {
    const other = flow('192.0.2.99');
    const resolve = (hop: unknown) => (String(hop) === 'sip:p1;lr' ? other : undefined);
    const routed = Dialog.ofCaller({ ...SET, resolve }, response(200, ['Record-Route', '<sip:p1;lr>']), flow());
    expect(routed.flowTo(routed.request('BYE', 2, []).nextHop)).toBe(other);
    const direct = Dialog.ofCaller({ ...SET, resolve }, response(200), flow());
    expect(direct.flowTo(direct.request('BYE', 2, []).nextHop)).toBe(direct.flow);
  });
});

describe('where requests of a dialog may come from', () => {
  const dialog = callee(
    ['Contact', '<sip:bob@192.0.2.20>'],
    ['Record-Route', '<sip:p1.example;lr>,<sip:192.0.2.30;lr>'],
  );
  test.each([
    ['its flow', flow(), true],
    ['the same host, another port or connection', flow('192.0.2.7', 40_000, 'tcp'), true],
    ['the Contact', flow('192.0.2.20'), true],
    ['the route set', flow('192.0.2.30'), true],
    ['anywhere else', flow('192.0.2.8'), false],
  ])('%s: %j', (_, arrived, allowed) => {
    expect(mayArriveOver(dialog, arrived)).toBe(allowed);
  });

  test('an IPv6 host in another spelling is the same', () => {
    const six = Dialog.ofCallee(invite(['Contact', '<sip:bob@[2001:db8:0:0::1]>']), 't', flow(), { contactUser: 'u' });
    expect(mayArriveOver(six, flow('2001:db8::1'))).toBe(true);
  });
});
