import { describe, expect, test } from 'vitest';
import { OFFER_ANSWER, OfferAnswer, type OfferAnswerEvent } from './offer-answer.ts';

test('an offer of ours is answered', () => {
  const exchange = new OfferAnswer();
  exchange.sendOffer('ours');
  expect(exchange.state).toBe('offered');
  expect(exchange.remote).toBeUndefined();
  exchange.receiveAnswer('theirs');
  expect(exchange.state).toBe('stable');
  expect(exchange.agreed).toEqual({ local: 'ours', remote: 'theirs' });
});

test('an offer of theirs is answered', () => {
  const exchange = new OfferAnswer();
  exchange.receiveOffer('theirs');
  expect(exchange.state).toBe('answering');
  expect(exchange.remote).toBe('theirs');
  exchange.sendAnswer('ours');
  expect(exchange.state).toBe('stable');
  expect(exchange.agreed).toEqual({ local: 'ours', remote: 'theirs' });
});

test('a refused offer leaves what was agreed before (RFC 3261 §14.1)', () => {
  const exchange = new OfferAnswer();
  exchange.sendOffer('ours 1');
  exchange.receiveAnswer('theirs 1');
  exchange.receiveOffer('theirs 2');
  expect(exchange.remote).toBe('theirs 2');
  exchange.refuse();
  expect(exchange.state).toBe('stable');
  expect(exchange.remote).toBe('theirs 1');
  expect(exchange.agreed).toEqual({ local: 'ours 1', remote: 'theirs 1' });
});

describe('a second offer while one is open is an error', () => {
  const open: Record<string, (exchange: OfferAnswer) => void> = {
    offered: (exchange) => exchange.sendOffer('ours'),
    answering: (exchange) => exchange.receiveOffer('theirs'),
  };
  test.each(Object.entries(open))('%s', (_, prepare) => {
    const exchange = new OfferAnswer();
    prepare(exchange);
    expect(exchange.can('sendOffer')).toBe(false);
    expect(exchange.can('receiveOffer')).toBe(false);
    expect(() => exchange.sendOffer('more')).toThrow(/sendOffer in state/);
    expect(() => exchange.receiveOffer('more')).toThrow(/receiveOffer in state/);
  });
});

test('every open state can be refused, and only open ones', () => {
  const events: OfferAnswerEvent[] = ['sendAnswer', 'receiveAnswer', 'refuse'];
  for (const event of events) expect(OFFER_ANSWER.stable[event]).toBeUndefined();
  expect(OFFER_ANSWER.offered.refuse).toBe('stable');
  expect(OFFER_ANSWER.answering.refuse).toBe('stable');
});
