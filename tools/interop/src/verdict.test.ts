import { expect, test } from 'vitest';
import { fault, type TortureEntry } from './verdict.ts';

const entry = (part: Partial<TortureEntry>): TortureEntry => ({
  name: 'x',
  file: 'x.dat',
  section: '3.1',
  valid: true,
  kind: 'request',
  ...part,
});

test.each([
  ['a response must not be answered', { kind: 'response', codes: [] }, [400], false, 'answered with 400'],
  ['a response is dropped', { kind: 'response', codes: [] }, [], false, undefined],
  ['silence is no answer to a request', {}, [], false, 'no answer'],
  ['a processed request may be anything orderly', {}, [481], true, undefined],
  ['400 is never orderly for a good message', {}, [400], false, '400'],
  ['500 is never orderly', {}, [500], false, '500'],
  ['501 is orderly', {}, [501], true, undefined],
  ['a challenge before 415', { codes: [415] }, [401], false, undefined],
  ['no challenge after good credentials', { codes: [415] }, [401], true, '401'],
  ['no challenge in the place of 400', { codes: [400], valid: false }, [401], false, '401'],
  ['a registrar challenges before it judges an AOR', { codes: [400], valid: true }, [401], false, undefined],
  ['a liberal element may process', { codes: [400], valid: false, mayAccept: true }, [404], true, undefined],
  ['one request, one answer', {}, [404, 486], false, 'differently'],
] as const)('%s', (_name, part, finals, authenticated, wanted) => {
  const found = fault(entry(part as Partial<TortureEntry>), finals, authenticated);
  if (wanted === undefined) expect(found).toBeUndefined();
  else expect(found).toContain(wanted);
});
