import { type CallDirection, type CallRecord, type CallResult, type CallSummary, normaliseNumber } from '@vats/pbx';
import type { Tables } from './worker/tables.ts';

/** Under what a call is found, beside its domain, time and class. */
export type PartyKind = 'number' | 'employee' | 'group';
export type PartyKey = readonly [kind: PartyKind, key: string];

/** More than any person's call has; a call that rang everybody of a great house is found by so many of them. */
const MOST_PARTIES = 500;

const DIRECTIONS: readonly CallDirection[] = ['in', 'out', 'internal'];
const RESULTS: readonly CallResult[] = ['answered', 'missed', 'served', 'failed'];

/** Direction and result as one number. Stored: a value never changes its meaning. */
export function classOf(direction: CallDirection, result: CallResult): number {
  return DIRECTIONS.indexOf(direction) * RESULTS.length + RESULTS.indexOf(result);
}

/** The classes of the calls that are looked for; undefined for all of them. */
export function classesOf(
  directions: readonly CallDirection[] | undefined,
  results: readonly CallResult[] | undefined,
): number[] | undefined {
  if (directions === undefined && results === undefined) return undefined;
  return (directions ?? DIRECTIONS).flatMap((direction) =>
    (results ?? RESULTS).map((result) => classOf(direction, result)),
  );
}

/** Whoever had a part in the call: who called, what was called, who was rung, who forwarded, who spoke. */
export function partiesOf(call: CallSummary): PartyKey[] {
  const employees = new Set<string>();
  const numbers = new Set<string>();
  const groups = new Set<string>();
  const note = ({ number, extension }: CallSummary['from']): void => {
    if (extension === undefined) noteNumber(numbers, number);
    else employees.add(extension);
  };
  note(call.from);
  if (call.answeredBy !== undefined) note(call.answeredBy);
  if (call.group !== undefined) groups.add(call.group);
  for (const { party, group, forwardedBy, trunk } of call.legs) {
    note(party);
    // The mobile phone of one of ours is found by its number too.
    if (trunk !== undefined) noteNumber(numbers, party.number);
    if (group !== undefined) groups.add(group);
    if (forwardedBy !== undefined) employees.add(forwardedBy);
  }
  if (call.did !== undefined) noteNumber(numbers, call.did);
  noteNumber(numbers, call.dialled);
  // An extension is looked for among the employees, wherever it is asked for as a number.
  for (const extension of employees) numbers.delete(extension);
  const all: PartyKey[] = [
    ...[...numbers].map((key): PartyKey => ['number', key]),
    ...[...groups].map((key): PartyKey => ['group', key]),
    ...[...employees].map((key): PartyKey => ['employee', key]),
  ];
  return all.slice(0, MOST_PARTIES);
}

function noteNumber(numbers: Set<string>, text: string): void {
  const { number, kind } = normaliseNumber(text);
  if (kind !== 'other') numbers.add(number);
}

/** The conversation with an outside number that the call was; undefined where it was none. */
export function conversationOf(record: CallRecord): Tables['conversations'] | undefined {
  const { direction, domain, id, from, dialled } = record;
  if (direction === 'internal') return undefined;
  const talk =
    direction === 'in' ? record.talks.findLast(({ party }) => party.extension !== undefined) : record.talks.at(-1);
  const extension = direction === 'in' ? talk?.party.extension : from.extension;
  if (talk === undefined || extension === undefined) return undefined;
  const outside = normaliseNumber(direction === 'in' ? from.number : talk.party.number);
  const { number, kind } = outside.kind === 'other' && direction === 'out' ? normaliseNumber(dialled) : outside;
  if (kind === 'other') return undefined;
  return { domain, number, direction, extension, ended_at: talk.to, call_id: id };
}
