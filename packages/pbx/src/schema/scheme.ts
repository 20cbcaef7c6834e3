import { z } from 'zod';
import { type DecideStep, decideOf } from './decide.ts';
import { duration } from './duration.ts';
import { fault, shown, textThat } from './fault.ts';
import { hours } from './hours.ts';
import { type MenuStep, menuOf } from './menu.ts';
import { normaliseNumber } from './number.ts';
import { callerPriority } from './queue.ts';
import { extension, line, refName, wholeNumber } from './words.ts';

/** Whom a step rings: an extension or a public number, or a trunk by its name. */
const rung = z.codec(z.string(), z.string(), {
  decode: (text, ctx) => {
    const { kind, number } = normaliseNumber(text);
    if (kind === 'e164') return number;
    if (/^[0-9]{1,8}$/.test(text) || (isTrunkName(text) && refName.safeParse(text).success)) return text;
    ctx.issues.push({
      ...fault(
        `${shown(text)} is nobody who can be rung`,
        'write an extension such as "201", a public number such as "+74951234567", or the name of a trunk',
      ),
      input: text,
    });
    return z.NEVER;
  },
  encode: (text) => text,
});

/** Whether `to` of a ring step names a trunk: a name of digits alone is an extension's. */
export function isTrunkName(to: string): boolean {
  return !/^\+?[0-9]+$/.test(to);
}

const sentToTrunk = textThat(
  (text) => /^\+?[0-9*#]{1,40}$/.test(text),
  (text) => `${text} is no number to send`,
  'write digits, * and #, such as "300"',
);

const longRing = z.strictObject({
  to: z.array(rung).min(1),
  /** What trunks among them are sent as the called number; the number that the caller called by default. */
  number: sentToTrunk.exactOptional(),
  order: z.enum(['together', 'in-turn']).exactOptional(),
  /** For each that rings, in milliseconds. */
  ring: duration('1s', '10m').exactOptional(),
});
export type RingStep = z.output<typeof longRing>;

/** `to` of a step that says no more than that; a union writes the first form that fits, so a short one must refuse. */
function onlyTo(step: z.input<typeof longRing>, ctx: z.core.ParsePayload, longest: number): string[] {
  const isPlain = step.order === undefined && step.ring === undefined && step.number === undefined;
  if (isPlain && step.to.length <= longest) return step.to;
  ctx.issues.push({ ...fault('needs the long form', 'write it as a mapping'), input: step });
  return z.NEVER;
}

const byTrunk = z.strictObject({
  trunk: refName,
  number: sentToTrunk.exactOptional(),
  /** Read by the long form. */
  ring: z.string().exactOptional(),
});

/** Whom to ring: one, a list that rings together, a trunk with the number that it is sent, or the long form. */
const ring = z.union([
  z.codec(rung, longRing, {
    decode: (to) => ({ to: [to] }),
    encode: (step, ctx) => onlyTo(step, ctx, 1)[0] ?? z.NEVER,
  }),
  z.codec(z.array(rung).min(1), longRing, {
    decode: (to) => ({ to }),
    encode: (step, ctx) => onlyTo(step, ctx, Number.POSITIVE_INFINITY),
  }),
  z.codec(byTrunk, longRing, {
    decode: ({ trunk, ...more }) => ({ to: [trunk], ...more }),
    encode: ({ to, order, ...more }, ctx) => {
      const [trunk = '', ...others] = to;
      if (isTrunkName(trunk) && others.length === 0 && order === undefined) return { trunk, ...more };
      ctx.issues.push({ ...fault('needs the long form', 'write to:'), input: { trunk } });
      return z.NEVER;
    },
  }),
  longRing,
]);

const longPlay = z.strictObject({
  prompt: refName,
  /** Whether the call is answered for it, as it is unless this says no: the caller then hears it as early media. */
  answer: z.boolean().exactOptional(),
});
export type PlayStep = z.output<typeof longPlay>;

/** What is said to the caller: the name of a prompt, or the long form. */
const play = z.union([
  z.codec(refName, longPlay, {
    decode: (prompt) => ({ prompt }),
    encode: (step, ctx) => {
      if (step.answer === undefined) return step.prompt;
      ctx.issues.push({ ...fault('needs the long form', 'write it as a mapping'), input: step.prompt });
      return z.NEVER;
    },
  }),
  longPlay,
]);

const longQueue = z.strictObject({
  /** The group whose members are waited for. */
  to: extension,
  priority: callerPriority.exactOptional(),
});
export type QueueStep = z.output<typeof longQueue>;

/** The extension of a group, or the long form. */
const queue = z.union([
  z.codec(extension, longQueue, {
    decode: (to) => ({ to }),
    encode: ({ to, priority }, ctx) => {
      if (priority === undefined) return to;
      ctx.issues.push({ ...fault('needs the long form', 'write it as a mapping'), input: to });
      return z.NEVER;
    },
  }),
  longQueue,
]);

/** The largest number that the recorded words say. */
const LARGEST_SAID = 999_999_999_999;

/** What the switch says in recorded words: what time it is, the caller's number, a number, or digits one by one. */
const said = z.union([
  z.enum(['time', 'caller']),
  z.strictObject({ number: wholeNumber(0, LARGEST_SAID) }),
  z.strictObject({
    digits: textThat(
      (text) => /^[0-9*#+ ()-]{1,40}$/.test(text) && /[0-9*#+]/.test(text),
      (text) => `${text} has no digits to say`,
      'write digits, *, # and + in quotes, such as "8 800 200-06-00"',
    ),
  }),
]);
export type SayStep = z.output<typeof said>;

/** One step of a scheme. Exactly one key is there: the step's kind. */
export interface SchemeStep {
  play?: PlayStep;
  say?: SayStep;
  menu?: MenuStep;
  decide?: DecideStep;
  /** What phones show before the caller's name from here on. */
  prefix?: string;
  ring?: RingStep;
  queue?: QueueStep;
  voicemail?: string;
  conference?: string;
  goto?: string;
  hangup?: HangupCause;
}

/** How a step ends the call, in the words of operators; `HANGUPS` of the router says what the caller's phone is told. */
const HANGUP_CAUSES = [
  'normal',
  'busy',
  'declined',
  'no-answer',
  'unavailable',
  'not-found',
  'forbidden',
  'congestion',
] as const;
export type HangupCause = (typeof HANGUP_CAUSES)[number];

const STEP_KINDS = [
  'play',
  'say',
  'menu',
  'decide',
  'prefix',
  'ring',
  'queue',
  'voicemail',
  'conference',
  'goto',
  'hangup',
] as const;

export const schemeStep: z.ZodType<SchemeStep, unknown> = z.lazy(() => stepForm);

const menu = menuOf(schemeStep);
const decide = decideOf(schemeStep);

const stepForm = z
  .strictObject({
    play: play.exactOptional(),
    say: said.exactOptional(),
    menu: menu.exactOptional(),
    decide: decide.exactOptional(),
    /** Phones that ring from here on show it before the caller's name, or number. */
    prefix: line(32).exactOptional(),
    ring: ring.exactOptional(),
    /** A group whose members the caller waits for. */
    queue: queue.exactOptional(),
    /** Whose voicemail takes the caller: a user or a group. */
    voicemail: extension.exactOptional(),
    /** A conference that takes the caller. */
    conference: extension.exactOptional(),
    /** Another scheme, from its beginning. */
    goto: refName.exactOptional(),
    hangup: z.enum(HANGUP_CAUSES).exactOptional(),
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
