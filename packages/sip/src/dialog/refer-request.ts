import { bad, good, type Parsed } from '@vats/kernel';
import type { SipRequest } from '../message/message.ts';
import { type NameAddr, parseNameAddr } from '../message/name-addr.ts';
import { parseReplaces, type Replaces } from '../message/replaces.ts';
import type { SipUri } from '../message/sip-uri.ts';
import type { TelUri } from '../message/tel-uri.ts';
import { parseUri, type Uri } from '../message/uri.ts';
import { detached } from '../message/wire-text.ts';

/**
 * What keeps a REFER from being understood. `no-refer-to`, `several-refer-to`: there must be exactly one Refer-To
 * (RFC 3515 §2.4.2). `bad-refer-to`: it is no address. `bad-scheme`: it names no SIP address and no number. `bad-method`:
 * it asks for another request than an INVITE. `bad-replaces`: the Replaces within it can't be read.
 */
export type ReferFault =
  | 'no-refer-to'
  | 'several-refer-to'
  | 'bad-refer-to'
  | 'bad-scheme'
  | 'bad-method'
  | 'bad-replaces';

/** The status that each of them is answered with, and what a person at the other end can read. */
export const REFER_REFUSALS: Readonly<Record<ReferFault, readonly [status: number, reason: string]>> = {
  'no-refer-to': [400, 'Missing Refer-To'],
  'several-refer-to': [400, 'More Than One Refer-To'],
  'bad-refer-to': [400, 'Bad Refer-To'],
  'bad-scheme': [416, 'Unsupported URI Scheme'],
  'bad-method': [603, 'Only Calls Are Transferred'],
  'bad-replaces': [400, 'Bad Replaces In Refer-To'],
};

/** What a REFER asks for: a call to `target`, in the place of the one that `replaces` names. */
export interface ReferRequest {
  /** Without the headers and the method that Refer-To may hold. */
  readonly target: SipUri | TelUri;
  readonly replaces: Replaces | undefined;
  /** Who sends the transferee on, as they say it themselves (RFC 3892); undefined where that can't be read. */
  readonly referredBy: NameAddr | undefined;
  /** RFC 4488 §4: nobody is to be told how it goes. */
  readonly withoutSubscription: boolean;
}

/** Reads a REFER (RFC 3515 §2.1, RFC 4488, RFC 3892, RFC 3891 for what Refer-To may embed). */
export function readRefer(request: SipRequest): Parsed<ReferRequest, ReferFault> {
  const [referTo, ...more] = request.list('Refer-To');
  if (referTo === undefined) return bad('no-refer-to');
  if (more.length > 0) return bad('several-refer-to');
  const uri = addressIn(referTo);
  if (uri === undefined) return bad('bad-refer-to');
  if (uri.kind === 'other') return bad('bad-scheme');
  const withoutSubscription = /^\s*false\b/i.test(request.value('Refer-Sub') ?? '');
  const said = { withoutSubscription, referredBy: referredBy(request) };
  if (uri.kind === 'tel') return good({ target: uri, replaces: undefined, ...said });
  const method = uri.params.get('method');
  if (method !== undefined && method !== '' && method.toUpperCase() !== 'INVITE') return bad('bad-method');
  const [named, ...others] = uri.headers.filter(([name]) => name.toLowerCase() === 'replaces');
  const target = uri.with({ headers: [], params: uri.params.without('method') });
  if (named === undefined) return good({ target, replaces: undefined, ...said });
  const replaces = parseReplaces(named[1]);
  if (!replaces.ok || others.length > 0) return bad('bad-replaces');
  return good({ target, replaces: replaces.value, ...said });
}

/** Many a phone leaves out the angle brackets that an address with headers needs (RFC 3515 §2.1). */
function addressIn(referTo: string): Uri | undefined {
  const text = detached(referTo);
  const named = parseNameAddr(text);
  if (named.ok) return named.value.uri;
  const bare = parseUri(text.trim());
  return bare.ok ? bare.value : undefined;
}

function referredBy(request: SipRequest): NameAddr | undefined {
  const value = request.value('Referred-By');
  const parsed = value === undefined ? undefined : parseNameAddr(detached(value));
  return parsed?.ok ? parsed.value : undefined;
}
