import { expect, test } from 'vitest';
import { type OutwardLeg, OutwardLegs } from './outward-legs.ts';

const leg = (call: string, changes: Partial<OutwardLeg> = {}): OutwardLeg => ({
  call,
  domain: 'd',
  shown: '+74951234567',
  target: '+79161234567',
  ...changes,
});

test('a call that comes back with the number that we show may not go where the first one rings', () => {
  const legs = new OutwardLegs();
  legs.add(leg('first'));
  legs.arrived({ call: 'second', domain: 'd', shown: '+74951234567' });
  expect(legs.isLoop('second', '+79161234567')).toBe(true);
  expect(legs.isLoop('second', '+79160000000')).toBe(false);
  expect(legs.isLoop('third', '+79161234567')).toBe(false);
});

test('it is found through as many turns as it takes', () => {
  const legs = new OutwardLegs();
  legs.add(leg('first', { target: 'a' }));
  legs.arrived({ call: 'second', domain: 'd', shown: '+74951234567' });
  legs.add(leg('second', { target: 'b', shown: '210', login: 'pbx' }));
  legs.arrived({ call: 'third', domain: 'd', shown: '210', login: 'pbx' });
  expect(legs.isLoop('third', 'a')).toBe(true);
  expect(legs.isLoop('third', 'b')).toBe(true);
  expect(legs.isLoop('third', 'c')).toBe(false);
});

test.each([
  ['another number', { shown: '+74950000000' }],
  ['another domain', { domain: 'e' }],
  ['a PBX that we do not ring', { login: 'pbx' }],
])('a call with %s stems from none of ours', (_, changes) => {
  const legs = new OutwardLegs();
  legs.add(leg('first'));
  legs.arrived({ call: 'second', domain: 'd', shown: '+74951234567', ...changes });
  expect(legs.isLoop('second', '+79161234567')).toBe(false);
});

test('nothing is left when legs ring no more and calls have ended', () => {
  const legs = new OutwardLegs();
  const ringing = leg('first');
  legs.add(ringing);
  legs.arrived({ call: 'second', domain: 'd', shown: '+74951234567' });
  legs.delete(ringing);
  legs.delete(ringing);
  expect(legs.isLoop('second', '+79161234567')).toBe(false);
  legs.forget('second');
  expect(legs.size).toBe(0);
});

test('legs are counted by what their calls came in by, until they ring no more', () => {
  const legs = new OutwardLegs();
  const ringing = ['first', 'second'].map((call) => leg(call, { by: 'did' }));
  for (const each of ringing) legs.add(each);
  legs.add(leg('third', { by: 'did', target: 'elsewhere' }));
  legs.add(leg('fourth', { by: 'another' }));
  legs.add(leg('fifth'));
  expect(legs.ringingFor('d', 'did', '+79161234567')).toEqual({ all: 3, there: 2 });
  expect(legs.ringingFor('e', 'did', '+79161234567')).toEqual({ all: 0, there: 0 });
  for (const each of ringing) legs.delete(each);
  expect(legs.ringingFor('d', 'did', '+79161234567')).toEqual({ all: 1, there: 0 });
});
