import { z } from 'zod';
import { duration } from './duration.ts';
import { fault, shown, textThat } from './fault.ts';
import { normaliseNumber } from './number.ts';
import { extension, line, refName, wholeNumber } from './words.ts';

const DAYS: readonly string[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The days that a key of `hours` names, 1 (Monday) to 7: 'mon-fri', 'sat', 'mon,wed,fri'; undefined for no such key. */
export function parseDays(text: string): number[] | undefined {
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first, last = first, ...more] = part.trim().split('-');
    const from = DAYS.indexOf(first ?? '');
    const to = DAYS.indexOf(last ?? '');
    if (from < 0 || to < 0 || more.length > 0) return undefined;
    // 'fri-mon' goes round the week's end.
    for (let day = from; ; day = (day + 1) % 7) {
      days.add(day + 1);
      if (day === to) break;
    }
  }
  return [...days].sort((a, b) => a - b);
}

/** Minutes from midnight; `to` at most 1440, and before `from` where the range goes on after midnight. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Reads '09:00-18:00'; '22:00-06:00' crosses midnight, '00:00-24:00' is the whole day. */
export function parseTimeRange(text: string): TimeRange | undefined {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)-([01]?\d|2[0-4]):([0-5]\d)$/.exec(text);
  if (match === null) return undefined;
  const [, fromHour, fromMinute, toHour, toMinute] = match;
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  return to > 1440 || from === to ? undefined : { from, to };
}

const timeRange = textThat(
  (text) => parseTimeRange(text) !== undefined,
  (text) => `${text} is not a range of hours`,
  'write "09:00-18:00", a list of such ranges, or closed',
);
const openHours = z.union([z.literal('closed'), timeRange, z.array(timeRange).min(1)]);

function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

const calendarDate = textThat(
  isDate,
  (text) => `${text} is not a date`,
  'write year-month-day in quotes, such as "2026-12-31"',
);

/** When a scheme is open: keys name days of the week, `except` dates. What no key names is closed. */
export const hours = z
  .object({ except: z.record(calendarDate, openHours).exactOptional() })
  .catchall(openHours)
  .check((ctx) => {
    const seen = new Map<number, string>();
    for (const key of Object.keys(ctx.value)) {
      if (key === 'except') continue;
      const days = parseDays(key);
      if (days === undefined) {
        ctx.issues.push({
          ...fault(
            `${shown(key)} is not a day of the week`,
            'write mon to sun, a range such as mon-fri, or a list such as mon,wed',
            [key],
          ),
          input: key,
        });
      }
      for (const day of days ?? []) {
        const before = seen.get(day);
        if (before !== undefined) {
          ctx.issues.push({
            ...fault(`${DAYS[day - 1]} is in ${shown(before)} already`, 'name each day once', [key]),
            input: key,
          });
        }
        seen.set(day, key);
      }
    }
  });

/** Where a step may send a caller: an extension, or a public number. */
const destination = z.codec(z.string(), z.string(), {
  decode: (text, ctx) => {
    const { kind, number } = normaliseNumber(text);
    if (kind === 'e164' || /^[0-9]{1,8}$/.test(text)) return kind === 'e164' ? number : text;
    ctx.issues.push({
      ...fault(
        `${shown(text)} is nobody who can be rung`,
        'write an extension such as "201", or a public number such as "+74951234567"',
      ),
      input: text,
    });
    return z.NEVER;
  },
  encode: (text) => text,
});

const longRing = z.strictObject({
  to: z.array(destination).min(1),
  order: z.enum(['together', 'in-turn']).exactOptional(),
  /** For each that rings, in milliseconds. */
  ring: duration('1s', '10m').exactOptional(),
});
export type RingStep = z.output<typeof longRing>;

/** `to` of a step that says no more than that; a union writes the first form that fits, so a short one must refuse. */
function onlyTo(step: z.input<typeof longRing>, ctx: z.core.ParsePayload, longest: number): string[] {
  if (step.order === undefined && step.ring === undefined && step.to.length <= longest) return step.to;
  ctx.issues.push({ ...fault('needs the long form', 'write it as a mapping'), input: step });
  return z.NEVER;
}

