import { normaliseNumber } from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import { CALLER } from './call-state.ts';
import type { FailureCode } from './failures.ts';

/** Takes the caller's place in its account's or its trunk's limits. @returns what is in the way, when there is none */
export function takeCallersPlace(call: CallContext): FailureCode | undefined {
  const { places, holdings, channels, parts } = call;
  const { domain, caller } = call.origin;
  if (caller.kind === 'device') {
    if (!places.take(CALLER, caller.device)) return 'account-limit';
    holdings.hold(CALLER, () => places.leave(CALLER));
  } else {
    const trunk = parts.world().directory.findTrunk(domain, caller.trunk);
    if (!channels.takeTrunk(CALLER, caller.trunk, trunk?.channels)) return 'no-channel';
  }
  noteReturn(call);
  return undefined;
}

/** A call from another system may be one of ours that comes back. */
function noteReturn({ id, origin, outward, holdings }: CallContext): void {
  const { domain, caller, claimed } = origin;
  if (caller.kind === 'device' && caller.device.trunk !== true) return;
  const shown = caller.kind === 'trunk' ? caller.number : claimed;
  outward.arrived({
    call: id,
    domain: domain.id,
    shown: shown === undefined ? '' : normaliseNumber(shown).number,
    ...(caller.kind === 'device' && { login: caller.device.login }),
  });
  holdings.hold(CALLER, () => outward.forget(id));
}
