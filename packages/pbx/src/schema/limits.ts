import { z } from 'zod';
import { formatMoney, parseMoney } from '../rates/money.ts';
import { fault, shown, textThat } from './fault.ts';
import { parseTimeRange } from './hours.ts';
import { wholeNumber } from './words.ts';

const HOW_TO_WRITE_MONEY = 'write an amount such as 1500 or "1500.50", with at most four decimals';

/** An amount in the rate table's currency; in the model a whole number of its ten-thousandth parts. */
export const money = z.codec(z.union([z.number(), z.string()]), z.int(), {
  decode: (written, ctx) => {
    const amount = parseMoney(String(written));
    if (amount !== undefined) return amount;
    ctx.issues.push({
      ...fault(`${shown(String(written))} is not an amount of money`, HOW_TO_WRITE_MONEY),
      input: written,
    });
    return z.NEVER;
  },
  encode: formatMoney,
});

const bounds = {
  /** Calls at once. */
  calls: wholeNumber(0, 10_000).exactOptional(),
  /** Calls begun in any hour, whether or not anybody answered. */
  callsPerHour: wholeNumber(0, 1_000_000).exactOptional(),
  /** Calls begun in any 24 hours. */
  callsPerDay: wholeNumber(0, 10_000_000).exactOptional(),
  /** Minutes of talk in any hour. */
  minutesPerHour: wholeNumber(0, 1_000_000).exactOptional(),
  /** Minutes of talk in any 24 hours. */
  minutesPerDay: wholeNumber(0, 10_000_000).exactOptional(),
  /** Money in any 24 hours, by the trunk's rate table. */
  moneyPerDay: money.exactOptional(),
};

/** Bounds of one kind of calls. What has no key is not bounded; 0 allows none. */
export const limitBounds = z.strictObject(bounds);
export type LimitBounds = z.output<typeof limitBounds>;

/** Bounds of costly calls: those abroad and those to premium numbers. `none` takes the domain's default away. */
const costly = z.union([z.literal('none'), limitBounds]);

const nightHours = textThat(
  (text) => parseTimeRange(text) !== undefined,
  (text) => `${text} is not a range of hours`,
  'write one range, such as "22:00-07:00"',
);

const night = z
  .strictObject({
    /** In the domain's zone. */
    hours: nightHours,
    ...bounds,
    costly: costly.exactOptional(),
  })
  .check((ctx) => {
    if (Object.keys(ctx.value).length > 1) return;
    ctx.issues.push({
      ...fault('the night changes no limit', 'add the limits that hold at night, such as calls: 1'),
      input: undefined,
    });
  });

/**
 * What a domain, a user or a trunk may spend on calls that leave by a trunk. Each key of `night` takes the place of the
 * same key while it is night; keys that it lacks stay as they are.
 */
export const limits = z.strictObject({
  ...bounds,
  costly: costly.exactOptional(),
  night: night.exactOptional(),
});
export type Limits = z.output<typeof limits>;
