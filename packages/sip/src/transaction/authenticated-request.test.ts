import { SeededRandom } from '@vats/kernel/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { DigestClient } from '../digest/index.ts';
import type { SipRequest, SipResponse } from '../message/message.ts';
import type { HeaderField, RequestDraft } from '../message/write-message.ts';
import { messageOf, THEIRS, TransactionWire } from '../testing/transaction-wire.ts';
import {
  type AuthenticatedRequestUser,
  type AuthenticationReport,
  type RequestToAuthenticate,
  sendAuthenticated,
} from './authenticated-request.ts';

/** Writes down the one thing that it is told. */
class Listener implements AuthenticatedRequestUser {
  readonly told: string[] = [];
  report: AuthenticationReport | undefined;

  onFinal(response: SipResponse, report: AuthenticationReport): void {
    this.#note(`${response.status}`, report);
  }

  onTimeout(report: AuthenticationReport): void {
    this.#note('timeout', report);
  }

  onTransportError(_: unknown, report: AuthenticationReport): void {
    this.#note('transport error', report);
  }

  #note(what: string, report: AuthenticationReport): void {
    this.told.push(what);
    this.report = report;
  }
}

const REGISTER: RequestDraft = {
  method: 'REGISTER',
  uri: 'sip:operator.example',
  headers: [
    ['From', '<sip:74951234567@operator.example>;tag=ours'],
    ['To', '<sip:74951234567@operator.example>'],
    ['Call-ID', 'c1'],
    ['CSeq', '7 REGISTER'],
    ['Contact', '<sip:x@192.0.2.1>'],
    ['Expires', '180'],
  ],
};

let wire: TransactionWire;
let user: Listener;
let client: DigestClient;

async function over(transport: 'udp' | 'tcp'): Promise<void> {
  wire = await TransactionWire.open(transport);
  user = new Listener();
  client = new DigestClient({
    username: '74951234567',
    password: 'secret',
    isPeer: ({ address }) => address === THEIRS.address,
    random: new SeededRandom(5),
  });
}

function send(parts: Partial<RequestToAuthenticate> = {}, credentials: DigestClient | undefined = client) {
  const sent = sendAuthenticated(wire.transactions, { draft: REGISTER, flow: wire.flow, ...parts }, credentials, user);
  wire.clock.advance(0);
  return sent;
}

const asks = (nonce: string, more = '', realm = 'operator.example'): HeaderField => [
  'WWW-Authenticate',
  `Digest realm="${realm}", nonce="${nonce}", qop="auth"${more}`,
];

const challenge = (nonce: string, more?: string, realm?: string) =>
  wire.answer('REGISTER', { status: 401, toTag: 'theirs', headers: [asks(nonce, more, realm)] });

/** Every request that went out, retransmissions left out. */
function requests(method = 'REGISTER'): SipRequest[] {
  const all = wire.heard(method).map((seen) => messageOf(seen) as SipRequest);
  return all.filter((each, at) => each.value('CSeq') !== all[at - 1]?.value('CSeq'));
}

const nonceOf = (request: SipRequest | undefined) =>
  /nonce="([^"]*)", uri/.exec(request?.value('Authorization') ?? '')?.[1];

