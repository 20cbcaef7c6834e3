import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normaliseNumber, publicNumber } from './number.ts';

test.each([
  ['+74951234567', '+74951234567'],
  ['84951234567', '+74951234567'],
  ['74951234567', '+74951234567'],
  ['8 (495) 123-45-67', '+74951234567'],
  ['+7 495 123.45.67', '+74951234567'],
  ['88001234567', '+78001234567'],
  ['8104930123456', '+4930123456'],
  ['81012345678', '+12345678'],
  ['+4930123456', '+4930123456'],
])('%s is the public number %s', (raw, number) => {
  expect(normaliseNumber(raw)).toEqual({ raw, number, kind: 'e164' });
});

test.each(['112', '201', '*43', '0', '100500', '8495123456', '849512345678', '1234567890', '#31#', '8101', '3 12'])(
  '%s has local meaning only',
  (raw) => {
    expect(normaliseNumber(raw)).toEqual({ raw, number: raw.replace(' ', ''), kind: 'short' });
  },
);

test.each([
  '',
  'anna',
  '+',
  '+7',
  '+0123456789',
  '+12345678901234567',
  '7495123456７',
  '٨٤٩٥١٢٣٤٥٦٧',
  `+${'1'.repeat(200)}`,
  '1'.repeat(200),
  '+7495*1234567',
])('%j is no number, and stays as it is', (raw) => {
  expect(normaliseNumber(raw)).toEqual({ raw, number: raw, kind: 'other' });
});

test('normalising twice changes nothing more', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[+0-9*# ()-]{0,20}$/), (raw) => {
      const { number } = normaliseNumber(raw);
      expect(normaliseNumber(number).number).toBe(number);
    }),
  );
});

test('a setting that is a public number takes any writing and refuses a short one', () => {
  expect(publicNumber.decode('8 (495) 123-45-67')).toBe('+74951234567');
  expect(publicNumber.safeDecode('201').success).toBe(false);
});
