import type { Flow, SipUri } from '@vats/sip';
import type { Binding, BindingStatus, Reachability } from './binding.ts';
import { isBehindNat, type KnownBinding } from './identity.ts';

/** A binding at work: what was promised, and what is known of its phone now. Only the registrar changes it. */
export class Registration implements KnownBinding, BindingStatus {
  binding: Binding;
  uri: SipUri;
  /** Monotonic ms when it ends; a step of the wall clock neither kills nor prolongs it. */
  endsAt: number;
  /** Undefined when it is gone for good. Set by the book. */
  flow: Flow | undefined = undefined;
  reachability: Reachability;
  lastSeen: number;
  restored: boolean;
  roundTrip?: number;
  /** Its phone keeps the flow alive itself, as often as our Flow-Timer says (RFC 5626 §4.4). Not known of an earlier process. */
  keepsFlow = false;

  constructor(binding: Binding, uri: SipUri, endsAt: number, lastSeen: number, restored: boolean) {
    this.binding = binding;
    this.uri = uri;
    this.endsAt = endsAt;
    this.lastSeen = lastSeen;
    this.reachability = { reachable: true, since: lastSeen };
    this.restored = restored;
  }

  get alive(): boolean {
    return this.flow !== undefined;
  }

  get behindNat(): boolean {
    return isBehindNat(this.uri, this.binding.flow.observed);
  }
}
