import { z } from 'zod';
import { fault } from './fault.ts';
import { publicNumber } from './number.ts';
import { numberPattern } from './pattern.ts';
import { refName, wholeNumber } from './words.ts';

/** Which way a call outside goes, or that it does not. The first rule that matches decides. */
export const outboundRule = z
  .strictObject({
    match: numberPattern,
    trunk: refName.exactOptional(),
    deny: z.literal(true).exactOptional(),
    callerId: publicNumber.exactOptional(),
  })
  .check((ctx) => {
    const { trunk, deny, callerId } = ctx.value;
    if ((trunk === undefined) === (deny === undefined)) {
      const found =
        trunk === undefined ? 'the rule neither denies nor names a trunk' : 'the rule both denies and names a trunk';
      ctx.issues.push({ ...fault(found, 'write trunk: NAME or deny: true'), input: ctx.value });
    }
    if (deny !== undefined && callerId !== undefined) {
      ctx.issues.push({
        ...fault('a denied call shows no caller ID', 'remove callerId', ['callerId']),
        input: ctx.value,
      });
    }
  });
export type OutboundRule = z.output<typeof outboundRule>;

/** A public number of the domain: calls from outside come in by it. */
export const numberEntry = z.strictObject({
  number: publicNumber,
  /** The trunk that it comes by. */
  trunk: refName.exactOptional(),
  /** Calls at once; one more hears busy. */
  channels: wholeNumber(1, 10_000).exactOptional(),
  scheme: refName.exactOptional(),
});
export type NumberEntry = z.output<typeof numberEntry>;
