import { z } from 'zod';
import { destination } from './destination.ts';
import { fault, textThat } from './fault.ts';
import { hours } from './hours.ts';
import { publicNumber } from './number.ts';
import { numberPattern, parsePattern } from './pattern.ts';
import { callerPriority } from './queue.ts';
import { extension, line, refName, wholeNumber } from './words.ts';

/** A number to be sent, with places for parts of the one that was dialled. */
const sentNumber = textThat(
  (text) => /^\+?(?:[0-9*#]|\$[1-9]){1,40}$/.test(text),
  (text) => `${text} is no number to send`,
  'write digits, *, # and $1 for the first variable part of match: "8$1"',
);

/** Which way a call outside goes, or that it does not. The first rule that matches decides. */
export const outboundRule = z
  .strictObject({
    match: numberPattern,
    trunk: refName.exactOptional(),
    /** Further trunks, tried in this order where one is down, full or does not answer; with `leastCost`, the cheapest first. */
    reserve: z.array(refName).min(1).max(10).exactOptional(),
    leastCost: z.literal(true).exactOptional(),
    /** A PBX that registers here: the user whose account takes the call, with the number as it was dialled. */
    extension: extension.exactOptional(),
    /** How the number is written to the trunk: `$1` … stand for the variable parts of `match`. */
    send: sentNumber.exactOptional(),
    /** Extensions of users and groups that may use the rule; everybody by default. */
    from: z.array(extension).min(1).exactOptional(),
    /** The rule is a permission for calls abroad, or to premium numbers. A pattern that names their prefix itself is one, too. */
    international: z.literal(true).exactOptional(),
    premium: z.literal(true).exactOptional(),
    deny: z.literal(true).exactOptional(),
    callerId: publicNumber.exactOptional(),
  })
  .check((ctx) => {
    const { trunk, extension, deny, callerId, send, match, reserve, leastCost, international, premium } = ctx.value;
    const ways = [trunk, extension, deny].filter((way) => way !== undefined).length;
    if (ways !== 1) {
      const found =
        ways === 0
          ? 'the rule neither denies nor names a trunk'
          : 'the rule both denies and names a trunk, or names a trunk and an extension';
      ctx.issues.push({ ...fault(found, 'write trunk: NAME, extension: "210" or deny: true'), input: ctx.value });
    }
    const onlyWithTrunk = { reserve, leastCost };
    const onlyWithWay = { international, premium };
    for (const [key, value] of Object.entries({ ...onlyWithTrunk, ...onlyWithWay })) {
      if (value === undefined || trunk !== undefined || (extension !== undefined && key in onlyWithWay)) continue;
      const what = key in onlyWithWay ? 'a trunk or an extension' : 'a trunk';
      ctx.issues.push({
        ...fault(`${key} means something for ${what} only`, `remove ${key}`, [key]),
        input: ctx.value,
      });
    }
    const highest = Math.max(0, ...[...(send ?? '').matchAll(/\$(\d)/g)].map(([, digit]) => Number(digit)));
    const pattern = parsePattern(match);
    const parts = pattern.ok ? pattern.value.runs.length : highest;
    if (highest > parts) {
      ctx.issues.push({
        ...fault(
          `send names $${highest}, and the pattern has ${parts} variable part${parts === 1 ? '' : 's'}`,
          'count each run of x, [sets] and * once',
          ['send'],
        ),
        input: send,
      });
    }
    if (deny !== undefined && callerId !== undefined) {
      ctx.issues.push({
        ...fault('a denied call shows no caller ID', 'remove callerId', ['callerId']),
        input: ctx.value,
      });
    }
  });
export type OutboundRule = z.output<typeof outboundRule>;

/** Callers who are treated in a way of their own: the first entry that matches decides. */
const byCaller = z
  .strictObject({
    /** The caller's number, E.164. */
    from: z.array(numberPattern).min(1).exactOptional(),
    /** Where the caller is from, by the domain's `regions`; beside `from`, either fits. */
    region: line(128).exactOptional(),
    scheme: refName.exactOptional(),
    to: destination.exactOptional(),
  })
  .check((ctx) => {
    if (ctx.value.from === undefined && ctx.value.region === undefined) {
      ctx.issues.push({
        ...fault('the entry is for no callers', 'write from: ["+7812*"] or region: NAME'),
        input: ctx.value,
      });
    }
    if ((ctx.value.scheme === undefined) !== (ctx.value.to === undefined)) return;
    ctx.issues.push({
      ...fault('the entry leads nowhere, or to two places', 'write scheme: NAME or to: "201"'),
      input: ctx.value,
    });
  });

/** A scheme that holds at certain hours, before the number's own. */
const atHours = z.strictObject({ hours, scheme: refName });

/** A public number, or a short code that callers of a trunk dial. */
const ownNumber = z.union([
  publicNumber,
  textThat(
    (text) => /^[*#0-9]{2,8}$/.test(text),
    (text) => `${text} is no number of a domain`,
    'write a public number such as "+74951234567", or a short code such as "*100"',
  ),
]);

/** A number of the domain: calls from outside come in by it. */
export const numberEntry = z.strictObject({
  number: ownNumber,
  /** The trunk that it comes by. */
  trunk: refName.exactOptional(),
  /** Calls at once; one more hears busy. */
  channels: wholeNumber(1, 10_000).exactOptional(),
  scheme: refName.exactOptional(),
  /** Whom it rings where it has no scheme. */
  to: destination.exactOptional(),
  schedule: z.array(atHours).min(1).exactOptional(),
  byCaller: z.array(byCaller).min(1).exactOptional(),
  /** Callers who hear busy; and, where it is given, the only ones who do not. */
  block: z.array(numberPattern).min(1).exactOptional(),
  accept: z.array(numberPattern).min(1).exactOptional(),
  /** What becomes of callers without a number: they are taken unless it says refuse. */
  anonymous: z.enum(['accept', 'refuse']).exactOptional(),
  /** Whose turn it is first in queues. */
  priority: callerPriority.exactOptional(),
});
export type NumberEntry = z.output<typeof numberEntry>;
