import fc from 'fast-check';
import { callerIdOf, type Names, type Plain, pick, some } from './pieces.ts';

const match = fc.constantFrom('3xx', '112', 'xxx', '9*', '+7[67]*', '+7*', '+7*', '+*', '+*', '*', '[2-5]00');
const sent = fc.constantFrom('$1', '8$1', '810$1', '+$1', '00$1', '3$1');

/** An outbound rule. */
export function arbitraryRule(names: Names): fc.Arbitrary<Plain> {
  const { trunks, users } = names;
  return fc.oneof(
    ...(trunks.length === 0 ? [] : [dialledNine(names)]),
    denial(names),
    ...(trunks.length === 0 ? [] : [byTrunk(names)]),
    ...(users.length === 0 ? [] : [fc.record({ match, extension: pick(users) })]),
  );
}

function denial({ extensions }: Names): fc.Arbitrary<Plain> {
  const shape = {
    match: match.filter((text) => text !== '112'),
    deny: fc.constant(true),
    ...(extensions.length === 0 ? {} : { from: fc.array(pick(extensions), { minLength: 1, maxLength: 2 }) }),
  };
  return some(shape, ['match', 'deny']);
}

/** How numbers are written anew where employees dial 9 before them. */
function dialledNine({ trunks }: Names): fc.Arbitrary<Plain> {
  return some(
    {
      match: fc.constant('9*'),
      trunk: pick(trunks),
      send: sent,
      reserve: fc.array(pick(trunks), { minLength: 1, maxLength: 2 }),
      leastCost: fc.constant(true),
      international: fc.constant(true),
      premium: fc.constant(true),
    },
    ['match', 'trunk', 'send'],
  );
}

function byTrunk(names: Names): fc.Arbitrary<Plain> {
  const { trunks, extensions } = names;
  return some(
    {
      match,
      trunk: pick(trunks),
      reserve: fc.array(pick(trunks), { minLength: 1, maxLength: 2 }),
      leastCost: fc.constant(true),
      international: fc.constant(true),
      ...(extensions.length === 0 ? {} : { from: fc.array(pick(extensions), { minLength: 1, maxLength: 2 }) }),
      ...callerIdOf(names),
    },
    ['match', 'trunk'],
  );
}
