import fc from 'fast-check';

/*
 * Random PBX files as plain data, good ones: up to 6 users with up to 3 devices (some of them PBXs), forwards (also in circles) and an order of
 * ringing, 3 groups, 3 trunks, 4 numbers with callers of their own, blocked ones and hours, 3 schemes with menus two deep, 5 outbound rules, limits on
 * each of them, in five time zones. What refers to something refers to something that is there.
 */

type Plain = Record<string, unknown>;

/** Leaves out keys at random. */
function some(shape: Record<string, fc.Arbitrary<unknown>>, needed: readonly string[] = []): fc.Arbitrary<Plain> {
  return fc.record(shape, { requiredKeys: [...needed] }) as fc.Arbitrary<Plain>;
}

const durationText = fc.constantFrom('1s', '20s', '90s', '1m30s', '10m', '599s');
const nameText = fc.constantFrom(
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
const password = fc.constantFrom('Vf5kNm7Z', 'P@ss: "word" #1', 'Пароль-один-1', '0123 aB:', '# Null 1');
const trunkPassword = fc.constantFrom('s3cret', 'p@ss: "word" #1', 'пароль-один', '0123', 'null');
const network = fc.constantFrom('10.0.0.0/8', '192.168.1.16-32', '10.20.*', '2001:db8::/32', '127.0.0.1');
const networks = fc.array(network, { maxLength: 3 });
const beside = { deny: networks, enforce: fc.boolean() };
const access = fc.oneof(
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
const recording = fc.oneof(
  fc.constantFrom('all', 'none'),
  some(
    {
      mode: fc.constant('all'),
      announce: fc.boolean(),
      keep: fc.constantFrom('1h', '365d'),
      sides: fc.constantFrom('both', 'caller', 'callee'),
      format: fc.constantFrom('wav', 'pcm', 'mp3', 'ogg'),
      minimum: fc.constantFrom('0s', '5s'),
      encrypt: fc.boolean(),
    },
    ['mode'],
  ),
  fc.record({
    mode: fc.constant('rules'),
    rules: fc.array(
      some({ extension: fc.constant('201'), direction: fc.constantFrom('in', 'any'), record: fc.boolean() }, [
        'record',
      ]),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
  }),
);

const bound = fc.constantFrom(0, 1, 2, 3);
const limits = some({
  calls: bound,
  callsPerHour: bound,
  callsPerDay: fc.constantFrom(2, 5),
  costly: fc.oneof(fc.constant('none'), some({ calls: bound, callsPerDay: bound })),
});
const shortHours = fc.constantFrom(
  { 'sat-sun': '00:00-24:00' },
  { 'mon-sun': '12:00-13:00' },
  { 'mon-fri': ['08:00-10:00', '17:00-23:00'], except: { '2026-12-31': '00:00-24:00', '2026-12-30': 'closed' } },
);

function pick(from: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...from);
}

function step(
  extensions: readonly string[],
  trunks: readonly string[],
  groups: readonly string[],
  schemes: readonly string[],
  depth: number,
): fc.Arbitrary<Plain> {
  const kinds: fc.Arbitrary<Plain>[] = [
    fc.record({ play: fc.constantFrom('greeting', 'closed') }),
    fc.record({
      hangup: fc.constantFrom(
        'normal',
        'busy',
        'declined',
        'no-answer',
        'unavailable',
        'congestion',
        'not-found',
        'forbidden',
      ),
    }),
    fc.record({ ring: fc.constant('+79161234567') }),
  ];
  if (extensions.length > 0) {
    const to = fc.uniqueArray(pick([...extensions, ...extensions, ...trunks, '+79161234567']), {
      minLength: 1,
      maxLength: 3,
    });
    const ring = fc.record({
      ring: fc.oneof(
        pick(extensions),
        to,
        some({ to, order: fc.constantFrom('together', 'in-turn'), ring: durationText }, ['to']),
        fc.record({
          to: fc.tuple(pick(extensions), pick(extensions), pick(extensions)),
          order: fc.constant('in-turn'),
          ring: durationText,
        }),
      ),
    });
    // Most steps ring somebody.
    kinds.push(ring, ring, ring, fc.record({ voicemail: pick(extensions) }));
  }
  if (trunks.length > 0) {
    const trunk = pick(trunks);
    const sent = some({ trunk, number: fc.constantFrom('300', '+74951112233'), ring: durationText }, ['trunk']);
    kinds.push(fc.record({ ring: fc.oneof(trunk, sent) }));
  }
  if (groups.length > 0) kinds.push(fc.record({ queue: pick(groups) }));
  if (schemes.length > 0) kinds.push(fc.record({ goto: pick(schemes) }));
  if (depth > 0) {
    const inner = step(extensions, trunks, groups, schemes, depth - 1);
    const keys = fc.dictionary(fc.constantFrom('1', '2', '0', '*', '#'), inner, { maxKeys: 3 });
    const shape = {
      prompt: fc.constant('main-menu'),
      timeout: fc.constantFrom('1s', '1500ms', '5m'),
      keys,
      extension: fc.boolean(),
      repeat: fc.integer({ min: 1, max: 20 }),
      otherwise: inner,
    };
    kinds.push(fc.record({ menu: some(shape, ['prompt', 'keys']) }));
  }
  return fc.oneof(...kinds);
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
  users: fc.constantFrom(1, 3, 4, 5, 6, 6),
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
    const users = Array.from({ length: count.users }, (_, index) => `2${String(index).padStart(2, '0')}`);
    const groups = Array.from({ length: count.groups }, (_, index) => `60${index}`);
    const trunks = Array.from({ length: count.trunks }, (_, index) => `trunk-${index}`);
    const numbers = Array.from({ length: count.numbers }, (_, index) => `+7495000000${index}`);
    const schemes = Array.from({ length: count.schemes }, (_, index) => `scheme-${index}`);
    const extensions = [...users, ...groups];
    const known = some({
      window: fc.constantFrom('day', '10m', '1h'),
      ring: durationText,
      outbound: fc.boolean(),
    });
    const target = (others: readonly string[]) => fc.constantFrom('voicemail', '+79169999999', ...others);
    const callerId = numbers.length === 0 ? {} : { callerId: pick(numbers) };

    const device = (login: string) =>
      some(
        {
          login: fc.constant(login),
          password,
          access,
          trunk: fc.boolean(),
          digest: fc.constantFrom('md5', 'both'),
          bindings: fc.integer({ min: 1, max: 100 }),
          calls: fc.integer({ min: 1, max: 10_000 }),
        },
        ['login', 'password'],
      );
    const devicesOf = (extension: string) =>
      (crowded ? fc.constantFrom(0, 1, 2, 3) : fc.nat(3)).chain((devices) =>
        fc.tuple(...Array.from({ length: devices }, (_, index) => device(`u${extension}-${index}`))),
      );
    /** One of whom nothing more is said, as most are. */
    const plainUser = (extension: string) =>
      fc.record({
        extension: fc.constant(extension),
        name: nameText,
        devices: fc
          .constantFrom(1, 2)
          .map((devices) =>
            Array.from({ length: devices }, (_, index) => ({ login: `u${extension}-${index}`, password: 'Vf5kNm7Z' })),
          ),
      });
    const user = (extension: string): fc.Arbitrary<Plain> => {
      const others = extensions.filter((other) => other !== extension);
      return some(
        {
          extension: fc.constant(extension),
          name: nameText,
          mobile: fc.constantFrom('+79161234567', '8 (916) 123-45-67'),
          ...callerId,
          devices: devicesOf(extension),
          ring: durationText,
          noAnswer: some({ after: durationText, to: fc.constantFrom('voicemail', ...others) }, ['to']),
          forward: some({
            // Never to one who may forward all calls back.
            always: target(others.filter((other) => other > extension)),
            busy: target(others),
            noAnswer: target(others),
            unreachable: target(others),
            closed: target(others),
          }),
          reach: some(
            {
              order: fc.constantFrom('together', 'in-turn', 'in-turn'),
              to: fc.array(
                some(
                  {
                    // The second device by its name, which not everybody has: then nothing rings there.
                    to: fc.constantFrom('devices', 'devices', 'mobile', '+79260000000', `u${extension}-1`),
                    ring: durationText,
                    after: durationText,
                  },
                  ['to'],
                ),
                { minLength: 1, maxLength: 3, size: 'max' },
              ),
            },
            ['order', 'to'],
          ),
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
    };
    const group = (extension: string) =>
      some(
        {
          extension: fc.constant(extension),
          name: nameText,
          members:
            users.length === 0
              ? fc.constant([])
              : fc
                  .uniqueArray(pick([...users, '+79165550000']))
                  .chain((members) =>
                    fc.tuple(
                      ...members.map((to) =>
                        fc.oneof(
                          fc.constant(to),
                          some({ to: fc.constant(to), priority: fc.integer({ min: 1, max: 3 }), after: durationText }, [
                            'to',
                          ]),
                        ),
                      ),
                    ),
                  ),
          strategy: fc.constantFrom(
            'all',
            'sequential',
            'random',
            'longest-idle',
            'fewest-calls',
            'least-talk',
            'priority',
            'priority-longest-idle',
          ),
          rounds: fc.integer({ min: 1, max: 3 }),
          skipBusy: fc.boolean(),
          wrapUp: durationText,
          login: fc.boolean(),
          noAnswer: target(extensions.filter((other) => other !== extension)),
          ring: durationText,
          knownEmployee: known,
          ...callerId,
          queue: some({
            max: fc.integer({ min: 1, max: 99 }),
            wait: durationText,
            music: fc.constant('default'),
            announcePosition: fc.boolean(),
          }),
        },
        ['extension', 'name', 'members'],
      );
    const trunk = (name: string) =>
      some(
        {
          name: fc.constant(name),
          proxy: fc.constantFrom('sip:192.0.2.1:5070', 'sip:itsp.example'),
          domain: fc.constantFrom('sip.itsp.example', '2001:db8::1'),
          register: some(
            {
              login: fc.constant('74951234567'),
              password: trunkPassword,
              authUser: fc.constant('auth'),
              contactUser: fc.constant('me'),
              expires: fc.constantFrom('180s', '1h'),
            },
            ['login', 'password'],
          ),
          allow: fc.array(network, { maxLength: 3 }),
          transport: fc.constantFrom('udp', 'tcp'),
          codecs: fc.constant(['PCMA', 'PCMU']),
          dtmf: fc.constantFrom('rfc4733', 'info', 'inband'),
          numbers: some({ send: fc.constantFrom('e164', '7', '8'), from: fc.constant(['to', 'diversion']) }),
          channels: fc.constantFrom(1, 2, 3, 100),
          limits,
        },
        ['name', 'proxy'],
      );
    const callers = fc.constantFrom('+7916*', '+7921*', '+7495000000x', '201', '2xx');
    const from = fc.array(callers, { minLength: 1, maxLength: 2 });
    const byCaller: fc.Arbitrary<Plain>[] = [
      ...(extensions.length === 0 ? [] : [fc.record({ from, to: pick(extensions) })]),
      ...(extensions.length === 0
        ? []
        : [fc.record({ region: fc.constantFrom('North', 'South'), to: pick(extensions) })]),
      ...(schemes.length === 0 ? [] : [fc.record({ from, scheme: pick(schemes) })]),
    ];
    const number = (text: string) =>
      some(
        {
          number: fc.constant(text),
          ...(trunks.length === 0 ? {} : { trunk: pick(trunks) }),
          ...(schemes.length === 0
            ? {}
            : {
                scheme: pick(schemes),
                schedule: fc.array(fc.record({ hours: shortHours, scheme: pick(schemes) }), {
                  minLength: 1,
                  maxLength: 2,
                }),
              }),
          ...(extensions.length === 0
            ? {}
            : {
                to: pick(extensions),
                byCaller: fc.array(fc.oneof(...byCaller), { minLength: 1, maxLength: 3 }),
              }),
          block: fc.array(callers, { minLength: 1, maxLength: 2 }),
          accept: fc.constantFrom(['+7*'], ['*'], ['+7916*', '+7495*'], ['20x', '+7*']),
          anonymous: fc.constantFrom('accept', 'refuse'),
          channels: fc.constantFrom(1, 2, 3, 100),
        },
        ['number'],
      );
    const steps = fc.array(step(extensions, trunks, groups, schemes, 2), { maxLength: 3 });
    const scheme = (name: string) =>
      fc.oneof(
        some({ name: fc.constant(name), title: nameText, open: steps }, ['name', 'open']),
        fc.record({
          name: fc.constant(name),
          hours: some(
            {
              'mon-fri': fc.constantFrom('09:00-18:00', ['09:00-13:00', '14:00-18:00'], 'closed'),
              except: fc.constant({ '2026-12-31': '09:00-14:00', '2027-01-01': 'closed' }),
              holidays: fc.constantFrom('closed', '10:00-15:00'),
              short: fc.constantFrom('09:00-16:00', ['09:00-13:00', '14:00-17:00']),
              work: fc.constantFrom('closed', '10:00-14:00'),
            },
            ['mon-fri', 'except'],
          ),
          open: steps,
          closed: steps,
        }),
      );
    const match = fc.constantFrom('3xx', '112', 'xxx', '9*', '+7[67]*', '+7*', '+7*', '+*', '+*', '*', '[2-5]00');
    const sent = fc.constantFrom('$1', '8$1', '810$1', '+$1', '00$1', '3$1');
    const rule = fc.oneof(
      // How numbers are written anew where employees dial 9 before them.
      ...(trunks.length === 0
        ? []
        : [
            some(
              {
                match: fc.constant('9*'),
                trunk: pick(trunks),
                send: sent,
                international: fc.constant(true),
                premium: fc.constant(true),
              },
              ['match', 'trunk', 'send'],
            ),
          ]),
      fc.record({ match: match.filter((text) => text !== '112'), deny: fc.constant(true) }),
      ...(trunks.length === 0
        ? []
        : [
            some(
              {
                match,
                trunk: pick(trunks),
                reserve: fc.array(pick(trunks), { minLength: 1, maxLength: 2 }),
                leastCost: fc.constant(true),
                international: fc.constant(true),
                ...(extensions.length === 0
                  ? {}
                  : { from: fc.array(pick(extensions), { minLength: 1, maxLength: 2 }) }),
                ...callerId,
              },
              ['match', 'trunk'],
            ),
          ]),
      ...(users.length === 0 ? [] : [fc.record({ match, extension: pick(users) })]),
    );
    return some(
      {
        domain: fc.constant(domain),
        aliases: fc.constantFrom([], [`pbx.${domain}`]),
        realm: fc.constantFrom(domain, 'asterisk', 'a "realm"'),
        timezone: fc.constantFrom('Europe/Moscow', 'UTC', 'Asia/Vladivostok', 'America/New_York', 'Asia/Kathmandu'),
        limits,
        language: fc.constantFrom('ru', 'en'),
        access,
        digest: fc.constantFrom('md5', 'sha256', 'both'),
        recording,
        knownEmployee: known,
        ...callerId,
        hours: fc.constantFrom({ 'mon-fri': '09:00-18:00' }, { 'mon-sun': ['08:00-12:00', '13:00-20:00'] }),
        regions: fc.constantFrom({ North: ['+7921*'] }, { South: ['+7916*', '+7495*'], North: ['+7921*'] }),
        block: fc.constantFrom(['+7921*'], ['+7495*', '301']),
        accept: fc.constantFrom(['+7*'], ['*'], ['+7916*']),
        calendar: fc.dictionary(
          fc.constantFrom('2027-01-01', '2027-02-20', '2027-03-05'),
          fc.constantFrom('off', 'work', 'short'),
        ),
        users: fc.tuple(
          ...users.map((extension) =>
            fc.oneof({ weight: 2, arbitrary: user(extension) }, { weight: 1, arbitrary: plainUser(extension) }),
          ),
        ),
        groups: fc.tuple(...groups.map(group)),
        trunks: fc.tuple(...trunks.map(trunk)),
        numbers: fc.tuple(...numbers.map(number)),
        schemes: fc.tuple(...schemes.map(scheme)),
        outbound: fc.array(rule, { minLength: count.rules, maxLength: count.rules }),
      },
      [
        'domain',
        ...(users.length > 0 ? ['users'] : []),
        ...(groups.length > 0 ? ['groups'] : []),
        ...(trunks.length > 0 ? ['trunks'] : []),
        ...(numbers.length > 0 ? ['numbers'] : []),
        ...(schemes.length > 0 ? ['schemes'] : []),
      ],
    );
  });
}
