import fc from 'fast-check';
import {
  access,
  callerIdOf,
  durationText,
  limits,
  type Names,
  nameText,
  type Plain,
  pick,
  some,
  targetOf,
} from './pieces.ts';

const password = fc.constantFrom('Vf5kNm7Z', 'P@ss: "word" #1', 'Пароль-один-1', '0123 aB:', '# Null 1');

/** A user with up to 3 devices. @param crowded has most of the devices that there may be */
export function arbitraryUser(extension: string, names: Names, crowded: boolean): fc.Arbitrary<Plain> {
  return fc.oneof(
    { weight: 2, arbitrary: anyUser(extension, names, crowded) },
    { weight: 1, arbitrary: plainUser(extension) },
  );
}

/** One of whom nothing more is said, as most are. */
function plainUser(extension: string): fc.Arbitrary<Plain> {
  return fc.record({
    extension: fc.constant(extension),
    name: nameText,
    devices: fc
      .constantFrom(1, 2)
      .map((devices) =>
        Array.from({ length: devices }, (_, index) => ({ login: `u${extension}-${index}`, password: 'Vf5kNm7Z' })),
      ),
  });
}

function anyUser(extension: string, names: Names, crowded: boolean): fc.Arbitrary<Plain> {
  const others = names.extensions.filter((other) => other !== extension);
  const target = targetOf(others);
  return some(
    {
      extension: fc.constant(extension),
      name: nameText,
      mobile: fc.constantFrom('+79161234567', '8 (916) 123-45-67'),
      ...callerIdOf(names),
      devices: (crowded ? fc.constantFrom(0, 1, 2, 3) : fc.nat(3)).chain((devices) =>
        fc.tuple(...Array.from({ length: devices }, (_, index) => device(`u${extension}-${index}`))),
      ),
      ring: durationText,
      noAnswer: some({ after: durationText, to: pick(['voicemail', ...others]) }, ['to']),
      forward: some({
        // Never to one who may forward all calls back.
        always: targetOf(others.filter((other) => other > extension)),
        busy: target,
        noAnswer: target,
        unreachable: target,
        closed: target,
      }),
      reach: reach(extension),
      dnd: fc.boolean(),
      hours: fc.constantFrom(
        { 'mon-fri': '09:00-18:00' },
        { 'mon-sun': '22:00-06:00', except: { '2026-12-31': 'closed' } },
      ),
      callWaiting: fc.boolean(),
      anonymous: fc.boolean(),
      limits,
    },
    ['extension', 'name'],
  ).map(withoutStrayReach);
}

function device(login: string): fc.Arbitrary<Plain> {
  return some(
    {
      login: fc.constant(login),
      password,
      access,
      trunk: fc.boolean(),
      digest: fc.constantFrom('md5', 'both'),
      srtp: fc.constantFrom('never', 'optional', 'required'),
      sessionTimer: fc.constantFrom({ mode: 'off' }, { mode: 'always', expires: '30m', min: '2m', refresher: 'peer' }),
      bindings: fc.integer({ min: 1, max: 100 }),
      calls: fc.integer({ min: 1, max: 10_000 }),
    },
    ['login', 'password'],
  );
}

function reach(extension: string): fc.Arbitrary<Plain> {
  const entry = some(
    {
      // The second device by its name, which not everybody has: then nothing rings there.
      to: fc.constantFrom('devices', 'devices', 'mobile', '+79260000000', `u${extension}-1`),
      ring: durationText,
      after: durationText,
    },
    ['to'],
  );
  return some(
    {
      order: fc.constantFrom('together', 'in-turn', 'in-turn'),
      to: fc.array(entry, { minLength: 1, maxLength: 3, size: 'max' }),
    },
    ['order', 'to'],
  );
}

/** Leaves out of a user's `reach` what the user does not have. */
function withoutStrayReach(user: Plain): Plain {
  const {
    reach,
    mobile,
    devices = [],
  } = user as {
    reach?: { order?: string; to: { to: string }[] };
    mobile?: string;
    devices?: { login: string }[];
  };
  const to = reach?.to.filter((entry) => {
    if (entry.to === 'mobile') return mobile !== undefined;
    return !entry.to.startsWith('u') || devices.some(({ login }) => login === entry.to);
  });
  if (to === undefined || to.length === reach?.to.length) return user;
  const { reach: _, ...rest } = user;
  return to.length === 0 ? rest : { ...rest, reach: { ...reach, to } };
}
