import { formatDuration } from '@vats/pbx';
import type { z } from 'zod';
import { counted } from '../counted.ts';
import type {
  callsAnswer,
  changeAnswer,
  recordingsAnswer,
  registrationsAnswer,
  reloadAnswer,
  statusAnswer,
} from './answers.ts';
import { localTime } from './local-time.ts';
import { duration, listed, table } from './table.ts';

/** How answers look on a terminal; `--json` shows them as they came. Times are local, as an operator's clock says. */

export function statusText(status: z.output<typeof statusAnswer>): string {
  const rows: [string, string][] = [
    ['version', `${status.version}, process ${status.pid}, up ${duration(Math.max(0, status.now - status.startedAt))}`],
    ['data', status.data],
    ['listening', status.listeners.join('  ')],
    ...certificateRows(status.tls.certificates),
    ['domains', status.domains.map(({ name, users }) => `${name} (${counted(users, 'user')})`).join(', ') || 'none'],
    ['phones', String(status.registrations)],
    ...watchingRows(status.watching?.subscriptions.alive),
    ...trunkRows(status.trunks),
    ...calendarRows(status.calendars.until),
    ['calls', String(status.calls)],
    [
      'media',
      `${counted(status.media.workers, 'worker')}, ${status.media.pairs.leased} of ${status.media.pairs.total} port pairs in use, ${counted(status.media.recordings, 'recording')} under way${treated(status.media)}`,
    ],
    ['load', loadText(status.load)],
    [
      'store',
      status.store.ok
        ? `good, ${counted(status.store.pending, 'write')} waiting`
        : `FAILING: ${status.store.error ?? ''}`,
    ],
    [
      'access',
      `${counted(status.access.bans, 'ban')}, ${counted(status.access.refused, 'message')} refused${wouldRefuse(status.access)}, countries as of ${new Date(status.access.countries.builtAt).toISOString().slice(0, 10)}`,
    ],
    ...policyRows(status.access),
    ['memory', `${Math.round(status.memory / 2 ** 20)} MiB`],
  ];
  const { access, trunks, calendars, tls } = status;
  const told = [
    ...tls.warnings,
    ...diskWarnings(status.recordings),
    ...storageWarnings(status),
    ...access.warnings,
    ...trunks.warnings,
    ...calendars.warnings,
  ];
  const warnings = told.map((warning): [string, string] => ['WARNING', warning]);
  return [...rows, ...warnings].map(([name, value]) => `${name.padEnd(10)} ${value}\n`).join('');
}

function treated({ encryptedLegs, convertedCalls }: z.output<typeof statusAnswer>['media']): string {
  const legs = encryptedLegs === 0 ? '' : `, ${counted(encryptedLegs, 'leg')} encrypted`;
  return convertedCalls === 0 ? legs : `${legs}, ${counted(convertedCalls, 'call')} converted`;
}

/** How the load stands: whether new calls are refused, and what was refused since the start. */
function loadText({ overloaded, lateness, backlog, occupancy, starved, ...rest }: Load): string {
  const { admitted, refused, unread, episodes } = rest;
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  const busy = occupancy === 0 ? 'at rest' : `${percent(occupancy)} busy`;
  const left = unread === 0 ? '' : `, ${unread} left unread`;
  const before =
    refused === 0 ? '' : `, ${counted(refused, 'request')} refused in ${counted(episodes, 'overload')}${left}`;
  if (!overloaded) return `${busy}${before}`;
  const { known, strangers } = admitted;
  const waiting = starved < 0.1 ? '' : ` (${percent(starved)} waiting for a processor that others have)`;
  const late = `${Math.round(Math.max(lateness, backlog))} ms late${waiting}`;
  return `OVERLOADED: ${busy}, ${late}, lets in ${percent(known)} of new requests and ${percent(strangers)} of strangers'${before}`;
}

type Load = z.output<typeof statusAnswer>['load'];

function diskWarnings({ low, free = 0, minFree }: z.output<typeof statusAnswer>['recordings']): string[] {
  if (!low) return [];
  const megabytes = (octets: number): string => `${Math.round(octets / 1e6)} MB`;
  return [
    `NOTHING IS RECORDED: ${megabytes(free)} free on the disk, less than recordings.minFree ${megabytes(minFree)}; make room`,
  ];
}

function storageWarnings({ recordings: { storage }, now }: z.output<typeof statusAnswer>): string[] {
  if (storage?.fault === undefined) return [];
  const { waiting, more, fault } = storage;
  const count = `${more ? 'at least ' : ''}${counted(waiting, 'recording')}`;
  const since = `${Math.round((now - fault.since) / 60_000)} min`;
  return [`RECORDINGS ARE NOT STORED, ${since} now, ${count} waiting here: ${fault.message}; ${fault.remedy}`];
}

/** Whom our certificates are for, and until when. Where there are none, not a word of them. */
function certificateRows(certificates: z.output<typeof statusAnswer>['tls']['certificates']): [string, string][] {
  return certificates.map(({ file, names, until }, i) => {
    const shown = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
    const date = new Date(until).toISOString().slice(0, 10);
    return [i === 0 ? 'tls' : '', `${shown === '' ? file : shown}, until ${date}`];
  });
}

/** Where there are none, not a word of them. */
function trunkRows({ total, inTrouble }: z.output<typeof statusAnswer>['trunks']): [string, string][] {
  if (total === 0) return [];
  return [['trunks', inTrouble === 0 ? `${total}, all well` : `${total}, ${inTrouble} IN TROUBLE`]];
}

