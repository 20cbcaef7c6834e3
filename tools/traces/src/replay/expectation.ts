import { normaliseBody, normaliseValue, spelled } from '../normalise.ts';
import { cseqOf, plainName, type SipText, statusOf, valuesOf } from '../sip-text.ts';
import type { Story } from '../story.ts';
import type { Symbols } from '../symbols.ts';
import type { Heard } from './live-party.ts';
import type { ReplayOutcome } from './replay.ts';

/** One message that a story expects: its first line, and what is said of the rest. */
interface Expected {
  readonly startLine: string;
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

const ABSENT = '<none>';
const BODY_INDENT = '  ';

/** Headers that a draft of expectations speaks of, where a message has them. */
const TELLING = {
  response: [
    'cseq',
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
 * that matter; `Header: <none>` says that there must be none. Lines of a body stand two blanks to the right.
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
  return { startLine, headers: [...new Set(headers)], body: lines.some((line) => line.startsWith(BODY_INDENT)) };
}

function draftOf(sip: SipText): Expected {
  const telling = statusOf(sip) === undefined ? TELLING.request : TELLING.response;
  const headers = telling.filter((name) => valuesOf(sip, name).length > 0);
  return { startLine: sip.startLine, headers, body: sip.body.length > 0 };
}

function render(sip: SipText, { headers, body }: Expected, symbols: Symbols): string {
  const lines = headers.flatMap((plain) => {
    const values = valuesOf(sip, plain).map((value) => normaliseValue(plain, value, sip, symbols));
    return (values.length === 0 ? [ABSENT] : values).map((value) => `${spelled(plain)}: ${value}`);
  });
  const content = body ? normaliseBody(sip, symbols).map((line) => `${BODY_INDENT}${line}`) : [];
  return [symbols.places(sip.startLine), ...lines, ...content].map((line) => line.trimEnd()).join('\n');
}
