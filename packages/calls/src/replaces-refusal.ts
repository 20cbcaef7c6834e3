import { parseReplaces, type Replaces, type SipRequest } from '@vats/sip';
import type { NamedDialog } from './dialog-named.ts';

/** The dialog that an INVITE wants to replace; a status where it says so wrongly (RFC 3891 §3); undefined where it does not. */
export function replacesOf(request: SipRequest): Replaces | { readonly status: number } | undefined {
  const [value, ...more] = request.values('Replaces');
  if (value === undefined) return undefined;
  const parsed = more.length === 0 ? parseReplaces(value) : undefined;
  return parsed?.ok ? parsed.value : { status: 400 };
}

/** Why a dialog can't be replaced (RFC 3891 §3); undefined where it can. */
export function refusalToReplace(named: NamedDialog, { earlyOnly }: Replaces): number | undefined {
  // An early dialog that somebody else began is no concern of who comes.
  if (named.stage === 'their-early') return 481;
  if (named.leg.session?.ended === true) return 603;
  return earlyOnly && named.stage === 'confirmed' ? 486 : undefined;
}