/** Where nobody watches anybody, not a word of it. */
function watchingRows(subscriptions = 0): [string, string][] {
  return subscriptions === 0 ? [] : [['watching', counted(subscriptions, 'subscription')]];
}

/** Until which year days off are known: of one company that alone, of several each. */
function calendarRows(until: z.output<typeof statusAnswer>['calendars']['until']): [string, string][] {
  const [first, ...others] = until;
  if (first === undefined) return [];
  const years =
    others.length === 0 ? String(first.year) : listed(until.map(({ domain, year }) => `${year} (${domain})`));
  return [['calendar', `until the end of ${years}`]];
}

type Access = z.output<typeof statusAnswer>['access'];

const POLICIES_TOLD = 20;
const TRIED_OUT = 'only tried out (enforce: false)';

/** Who may come, a line for each policy. What a policy that is tried out would have refused stands with it where it is the only one. */
function policyRows({ policies, triedOut, counters }: Access): [string, string][] {
  const told = policies.slice(0, POLICIES_TOLD).map(({ of, text, triedOut: isTried }): string => {
    const refused = triedOut === 1 ? `, would have refused ${counters.wouldRefuse}` : '';
    return `${of}: ${text}${isTried ? `, ${TRIED_OUT}${refused}` : ''}`;
  });
  const left = policies.length - told.length;
  if (left > 0) told.push(`and ${left} more: vats status --json`);
  return told.map((line, i) => [i === 0 ? 'may come' : '', line]);
}

/** Where several policies are tried out, or a device's, or none is any more: together. */
function wouldRefuse({ policies, triedOut, counters }: Access): string {
  const isToldThere = triedOut === 1 && policies.some((policy) => policy.triedOut);
  if (isToldThere || (triedOut === 0 && counters.wouldRefuse === 0)) return '';
  return `, ${counters.wouldRefuse} more would have been by policies ${TRIED_OUT}`;
}

/** What a reload changed, as an apply tells it, and what it left. */
export function reloadText(answer: z.output<typeof reloadAnswer>): string {
  if (!answer.reloaded) return `nothing is changed: ${answer.error}\n`;
  const { needsRestart: keys, changes, warnings } = answer;
  const waiting = keys.length === 0 ? '' : `; these keys wait for a restart: ${keys.join(', ')}`;
  return `${[...warnings, ...changes.map(({ text }) => text), `reloaded${waiting}`].join('\n')}\n`;
}

export function registrationsText({ registrations, now }: z.output<typeof registrationsAnswer>): string {
  return table(
    ['login', 'domain', 'from', 'by', 'expires', 'reachable', 'user agent'],
    registrations.map((row) => [
      row.login,
      row.domain,
      row.client === undefined ? row.source : `${row.client} via ${row.source.replace(/:\d+$/, '')}`,
      row.transport,
      duration(Math.max(0, row.expiresAt - now)),
      row.reachable ? 'yes' : `no: ${row.reason ?? ''}`,
      row.userAgent ?? '',
    ]),
    'no phone is registered',
  );
}

export function callsText({ calls, now }: z.output<typeof callsAnswer>): string {
  return table(
    ['id', 'from', 'to', 'talks with', 'state', 'since', 'recorded', 'refreshed', 'sound'],
    calls.map((call) => [
      call.id,
      call.from.number,
      call.dialled,
      call.talksWith?.number ?? '',
      call.state,
      duration(Math.max(0, now - (call.answeredAt ?? call.startedAt))),
      call.recording === 'on' ? 'yes' : call.recording === 'paused' ? 'paused' : call.recorded ? 'no more' : 'no',
      refreshersOf(call.legs),
      soundOf(call.legs),
    ]),
    'no call is up',
  );
}

/** Who refreshes each leg's session, and the interval, caller first: 'by peer in 30m, no timer'. */
function refreshersOf(legs: z.output<typeof callsAnswer>['calls'][number]['legs']): string {
  if (legs.every(({ sessionTimer }) => sessionTimer === undefined)) return 'no timer';
  return legs
    .map(({ sessionTimer: timer }) =>
      timer === undefined ? 'no timer' : `by ${timer.refresher} in ${formatDuration(timer.expires * 1_000)}`,
    )
    .join(', ');
}

/** What is done to the sound of a call beside relaying it: 'SRTP, g722 to pcma, pcma to g722'. */
function soundOf(legs: z.output<typeof callsAnswer>['calls'][number]['legs']): string {
  const converted = legs.flatMap(({ converted }) => (converted ? [`${converted.from} to ${converted.to}`] : []));
  return [...(legs.some(({ srtp }) => srtp !== undefined) ? ['SRTP'] : []), ...converted].join(', ');
}

export function recordingsText({ recordings }: z.output<typeof recordingsAnswer>): string {
  return table(
    ['id', 'started', 'from', 'to', 'length', 'state', 'file'],
    recordings.map((row) => [
      row.id,
      localTime(row.startedAt),
      row.from,
      row.to,
      row.durationMs === undefined ? '' : duration(row.durationMs),
      row.error === undefined ? row.state : `${row.state}: ${row.error}`,
      row.path,
    ]),
    'nothing is recorded yet',
  );
}

export function changesText({ changes, warnings, saved }: z.output<typeof changeAnswer>): string {
  const lines = [...warnings, ...changes.map((change) => change.text)];
  if (changes.length === 0) lines.push('nothing to change');
  else if (!saved) lines.push('nothing was changed: this was a dry run');
  return `${lines.join('\n')}\n`;
}
