import fc from 'fast-check';
import { callerIdOf, durationText, known, type Names, nameText, type Plain, pick, some, targetOf } from './pieces.ts';

const STRATEGIES = [
  'all',
  'sequential',
  'random',
  'longest-idle',
  'fewest-calls',
  'least-talk',
  'priority',
  'priority-longest-idle',
] as const;

export function arbitraryGroup(extension: string, names: Names): fc.Arbitrary<Plain> {
  const further = targetOf(names.extensions.filter((other) => other !== extension));
  const shape = {
    extension: fc.constant(extension),
    name: nameText,
    members: members(names.users),
    strategy: fc.constantFrom(...STRATEGIES),
    rounds: fc.integer({ min: 1, max: 3 }),
    skipBusy: fc.boolean(),
    wrapUp: durationText,
    login: fc.boolean(),
    noAnswer: further,
    ring: durationText,
    knownEmployee: known,
    ...callerIdOf(names),
    queue: some({
      max: fc.constantFrom(1, 2, 4, 99, 101),
      wait: durationText,
      music: fc.constant('default'),
      announcePosition: fc.boolean(),
      rest: durationText,
      overflow: some({ full: further, waited: further, nobody: further }),
    }),
  };
  const needed = ['extension', 'name', 'members'];
  return fc.oneof(some(shape, needed), some(shape, [...needed, 'knownEmployee']));
}

function members(users: readonly string[]): fc.Arbitrary<unknown[]> {
  if (users.length === 0) return fc.constant([]);
  const member = (to: string) =>
    fc.oneof(
      fc.constant(to),
      some({ to: fc.constant(to), priority: fc.integer({ min: 1, max: 3 }), after: durationText }, ['to']),
    );
  return fc.uniqueArray(pick([...users, '+79165550000'])).chain((each) => fc.tuple(...each.map(member)));
}
