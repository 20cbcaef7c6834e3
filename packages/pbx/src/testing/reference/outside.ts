import type { DomainSettings, User } from '../../model/model.ts';
import type { RingOutcome } from '../../routing/plan.ts';
import { calledBy } from '../../spending/called-number.ts';
import { permissionOf } from '../../spending/permission.ts';
import { matches, rewritten } from './lists.ts';
import { type Orderer, type Place, type ReferenceTarget, type Ringing, reject, type ToldCall } from './told-call.ts';

export const OUTSIDE_MS = 120_000;

type Rule = NonNullable<DomainSettings['outbound']>[number];
type Refused = 'not-found' | 'forbidden' | 'no-channel' | 'unreachable' | 'loop';
type Ways = readonly ReferenceTarget[] | Refused;

const HELP = ['101', '102', '103', '104', '112'];

export function* goOutside(call: ToldCall, number: string, at: Place, by: Orderer): Ringing<RingOutcome> {
  const found = waysTo(call, number, by, at.path.length > 0);
  if (Array.isArray(found)) return yield* call.ring(found, OUTSIDE_MS, false, at.path.length === 0);
  const reason = found as Refused;
  if (!at.inner) reject(reason);
  return call.back(reason === 'no-channel' || reason === 'loop' ? reason : 'unreachable');
}

/** What rings for a number outside; or why nothing does. @param led something of ours led there, not the caller's dialling */
export function waysTo(call: ToldCall, number: string, by: Orderer, led: boolean): Ways {
  const all = call.domain.trunks;
  const registering = all.filter(({ register }) => register !== undefined);
  const ordinary = () => byRule(call, ruleFor(call, number, by), number, by, led);
  if (!HELP.includes(number)) return ordinary();
  const own = ruleFor(call, number, by, ({ match, deny }) => match === number && deny !== true);
  const tries = [
    ...(own === undefined ? [] : [byRule(call, own, number, by, led)]),
    ...[registering, all].map((trunks) =>
      byTrunks(
        call,
        trunks.map(({ name }) => name),
        number,
        by,
      ),
    ),
    ordinary(),
  ];
  const reason = all.length === 0 ? (tries.at(-1) as Refused) : 'no-channel';
  return tries.find((found) => Array.isArray(found)) ?? reason;
}

function byRule(call: ToldCall, rule: Rule | undefined, number: string, by: Orderer, led: boolean): Ways {
  const { domain, world } = call;
  if (rule === undefined) return 'not-found';
  const sent = rule.send === undefined ? undefined : rewritten(rule.match, rule.send, number);
  if (rule.extension !== undefined) return toPbx(call, rule, number, sent ?? number, by, led);
  if (rule.trunk === undefined) return 'forbidden';
  const names = [rule.trunk, ...(rule.reserve ?? [])];
  if (names.some((name) => refuses(call, rule, number, sent ?? writtenTo(call, name, number), by))) return 'forbidden';
  const called = sent === undefined ? number : calledBy(number, sent);
  const sorted = rule.leastCost === true ? world.cheapestFirst(domain, called, names) : names;
  return byTrunks(call, sorted, number, by, { sent, shows: rule.callerId });
}

function toPbx(call: ToldCall, rule: Rule, number: string, did: string, by: Orderer, led: boolean): Ways {
  const { domain, caller, world } = call;
  if (!led && caller.kind === 'device' && caller.user.extension === rule.extension) return 'loop';
  const pbx = domain.users.find(({ extension }) => extension === rule.extension);
  const isPublic = calledBy(number, did).startsWith('+') || number.startsWith('+');
  if (pbx !== undefined && isPublic && refuses(call, rule, number, did, by)) return 'forbidden';
  const devices = pbx?.devices.filter(({ login }) => world.isReachable(domain, login)) ?? [];
  const orderedBy = userOf(by)?.extension;
  const targets = devices.map(({ login }) => ({
    ...{ rings: login, after: 0, ring: undefined, did, for: number, orderedBy },
  }));
  return targets.length === 0 ? 'unreachable' : targets;
}

/** What is sent needs the rule's permission, and must be none that a rule above it denies. */
function refuses(call: ToldCall, rule: Rule, number: string, sent: string, by: Orderer): boolean {
  if (HELP.includes(number)) return false;
  if (!permissionOf(rule, number, sent).permitted) return true;
  const called = calledBy(number, sent);
  if (HELP.includes(called)) return false;
  const rules = call.domain.settings.outbound ?? [];
  const above = rules.slice(0, rules.indexOf(rule));
  return ruleFor(call, called, by, (one) => one.deny === true && above.includes(one)) !== undefined;
}

/** Those that are up first. @param more what a rule says of the digits and of the number that is shown */
export function byTrunks(
  call: ToldCall,
  names: readonly string[],
  number: string,
  by: Orderer,
  more: { sent?: string | undefined; shows?: string | undefined } = {},
): Ways {
  const { domain, world } = call;
  const free = names.filter((name) => {
    const trunk = call.trunk(name);
    if (trunk === undefined) return false;
    return trunk.channels === undefined || world.channelsInUse(domain, 'trunk', name) < trunk.channels;
  });
  if (free.length === 0) return 'no-channel';
  const up = free.filter((name) => world.isTrunkUp(domain, name));
  const trunks = [...up, ...free.filter((name) => !up.includes(name))];
  const user = userOf(by);
  const groups = call.groupsOf(user?.extension);
  const shows = [more.shows, by?.callerId, ...groups.map(({ callerId }) => callerId), domain.settings.callerId].find(
    (shown) => shown !== undefined && call.number(shown) !== undefined,
  );
  const ways = trunks.map((name) => `${name} ${more.sent ?? writtenTo(call, name, number)}`);
  const anonymous = user?.anonymous === true;
  return [{ rings: number, after: 0, ring: undefined, ways, orderedBy: user?.extension, shows, anonymous }];
}

/** As the trunk wants numbers: with the country's 7, with the 8 that is dialled for it (810 for abroad), or with its plus. */
function writtenTo(call: ToldCall, name: string, number: string): string {
  const form = call.trunk(name)?.numbers?.send;
  if (!number.startsWith('+')) return number;
  if (form === '7') return number.replace('+', '');
  if (form !== '8') return number;
  return number.startsWith('+7') && number.length === 12 ? number.replace('+7', '8') : number.replace('+', '810');
}

function userOf(by: Orderer): User | undefined {
  return by === undefined || 'members' in by ? undefined : by;
}

/** The first rule that whoever orders the call may use. */
function ruleFor(call: ToldCall, number: string, by: Orderer, fits: (rule: Rule) => boolean = () => true) {
  const user = userOf(by);
  const groups = user === undefined ? [] : call.groupsOf(user.extension);
  return (call.domain.settings.outbound ?? []).find(
    (rule) =>
      fits(rule) &&
      matches(rule.match, number) &&
      (rule.from === undefined ||
        rule.from.some((one) => one === user?.extension || groups.some(({ extension }) => extension === one))),
  );
}
