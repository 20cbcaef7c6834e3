import { normaliseNumber, normaliseOperatorNumber } from '@vats/pbx';
import {
  fromWire,
  type NameAddr,
  type Privacy,
  parseRemotePartyId,
  type RemotePartyId,
  readIdentities,
  readPrivacy,
  type SipMessage,
  type SipRequest,
  type Uri,
} from '@vats/sip';

/**
 * Whose word about the caller is read:
 * - `trusted-trunk`: P-Asserted-Identity before Remote-Party-ID before From (RFC 3325 §5)
 * - `trunk`: From alone; what it asserts may be anybody's who calls through it
 * - `pbx`: a PBX behind us says what it wishes to be shown, in any of these or in P-Preferred-Identity; whoever asks judges it
 */
export type IdentitySource = 'trusted-trunk' | 'trunk' | 'pbx';

/** Who calls, as far as the request tells. */
export interface ClaimedCaller {
  /** E.164 where it is a public number, else a short one; absent for a caller who shows none, or hides it. */
  readonly number?: string;
  /** The user part as it came, where it is another writing of the number, or no number at all. */
  readonly raw?: string;
  readonly name?: string;
}

/** Longest name and longest writing of a number that are passed on. */
const LONGEST_NAME = 128;
const LONGEST_NUMBER = 64;
/** Values of Remote-Party-ID that are looked at. */
const PARTIES_READ = 8;

/** What stands in a number's place where there is none. */
const NOBODY: ReadonlySet<string> = new Set(['', 'anonymous', 'unknown', 'restricted', 'private', 'unavailable']);

/**
 * Who calls. A caller who hides (RFC 3323) has no number and no name, whatever else the request says: what the operator knows of them
 * is not ours to show. Whoever hides is believed, trusted or not. A PBX that hides does so outside, and says all the same whose call it is.
 */
export function claimedCallerOf(request: SipRequest, { source }: { readonly source: IdentitySource }): ClaimedCaller {
  const from = request.from.ok ? request.from.value : undefined;
  const parties = partiesOf(request);
  const privacy = privacyOf(request);
  const isPbx = source === 'pbx';
  if (!isPbx && (asksToHide(privacy) || hidesIn(parties))) return {};
  const told = toldBy(request, source, parties);
  // `none` says that what the network knows may be shown, though From does not (RFC 3323 §4.2).
  if (isNobody(from) && (told.length === 0 || !(isPbx || privacy.kinds.has('none')))) return {};
  const said = [...told, from].find((address) => address !== undefined && !isUnnamed(address));
  if (said === undefined) return {};
  const user = userOf(said.uri);
  const { number, kind } = normaliseOperatorNumber(user);
  const hidesName = parties.some((party) => party.hidesName);
  const name = hidesName ? undefined : (told.map(nameOf).find((each) => each !== undefined) ?? nameOf(from));
  return {
    ...(kind !== 'other' && { number }),
    ...((kind === 'other' || number !== user) && { raw: user.slice(0, LONGEST_NUMBER) }),
    // Many systems repeat the number where the name would stand.
    ...(name !== undefined && name !== user && { name }),
  };
}

/** What a message asks to be kept from others (RFC 3323). */
export function privacyOf(message: Pick<SipMessage, 'values'>): Privacy {
  return readPrivacy(message.values('Privacy'));
}

/** Whether the sender's number and name are to be kept from whoever is called; `none` overrules (RFC 3323 §4.2). */
export function asksToHide({ kinds }: Privacy): boolean {
  return !kinds.has('none') && (kinds.has('id') || kinds.has('user') || kinds.has('header'));
}

/** Whether a request asks, in Privacy or in Remote-Party-ID, that its caller is not shown. */
export function hidesCaller(request: SipRequest): boolean {
  return asksToHide(privacyOf(request)) || hidesIn(partiesOf(request));
}

/** Numbers that a phone would like to be shown by, as `normaliseNumber` writes them (P-Preferred-Identity, RFC 3325 §9.2). */
export function preferredNumbersOf(request: SipRequest): string[] {
  const { sip, tel } = readIdentities(request.list('P-Preferred-Identity'));
  return [sip, tel].flatMap((address) => {
    const { number, kind } = normaliseNumber(address === undefined ? '' : userOf(address.uri));
    return kind === 'other' ? [] : [number];
  });
}

/** The user part without its own parameters (`+7495…;npdi@`), as a person would read it; the digits of a tel URI. */
export function userOf(uri: Uri): string {
  if (uri.kind === 'tel') return uri.digits;
  if (uri.kind !== 'sip') return '';
  return fromWire(uri.user ?? '')
    .replace(/;.*$/s, '')
    .trim();
}

/** Who calls in the words that this source is read by, those before From, the most telling first. */
function toldBy(request: SipRequest, source: IdentitySource, parties: readonly RemotePartyId[]): NameAddr[] {
  if (source === 'trunk') return [];
  const asserted = readIdentities(request.list('P-Asserted-Identity'));
  const preferred = source === 'pbx' ? readIdentities(request.list('P-Preferred-Identity')) : {};
  const remote = parties.find(({ party }) => party === 'calling')?.address;
  // A sip address may be a name; the telephone number of the same person is always one.
  return [preferred, asserted]
    .flatMap(({ sip, tel }): (NameAddr | undefined)[] => (sip !== undefined && isNumber(sip) ? [sip, tel] : [tel, sip]))
    .concat(remote)
    .filter((address) => address !== undefined && !isUnnamed(address)) as NameAddr[];
}

function hidesIn(parties: readonly RemotePartyId[]): boolean {
  return parties.some(({ hidesNumber }) => hidesNumber);
}

function partiesOf(request: SipRequest): RemotePartyId[] {
  return request
    .list('Remote-Party-ID')
    .slice(0, PARTIES_READ)
    .flatMap((value) => {
      const party = parseRemotePartyId(value);
      return party.ok && party.value.party === 'calling' ? [party.value] : [];
    });
}

function isNumber({ uri }: NameAddr): boolean {
  return normaliseOperatorNumber(userOf(uri)).kind !== 'other';
}

/** An address that names nobody. */
function isUnnamed({ uri }: NameAddr): boolean {
  return NOBODY.has(userOf(uri).toLowerCase());
}

/** From as RFC 3323 §4.1.1.3 has it of who does not want to be known. */
function isNobody(from: NameAddr | undefined): boolean {
  if (from === undefined) return true;
  if (from.uri.kind === 'sip' && /^anonymous\.invalid$/i.test(from.uri.host)) return true;
  return /^(anonymous|restricted|private)$/i.test(userOf(from.uri));
}

function nameOf(address: NameAddr | undefined): string | undefined {
  const name = address?.displayName?.trim().slice(0, LONGEST_NAME);
  return name === undefined || name === '' ? undefined : name;
}
