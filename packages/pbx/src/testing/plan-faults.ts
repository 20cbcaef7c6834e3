import type { Domain } from '../model/model.ts';
import type { DeviceTarget, OutsideTarget, Plan, World } from '../routing/plan.ts';
import { permissionOf } from '../spending/permission.ts';

/*
 * What must hold of any step, whatever the router and its reference have in mind: nobody rings who should not, nothing goes out that may not,
 * and no limit that the router judges is exceeded. Judged by the file alone.
 */

/** What is wrong with a plan's step in the world that it was made in, a sentence each. */
export function faultsOf(plan: Plan, world: World): string[] {
  const { step } = plan;
  const faults: string[] = [];
  if (step.do !== 'ring') return faults;
  const must: Must = (holds, what) => {
    if (!holds) faults.push(what);
  };
  const names = step.targets.map((target) =>
    target.kind === 'device' ? `${target.device.login} ${target.outside?.number}` : target.number,
  );
  must(names.length > 0, 'nobody rings');
  must(new Set(names).size === names.length, 'somebody rings twice');
  must(step.ring > 0, 'it rings for no time');
  numberFaults(plan, world, must);
  for (const target of step.targets) {
    must((target.after ?? 0) >= 0, 'it rings before it is called');
    if (target.kind === 'outside') outsideFaults(plan, target, world, must);
    else deviceFaults(plan, target, world, must);
  }
  return faults;
}

type Must = (holds: boolean, what: string) => void;

function numberFaults({ call, did, story }: Plan, world: World, must: Must): void {
  const { domain, caller, dialled } = call;
  // Asked when the call came by the number, and not again while it rings.
  const number = story.length === 1 ? domain.numbers.find((one) => one.number === did) : undefined;
  const used = number === undefined ? 0 : world.channelsInUse(domain, 'number', number.number);
  must(number?.channels === undefined || used < number.channels, `all channels of ${did} are in use`);
  const isOperator =
    caller.kind === 'trunk' &&
    domain.trunks.some(({ name, register }) => name === caller.trunk && register !== undefined);
  must(!isOperator || did !== undefined, `an operator reaches ${dialled}, which is no number of the domain`);
}

function outsideFaults(plan: Plan, target: OutsideTarget, world: World, must: Must): void {
  const { call, path, frames } = plan;
  const { domain, caller } = call;
  const by = target.orderedBy?.extension;
  const byScheme = frames.some((frame) => frame.in === 'scheme') && target.ways.length === 1;
  must(byScheme || mayLeave(domain, target), `${target.number} by ${by} goes out`);
  must(target.ways.length > 0, 'it goes out by nothing');
  for (const { trunk, callerId } of target.ways) {
    const { channels } = domain.trunks.find(({ name }) => name === trunk)!;
    const used = world.channelsInUse(domain, 'trunk', trunk);
    must(channels === undefined || used < channels, `all channels of ${trunk} are in use`);
    const isOwn = callerId === undefined || domain.numbers.some(({ number }) => number === callerId);
    must(isOwn, `${callerId} is shown and is somebody else's`);
  }
  // An operator's call that nobody of ours orders out would be a stranger's at our expense.
  must(caller.kind !== 'trunk' || path.length > 0, 'a call from outside goes out');
}

function deviceFaults({ call, frames }: Plan, { user, device, outside }: DeviceTarget, world: World, must: Must): void {
  const { domain } = call;
  const { talking, ringing } = world.activity(domain, user.extension);
  const hasCall = talking + ringing > 0;
  must(domain.users.includes(user) && user.devices.includes(device), `${device.login} is nobody's`);
  must(world.isReachable(domain, device.login), `${device.login} is not there`);
  // A rule that leads to a PBX asks nobody there.
  if (outside !== undefined) return;
  must(user.dnd !== true, `${user.extension} does not want to be disturbed`);
  must(user.callWaiting !== false || !hasCall, `${user.extension} takes one call at a time`);
  const frame = frames.at(-1);
  if (frame?.in !== 'group') return;
  const { group } = frame;
  must(group.skipBusy === false || !hasCall, `${user.extension} is busy`);
  must(group.login !== true || world.isLoggedIn(domain, group.extension, user.extension), `${user.extension} is out`);
  must(
    group.members.some(({ to }) => to === user.extension),
    `${user.extension} is no member`,
  );
}

/** By the file alone, not by the router's own code: whether a number may be sent out at the order of somebody. */
function mayLeave(domain: Domain, target: OutsideTarget): boolean {
  if (target.number === '112') return true;
  const by = target.orderedBy?.extension;
  const groups = domain.groups
    .filter(({ members }) => members.some(({ to }) => to === by))
    .map(({ extension }) => extension);
  const rule = (domain.settings.outbound ?? []).find(
    ({ match, from }) =>
      matches(match, target.number) && (from === undefined || from.some((one) => one === by || groups.includes(one))),
  );
  if (rule?.trunk === undefined || rule.deny === true) return false;
  if (target.ways.some(({ send }) => !permissionOf(rule, target.number, send).permitted)) return false;
  return target.ways.every(({ trunk }) => trunk === rule.trunk || rule.reserve?.includes(trunk) === true);
}

/** The patterns that the generator writes. */
function matches(pattern: string, number: string): boolean {
  const forms: Record<string, RegExp> = {
    '112': /^112$/,
    xxx: /^\d{3}$/,
    '3xx': /^3\d\d$/,
    '+7[67]*': /^\+7[67]/,
    '+7*': /^\+7/,
    '+*': /^\+/,
    '9*': /^9/,
    '*': /^/,
    '[2-5]00': /^[2-5]00$/,
  };
  return forms[pattern]?.test(number) === true;
}
