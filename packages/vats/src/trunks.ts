import type { TrunkLine } from '@vats/calls';
import type { Domain, Trunk } from '@vats/pbx';
import type { Flow, SipRequest } from '@vats/sip';

/** A request that came by a trunk. */
export interface ByTrunk {
  readonly domain: Domain;
  readonly trunk: Trunk;
}

/** The trunks as they run: what calls and the front door need of them. */
export interface Trunks {
  /** Undefined for one that is not in use. */
  line(domain: Domain, trunk: string): TrunkLine | undefined;
  /** By which trunk an INVITE comes: the trunk's addresses, and what its registration is to be recognised by, prove it. Undefined: by none. */
  recognise(request: SipRequest, flow: Flow): ByTrunk | undefined;
  /** Whether a trunk of some domain is at this address. */
  isAt(address: string): boolean;
  isUp(domain: Domain, trunk: string): boolean;
}
