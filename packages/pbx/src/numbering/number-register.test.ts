import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NumberRegister } from './number-register.ts';

/** Ranges from lengths and gaps, each of a place of its own. */
function registerOf(pieces: readonly (readonly [gap: number, length: number])[]) {
  let at = 3_000_000_000;
  const ranges = pieces.map(([gap, length]) => {
    const first = at + gap;
    at = first + length;
    return { first, last: at - 1 };
  });
  const column = Uint32Array.from(ranges, (_, index) => index);
  const register = new NumberRegister({
    first: Float64Array.from(ranges, ({ first }) => first),
    last: Float64Array.from(ranges, ({ last }) => last),
    place: column,
    operator: column,
    places: ranges.map((_, index) => ({ region: `region ${index}` })),
    operators: ranges.map((_, index) => `operator ${index}`),
  });
  return { ranges, register };
}

test('a number is found as a slow search finds it', () => {
  const pieces = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 4 })), { maxLength: 30 });
  fc.assert(
    fc.property(pieces, fc.integer({ min: 0, max: 200 }), (some, offset) => {
      const { ranges, register } = registerOf(some);
      const number = 3_000_000_000 + offset - 5;
      const index = ranges.findIndex(({ first, last }) => first <= number && number <= last);
      const found = register.find(`+7${number}`);
      expect(found).toEqual(index === -1 ? undefined : { region: `region ${index}`, operator: `operator ${index}` });
    }),
    { numRuns: 500 },
  );
});

test('what is no number of Russia is in no range', () => {
  const { register } = registerOf([[0, 10]]);
  expect(register.find('+73000000001')?.region).toBe('region 0');
  for (const text of [
    '3000000001',
    '+7300000000',
    '+730000000010',
    '+83000000001',
    '',
    '+7 300000001',
    '+7abcdefghij',
  ]) {
    expect(register.find(text), text).toBeUndefined();
  }
});

test('ranges that do not rise are refused: they would be looked for in vain', () => {
  const places = { places: [{ region: 'x' }], operators: [''] };
  const column = new Uint32Array(2);
  const wrong = (first: number[], last: number[]) => () =>
    new NumberRegister({
      first: Float64Array.from(first),
      last: Float64Array.from(last),
      place: column,
      operator: column,
      ...places,
    });
  expect(wrong([1, 2], [2, 3])).toThrow(RangeError);
  expect(wrong([2, 1], [1, 3])).toThrow(RangeError);
});

test('a name has the numbers of all its ranges, each once', () => {
  const column = Uint32Array.of(0, 1);
  const register = new NumberRegister({
    first: Float64Array.of(1, 100),
    last: Float64Array.of(10, 104),
    place: column,
    operator: Uint32Array.of(0, 0),
    places: [{ region: 'г. Тверь|Тверская обл.', territory: 'Тверская область' }, { region: 'Тверская область' }],
    operators: ['x'],
  });
  expect(register.names.get('тверь')).toEqual({ name: 'г. Тверь', numbers: 10 });
  expect(register.names.get('тверская область')?.numbers).toBe(15);
  expect(register.has('ТВЕРСКАЯ ОБЛ.')).toBe(true);
  expect(register.has('Тверская')).toBe(false);
  expect([register.size, register.numbers, register.operators]).toEqual([2, 15, 1]);
});

test('a hundred thousand numbers find their places among half a million ranges', () => {
  const { register } = registerOf(Array.from({ length: 500_000 }, () => [1, 9] as const));
  const numbers = Array.from({ length: 100_000 }, (_, index) => `+7${3_000_000_000 + index * 49}`);
  let found = 0;
  // A walk through all ranges for each would take hours, and the test's time run out.
  for (const number of numbers) if (register.find(number) !== undefined) found++;
  expect(found).toBe(90_000);
});
