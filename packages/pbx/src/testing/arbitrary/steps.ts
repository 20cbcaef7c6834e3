import fc from 'fast-check';
import { durationText, type Names, type Plain, pick, some } from './pieces.ts';

const HANGUPS = [
  'normal',
  'busy',
  'declined',
  'no-answer',
  'unavailable',
  'congestion',
  'not-found',
  'forbidden',
] as const;

const prompt = fc.constantFrom('greeting', 'closed');

/** A step of a scheme. @param depth of menus within menus */
export function arbitraryStep(names: Names, depth: number): fc.Arbitrary<Plain> {
  const { extensions, trunks, groups, schemes } = names;
  const kinds: fc.Arbitrary<Plain>[] = [
    fc.record({ play: fc.oneof(prompt, some({ prompt, answer: fc.boolean() }, ['prompt'])) }),
    fc.record({ say: fc.constantFrom('time', 'caller', { number: 22 }, { digits: '8 800' }) }),
    fc.record({ prefix: fc.constantFrom('Sales: ', 'By night, ') }),
    fc.record({ hangup: fc.constantFrom(...HANGUPS) }),
    fc.record({ ring: fc.constant('+79161234567') }),
  ];
  if (extensions.length > 0) {
    const ring = ringStep(extensions, trunks);
    // Most steps ring somebody.
    kinds.push(ring, ring, ring, fc.record({ voicemail: pick(extensions) }));
  }
  if (trunks.length > 0) {
    const trunk = pick(trunks);
    const sent = some({ trunk, number: fc.constantFrom('300', '+74951112233'), ring: durationText }, [
      'trunk',
      'number',
    ]);
    kinds.push(fc.record({ ring: fc.oneof(trunk, sent) }));
  }
  if (groups.length > 0)
    kinds.push(
      fc.record({
        queue: fc.oneof(pick(groups), some({ to: pick(groups), priority: fc.integer({ min: 1, max: 10 }) }, ['to'])),
      }),
    );
  if (schemes.length > 0) kinds.push(fc.record({ goto: pick(schemes) }));
  if (depth > 0) {
    const inner = arbitraryStep(names, depth - 1);
    kinds.push(menu(inner));
    kinds.push(
      fc.record({ decide: some({ url: fc.constant('https://crm.example/next'), otherwise: inner }, ['url']) }),
    );
  }
  return fc.oneof(...kinds);
}

/** The steps of a scheme, up to 4 of them. */
export function arbitrarySteps(names: Names): fc.Arbitrary<Plain[]> {
  const { extensions } = names;
  const any = fc.array(arbitraryStep(names, 2), { maxLength: 3 });
  if (extensions.length === 0) return any;
  // Somebody with a time of their own, and then others without: whose time is whose shows only so.
  const timed = fc.record({ to: fc.tuple(pick(extensions)), ring: durationText });
  const pair = fc.tuple(timed, pick(extensions), any).map(([first, next, rest]) => {
    return [{ ring: first }, { ring: next }, ...rest.slice(0, 2)];
  });
  const more = fc.array(arbitraryStep(names, 2), { minLength: 1, maxLength: 3 });
  return fc.oneof({ weight: 1, arbitrary: any }, { weight: 2, arbitrary: more }, { weight: 2, arbitrary: pair });
}

function ringStep(extensions: readonly string[], trunks: readonly string[]): fc.Arbitrary<Plain> {
  const to = fc.uniqueArray(pick([...extensions, ...extensions, ...trunks, '+79161234567']), {
    minLength: 1,
    maxLength: 3,
  });
  return fc.record({
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
}

function menu(inner: fc.Arbitrary<Plain>): fc.Arbitrary<Plain> {
  const rule = some({ prompt, next: fc.oneof(fc.constant('repeat'), inner) }, []);
  const shape = {
    prompt: fc.constant('main-menu'),
    timeout: fc.constantFrom('1s', '1500ms', '5m'),
    keys: fc.dictionary(fc.constantFrom('1', '2', '0', '*', '#'), inner, { maxKeys: 3 }),
    extension: fc.oneof(fc.boolean(), fc.constant(['20x'])),
    // More would have some calls be asked for hours.
    repeat: fc.integer({ min: 1, max: 3 }),
    noKey: rule,
    wrongKey: rule,
    betweenKeys: fc.constantFrom('500ms', '3s'),
    bargeIn: fc.boolean(),
    otherwise: inner,
  };
  return fc.record({ menu: some(shape, ['prompt', 'keys']) });
}
