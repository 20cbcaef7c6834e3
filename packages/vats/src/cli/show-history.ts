import { FAILURES, type FailureCode } from '@vats/calls';
import { limitText } from '@vats/pbx';
import type { z } from 'zod';
import { printable } from '../printable.ts';
import type { historyAnswer, storyAnswer } from './answers.ts';
import { localTime } from './local-time.ts';
import { duration, table } from './table.ts';
import { type Moment, momentsOfEvents } from './told-events.ts';

type Story = z.output<typeof storyAnswer>;
type Party = Story['from'];

const MINUTES = 'YYYY-MM-DD HH:MM'.length;

export function historyText({ calls, next, lookedBackTo }: z.output<typeof historyAnswer>): string {
  // Most pages have none, and no column for it.
  const isLimited = calls.some(({ limits = [] }) => limits.length > 0);
  const rows = calls.map((call) => [
    localTime(call.startedAt).slice(0, MINUTES),
    call.direction,
    call.from.number,
    call.did ?? call.dialled,
    call.answeredBy?.number ?? '',
    duration(call.waitMs),
    call.talkMs === 0 ? '' : duration(call.talkMs),
    call.message !== undefined
      ? `${call.result}: message left`
      : call.result === 'answered'
        ? call.result
        : `${call.result}: ${call.outcome}`,
    call.id,
    ...(isLimited ? [limitsCell(call.limits)] : []),
  ]);
  const columns = ['started', 'way', 'from', 'to', 'answered by', 'wait', 'talk', 'result', 'id'];
  const header = isLimited ? [...columns, 'limit'] : columns;
  if (next === undefined) return table(header, rows, 'no such call is kept');
  if (lookedBackTo === undefined) return `${table(header, rows, '')}there are more: --after ${next}\n`;
  const until = localTime(lookedBackTo).slice(0, MINUTES);
  return `${table(header, rows, 'no such call yet')}looked back to ${until} only; go on with --after ${next}\n`;
}

/** Each once, however many trunks it was in the way of. */
function limitsCell(limits: Story['limits'] = []): string {
  return [...new Set(limits.map((limit) => `${limit.cutOff === true ? 'cut off: ' : ''}${limitText(limit)}`))].join(
    ', ',
  );
}

/** One call from its first to its last moment. */
export function storyText(story: Story): string {
  const facts: [string, string][] = [
    ['call', `${story.id} in ${story.domain}`],
    ['started', `${localTime(story.startedAt)}, took ${duration(story.endedAt - story.startedAt)}`],
    ['way', story.direction + (story.trunk === undefined ? '' : `, by trunk ${story.trunk}`)],
    ['from', named(story.from)],
    ['dialled', story.dialled + (story.did === undefined ? '' : `, number ${story.did}`)],
    ...(story.group === undefined ? [] : [['group', story.group] as [string, string]]),
    ...(story.message === undefined ? [] : [['message', messageText(story.message)] as [string, string]]),
    ['result', `${story.result}: ${endOf(story)} (${story.outcome}${statusOf(story.status)})`],
    ['wait', `${duration(story.waitMs)}, talk ${duration(story.talkMs)}`],
    ...story.recordings.map(({ path, durationMs, failed, gone }): [string, string] => [
      'recording',
      `${path}, ${duration(durationMs)}${failed === undefined ? '' : `, failed: ${failed}`}${gone === undefined ? '' : `, deleted: ${gone}`}`,
    ]),
    ...Object.entries(story.media ?? {}).flatMap(([leg, quality]): [string, string][] => [
      [`sound ${leg}`, soundText(quality)],
      ...(quality.streams ?? []).map((stream): [string, string] => [`${stream.kind} ${leg}`, streamText(stream)]),
    ]),
  ];
  const head = facts.map(([name, value]) => `${name.padEnd(10)} ${printable(value)}\n`).join('');
  const plan = story.explain.map((line, i) => `  ${i + 1}. ${printable(line)}\n`).join('');
  const ladder = momentsOf(story)
    .sort((a, b) => a.at - b.at)
    .map(({ at, leg, text }) => `${offset(at - story.startedAt)}  ${leg.padEnd(4)} ${printable(text)}\n`)
    .join('');
  return `${head}${plan === '' ? '' : `\nplan\n${plan}`}\n${ladder}`;
}

/** Packets that most legs have none of, each told where there are some. */
const COUNTED = [
  ['reordered', 'out of order'],
  ['duplicates', 'twice'],
  ['unauthentic', 'not under its key'],
  ['replayed', 'replayed'],
  ['foreign', 'from strangers'],
] as const;

function soundText(quality: NonNullable<Story['media']>[string]): string {
  const { received, sent, lost, srtp, converted, jitterMs, greatestJitterMs, score, roundTripMs, reported } = quality;
  return [
    ...(srtp === undefined ? [] : [`SRTP ${srtp}`]),
    ...(converted === undefined ? [] : [`${converted.from} converted to ${converted.to}`]),
    `${received} packets heard, ${sent} sent, ${lost} lost`,
    ...COUNTED.flatMap(([key, text]) => ((quality[key] ?? 0) === 0 ? [] : [`${quality[key]} ${text}`])),
    ...(jitterMs === undefined ? [] : [`jitter ${jitterMs} ms`]),
    ...(greatestJitterMs === undefined ? [] : [`${greatestJitterMs} at most`]),
    ...(score === undefined ? [] : [`MOS ${score.toFixed(1)}`]),
    ...(roundTripMs === undefined ? [] : [`there and back ${roundTripMs} ms`]),
    ...(reported === undefined
      ? []
      : [`the phone missed ${reported.lost} (${Math.round(100 * reported.worstLoss)} % at worst)`]),
  ].join(', ');
}

