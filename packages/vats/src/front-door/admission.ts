import { type Gate, KeyRates, sourceKey } from '@vats/access';
import type { Clock } from '@vats/kernel';
import { EMERGENCY_NUMBERS } from '@vats/pbx';
import type { OverloadControl, Rank, SipRequest } from '@vats/sip';
import { dialledOf } from './dialled.ts';
import type { Visitor } from './visitors.ts';

export interface AdmissionParts {
  readonly overload: Pick<OverloadControl, 'refuses' | 'isOverloaded' | 'isTooLate' | 'leavesUnread'>;
  readonly gate: Pick<Gate, 'isProven' | 'isTrusted' | 'nameOf'>;
  readonly clock: Clock;
}

/** Who sends a request, as far as it matters here. */
export interface Arrival {
  readonly visitor: Visitor;
  /** It comes from a trunk of ours, whose servers need show nothing. */
  readonly isTrunk: boolean;
}

/** Methods by which something new begins; the others end something, belong to it, or are answered as cheaply as refused. */
const BEGINNING: readonly string[] = [
  'INVITE',
  'REGISTER',
  'SUBSCRIBE',
  'PUBLISH',
  'MESSAGE',
  'REFER',
  'OPTIONS',
  'NOTIFY',
];

/** Of one address that is known, over UDP perhaps a forged one: what phones behind one NAT, or a trunk's servers, never come to. */
const PINGS = { perKey: 100, burst: 1_000 };

/** How a call for help begins. */
const HELP_UNREAD = new RegExp(`^INVITE (?:sips?|tel):(?:${EMERGENCY_NUMBERS.join('|')})(?![0-9])`, 'i');
const LONGEST_START = 32;

/**
 * Which new requests are let in while there are too many. What belongs to a dialog or a transaction never gets here. A call for
 * help is never refused: strangers who pretend one are held to their rates before they are read. Nor is OPTIONS of those who are
 * known: its answer costs what a 503 costs, and whoever watches us by it would take us out of service. So many of one address are none.
 */
export class Admission {
  readonly #parts: AdmissionParts;
  /** OPTIONS and NOTIFY while there is too much to do. */
  readonly #pings: KeyRates;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
    this.#pings = new KeyRates({ clock: parts.clock, ...PINGS });
  }

  /** Undefined when the request is let in, else the seconds of Retry-After. */
  refuses(request: SipRequest, arrival: Arrival): number | undefined {
    const { overload, gate } = this.#parts;
    // While there is room for all it matters to nobody who they are.
    if (!overload.isOverloaded) return overload.refuses('urgent', '');
    const { visitor, isTrunk } = arrival;
    // A trunk's servers count by their address, whatever port their calls come from.
    const who = isTrunk ? visitor.address : gate.nameOf(visitor);
    return overload.refuses(this.#rankOf(request, arrival), request.value('Call-ID') ?? '', who);
  }

  /** Whether a datagram is not even read: only what is new, when it comes too late to be of use. */
  leavesUnread(octets: Buffer): boolean {
    const { overload } = this.#parts;
    return (
      overload.isTooLate &&
      !HELP_UNREAD.test(octets.toString('latin1', 0, LONGEST_START)) &&
      overload.leavesUnread(octets)
    );
  }

  #rankOf(request: SipRequest, { visitor, isTrunk }: Arrival): Rank {
    const { method } = request;
    if (!BEGINNING.includes(method) || (method === 'INVITE' && isCallForHelp(request))) return 'urgent';
    const { gate } = this.#parts;
    const isKnown = isTrunk || visitor.isPing === true || gate.isTrusted(visitor.address) || gate.isProven(visitor);
    if (!isKnown) return 'stranger';
    if (method !== 'OPTIONS' && method !== 'NOTIFY') return 'known';
    return gate.isTrusted(visitor.address) || this.#pings.take(sourceKey(visitor.address)) ? 'urgent' : 'stranger';
  }
}

function isCallForHelp(request: SipRequest): boolean {
  const dialled = dialledOf(request)?.dialled;
  return dialled !== undefined && EMERGENCY_NUMBERS.includes(dialled);
}
