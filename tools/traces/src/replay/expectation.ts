import { normaliseBody, normaliseValue, spelled } from '../normalise.ts';
import { cseqOf, plainName, type SipText, statusOf, valuesOf } from '../sip-text.ts';
import type { Story } from '../story.ts';
import type { Symbols } from '../symbols.ts';
import type { Heard } from './live-party.ts';
import type { ReplayOutcome } from './replay.ts';

/** What a story says of one message: how much of it is compared. */
interface Expected {
  /** The reason phrase is free text that the story does not care for: 'SIP/2.0 400 *'. */
  readonly anyReason: boolean;
  /** Plain names of the headers that are compared, in the story's order. */
  readonly headers: readonly string[];
  /** The body is compared as a whole, or not at all. */
  readonly body: boolean;
}

/** What one party was to hear and what it heard, in the same words: equal texts are equal calls. */
export interface Verdict {
  readonly party: string;
  readonly expected: string;
  readonly heard: string;
}

const ANY_REASON = /^SIP\/\S+ \d+ \*$/;
const ABSENT = '<none>';
const BODY_INDENT = '  ';

/** Headers that a draft of expectations speaks of, where a message has them. */
const TELLING = {
  response: [
    'to',
    'cseq',
    'date',
    'contact',
    'expires',
    'min-expires',
    'www-authenticate',
    'proxy-authenticate',
    'unsupported',
    'retry-after',
    'reason',
    'content-type',
  ],
  request: ['from', 'to', 'cseq', 'max-forwards', 'contact', 'reason', 'content-type'],
} as const;

/**
 * Compares what the parties heard with their story. A story speaks of each message by its first line and those headers
 * that matter; `Header: <none>` says that there must be none, `SIP/2.0 400 *` that any reason phrase will do. Lines of a body stand two blanks to the right.
 *
 * 100 Trying to an INVITE is not compared: it is for the hop, and whether it is due depends on 200 ms (RFC 3261 §8.2.6.1).
 */
export function compare(outcome: ReplayOutcome, story: Story, symbols: Symbols): Verdict[] {
  return Object.keys(story.parties).map((party) => {
    const expected = (story.expect[party] ?? '').trim();
    const messages = expected === '' ? [] : expected.split(/\n\s*\n/).map(readExpected);
    const heard = comparable(outcome, party)
      .map(({ sip }, i) => render(sip, messages[i] ?? draftOf(sip), symbols))
      .join('\n\n');
    return { party, expected: expected.replace(/[ \t]+$/gm, ''), heard };
  });
}

/** What a party heard, in the words of a story: where a person begins who writes one. */
export function draft(outcome: ReplayOutcome, party: string, symbols: Symbols): string {
  return comparable(outcome, party)
    .map(({ sip }) => render(sip, draftOf(sip), symbols))
    .join('\n\n');
}

function comparable({ heard }: ReplayOutcome, party: string): Heard[] {
  return (heard.get(party) ?? []).filter(({ sip }) => statusOf(sip) !== 100 || cseqOf(sip).method !== 'INVITE');
}

function readExpected(text: string): Expected {
  const [startLine = '', ...lines] = text.split('\n');
  const headers = lines
    .filter((line) => !line.startsWith(BODY_INDENT))
    .map((line) => plainName(line.split(':', 1)[0]!));
  const body = lines.some((line) => line.startsWith(BODY_INDENT));
  return { anyReason: ANY_REASON.test(startLine), headers: [...new Set(headers)], body };
}

function draftOf(sip: SipText): Expected {
  const telling = statusOf(sip) === undefined ? TELLING.request : TELLING.response;
  const headers = telling.filter((name) => valuesOf(sip, name).length > 0);
  return { anyReason: false, headers, body: sip.body.length > 0 };
}

function render(sip: SipText, { anyReason, headers, body }: Expected, symbols: Symbols): string {
  const lines = headers.flatMap((plain) => {
    const values = valuesOf(sip, plain).map((value) => normaliseValue(plain, value, sip, symbols));
    return (values.length === 0 ? [ABSENT] : values).map((value) => `${spelled(plain)}: ${value}`);
  });
  const content = body ? normaliseBody(sip, symbols).map((line) => `${BODY_INDENT}${line}`) : [];
  const startLine = anyReason ? sip.startLine.replace(/^(SIP\/\S+ \d+) .*/, '$1 *') : symbols.places(sip.startLine);
  return [startLine, ...lines, ...content].map((line) => line.trimEnd()).join('\n');
}
