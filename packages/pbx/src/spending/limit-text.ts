import { formatMoney } from '../rates/money.ts';
import type { LimitName, Scope } from './bounds.ts';
import type { LimitState, SpendingRefusal } from './decision.ts';
import type { SpendingSubject } from './subject.ts';

const MINUTE_MS = 60_000;

/** Whose limit it is; `key` is the user's extension or the trunk's name. */
export function whom(subject: SpendingSubject): { kind: SpendingSubject['kind']; key?: string } {
  switch (subject.kind) {
    case 'domain':
      return { kind: 'domain' };
    case 'user':
      return { kind: 'user', key: subject.extension };
    case 'trunk':
      return { kind: 'trunk', key: subject.trunk };
  }
}

/** Calls, minutes, or money as text, which no floating number changes. */
export function amounts({ scope, limit, used, of }: LimitState) {
  const written = (amount: number): number | string => {
    if (limit === 'moneyPerDay') return formatMoney(amount);
    return limit.startsWith('minutes') ? Math.round((amount / MINUTE_MS) * 10) / 10 : amount;
  };
  const share = of === undefined ? {} : { of: written(of), percent: of === 0 ? 100 : Math.floor((used / of) * 100) };
  return { calls: scope, limit, used: written(used), ...share };
}

/** The limit that refused a call outside, in the units of `vats limits`; `used` and `of` are missing where a price was. */
export interface RefusedLimit {
  readonly kind: SpendingSubject['kind'];
  readonly key?: string;
  readonly calls: Scope;
  readonly limit: LimitName;
  readonly used?: number | string;
  readonly of?: number | string;
}

export function refusedLimit(refusal: SpendingRefusal): RefusedLimit {
  if (refusal.why === 'no-price') return { ...whom(refusal.subject), calls: 'all', limit: 'moneyPerDay' };
  const { percent: _, ...told } = amounts(refusal);
  return { ...whom(refusal.subject), ...told };
}

/** @example 'user 203 costly.callsPerHour 10 of 10' */
export function limitText({
  kind,
  key,
  calls,
  limit,
  used,
  of,
}: {
  readonly kind: string;
  readonly key?: string | undefined;
  readonly calls: string;
  readonly limit: string;
  readonly used?: number | string | undefined;
  readonly of?: number | string | undefined;
}): string {
  const name = `${key === undefined ? kind : `${kind} ${key}`} ${calls === 'costly' ? 'costly.' : ''}${limit}`;
  return of === undefined ? `${name}: the number has no price` : `${name} ${used} of ${of}`;
}
