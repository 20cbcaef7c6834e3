import { everyPair } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { OFFER_ANSWER, OfferAnswer, type OfferAnswerEvent } from './offer-answer.ts';
import type { OfferAnswerState } from './user.ts';

const STATES: Record<OfferAnswerState, (exchange: OfferAnswer) => void> = {
  stable: () => {},
  offered: (exchange) => exchange.sendOffer('ours'),
  answering: (exchange) => exchange.receiveOffer('theirs'),
};

const EVENTS: Record<OfferAnswerEvent, (exchange: OfferAnswer) => void> = {
  sendOffer: (exchange) => exchange.sendOffer('ours 2'),
  receiveOffer: (exchange) => exchange.receiveOffer('theirs 2'),
  sendAnswer: (exchange) => exchange.sendAnswer('ours 2'),
  receiveAnswer: (exchange) => exchange.receiveAnswer('theirs 2'),
  refuse: (exchange) => exchange.refuse(),
};

/** What follows, and what both sides have agreed on then; `error` is what the caller must have asked `can` about. */
const TABLE = `
stable    | sendOffer     | offered
stable    | receiveOffer  | answering
stable    | sendAnswer    | error
stable    | receiveAnswer | error
stable    | refuse        | stable
offered   | sendOffer     | error
offered   | receiveOffer  | error
offered   | sendAnswer    | error
offered   | receiveAnswer | stable, agreed: ours, theirs 2
offered   | refuse        | stable
answering | sendOffer     | error
answering | receiveOffer  | error
answering | sendAnswer    | stable, agreed: ours 2, theirs
answering | receiveAnswer | error
answering | refuse        | stable
`;

test.each(everyPair(Object.keys(STATES), Object.keys(EVENTS), TABLE))(
  'RFC 3264 §4: %s, %s: %s',
  (state, event, outcome) => {
    const exchange = new OfferAnswer();
    STATES[state as OfferAnswerState](exchange);
    const isMeant = exchange.can(event as OfferAnswerEvent);
    expect(isMeant).toBe(OFFER_ANSWER[state as OfferAnswerState][event as OfferAnswerEvent] !== undefined);
    const does = () => EVENTS[event as OfferAnswerEvent](exchange);
    if (outcome === 'error') {
      expect(isMeant).toBe(false);
      expect(does).toThrow(`${event} in state ${state}`);
      expect(exchange.state).toBe(state);
      return;
    }
    does();
    const { local, remote } = exchange.agreed;
    expect([exchange.state, local && ` agreed: ${local}`, remote && ` ${remote}`].filter(Boolean).join()).toBe(outcome);
  },
);
