import type { Replaces } from '@vats/sip';
import type { CallContext } from './call-context.ts';
import type { Forks } from './forks.ts';
import type { Leg } from './leg.ts';

/**
 * A dialog of a call, by its leg. `confirmed`: somebody has answered in it. `our-early`: a phone that we ring. `their-early`: a caller
 * who has no answer yet.
 */
export interface NamedDialog {
  readonly leg: Leg;
  readonly stage: 'confirmed' | 'our-early' | 'their-early';
}

/** The dialog of one of a call's legs that this names (RFC 3891 §3), whichever tag is named first: some phones have it the other way. */
export function dialogNamedIn(
  { legs, invite }: Pick<CallContext, 'legs' | 'invite'>,
  forks: Pick<Forks, 'earlyLegOf'>,
  replaces: Replaces,
): NamedDialog | undefined {
  const { callId, toTag, fromTag } = replaces;
  for (const leg of legs.all()) {
    const dialog = leg.session?.dialog;
    if (dialog?.callId !== callId) continue;
    const [ours, theirs] = [dialog.localTag, dialog.remoteTag];
    if (ours === toTag && theirs === fromTag) return { leg, stage: 'confirmed' };
    if (ours === fromTag && theirs === toTag) return { leg, stage: 'confirmed' };
  }
  const { request } = invite;
  const { caller } = legs;
  const isEarly = caller !== undefined && caller.session === undefined && !invite.answered;
  if (isEarly && request.callId.ok && request.callId.value === callId) {
    const [ours, theirs] = request.fromTag === fromTag ? [toTag, fromTag] : [fromTag, toTag];
    if (request.fromTag === theirs && invite.hasTag(ours)) return { leg: caller, stage: 'their-early' };
  }
  const name = forks.earlyLegOf(replaces);
  const leg = name === undefined ? undefined : legs.get(name);
  return leg && { leg, stage: 'our-early' };
}
