import type { Caller, Directory, Domain } from '@vats/pbx';
import { fromWire, type IncomingRefer } from '@vats/sip';
import type { Party } from './call-event.ts';

/** Where a REFER sends somebody, as a person would dial it. */
export interface Dialled {
  readonly dialled: string;
  readonly host?: string;
}

/** Why a transfer is refused before anything happens. */
export interface OrderRefusal {
  readonly status: number;
  readonly why: string;
}

const NO_RIGHT: OrderRefusal = { status: 403, why: 'only an account of the domain may transfer' };
const NOBODY: OrderRefusal = { status: 484, why: 'Refer-To names nobody' };
const FOREIGN: OrderRefusal = { status: 404, why: 'Refer-To names another system' };

/** Longer than any number, extension or login. */
const LONGEST_DIALLED = 128;

/**
 * Who orders a transfer, with the rights that the model gives them now: an account of the domain. A trunk has no right to
 * send our callers on.
 */
export function transferorOf({ extension, login }: Party, domain: Domain, directory: Directory): Caller | OrderRefusal {
  if (extension === undefined || login === undefined) return NO_RIGHT;
  const user = directory.findUser(domain, extension);
  const device = user?.devices.find((each) => each.login === login);
  return user === undefined || device === undefined ? NO_RIGHT : { kind: 'device', user, device };
}

/** Where it is to go. A host that is a name must mean the domain; an address may be any of this machine's. */
export function dialledIn({ target }: IncomingRefer, domain: Domain, directory: Directory): Dialled | OrderRefusal {
  if (target.kind === 'tel') return usable({ dialled: target.number }) ?? NOBODY;
  const { user, host } = target;
  if (user === undefined || user === '') return NOBODY;
  if (!isAddress(host) && directory.findDomain(host)?.id !== domain.id) return FOREIGN;
  // A number may stand in the user part with its parameters (RFC 3261 §19.1.6).
  return usable({ dialled: fromWire(user).split(';', 1)[0] ?? '', host }) ?? NOBODY;
}

function usable(dialled: Dialled): Dialled | undefined {
  const { dialled: text } = dialled;
  // It goes into records and onto terminals.
  return text === '' || text.length > LONGEST_DIALLED || /[\0-\x1f\x7f]/.test(text) ? undefined : dialled;
}

function isAddress(host: string): boolean {
  return host.includes(':') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);
}
