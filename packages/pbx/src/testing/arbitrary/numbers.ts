import fc from 'fast-check';
import { callers, type Names, nameText, type Plain, pick, some } from './pieces.ts';
import { arbitrarySteps } from './steps.ts';

const shortHours = fc.constantFrom(
  { 'sat-sun': '00:00-24:00' },
  { 'mon-sun': '12:00-13:00' },
  { 'mon-fri': ['08:00-10:00', '17:00-23:00'], except: { '2026-12-31': '00:00-24:00', '2026-12-30': 'closed' } },
);

/** A number of the domain: who may call it, and where it leads at which hour. */
export function arbitraryNumber(text: string, names: Names): fc.Arbitrary<Plain> {
  const { extensions, schemes, trunks } = names;
  const timed = () => fc.record({ hours: shortHours, scheme: pick(schemes) });
  const shape = {
    number: fc.constant(text),
    ...(trunks.length === 0 ? {} : { trunk: pick(trunks) }),
    ...(schemes.length === 0
      ? {}
      : { scheme: pick(schemes), schedule: fc.array(timed(), { minLength: 1, maxLength: 2 }) }),
    ...(extensions.length === 0
      ? {}
      : {
          to: pick(extensions),
          byCaller: fc.array(fc.oneof(...byCaller(names)), { minLength: 1, maxLength: 3 }),
        }),
    block: fc.array(callers, { minLength: 1, maxLength: 2 }),
    accept: fc.constantFrom(['*'], ['20x', '+7*'], ['20x', '+7*', '301'], ['+7916*', '2xx']),
    anonymous: fc.constantFrom('accept', 'refuse'),
    channels: fc.constantFrom(1, 2, 3, 100),
  };
  // Where there are schemes, most numbers have one.
  return fc.oneof(some(shape, ['number']), some(shape, schemes.length === 0 ? ['number'] : ['number', 'scheme']));
}

function byCaller({ extensions, schemes }: Names): fc.Arbitrary<Plain>[] {
  const from = fc.array(callers, { minLength: 1, maxLength: 2 });
  return [
    fc.record({ from, to: pick(extensions) }),
    fc.record({ region: fc.constantFrom('North', 'South'), to: pick(extensions) }),
    ...(schemes.length === 0 ? [] : [fc.record({ from, scheme: pick(schemes) })]),
  ];
}

export function arbitraryScheme(name: string, names: Names): fc.Arbitrary<Plain> {
  const steps = arbitrarySteps(names);
  const hours = some(
    {
      'mon-fri': fc.constantFrom('09:00-18:00', ['09:00-13:00', '14:00-18:00'], 'closed'),
      except: fc.constant({ '2026-12-31': '09:00-14:00', '2027-01-01': 'closed' }),
      holidays: fc.constantFrom('closed', '10:00-15:00'),
      short: fc.constantFrom('09:00-16:00', ['09:00-13:00', '14:00-17:00']),
      work: fc.constantFrom('closed', '10:00-14:00'),
    },
    ['mon-fri', 'except'],
  );
  return fc.oneof(
    some({ name: fc.constant(name), title: nameText, open: steps }, ['name', 'open']),
    fc.record({ name: fc.constant(name), hours, open: steps, closed: steps }),
  );
}
