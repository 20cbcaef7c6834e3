export { type EventName, eventOf, formatEvent, sameEvent } from './event-name.ts';
export type { EventPackage, ResourceState, Watcher } from './event-package.ts';
export { acceptedType, type ExpiryBounds, grantedExpiry, notAcceptable } from './negotiation.ts';
export {
  badEvent,
  type NewSubscription,
  Notifier,
  type NotifierCounters,
  type NotifierOptions,
  SUBSCRIPTION_LIMITS,
  type SubscriptionLimits,
  type SubscriptionSnapshot,
} from './notifier.ts';
export type { SubscriptionEnd } from './subscription-host.ts';
export {
  type EndReason,
  formatSubscriptionState,
  parseSubscriptionState,
  type SubscriptionState,
} from './subscription-state.ts';
