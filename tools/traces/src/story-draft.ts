import { type Endpoint, formatEndpoint } from '@vats/kernel';
import { cseqOf, firstValue, methodOf, tagOf, uriOf } from './sip-text.ts';
import type { Trace } from './trace.ts';

/** The beginning of a story for a new trace: what the trace itself tells, and what a person has to fill in. */
export function storyDraft(trace: Trace): string {
  const server = serverOf(trace);
  const parties = partiesOf(trace, server);
  const lines = [
    `title: ${trace.name}`,
    'shows: >',
    '  What this trace shows, and what is worth knowing about it.',
    'made:',
    `  on: ${new Date().toISOString().slice(0, 10)}`,
    '  with: the command that makes it again',
    '  how: what the people did',
    'server:',
    `  at: ["${server === undefined ? '' : formatEndpoint(server)}"]`,
    '  is: product and version',
    'parties:',
  ];
  for (const [name, places] of parties) {
    lines.push(
      `  ${name}:`,
      `    at: [${places.map((each) => `"${each}"`).join(', ')}]`,
      '    is: product and version',
    );
  }
  return [...lines, 'differences: []', 'expect: {}', ''].join('\n');
}

/** Whoever was sent most requests that begin something: a server has more than one phone, a phone one server. */
function serverOf({ messages }: Trace): Endpoint | undefined {
  const counts = new Map<string, { readonly endpoint: Endpoint; count: number }>();
  for (const { sip, to } of messages) {
    if (sip === undefined || methodOf(sip) === undefined || tagOf(firstValue(sip, 'to')) !== undefined) continue;
    const key = formatEndpoint(to);
    const known = counts.get(key) ?? { endpoint: to, count: 0 };
    known.count += methodOf(sip) === 'REGISTER' ? 10 : 1;
    counts.set(key, known);
  }
  return [...counts.values()].sort((one, other) => other.count - one.count)[0]?.endpoint;
}

/** Everybody else, by the name that they register or call with. */
function partiesOf({ messages }: Trace, server: Endpoint | undefined): Map<string, string[]> {
  const names = new Map<string, string>();
  const at = server === undefined ? '' : formatEndpoint(server);
  for (const { sip, from, to } of messages) {
    if (sip === undefined || methodOf(sip) === undefined || formatEndpoint(to) !== at) continue;
    const user = /^sips?:([^@;]+)@/i.exec(uriOf(firstValue(sip, 'from')) ?? '')?.[1];
    if (user !== undefined && cseqOf(sip).method !== '')
      names.set(formatEndpoint(from), names.get(formatEndpoint(from)) ?? user);
  }
  for (const { from, to } of messages) {
    for (const each of [from, to].map(formatEndpoint)) if (each !== at && !names.has(each)) names.set(each, 'stranger');
  }
  const parties = new Map<string, string[]>();
  for (const [place, name] of names) parties.set(name, [...(parties.get(name) ?? []), place]);
  return parties;
}
