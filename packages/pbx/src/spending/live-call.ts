import type { Rate } from '../rates/rate.ts';
import type { OutsideCall } from './decision.ts';
import { keyOfSubject, type SpendingSubject } from './subject.ts';

/** One whom a call counts against. */
export interface Party {
  readonly subject: SpendingSubject;
  readonly key: string;
}

/** A call that is counted as up. */
export interface LiveCall {
  readonly id: string;
  readonly domain: string;
  readonly costly: boolean;
  readonly rate: Rate | undefined;
  readonly parties: readonly Party[];
  /** Whether its talk is allowed by portions. */
  readonly portioned: boolean;
  answeredAt: number | undefined;
  grantedMs: number;
  /** Of what was granted: talked away, and counted in windows already. */
  settledMs: number;
  settledMoney: number;
  heldTalkMs: number;
  heldMoney: number;
}

/** A call that has used nothing yet. */
export function newCall(
  { id, domain }: OutsideCall,
  about: Pick<LiveCall, 'costly' | 'rate' | 'parties' | 'portioned'>,
): LiveCall {
  return {
    id,
    domain,
    ...about,
    answeredAt: undefined,
    grantedMs: 0,
    settledMs: 0,
    settledMoney: 0,
    heldTalkMs: 0,
    heldMoney: 0,
  };
}

/** Whom a call counts against: who ordered it, the trunk, the domain. A refusal names the first whose limit is used up. */
export function partiesOf({ domain, user, trunk }: OutsideCall): Party[] {
  const subjects: SpendingSubject[] = [
    ...(user === undefined ? [] : [{ kind: 'user', domain, extension: user } as const]),
    { kind: 'trunk', domain, trunk },
    { kind: 'domain', domain },
  ];
  return subjects.map((subject) => ({ subject, key: keyOfSubject(subject) }));
}
