import {
  type CallOrigin,
  calledNumberOf,
  claimedCallerOf,
  DEFAULT_PLACES,
  diversionsIn,
  hidesCaller,
  type IdentitySource,
  preferredNumbersOf,
} from '@vats/calls';
import { type Directory, type Domain, normaliseNumber, type Trunk, type User } from '@vats/pbx';
import type { SipRequest } from '@vats/sip';
import type { ByTrunk } from '../trunks.ts';
import { dialledOf, onOneLine } from './dialled.ts';
import type { InviteOrigin } from './front-door.ts';
import type { Visitor } from './visitors.ts';

/** What a phone shows of a caller who shows no number. */
const NO_NUMBER = 'anonymous';

/** An INVITE that a trunk brought: for which of the domain's numbers, and of whom. */
export function fromTrunk(request: SipRequest, { domain, trunk }: ByTrunk, directory: Directory): InviteOrigin {
  const places = trunk.numbers?.from ?? DEFAULT_PLACES;
  const called = calledNumberOf(request, places, (number) => directory.ownsNumber(domain, number));
  const { number } = claimedCallerOf(request, { source: sourceOf(trunk) });
  return {
    domain,
    caller: { kind: 'trunk', trunk: trunk.name, ...(number !== undefined && { number }) },
    dialled: onOneLine(called ?? numberOf({ domain, trunk }, directory) ?? dialledOf(request)?.dialled ?? ''),
  };
}

/**
 * What a call by a registration is for that names our Contact and no number, as Asterisk dials who is registered: the number that the
 * account is named after, or the only one of the trunk.
 */
function numberOf({ domain, trunk: { name, register } }: ByTrunk, directory: Directory): string | undefined {
  if (register === undefined) return undefined;
  if (directory.ownsNumber(domain, normaliseNumber(register.login).number)) return register.login;
  const [only, ...more] = domain.numbers.filter(({ trunk }) => trunk === name);
  return more.length === 0 ? only?.number : undefined;
}

/** Everything that a call is told of where it comes from. */
export function callOrigin(
  request: SipRequest,
  origin: InviteOrigin,
  visitor: Visitor,
  directory: Directory,
): CallOrigin {
  const { caller, domain } = origin;
  const at = visitor.viaProxy ? { client: visitor.address } : {};
  if (caller.kind === 'trunk') {
    const source = sourceOf(directory.findTrunk(domain, caller.trunk));
    const { number = NO_NUMBER, raw, name } = claimedCallerOf(request, { source });
    const party = { number, ...(raw !== undefined && { raw }), ...(name !== undefined && { name }) };
    const trusted = source === 'trusted-trunk' && { trusted: true as const };
    return { ...origin, party: onOneLineAll(party), ...at, ...diversionsOf(request), ...trusted };
  }
  const { user, device } = caller;
  const named = { extension: user.extension, login: device.login, ...(user.name !== undefined && { name: user.name }) };
  const hides = hidesCaller(request) && { hides: true as const };
  if (device.trunk !== true) {
    const preferred = preferredOf(request, domain, user, directory);
    const wishing = preferred === undefined ? caller : { ...caller, preferred };
    return { ...origin, caller: wishing, party: { number: user.extension, ...named }, ...hides, ...at };
  }
  // A PBX shows whom it forwards for, so a number that is not the domain's is no reason to refuse it: it is not passed on.
  const { number: claimed } = claimedCallerOf(request, { source: 'pbx' });
  const own = claimed !== undefined && directory.ownsNumber(domain, claimed) ? claimed : undefined;
  // What it says of diversions is passed on as far as it speaks of the domain's numbers.
  const diverted = diversionsIn(request).filter(({ number }) => directory.ownsNumber(domain, number));
  return {
    ...origin,
    party: { number: own ?? user.extension, ...named },
    ...(own !== undefined && { callerId: own }),
    ...(claimed !== undefined && { claimed }),
    ...(diverted.length > 0 && { diverted }),
    ...hides,
    ...at,
  };
}

/** What is believed of a trunk's callers: nothing but From, unless its settings say that it asserts them. */
function sourceOf(trunk: Trunk | undefined): IdentitySource {
  return trunk?.identity?.trust === true ? 'trusted-trunk' : 'trunk';
}

function diversionsOf(request: SipRequest): Pick<CallOrigin, 'diverted'> {
  const diverted = diversionsIn(request);
  return diverted.length === 0 ? {} : { diverted };
}

/** The number that a phone would like to show, of those that its user may: all that they could show by any setting, or are called by. */
function preferredOf(request: SipRequest, domain: Domain, user: User, directory: Directory): string | undefined {
  return preferredNumbersOf(request).find((number) => {
    const entry = directory.findNumber(domain, number);
    if (entry === undefined) return false;
    const { extension, callerId } = user;
    if (entry.to === extension || callerId === number || domain.settings.callerId === number) return true;
    return directory.groupsOf(domain, extension).some((group) => group.callerId === number);
  });
}

/** What was escaped in a request may be a control character; it goes into records and onto terminals. */
function onOneLineAll<T extends Readonly<Record<string, string>>>(party: T): T {
  return Object.fromEntries(Object.entries(party).map(([key, text]) => [key, onOneLine(text)])) as T;
}
