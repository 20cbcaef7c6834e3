import fc from 'fast-check';
import { arbitraryGroup } from './arbitrary/groups.ts';
import { arbitraryNumber, arbitraryScheme } from './arbitrary/numbers.ts';
import { access, callerIdOf, known, limits, type Names, type Plain, pick, some } from './arbitrary/pieces.ts';
import { arbitraryRule } from './arbitrary/rules.ts';
import { arbitraryTrunk } from './arbitrary/trunks.ts';
import { arbitraryUser } from './arbitrary/users.ts';

/*
 * Random PBX files as plain data, good ones: up to 6 users with up to 3 devices (some of them PBXs), forwards (also in circles) and an order of
 * ringing, 3 groups, 3 trunks, 4 numbers with callers of their own, blocked ones and hours, 3 schemes of up to 4 steps with menus two deep, 5 outbound
 * rules, limits on each of them, in five time zones. What refers to something refers to something that is there.
 */

/** How many of each there are. `nat` likes small numbers, which a counterexample is best told with. */
const FEW = fc.record({
  users: fc.nat(6),
  groups: fc.nat(3),
  trunks: fc.nat(3),
  numbers: fc.nat(4),
  schemes: fc.nat(3),
  rules: fc.nat(5),
});
/** The larger the company, the more can go wrong in it. */
const CROWDED = fc.record({
  users: fc.constantFrom(2, 3, 4, 5, 6, 6),
  groups: fc.constantFrom(1, 2, 3, 3),
  trunks: fc.constantFrom(0, 1, 2, 3),
  numbers: fc.constantFrom(1, 2, 3, 4),
  schemes: fc.constantFrom(0, 1, 2, 3, 3),
  rules: fc.constantFrom(0, 1, 2, 3, 4, 5),
});

/** A PBX file as plain data, for the domain given; `crowded` where most of them are to be near the sizes above. */
export function arbitraryPbx(domain = 'acme.example', { crowded = false } = {}): fc.Arbitrary<Plain> {
  const counts = crowded ? CROWDED : FEW;
  return counts.chain((count) => {
    const users = named(count.users, (index) => `2${String(index).padStart(2, '0')}`);
    const groups = named(count.groups, (index) => `60${index}`);
    const trunks = named(count.trunks, (index) => `trunk-${index}`);
    const numbers = named(count.numbers, (index) => `+7495000000${index}`);
    const schemes = named(count.schemes, (index) => `scheme-${index}`);
    const names: Names = { users, groups, trunks, numbers, schemes, extensions: [...users, ...groups] };
    const lists = { users, groups, trunks, numbers, schemes };
    const there = Object.entries(lists).flatMap(([key, list]) => (list.length > 0 ? [key] : []));
    const shape = {
      ...settings(domain, names),
      users: fc.tuple(...users.map((extension) => arbitraryUser(extension, names, crowded))),
      groups: fc.tuple(...groups.map((extension) => arbitraryGroup(extension, names))),
      trunks: fc.tuple(...trunks.map(arbitraryTrunk)),
      numbers: fc.tuple(...numbers.map((number) => arbitraryNumber(number, names))),
      schemes: fc.tuple(...schemes.map((name) => arbitraryScheme(name, names))),
      outbound: fc.array(arbitraryRule(names), { minLength: count.rules, maxLength: count.rules }),
    };
    const needed = ['domain', ...there];
    return fc.oneof(some(shape, needed), some(shape, [...needed, 'knownEmployee']));
  });
}

function settings(domain: string, names: Names): Record<string, fc.Arbitrary<unknown>> {
  return {
    domain: fc.constant(domain),
    aliases: fc.constantFrom([], [`pbx.${domain}`]),
    realm: fc.constantFrom(domain, 'asterisk', 'a "realm"'),
    timezone: fc.constantFrom('Europe/Moscow', 'UTC', 'Asia/Vladivostok', 'America/New_York', 'Asia/Kathmandu'),
    limits,
    language: fc.constantFrom('ru', 'en'),
    tones: fc.constantFrom('RU', 'DE'),
    holdMusic: fc.constantFrom('default', 'none', 'melody'),
    access,
    digest: fc.constantFrom('md5', 'sha256', 'both'),
    recording: recording(names),
    knownEmployee: known,
    ...callerIdOf(names),
    hours: fc.constantFrom({ 'mon-fri': '09:00-18:00' }, { 'mon-sun': ['08:00-12:00', '13:00-20:00'] }),
    regions: fc.constantFrom({ North: ['+7921*'] }, { South: ['+7916*', '+7495*'], North: ['+7921*'] }),
    block: fc.constantFrom(['+7921*'], ['+7495*', '301']),
    accept: fc.constantFrom(['+7*'], ['*'], ['+7*', '301'], ['+7916*']),
    calendar: fc.dictionary(
      fc.constantFrom('2027-01-01', '2027-02-20', '2027-03-05'),
      fc.constantFrom('off', 'work', 'short'),
    ),
  };
}

function recording({ extensions }: Names): fc.Arbitrary<unknown> {
  const rule = some(
    {
      extension: pick(extensions.length === 0 ? ['201'] : extensions),
      direction: fc.constantFrom('in', 'out', 'internal', 'any'),
      record: fc.boolean(),
    },
    ['record'],
  );
  return fc.oneof(
    fc.constantFrom('all', 'none'),
    some(
      {
        mode: fc.constant('all'),
        announce: fc.constantFrom(true, false, 'beep'),
        keep: fc.constantFrom('1h', '365d'),
        sides: fc.constantFrom('both', 'caller', 'callee'),
        format: fc.constantFrom('wav', 'pcm', 'mp3', 'ogg'),
        minimum: fc.constantFrom('0s', '5s'),
        encrypt: fc.boolean(),
      },
      ['mode'],
    ),
    fc.record({ mode: fc.constant('rules'), rules: fc.array(rule, { minLength: 1, maxLength: 3 }) }),
  );
}

function named(count: number, name: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => name(index));
}
