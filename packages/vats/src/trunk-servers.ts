import type { FarEnd } from '@vats/access';
import type { Flow } from '@vats/sip';
import type { AccessControl } from './access/access-control.ts';

/** What is asked of the trunks: whose addresses they are. */
interface TrunkAddresses {
  isOfTrunk(address: string): boolean;
  areOfOne(one: string, other: string): boolean;
}

/**
 * Who is heard, where trunks are concerned. An operator of ours named their addresses, so what comes from there is read wherever it
 * is, whatever the switch itself shut out, and far more of it than of a stranger: else its answers to us, and its calls, would be lost. A
 * ban by hand does shut it out. That it is read says nothing of whether it is served: the front door decides that for each request.
 */
export class TrunkServers {
  readonly #trunks: TrunkAddresses;
  readonly #access: AccessControl;

  constructor(trunks: TrunkAddresses, access: AccessControl) {
    this.#trunks = trunks;
    this.#access = access;
  }

  isThere(address: string): boolean {
    return this.#trunks.isOfTrunk(address);
  }

  /** As `Gate.admit`. */
  admit(farEnd: FarEnd, octets: Buffer | undefined, behind = false): boolean {
    const { address } = farEnd;
    const { gate } = this.#access;
    if (this.isThere(address)) {
      return !this.#isBannedByHand(address) && (gate.isTrusted(address) || gate.admitKnown(farEnd, octets, behind));
    }
    return gate.admit(farEnd, octets, behind);
  }

  /** As `AccessControl.isKnown`. */
  isKnown(address: string): boolean {
    return this.isThere(address) || this.#access.isKnown(address);
  }

  /** As `AccessControl.isProven`: a trunk need not show credentials, so it has no far end that `Gate.proved` could be told of. */
  isProven(farEnd: FarEnd): boolean {
    return this.isThere(farEnd.address) || this.#access.isProven(farEnd);
  }

  /** As `Gate.isBanned`. */
  isBanned(farEnd: FarEnd): boolean {
    if (this.isThere(farEnd.address)) return this.#isBannedByHand(farEnd.address);
    return this.#access.gate.isBanned(farEnd);
  }

  /** Whether a dialog may go on from there: an operator's servers share their calls, and its name has several addresses. */
  mayMove(from: Flow, to: Flow): boolean {
    return this.#trunks.areOfOne(from.observed.address, to.observed.address);
  }

  #isBannedByHand(address: string): boolean {
    return this.#access.gate.bans.isBanned(address)?.by === 'operator';
  }
}