describe.each(['udp', 'tcp'] as const)('over %s', (transport) => {
  beforeEach(() => over(transport));

  test('a challenge is answered by the same request with a new branch and the next CSeq number (RFC 3261 §22.2)', () => {
    send();
    challenge('n1');
    wire.answer('REGISTER', { status: 200, toTag: 'theirs' });
    const [first, second, ...more] = requests();
    expect(more).toEqual([]);
    expect(first!.has('Authorization')).toBe(false);
    expect(second!.value('CSeq')).toBe('8 REGISTER');
    expect(nonceOf(second)).toBe('n1');
    const branch = (request: SipRequest | undefined) => (request?.topVia.ok ? request.topVia.value.branch : undefined);
    expect(branch(second)).not.toBe(branch(first));
    for (const name of ['From', 'To', 'Call-ID', 'Contact', 'Expires']) {
      expect(second!.value(name)).toBe(first!.value(name));
    }
    expect(user.told).toEqual(['200']);
    expect(user.report).toEqual({ seq: 8, answers: 1, renewals: 0, verdict: 'answered', isRepeated: false });
    wire.clock.advance(64_000);
    expect(wire.leftovers()).toEqual([]);
  });

  test('the next request carries credentials unasked, and is final at once (RFC 3261 §22.2)', () => {
    send();
    challenge('n1');
    wire.answer('REGISTER', { status: 200, toTag: 'theirs' });
    send({ draft: { ...REGISTER, headers: REGISTER.headers.map(([n, v]) => [n, n === 'CSeq' ? '9 REGISTER' : v]) } });
    wire.answer('REGISTER', { status: 200, toTag: 'theirs' });
    expect(requests().length).toBe(3);
    expect(requests()[2]!.value('Authorization')).toContain('nc=00000002');
    expect(user.report).toEqual({ seq: 9, answers: 0, renewals: 0, verdict: undefined, isRepeated: false });
  });

  test('a stale nonce is renewed', () => {
    send();
    challenge('n1');
    challenge('n2', ', stale=true');
    wire.answer('REGISTER', { status: 200, toTag: 'theirs' });
    expect(requests().map(nonceOf)).toEqual([undefined, 'n1', 'n2']);
    expect(user.report).toEqual({ seq: 9, answers: 2, renewals: 1, verdict: 'answered', isRepeated: false });
  });

  test.each(['', ', stale=true'])('a peer that challenges for ever is given up (%j)', (more) => {
    send();
    for (let i = 0; i < 20 && user.told.length === 0; i++) challenge(`n${i}`, more);
    expect(user.told).toEqual(['401']);
    expect(user.report?.verdict).toBe('rejected');
    expect(requests().length).toBe(more === '' ? 2 : 4);
  });

  test('a challenge of another realm, or without credentials, is the final response', () => {
    send();
    challenge('n1');
    wire.answer('REGISTER', { status: 200, toTag: 'theirs' });
    send();
    challenge('n2', '', 'evil.example');
    expect(user.told).toEqual(['200', '401']);
    expect(user.report?.verdict).toBe('foreign-realm');
    const before = requests().length;
    sendAuthenticated(wire.transactions, { draft: REGISTER, flow: wire.flow }, undefined, user);
    wire.clock.advance(0);
    challenge('n1');
    expect(user.told).toEqual(['200', '401', '401']);
    expect(user.report).toEqual({ seq: 7, answers: 0, renewals: 0, verdict: undefined, isRepeated: false });
    expect(
      requests()
        .slice(before)
        .every((each) => !each.has('Authorization')),
    ).toBe(true);
  });

  test('a proxy and a server', () => {
    send();
    const proxy: HeaderField = ['Proxy-Authenticate', 'Digest realm="operator.example", nonce="p"'];
    wire.answer('REGISTER', { status: 407, toTag: 'theirs', headers: [proxy] });
    challenge('u');
    wire.answer('REGISTER', { status: 200, toTag: 'theirs' });
    const last = requests().at(-1)!;
    expect([last.has('Proxy-Authorization'), nonceOf(last)]).toEqual([true, 'u']);
    expect(user.report).toMatchObject({ seq: 9, answers: 2 });
  });

  test('an abandoned request answers no challenge and tells nothing', () => {
    const request = send();
    request.abandon();
    challenge('n1');
    wire.clock.advance(64_000);
    expect(requests().length).toBe(1);
    expect(user.told).toEqual([]);
    expect(wire.leftovers()).toEqual([]);
  });

  test('no answer to the second one is a time-out', () => {
    send();
    challenge('n1');
    wire.clock.advance(32_000);
    expect(user.told).toEqual(['timeout']);
    expect(user.report).toEqual({
      seq: 8,
      answers: 1,
      renewals: 0,
      verdict: 'answered',
      isRepeated: transport === 'udp',
    });
    expect(wire.leftovers()).toEqual([]);
  });

  test('the caller may make the repetition itself, or want none', () => {
    send({
      again: () => ({
        draft: { ...REGISTER, headers: [['CSeq', '40 REGISTER'], ...REGISTER.headers.slice(0, 3)] },
        flow: wire.flow,
      }),
    });
    challenge('n1');
    wire.answer('REGISTER', { status: 200, toTag: 'theirs' });
    expect(user.report?.seq).toBe(40);
    send({ again: () => undefined });
    challenge('n2', ', stale=true');
    expect(user.told).toEqual(['200', '401']);
  });
});

describe('over UDP', () => {
  beforeEach(() => over('udp'));

  test('a challenge that comes twice is answered once', () => {
    send();
    const octets = wire.responseTo('REGISTER', { status: 401, toTag: 'theirs', headers: [asks('n1')] });
    for (let i = 0; i < 3; i++) wire.inject(octets);
    expect(requests().length).toBe(2);
    wire.answer('REGISTER', { status: 200, toTag: 'theirs' });
    wire.inject(octets);
    expect(user.told).toEqual(['200']);
  });

  test('what is lost is repeated, the credentials the same', () => {
    send();
    challenge('n1');
    wire.clock.advance(500);
    const [, one, two] = wire.heard('REGISTER');
    expect(two!.octets.equals(one!.octets)).toBe(true);
    wire.answer('REGISTER', { status: 200, toTag: 'theirs' });
    expect(user.told).toEqual(['200']);
  });

  test('OPTIONS teach no realm', () => {
    const options = {
      ...REGISTER,
      method: 'OPTIONS',
      headers: [['CSeq', '1 OPTIONS'], ...REGISTER.headers.slice(0, 3)],
    } as const;
    send({ draft: options });
    wire.answer('OPTIONS', { status: 401, toTag: 'theirs', headers: [asks('n')] });
    expect(user.report?.verdict).toBe('foreign-realm');
    expect(client.realm).toBeUndefined();
  });

  test('a misuse is told', () => {
    expect(() => send({ draft: { ...REGISTER, method: 'INVITE' } })).toThrow('INVITE has a way of its own');
    expect(() => send({ draft: { ...REGISTER, headers: [] } })).toThrow('no CSeq number');
    expect(wire.heard()).toEqual([]);
  });
});
