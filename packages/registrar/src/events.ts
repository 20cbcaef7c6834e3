import type { Binding, UnreachableReason } from './binding.ts';

/** Why a binding ended other than by its time. */
export type RemovalReason =
  /** The phone asked: expires=0 or `Contact: *`. */
  | 'phone'
  /** A newer registration of the same device took its place, with another `id`. */
  | 'replaced'
  /** The account was removed, or an operator threw it out. */
  | 'operator'
  /** Its phone is where the account may not be used from any more. */
  | 'policy';

/** One event for each real change of a binding, in the order in which they happened. */
export type RegistrarEvent =
  | { readonly type: 'registered'; readonly binding: Binding }
  | { readonly type: 'refreshed'; readonly binding: Binding; readonly previous: Binding }
  | { readonly type: 'unregistered'; readonly binding: Binding; readonly reason: RemovalReason }
  | { readonly type: 'expired'; readonly binding: Binding }
  | { readonly type: 'unreachable'; readonly binding: Binding; readonly reason: UnreachableReason }
  | { readonly type: 'reachable'; readonly binding: Binding };
