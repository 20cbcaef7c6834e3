import {
  amounts,
  calledBy,
  classOf,
  classOfCall,
  type Domain,
  isCostly,
  type LimitState,
  type NumberClass,
  type OutsideTarget,
  type Plan,
  type RingTarget,
  type SpendingAccounts,
  type SpendingSubject,
  whom,
} from '@vats/pbx';
import type { Switch } from '../create-switch.ts';
import { identityTold } from './explain-identity.ts';
import { pricedWays, pricesOf, rateText, whyFirst } from './way-prices.ts';

type Spending = Pick<SpendingAccounts, 'explain'>;

/** Who knows what a target uses up, what it costs, and whether its trunks are there. */
export interface AskedOfTargets extends Pick<Switch, 'rates' | 'trunks'> {
  readonly spending: Spending;
}

/** What rings in a step, with all that the other side would see of the call. */
export function targetsOf(plan: Plan, asked: AskedOfTargets): object[] {
  return plan.step.do === 'ring' ? plan.step.targets.map((target) => told(plan, target, asked)) : [];
}

function told(plan: Plan, target: RingTarget, asked: AskedOfTargets): object {
  const { domain } = plan.call;
  const { after, ring } = target;
  const times = { ...(after !== undefined && { afterMs: after }), ...(ring !== undefined && { ringMs: ring }) };
  if (target.kind === 'device') {
    const { user, device, did, outside } = target;
    return {
      rings: device.login,
      extension: user.extension,
      ...(did !== undefined && { did }),
      ...(outside !== undefined && { number: outside.number }),
      ...times,
    };
  }
  const kind = kindOf(target);
  const { spending } = asked;
  const ways = pricedWays(target, domain, asked);
  const refusedBy = kind === 'emergency' ? [] : inTheWay(target, domain, kind, spending);
  return {
    rings: target.number,
    kind,
    ...(refusedBy.length > 0 && { refusedBy }),
    ...(target.orderedBy !== undefined && { orderedBy: target.orderedBy.extension }),
    ...times,
    ...(target.byPrice === true && { firstBecause: whyFirst(ways) }),
    ways: ways.map(({ rate, down, ...way }) => {
      const { trunk, send, callerId, anonymous } = way;
      return {
        trunk,
        sends: send,
        ...(calledBy(target.number, send) !== target.number && { calls: calledBy(target.number, send) }),
        shows: anonymous === true ? 'nothing' : (callerId ?? ownNumber(domain, trunk)),
        ...(rate !== undefined && { rate: rateText(rate), price: pricesOf(rate) }),
        ...(down !== undefined && { down }),
        ...identityTold(plan, target, way, trunkOf(domain, trunk)),
      };
    }),
    // Help is never counted.
    limits: kind === 'emergency' ? [] : subjectsOf(target, domain).flatMap((subject) => used(subject, kind, spending)),
  };
}

/** Of the trunks that it may go by, what costs most counts. */
function kindOf({ number, ways }: OutsideTarget): NumberClass {
  const kinds = ways.map(({ send }) => classOfCall(number, send));
  return kinds.find(isCostly) ?? kinds[0] ?? classOf(number);
}

/** What a trunk shows where nothing else is said: the login that it registers with. */
function ownNumber(domain: Domain, name: string): string {
  return trunkOf(domain, name)?.register?.login ?? 'nothing';
}

function trunkOf({ trunks }: Domain, name: string) {
  return trunks.find((trunk) => trunk.name === name);
}

function subjectsOf({ orderedBy, ways }: OutsideTarget, { id }: Domain): SpendingSubject[] {
  return [
    { kind: 'domain', domain: id },
    ...(orderedBy === undefined ? [] : [{ kind: 'user' as const, domain: id, extension: orderedBy.extension }]),
    ...ways.map(({ trunk }) => ({ kind: 'trunk' as const, domain: id, trunk })),
  ];
}

/**
 * The limits that would refuse the call now: what the domain or the user has used up; of trunks only where each has used up something,
 * since another way is tried before.
 */
function inTheWay(target: OutsideTarget, domain: Domain, kind: NumberClass, spending: Spending): object[] {
  const full = subjectsOf(target, domain).map((subject) => ({
    subject,
    limits: statesOf(subject, kind, spending)
      .filter(({ used, of = Number.POSITIVE_INFINITY }) => used >= of)
      .map((state) => ({ ...whom(subject), ...amounts(state) })),
  }));
  const callers = full.filter(({ subject }) => subject.kind !== 'trunk').flatMap(({ limits }) => limits);
  if (callers.length > 0) return callers;
  const trunks = full.filter(({ subject }) => subject.kind === 'trunk');
  return trunks.every(({ limits }) => limits.length > 0) ? trunks.flatMap(({ limits }) => limits) : [];
}

/** The limits that such a call counts against, as they are now. */
function used(subject: SpendingSubject, kind: NumberClass, spending: Spending): object[] {
  return statesOf(subject, kind, spending).map((state) => ({ ...whom(subject), ...amounts(state) }));
}

function statesOf(subject: SpendingSubject, kind: NumberClass, spending: Spending): LimitState[] {
  return spending
    .explain(subject)
    .filter(({ of, scope }) => of !== undefined && (scope !== 'costly' || isCostly(kind)));
}
