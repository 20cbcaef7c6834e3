import {
  checkRequest,
  checkResponse,
  isSafeValue,
  parseMessage,
  rewrite,
  type SipMessage,
  type SipRequest,
  writeResponseTo,
} from '@vats/sip';
import { demand, type Target } from '../target.ts';
import { MESSAGE_SEEDS } from './message-seeds.ts';

/** Everything that a message may be asked. */
const ASKED: readonly ((message: SipMessage) => unknown)[] = [
  (m) => [m.topVia, m.vias],
  (m) => [m.from, m.to, m.fromTag, m.toTag, m.callId, m.cseq],
  (m) => [m.contacts, m.routes, m.recordRoutes],
  (m) => [m.maxForwards, m.expires, m.minExpires, m.contentLength],
  (m) => [m.contentType, m.contentDisposition, m.event, m.reasons, m.retryAfter, m.timestamp],
  (m) => [m.supported, m.require, m.proxyRequire, m.allow],
  (m) => [m.credentials('Authorization'), m.credentials('Proxy-Authorization')],
  (m) => [m.challenges('WWW-Authenticate'), m.challenges('Proxy-Authenticate')],
  (m) => [m.body.length, m.octetsAfterHead, m.mayRepeatLines, m.structureFault],
  (m) => (m.kind === 'request' ? [m.method, m.requestUri, m.requestUriText] : [m.status, m.reason]),
];

function run(octets: Buffer): void {
  const copy = Buffer.from(octets);
  const parsed = parseMessage(octets);
  if (parsed.ok) examine(parsed.value);
  demand(octets.equals(copy), 'reading a message changes it');
}

function examine(message: SipMessage): void {
  const answered = ASKED.map((ask) => text(ask(message)));
  demand(
    ASKED.every((ask, at) => text(ask(message)) === answered[at]),
    'asked twice, it answers differently',
  );
  const lines = message.lines();
  for (const { value } of lines) demand(isSafeValue(value), 'a value that could not be written');
  for (const name of new Set(lines.map((line) => line.name))) {
    const values = message.values(name);
    demand(
      lines.every((line) => line.name !== name || values.includes(line.value)),
      'a line that its name does not find',
    );
    message.list(name);
  }
  if (message.kind === 'response') {
    if (checkResponse(message) === undefined) keepsItsMeaning(message);
    return;
  }
  answers(message);
  if (checkRequest(message) === undefined) keepsItsMeaning(message);
}

/** What can be answered, gets an answer that is a message. */
function answers(request: SipRequest): void {
  const status = checkRequest(request)?.status ?? 200;
  const answer = parseMessage(writeResponseTo(request, { address: '192.0.2.9', port: 5060 }, { status, toTag: 't' }));
  demand(
    answer.ok && answer.value.kind === 'response' && answer.value.status === status,
    'an answer that is no response',
  );
}

/** Written anew, a good message has the same lines and the same body, and from then on the same octets. */
function keepsItsMeaning(message: SipMessage): void {
  const written = rewrite(message);
  const again = parseMessage(written);
  demand(again.ok, 'what was written is no message');
  const kept = (one: SipMessage) => text(one.lines().filter(({ name }) => !/^(?:content-length|l)$/i.test(name)));
  demand(kept(again.value) === kept(message), 'written anew, it has other lines');
  demand(again.value.body.equals(message.body), 'written anew, it has another body');
  demand(rewrite(again.value).equals(written), 'written twice, it differs');
  const fault = again.value.kind === 'request' ? checkRequest(again.value) : checkResponse(again.value);
  demand(fault === undefined, 'good before it was written, and not behind that');
}

function text(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}

// biome-ignore format: a table
const NAMES = [
  'Via', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Max-Forwards', 'Route', 'Record-Route', 'Content-Length', 'Content-Type',
  'Expires', 'Supported', 'Require', 'Authorization', 'WWW-Authenticate', 'Event', 'Reason', 'Retry-After', 'Timestamp', 'v', 'f', 't', 'i', 'm', 'l', 'c', 'k',
];

export const TARGETS: Readonly<Record<string, Target>> = {
  message: {
    run,
    longest: 2_048,
    seeds: MESSAGE_SEEDS,
    words: [
      ...NAMES.map((name) => `\r\n${name}: `),
      ...[
        'INVITE',
        'ACK',
        'SIP/2.0',
        ' sip:a@h ',
        'SIP/2.0/UDP h;branch=z9hG4bK',
        '<sip:a@h>;tag=1',
        '\r\n\r\n',
        '\r\n ',
        ';lr',
        ', ',
      ],
    ],
  },
};
