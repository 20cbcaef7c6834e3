import { FakeClock } from '@vats/kernel/testing';
import { parseMessage, type Rank, type SipRequest } from '@vats/sip';
import { expect, test } from 'vitest';
import { Admission } from './admission.ts';
import type { Visitor } from './visitors.ts';

const [PHONE, TRUSTED, NOBODY] = ['192.0.2.1', '192.0.2.2', '203.0.113.66'];

const nameOf = ({ address }: { address: string }): string => `account at ${address}`;

type Sender = { isTrunk?: boolean; isPing?: true };

/** As what a new admission has a request counted. */
function rankOf(line: string, address: string, more: Sender = {}): Rank {
  return ranking()(line, address, more);
}

/** As what one admission has one request after the other counted. */
function ranking(clock = new FakeClock()): (line: string, address: string, more?: Sender) => Rank {
  const ranks: Rank[] = [];
  const admission = new Admission({
    clock,
    overload: {
      refuses: (rank, callId) => {
        expect(callId).toBe('one');
        ranks.push(rank);
        return undefined;
      },
      isOverloaded: true,
      isTooLate: false,
      leavesUnread: () => false,
    },
    gate: { isProven: (farEnd) => farEnd.address === PHONE, isTrusted: (asked) => asked === TRUSTED, nameOf },
  });
  return (line, address, { isTrunk = false, ...more } = {}) => {
    const visitor: Visitor = { address, port: 5060, transport: 'udp', viaProxy: false, ...more };
    expect(admission.refuses(requestOf(line), { visitor, isTrunk })).toBeUndefined();
    return ranks.at(-1)!;
  };
}

function requestOf(line: string): SipRequest {
  const parsed = parseMessage(Buffer.from(`${line} SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=z9hG4bKa\r\ni: one\r\n\r\n`));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('no request');
  return parsed.value;
}

test.each(['INVITE', 'REGISTER', 'SUBSCRIBE', 'PUBLISH', 'MESSAGE', 'REFER'])(
  '%s: who is known comes before strangers',
  (method) => {
    const line = `${method} sip:201@acme.example`;
    expect([PHONE, TRUSTED, NOBODY].map((address) => rankOf(line, address!))).toEqual(['known', 'known', 'stranger']);
    expect(rankOf(line, NOBODY!, { isTrunk: true })).toBe('known');
  },
);

test.each(['BYE', 'CANCEL', 'ACK', 'INFO', 'UPDATE', 'PRACK'])('%s begins nothing and is never refused', (method) => {
  expect(rankOf(`${method} sip:201@acme.example`, NOBODY!)).toBe('urgent');
});

test.each(['OPTIONS', 'NOTIFY'])('%s of those who are known costs no more than its refusal', (method) => {
  const line = `${method} sip:acme.example`;
  expect([rankOf(line, PHONE!), rankOf(line, NOBODY!)]).toEqual(['urgent', 'stranger']);
  expect(rankOf(line, NOBODY!, { isPing: true })).toBe('urgent');
  expect(rankOf(line, NOBODY!, { isTrunk: true })).toBe('urgent');
});

test('a flood of OPTIONS as from a trunk, whose address anybody may forge, is ranked as strangers’; its calls are not', () => {
  const clock = new FakeClock();
  const rank = ranking(clock);
  const trunk = { isTrunk: true };
  const ranks = Array.from({ length: 2_000 }, () => rank('OPTIONS sip:acme.example', NOBODY!, trunk));
  expect(ranks.filter((each) => each === 'urgent')).toHaveLength(1_000);
  expect(ranks.at(-1)).toBe('stranger');
  expect(rank('INVITE sip:201@acme.example', NOBODY!, trunk)).toBe('known');
  expect(rank('OPTIONS sip:acme.example', PHONE!)).toBe('urgent');
  clock.advance(1_000);
  expect(rank('OPTIONS sip:acme.example', NOBODY!, trunk)).toBe('urgent');
});

test.each(['sip:112@acme.example', 'tel:112', 'sip:%31%30%31@acme.example', 'sip:103@acme.example;user=phone'])(
  'a call for help is never refused: %s',
  (uri) => {
    expect([PHONE, NOBODY].map((address) => rankOf(`INVITE ${uri}`, address!))).toEqual(['urgent', 'urgent']);
    expect(rankOf(`MESSAGE ${uri}`, NOBODY!)).toBe('stranger');
  },
);

test.each(['sip:1121@acme.example', 'sip:acme.example', 'sip:0112@acme.example', 'tel:+112', 'urn:x'])(
  'others are ordinary: %s',
  (uri) => {
    expect(rankOf(`INVITE ${uri}`, PHONE!)).toBe('known');
  },
);

test('a call for help is read however late it comes', () => {
  const admission = new Admission({
    overload: { refuses: () => undefined, isOverloaded: true, isTooLate: true, leavesUnread: () => true },
    gate: { isProven: () => false, isTrusted: () => false, nameOf },
    clock: new FakeClock(),
  });
  const starts = [
    'INVITE sip:112@a',
    'INVITE tel:101 ',
    'INVITE sips:103;',
    'INVITE sip:1120@a',
    'MESSAGE sip:112@a',
    'INVITE sip:1',
  ];
  expect(starts.map((start) => admission.leavesUnread(Buffer.from(start)))).toEqual([
    false,
    false,
    false,
    true,
    true,
    true,
  ]);
});

test('what is let in is divided among accounts, and trunks by their address', () => {
  const names: (string | undefined)[] = [];
  const admission = new Admission({
    overload: {
      refuses: (_rank, _callId, who) => {
        names.push(who);
        return undefined;
      },
      isOverloaded: true,
      isTooLate: false,
      leavesUnread: () => false,
    },
    gate: { isProven: () => true, isTrusted: () => false, nameOf },
    clock: new FakeClock(),
  });
  const visitor: Visitor = { address: PHONE!, port: 5060, transport: 'udp', viaProxy: false };
  for (const isTrunk of [false, true])
    admission.refuses(requestOf('INVITE sip:201@acme.example'), { visitor, isTrunk });
  expect(names).toEqual([`account at ${PHONE}`, PHONE]);
});
