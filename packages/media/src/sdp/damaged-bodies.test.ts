import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LegDescription } from './leg-description.ts';
import { readSession } from './read-session.ts';
import { readLines, SDP_LIMITS } from './sdp-lines.ts';
import { ALAW, leg, sdp, value } from './testing/exchange.ts';

const PUBLIC = '203.0.113.7';

/** What a phone says when it can do much. */
const RICH = sdp(
  [
    'm=audio 4000 RTP/AVP 9 8 0 18 96 101',
    'a=rtpmap:9 G722/8000',
    'a=rtpmap:96 opus/48000/2',
    'a=fmtp:96 useinbandfec=1',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-16',
    'a=rtcp:4001 IN IP4 203.0.113.9',
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20|1:4',
    'a=ptime:20',
    'a=maxptime:150',
    'a=sendrecv',
    'm=video 4002 RTP/AVP 31',
  ],
  { address: '203.0.113.9' },
);

const lines = RICH.trimEnd().split('\r\n');
const pieces = [
  '0',
  '-1',
  '65536',
  '99999999999',
  ' ',
  '/',
  '\0',
  '\u001b',
  'IP6',
  '127.0.0.1',
  '224.0.0.1',
  '::1',
  'é',
  '=',
];

type Change = (body: string) => string;
const at = fc.nat(RICH.length);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(at, fc.constantFrom(...pieces)).map(
    ([i, put]): Change =>
      (body) =>
        body.slice(0, i) + put + body.slice(i),
  ),
  fc.tuple(at, fc.nat(20)).map(
    ([i, length]): Change =>
      (body) =>
        body.slice(0, i) + body.slice(i + length),
  ),
  fc.tuple(at, fc.constantFrom(...pieces)).map(
    ([i, put]): Change =>
      (body) =>
        body.slice(0, i) + put + body.slice(i + 1),
  ),
  at.map(
    (length): Change =>
      (body) =>
        body.slice(0, length),
  ),
  // Of the addresses that stand there one becomes another that leads nowhere good.
  fc
    .tuple(fc.nat(2), fc.constantFrom('127.0.0.1', '127.9.9.9', '224.0.0.1', '169.254.169.254', '0.1.2.3', '::1', 'x'))
    .map(
      ([which, address]): Change =>
        (body) => {
          let seen = 0;
          return body.replaceAll('203.0.113.9', (each) => (seen++ === which ? address : each));
        },
    ),
  fc.constantFrom(...lines).map(
    (line): Change =>
      (body) =>
        body.replace(line, `${line}\r\n${line}`),
  ),
  fc.constantFrom(...lines).map(
    (line): Change =>
      (body) =>
        body.replace(`${line}\r\n`, ''),
  ),
);
const damaged = fc
  .array(change, { minLength: 1, maxLength: 4 })
  .map((all) => all.reduce((body, each) => each(body), RICH));

/** Nothing of it can end a line of ours, or lead anywhere but to a public address. */
function isSafe(text: string): void {
  expect(readLines(text).ok).toBe(true);
  expect(
    text
      .split('\r\n')
      .slice(0, -1)
      .every((line) => /^[a-z]=[^\0-\u001f]*$/.test(line)),
  ).toBe(true);
}

test('a body with anything in it changed, left out or doubled is refused, or read and answered in a body that is sound', () => {
  let read = 0;
  fc.assert(
    fc.property(damaged, (body) => {
      const [a, b] = [leg(20_000, PUBLIC), leg(20_002)];
      if (!a.receiveOffer(body).ok) return;
      read++;
      const { claimed, claimedRtcp } = a.media();
      for (const each of [claimed, claimedRtcp]) {
        if (each === undefined) continue;
        expect(each.address).not.toMatch(/^(127|224|169\.254|0)\.|^::1$/);
        expect(each.port > 0 && each.port < 65_536).toBe(true);
      }
      const offer = b.offerFrom(a);
      if (!offer.ok) return;
      isSafe(offer.value);
      const answered = b.receiveAnswer(sdp(ALAW));
      if (!answered.ok) return;
      const answer = a.answerFrom(b);
      if (answer.ok) isSafe(answer.value);
    }),
    { numRuns: 2_000 },
  );
  expect(read).toBeGreaterThan(200);
});

test('an answer with anything in it changed is refused or read, and never throws', () => {
  fc.assert(
    fc.property(damaged, fc.boolean(), (body, encrypted) => {
      const srtp = {
        policy: encrypted ? 'required' : 'optional',
        random: { bytes: (n: number) => Buffer.alloc(n, 7) },
      };
      const local = { address: '198.51.100.1', port: 20_002 };
      const b = new LegDescription({ local, sessionId: '1', signalling: PUBLIC, srtp: srtp as never });
      value(b.offerOwn());
      const answered = b.receiveAnswer(body);
      if (answered.ok) expect(b.media().laws.length).toBeGreaterThan(0);
      else expect(answered.error.code).toMatch(/^[a-z-]+$/);
    }),
    { numRuns: 1_000 },
  );
});

test('the largest body that is read at all, of the worst there is, is read in one go', () => {
  const formats = Array.from({ length: SDP_LIMITS.formats }, (_, i) => i).join(' ');
  const head = RICH.slice(0, RICH.indexOf('m='));
  const attributes = Array.from({ length: 900 }, (_, i) => `a=fmtp:${i % 128} ${'x'.repeat(40)}=${i}\r\n`).join('');
  const worst = `${head}${`m=audio 4000 RTP/AVP ${formats}\r\n`.repeat(31)}${attributes}`.slice(0, 65_000);
  for (let times = 0; times < 20; times++) expect(typeof readSession(`${worst}${times}`).ok).toBe('boolean');
});
