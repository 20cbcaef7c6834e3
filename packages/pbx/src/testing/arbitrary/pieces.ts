import fc from 'fast-check';

export type Plain = Record<string, unknown>;

/** The names that things of a company may be called by, so that what refers to something refers to something that is there. */
export interface Names {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly trunks: readonly string[];
  readonly numbers: readonly string[];
  readonly schemes: readonly string[];
  /** Of users and groups. */
  readonly extensions: readonly string[];
}

/** Leaves out keys at random. */
export function some(
  shape: Record<string, fc.Arbitrary<unknown>>,
  needed: readonly string[] = [],
): fc.Arbitrary<Plain> {
  return fc.record(shape, { requiredKeys: [...needed] }) as fc.Arbitrary<Plain>;
}

export function pick(from: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...from);
}

/** A caller ID of the domain's own, where it has a number. */
export function callerIdOf({ numbers }: Names): Record<string, fc.Arbitrary<string>> {
  return numbers.length === 0 ? {} : { callerId: pick(numbers) };
}

/** Where a user or a group may send a call on. */
export function targetOf(others: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom('voicemail', '+79169999999', ...others);
}

/** Every duration of the files, in ms by its text: worlds are made at their edges. */
export const DURATIONS: Readonly<Record<string, number>> = {
  '1s': 1_000,
  '20s': 20_000,
  '90s': 90_000,
  '1m30s': 90_000,
  '10m': 600_000,
  '599s': 599_000,
};
export const durationText = fc.constantFrom(...Object.keys(DURATIONS));

export const nameText = fc.constantFrom(
  'Anna',
  'Борис "Б" Ким',
  'x: y',
  '# no comment',
  '- dash',
  'true',
  '42',
  "O'Hara",
  'null',
  'a\u00a0b',
  '👩‍💻',
);

export const network = fc.constantFrom('10.0.0.0/8', '192.168.1.16-32', '10.20.*', '2001:db8::/32', '127.0.0.1');
const networks = fc.array(network, { maxLength: 3 });
const beside = { deny: networks, enforce: fc.boolean() };
export const access = fc.oneof(
  fc.constantFrom('any', 'russia'),
  some({ mode: fc.constantFrom('any', 'russia'), allow: networks, ...beside }, ['mode']),
  some({ mode: fc.constant('list'), allow: fc.array(network, { minLength: 1, maxLength: 3 }), ...beside }, [
    'mode',
    'allow',
  ]),
  some({ mode: fc.constant('countries'), countries: fc.constant(['RU', 'KZ']), allow: networks, ...beside }, [
    'mode',
    'countries',
  ]),
);

const bound = fc.constantFrom(0, 1, 2, 3);
export const limits = some({
  calls: bound,
  callsPerHour: bound,
  callsPerDay: fc.constantFrom(2, 5),
  costly: fc.oneof(fc.constant('none'), some({ calls: bound, callsPerDay: bound })),
});

export const known = some({
  window: fc.constantFrom('day', '10m', '1h'),
  ring: durationText,
  outbound: fc.boolean(),
});

/** Patterns of callers that the worlds have. */
export const callers = fc.constantFrom('+7916*', '+7921*', '+7495000000x', '201', '2xx');
