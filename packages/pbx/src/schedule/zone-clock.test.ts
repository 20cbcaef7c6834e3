import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ZoneClock, zoneClock } from './zone-clock.ts';

/** What the wall shows, as if it were UTC, to the second. */
function wall(format: Intl.DateTimeFormat, at: number): number {
  return Date.parse(`${format.format(at).replace(' ', 'T')}Z`);
}

test('offsets are what Intl shows, in zones all over the world and in any order of asking', () => {
  const zones = Intl.supportedValuesOf('timeZone');
  const clocks = new Map<string, { clock: ZoneClock; format: Intl.DateTimeFormat }>();
  const of = (timeZone: string) => {
    const known = clocks.get(timeZone);
    if (known !== undefined) return known;
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    const made = { clock: new ZoneClock(timeZone), format };
    clocks.set(timeZone, made);
    return made;
  };
  const seconds = fc.integer({ min: Date.UTC(1971, 0, 1) / 1_000, max: Date.UTC(2037, 0, 1) / 1_000 });
  fc.assert(
    fc.property(
      fc.constantFrom(...zones.filter((_, index) => index % 7 === 0), 'UTC', 'Africa/Casablanca', 'Asia/Kathmandu'),
      seconds,
      (zone, second) => {
        const { clock, format } = of(zone);
        expect(clock.localAt(second * 1_000)).toBe(wall(format, second * 1_000));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a change is found to the millisecond, at the beginning of a UTC day too', () => {
  const berlin = new ZoneClock('Europe/Berlin');
  const jump = Date.UTC(2027, 2, 28, 1);
  expect([berlin.offsetAt(jump - 1), berlin.offsetAt(jump)]).toEqual([3_600_000, 7_200_000]);
  expect(berlin.changeWithin(jump - 86_400_000, jump + 86_400_000)).toBe(jump);
  expect(berlin.changeWithin(jump, jump + 86_400_000)).toBeUndefined();
  expect(berlin.changeWithin(jump - 86_400_000, jump - 1)).toBeUndefined();
  expect(berlin.changeWithin(jump - 1, jump)).toBe(jump);
  const casablanca = new ZoneClock('Africa/Casablanca');
  const midnight = Date.UTC(2008, 5, 1);
  expect([casablanca.offsetAt(midnight - 1), casablanca.offsetAt(midnight)]).toEqual([0, 3_600_000]);
  expect(casablanca.changeWithin(midnight - 1, midnight)).toBe(midnight);
  expect(casablanca.changeWithin(midnight - 86_400_000, midnight + 86_400_000)).toBe(midnight);
  expect(casablanca.changeWithin(midnight, midnight + 86_400_000)).toBeUndefined();
});

test('a zone has one clock, and one that nobody knows is refused', () => {
  expect(zoneClock('Europe/Moscow')).toBe(zoneClock('Europe/Moscow'));
  expect(() => zoneClock('Europe/Nowhere')).toThrow(RangeError);
});
