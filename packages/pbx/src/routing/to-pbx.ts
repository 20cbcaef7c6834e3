import { publicNumberOf } from '../spending/called-number.ts';
import type { Found } from './go-out.ts';
import type { Journey } from './journey.ts';
import { refusalAs } from './let-out.ts';
import { isGroup, type Orderer, type OutboundMatch } from './outbound.ts';
import type { World } from './plan.ts';

/** A rule that leads to a PBX behind one of our accounts: it hears the number as it was dialled, or as the rule writes it. */
export function toPbx(
  { call, path }: Journey,
  number: string,
  match: OutboundMatch,
  extension: string,
  by: Orderer | undefined,
  because: string,
  world: World,
): Found {
  const { domain, caller } = call;
  const user = world.directory.findUser(domain, extension);
  if (user === undefined) {
    const text = `nobody has extension ${extension} any more`;
    return { ok: false, reason: 'unreachable', because, text };
  }
  // It asks us because it has no way out of its own; what somebody here forwards to it is another call.
  if (path.length === 0 && caller.kind === 'device' && caller.user.extension === extension) {
    const text = `${user.name} (${extension}) itself asks for it, and would get it back`;
    return { ok: false, reason: 'loop', because, text };
  }
  const did = match.sent ?? number;
  // Numbers of its own it may have of any length; a public one it can do nothing with but call it.
  const text =
    publicNumberOf(did) === undefined && publicNumberOf(number) === undefined
      ? undefined
      : refusalAs(match, number, did);
  if (text !== undefined) return { ok: false, reason: 'forbidden', because, text };
  const devices = user.devices.filter(({ login }) => world.isReachable(domain, login));
  if (devices.length === 0) {
    return { ok: false, reason: 'unreachable', because, text: `no device of ${user.name} is registered` };
  }
  const outside = { number, ...(by !== undefined && !isGroup(by) && { orderedBy: by }) };
  return { ok: true, targets: devices.map((device) => ({ kind: 'device', user, device, did, outside })), because };
}
