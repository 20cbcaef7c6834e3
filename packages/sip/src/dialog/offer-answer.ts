import type { OfferAnswerState } from './user.ts';

/**
 * What moves an exchange. `refuse` is any end of an open offer without an answer: a failure response to the request that
 * carried it, an ACK or 2xx that lacks the answer it owed.
 */
export type OfferAnswerEvent = 'sendOffer' | 'receiveOffer' | 'sendAnswer' | 'receiveAnswer' | 'refuse';

/**
 * RFC 3264 §4 and RFC 6337 §2 as a table: at most one offer is open, in either direction. An event that a state does not
 * name must not happen: ours is a bug, the peer's is glare or a protocol error.
 */
export const OFFER_ANSWER: Readonly<
  Record<OfferAnswerState, Readonly<Partial<Record<OfferAnswerEvent, OfferAnswerState>>>>
> = {
  stable: { sendOffer: 'offered', receiveOffer: 'answering' },
  offered: { receiveAnswer: 'stable', refuse: 'stable' },
  answering: { sendAnswer: 'stable', refuse: 'stable' },
};

/** Both sides' SDPs of one exchange. */
export interface Descriptions {
  readonly local: string | undefined;
  readonly remote: string | undefined;
}

const NONE: Descriptions = { local: undefined, remote: undefined };

/** The offer/answer machine of one dialog: who owes what, and what both sides agreed on last. */
export class OfferAnswer {
  #state: OfferAnswerState = 'stable';
  #agreed: Descriptions = NONE;
  #open: Descriptions = NONE;

  get state(): OfferAnswerState {
    return this.#state;
  }

  /** The last completed exchange; a refused offer leaves it as it was. */
  get agreed(): Descriptions {
    return this.#agreed;
  }

  /** The peer's SDP in force or, while its offer is open, that one. */
  get remote(): string | undefined {
    return this.#open.remote ?? this.#agreed.remote;
  }

  can(event: OfferAnswerEvent): boolean {
    return OFFER_ANSWER[this.#state][event] !== undefined;
  }

  sendOffer(sdp: string): void {
    this.#move('sendOffer');
    this.#open = { local: sdp, remote: undefined };
  }

  receiveOffer(sdp: string): void {
    this.#move('receiveOffer');
    this.#open = { local: undefined, remote: sdp };
  }

  sendAnswer(sdp: string): void {
    this.#move('sendAnswer');
    this.#agree({ local: sdp, remote: this.#open.remote });
  }

  receiveAnswer(sdp: string): void {
    this.#move('receiveAnswer');
    this.#agree({ local: this.#open.local, remote: sdp });
  }

  /** Ends an open offer, if there is one, without an answer. */
  refuse(): void {
    if (!this.can('refuse')) return;
    this.#move('refuse');
    this.#open = NONE;
  }

  #agree(descriptions: Descriptions): void {
    this.#agreed = descriptions;
    this.#open = NONE;
  }

  #move(event: OfferAnswerEvent): void {
    const next = OFFER_ANSWER[this.#state][event];
    if (next === undefined) throw new Error(`offer/answer: ${event} in state ${this.#state}`);
    this.#state = next;
  }
}
