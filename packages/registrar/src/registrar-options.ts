import type { Clock, Ledger, Log, Random } from '@vats/kernel';
import type { Flow, ReplyDraft, TransportLayer } from '@vats/sip';
import type { Binding, BindingClient, UnreachableReason } from './binding.ts';
import type { BindingStore } from './binding-store.ts';
import type { RegistrarEvent } from './events.ts';
import type { PingSender } from './keep-alive.ts';
import type { RegistrarLimits } from './limits.ts';

/** The account that a REGISTER was authenticated for. */
export interface RegistrarAccount {
  /** The domain's id. */
  readonly domain: string;
  readonly login: string;
  /** Other user parts of To that mean it: phones are set up with the extension as often as with the login. */
  readonly alsoKnownAs?: readonly string[];
  /** In place of the limit for all. */
  readonly maxBindings?: number;
  /** Where the phone is, where a proxy that is believed tells it. */
  readonly client?: BindingClient;
}

/** Takes the final response to a REGISTER; called exactly once. */
export type RespondToRegister = (reply: ReplyDraft) => void;

/** One phone that a call for an account may ring, or why it cannot. */
export type BindingTarget =
  | {
      readonly binding: Binding;
      /** What the INVITE's Request-URI says: the Contact, less what a Request-URI may not hold. */
      readonly requestUri: string;
      readonly flow: Flow;
    }
  | { readonly binding: Binding; readonly unreachable: UnreachableReason };

export interface RegistrarOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly store: BindingStore;
  /** Carries the pings. */
  readonly transactions: PingSender;
  /** Finds the flows of bindings again after a restart, makes a new one to a proxy, and knows what we are called on them. */
  readonly transport: Pick<TransportLayer, 'flowById' | 'flowTo' | 'sentBy'>;
  /** Whether a host part means this domain. */
  readonly serves: (host: string, domain: string) => boolean;
  /** Whether a host is a name of this domain, and not merely taken for it as where there is but one. Without it none is. */
  readonly isNameOf?: (host: string, domain: string) => boolean;
  /** Addresses of proxies that are believed: also what they say of the way to a phone (Path). Without it none is. */
  readonly isProxy?: (address: string) => boolean;
  readonly onEvent: (event: RegistrarEvent) => void;
  readonly limits?: Partial<RegistrarLimits>;
  readonly userAgent?: string;
}
