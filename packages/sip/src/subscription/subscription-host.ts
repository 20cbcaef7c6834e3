import type { Refusal } from '../dialog/index.ts';
import type { SipRequest } from '../message/message.ts';
import type { EndReason } from './subscription-state.ts';

/** What is agreed on by a SUBSCRIBE, the first one or a refresh. */
export interface SubscriptionTerms {
  /** Media type of the documents. */
  readonly type: string;
  /** Seconds that it lives from now; 0 ends it. */
  readonly seconds: number;
}

/** How a subscription came to its end, as it is counted: a reason that its subscriber was told, or why nobody could be told. */
export type SubscriptionEnd =
  | EndReason
  | 'notify-refused'
  | 'notify-unanswered'
  | 'flow-lost'
  | 'unheard'
  | 'abandoned';

/** Who keeps a subscription. */
export interface SubscriptionHost {
  /** What a refresh comes to. */
  judge(request: SipRequest): SubscriptionTerms | Refusal;
  /** The document of the next NOTIFY; undefined when what was watched is gone. */
  document(type: string, version: number): Buffer | undefined;
  /** A change waits to be told, and can be now. */
  onReady(): void;
  onNotify(): void;
  /** Nothing is left of it. */
  onEnd(how: SubscriptionEnd): void;
}
