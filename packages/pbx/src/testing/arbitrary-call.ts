import fc from 'fast-check';
import type { Domain } from '../model/model.ts';
import type { Caller, RingOutcome, RouteCall } from '../routing/plan.ts';
import { type Moment, moment } from './arbitrary/moment.ts';

/*
 * Random calls for companies of `arbitraryPbx`: who calls, what they dial, when, in which moments of the world, and how each ring ends. There are
 * few names and few times, so that a call meets what the file speaks of.
 */

/** What is dialled: the how manieth of the company's own, as far as it has so many, or a text. */
type Dialled =
  | { readonly own: 'user' | 'group'; readonly at: number }
  | { readonly own: 'number'; readonly at: number; readonly prefix: '+7' | '8' | '' }
  | string;

const user: fc.Arbitrary<Dialled> = fc.record({ own: fc.constant('user' as const), at: fc.nat(5) });
const group: fc.Arbitrary<Dialled> = fc.record({ own: fc.constant('group' as const), at: fc.nat(2) });
const number: fc.Arbitrary<Dialled> = fc.record({
  own: fc.constant('number' as const),
  at: fc.nat(3),
  // Ten digits are a public number only to an operator.
  prefix: fc.constantFrom('+7' as const, '+7' as const, '8' as const, '8' as const, '' as const),
});
const text = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('89161234567', '84991234567', '+4930123456', '+77271234567', '300', '112', '112'),
  },
  { weight: 2, arbitrary: fc.constantFrom('u200-0', 'u203-2', '*43', '+12025550123', '+78091234567', '9161234567') },
  // With the 9 before them that some rules take away, or with a prefix too much.
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '988091234567',
      '989161234567',
      '9810493012345',
      '900449011123456',
      '9112',
      '+88091234567',
      '9301',
    ),
  },
  { weight: 1, arbitrary: fc.oneof(fc.stringMatching(/^[+0-9]{1,16}$/), fc.string({ maxLength: 40 })) },
);

/** What a caller from outside shows. */
const shown = fc.constantFrom(
  '+79161234567',
  '+79161234567',
  // Whom few lists are about.
  '+78121234567',
  undefined,
  '89211234567',
  '+74950000000',
  '301',
  undefined,
);

const host = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(undefined, 'acme.example', 'pbx.acme.example', '192.0.2.9') },
  { weight: 1, arbitrary: fc.constantFrom('other.example', 'OTHER.example') },
);

const outcome = fc.constantFrom<RingOutcome>(
  'no-answer',
  'no-answer',
  'unreachable',
  'callee-busy',
  'callee-declined',
  'trunk-failed',
  'trunk-refused',
  'no-common-codec',
);

/**
 * A working day, the moments at which the hours of the files end, the night after it, a weekend, and the days with hours of their own. By Moscow's
 * clocks; other zones see other hours.
 */
const BEGINNINGS = [
  Date.UTC(2026, 4, 5, 9),
  Date.UTC(2026, 4, 5, 9),
  Date.UTC(2026, 4, 5, 14, 59, 59, 999),
  Date.UTC(2026, 4, 5, 15),
  Date.UTC(2026, 4, 5, 17),
  Date.UTC(2026, 4, 5, 21, 59, 50),
  Date.UTC(2026, 4, 9, 12),
  Date.UTC(2026, 11, 30, 8),
  Date.UTC(2026, 11, 31, 5, 59, 30),
  Date.UTC(2027, 1, 20, 9),
  Date.UTC(2027, 2, 5, 13, 30),
];

/** A call as it is asked for, and what happens around it. */
export interface ArbitraryCall {
  readonly dialled: Dialled;
  /** By a phone: the how manieth user's, the how manieth of theirs, as far as there are so many. */
  readonly phone: { readonly user: number; readonly device: number } | undefined;
  /** By a trunk, where it is by no phone: one that may bring it where undefined; a name that may be nobody's. */
  readonly trunk: string | undefined;
  readonly shown: string | undefined;
  readonly host: string | undefined;
  readonly seed: number;
  readonly begins: number;
  /** How rings end, over and over. */
  readonly outcomes: readonly RingOutcome[];
  /** Of each step one, over and over. */
  readonly moments: readonly Moment[];
}

const around = {
  shown,
  host,
  seed: fc.nat(0xffff),
  begins: fc.constantFrom(...BEGINNINGS),
  outcomes: fc.array(outcome, { minLength: 1, maxLength: 4 }),
  moments: fc.array(moment, { minLength: 1, maxLength: 6 }),
};
const byPhone: fc.Arbitrary<ArbitraryCall> = fc.record({
  ...around,
  phone: fc.record({ user: fc.nat(5), device: fc.nat(2) }),
  trunk: fc.constant(undefined),
  dialled: fc.oneof(
    { weight: 2, arbitrary: user },
    { weight: 3, arbitrary: group },
    { weight: 2, arbitrary: number },
    { weight: 4, arbitrary: text },
  ),
});
const byTrunk: fc.Arbitrary<ArbitraryCall> = fc.record({
  ...around,
  phone: fc.constant(undefined),
  trunk: fc.constantFrom(undefined, undefined, undefined, 'trunk-0', 'trunk-1', 'trunk-2'),
  dialled: fc.oneof(
    { weight: 2, arbitrary: user },
    { weight: 4, arbitrary: group },
    { weight: 10, arbitrary: number },
    { weight: 1, arbitrary: text },
  ),
});
export const arbitraryCall: fc.Arbitrary<ArbitraryCall> = fc.oneof(byPhone, byTrunk);

/** Of a phone, to a number outside, in whatever writing. */
export const arbitraryCallOut: fc.Arbitrary<ArbitraryCall> = fc.record({
  ...around,
  host: fc.constant(undefined),
  phone: fc.record({ user: fc.nat(2), device: fc.constant(0) }),
  trunk: fc.constant(undefined),
  dialled: fc.oneof(
    { weight: 3, arbitrary: text },
    // What means one thing here, and another without its plus or its 9.
    { weight: 1, arbitrary: fc.constantFrom('+88091234567', '9112', '989161234567') },
  ),
});

/** The call, in a company. */
export function callIn(domain: Domain, { dialled, phone, trunk, shown, host, seed }: ArbitraryCall): RouteCall {
  const owners = domain.users.filter(({ devices }) => devices.length > 0);
  const owner = phone && among(owners, phone.user);
  const device = owner && among(owner.devices, phone!.device);
  const called = typeof dialled === 'string' ? undefined : among<Called>(domain[`${dialled.own}s`], dialled.at);
  const own = called !== undefined && 'number' in called ? called : undefined;
  const bringing = domain.trunks.find(({ register }) => register === undefined)?.name ?? 'trunk-9';
  const caller: Caller =
    owner !== undefined && device !== undefined
      ? { kind: 'device', user: owner, device }
      : { kind: 'trunk', trunk: trunk ?? own?.trunk ?? bringing, ...(shown !== undefined && { number: shown }) };
  return { domain, caller, dialled: textOf(dialled, called), seed, ...(host !== undefined && { host }) };
}

type Called = { readonly number: string; readonly trunk?: string } | { readonly extension: string };

function textOf(dialled: Dialled, called: Called | undefined): string {
  if (typeof dialled === 'string') return dialled;
  if (called === undefined) return '999';
  if ('extension' in called) return called.extension;
  return called.number.replace('+7', dialled.own === 'number' ? dialled.prefix : '+7');
}

function among<T>(list: readonly T[], at: number): T | undefined {
  return list[at % list.length];
}