/** A fax is datagrams, a picture packets: both are counted alike. */
function streamText(stream: NonNullable<NonNullable<Story['media']>[string]['streams']>[number]): string {
  const { received, sent, lost, foreign, jitterMs } = stream;
  const strangers = foreign === 0 ? '' : `, ${foreign} from strangers`;
  return `${received} packets came, ${sent} sent, ${lost} lost${strangers}, jitter ${jitterMs} ms`;
}

function troubleText(trouble: NonNullable<Story['sound']>[number]): { leg: string; text: string } {
  switch (trouble.kind) {
    case 'silent':
      return { leg: '', text: 'nobody has been heard for 3 s' };
    case 'recovered':
      return { leg: '', text: `all are heard again, after ${duration(trouble.milliseconds)}` };
    case 'one-way': {
      const { leg, everHeard, claimed, stranger } = trouble;
      const says = claimed === undefined ? 'it says nowhere that it sends from' : `it advertises ${claimed}`;
      const comes = stranger === undefined ? 'no packet comes' : `packets come from ${stranger}, which is not believed`;
      return { leg, text: `is ${everHeard ? 'no longer' : 'not'} heard: ${says}, ${comes}` };
    }
  }
}

function momentsOf(story: Story): Moment[] {
  const moments: Moment[] = [{ at: story.startedAt, leg: 'a', text: `${named(story.from)} calls ${story.dialled}` }];
  for (const { at, by, to, when } of story.forwards) {
    moments.push({ at, leg: '', text: `${by} forwards to ${to}: ${when}` });
  }
  for (const limit of story.limits ?? []) {
    moments.push({ at: limit.at, leg: '', text: limitReached(limit) });
  }
  for (const trouble of story.sound ?? []) moments.push({ at: trouble.at, ...troubleText(trouble) });
  moments.push(...momentsOfEvents(story.story ?? []));
  for (const leg of story.legs.filter((each) => each.leg !== 'a')) moments.push(...momentsOfLeg(leg));
  for (const { leg, party, from, to } of story.talks) {
    moments.push({ at: from, leg, text: `${named(party)} speaks, for ${duration(to - from)}` });
  }
  if (story.talks.length === 0 && story.answeredAt !== undefined) {
    moments.push({ at: story.answeredAt, leg: 'a', text: 'answered by the switch' });
  }
  const elsewhere = story.elsewhere === true ? ', answered at another place' : '';
  moments.push({ at: story.endedAt, leg: '', text: `${endOf(story)}${elsewhere}` });
  return moments;
}

function momentsOfLeg(leg: Story['legs'][number]): Moment[] {
  const how = [
    leg.trunk === undefined ? '' : `by trunk ${leg.trunk}`,
    leg.group === undefined ? '' : `in group ${leg.group}`,
    leg.forwardedBy === undefined ? '' : `for ${leg.forwardedBy}`,
    leg.why ?? '',
  ].filter((each) => each !== '');
  const name = leg.leg;
  const moments: Moment[] = [
    {
      at: leg.startedAt,
      leg: name,
      text: `rings ${named(leg.party)}${how.length === 0 ? '' : ` (${how.join(', ')})`}`,
    },
  ];
  if (leg.ringingAt !== undefined) moments.push({ at: leg.ringingAt, leg: name, text: 'is ringing' });
  const rang = duration((leg.answeredAt ?? leg.endedAt) - (leg.ringingAt ?? leg.startedAt));
  if (leg.answeredAt !== undefined) moments.push({ at: leg.answeredAt, leg: name, text: `answers after ${rang}` });
  const held = leg.heldMs === undefined ? '' : `, held for ${duration(leg.heldMs)}`;
  const why =
    leg.elsewhere === true
      ? `stops ringing: another answered, after ${rang}`
      : leg.answeredAt === undefined
        ? `does not answer: ${leg.failure === undefined ? 'no longer rung' : reason(leg.failure)}${statusOf(leg.status)}, after ${rang}`
        : `is gone${leg.failure === undefined ? '' : `: ${reason(leg.failure)}`}${held}`;
  moments.push({ at: leg.endedAt, leg: name, text: why });
  return moments;
}

function named({ number, name }: Party): string {
  return name === undefined ? number : `${number} ${name}`;
}

/** What a limit did to a call. */
export function limitReached(limit: NonNullable<Story['limits']>[number]): string {
  const what = limit.cutOff === true ? 'may not talk on' : 'not';
  return `${what} by trunk ${limit.trunk}: ${limitText(limit)}`;
}

/** What the caller left in whose mailbox. */
export function messageText({ box, id, durationMs, urgent }: NonNullable<Story['message']>): string {
  return `left ${urgent === true ? 'an urgent message' : 'a message'} of ${duration(durationMs)} in mailbox ${box} (${id})`;
}

/** How a call ended; by a limit, by which. */
function endOf({ outcome, limits = [] }: Story): string {
  const last = limits.at(-1);
  return outcome === 'limit-reached' && last !== undefined ? `${reason(outcome)}: ${limitText(last)}` : reason(outcome);
}

/** What another version knows stays as its name. */
function reason(failure: string): string {
  return failure in FAILURES ? FAILURES[failure as FailureCode].en : failure;
}

function statusOf(status: number | undefined): string {
  return status === undefined || status === 0 ? '' : `, ${status}`;
}

/** @example offset(3_725_040) === ' 1:02:05.040' */
function offset(ms: number): string {
  const rest = String(Math.max(0, ms) % 1_000).padStart(3, '0');
  return `${duration(Math.max(0, ms))}.${rest}`.padStart(12);
}