/** Whom to ring: one, a list that rings together, or the long form. */
const ring = z.union([
  z.codec(destination, longRing, {
    decode: (to) => ({ to: [to] }),
    encode: (step, ctx) => onlyTo(step, ctx, 1)[0] ?? z.NEVER,
  }),
  z.codec(z.array(destination).min(1), longRing, {
    decode: (to) => ({ to }),
    encode: (step, ctx) => onlyTo(step, ctx, Number.POSITIVE_INFINITY),
  }),
  longRing,
]);

/** What a menu does with the caller's keys. */
export interface MenuStep {
  prompt: string;
  /** How long a key is waited for, in milliseconds. */
  timeout?: number;
  keys: Record<string, SchemeStep>;
  /** The caller may dial an extension. */
  extension?: boolean;
  /** How many times the prompt is played. */
  repeat?: number;
  /** After the last time-out or a wrong key. */
  otherwise?: SchemeStep;
}

/** One step of a scheme. Exactly one key is there: the step's kind. */
export interface SchemeStep {
  play?: string;
  menu?: MenuStep;
  ring?: RingStep;
  queue?: string;
  voicemail?: string;
  goto?: string;
  hangup?: 'normal' | 'busy' | 'declined';
}

const STEP_KINDS = ['play', 'menu', 'ring', 'queue', 'voicemail', 'goto', 'hangup'] as const;

const keyName = textThat(
  (text) => /^[0-9*#]$/.test(text),
  (text) => `${text} is not a key of a telephone`,
  'write one of "0" to "9", "*" and "#" in quotes',
);

export const schemeStep: z.ZodType<SchemeStep, unknown> = z.lazy(() => stepForm);

const menu = z.strictObject({
  prompt: refName,
  timeout: duration('1s', '5m').exactOptional(),
  keys: z.record(keyName, schemeStep),
  extension: z.boolean().exactOptional(),
  repeat: wholeNumber(1, 20).exactOptional(),
  otherwise: schemeStep.exactOptional(),
});

const stepForm = z
  .strictObject({
    play: refName.exactOptional(),
    menu: menu.exactOptional(),
    ring: ring.exactOptional(),
    /** A group whose queue takes the caller. */
    queue: extension.exactOptional(),
    /** Whose voicemail takes the caller: a user or a group. */
    voicemail: extension.exactOptional(),
    /** Another scheme, from its beginning. */
    goto: refName.exactOptional(),
    hangup: z.enum(['normal', 'busy', 'declined']).exactOptional(),
  })
  .check((ctx) => {
    const kinds = Object.keys(ctx.value);
    if (kinds.length === 1) return;
    const found =
      kinds.length === 0 ? 'the step does nothing' : `the step does ${kinds.length} things: ${kinds.join(', ')}`;
    ctx.issues.push({
      ...fault(found, `write each as a step of its own: one of ${STEP_KINDS.join(', ')}`),
      input: ctx.value,
    });
  });

/** What happens to a caller of a number: steps while it is open and, where hours are given, while it is closed. */
export const scheme = z
  .strictObject({
    name: refName,
    title: line(128).exactOptional(),
    hours: hours.exactOptional(),
    open: z.array(schemeStep),
    closed: z.array(schemeStep).exactOptional(),
  })
  .check((ctx) => {
    if (ctx.value.closed !== undefined && ctx.value.hours === undefined) {
      ctx.issues.push({
        ...fault('a scheme without hours is always open, so closed is never reached', 'add hours, or remove closed', [
          'closed',
        ]),
        input: undefined,
      });
    }
    if (ctx.value.closed === undefined && ctx.value.hours !== undefined) {
      ctx.issues.push({
        ...fault('nothing happens outside the hours', 'add closed: with a step', ['hours']),
        input: undefined,
      });
    }
  });
export type SchemeEntry = z.output<typeof scheme>;
