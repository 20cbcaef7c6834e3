import type { DtmfKey } from '@vats/media';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyTypeOf, readKeyInfo, writeKeyInfo } from './key-info.ts';

const RELAY = 'application/dtmf-relay';
const BARE = 'application/dtmf';

test.each([
  [RELAY, 'Signal=5\r\nDuration=160\r\n', '5 160'],
  [RELAY, 'Signal= *\nDuration= 250', '* 250'],
  [RELAY, 'DURATION=90\r\nsignal=a', 'A 90'],
  [RELAY, 'Signal=11', '# 160'],
  [RELAY, 'Signal=1\r\nDuration=1', '1 40'],
  [RELAY, 'Signal=1\r\nDuration=999999999', '1 5000'],
  [RELAY, '5', 'No key'],
  [RELAY, 'Signal=\r\nDuration=100', 'No key'],
  [RELAY, 'Signal=55', 'Unknown key'],
  [RELAY, 'Signal=5\r\nDuration=-1', 'Bad duration'],
  [RELAY, 'Signal=5\r\nDuration=', 'Bad duration'],
  [BARE, '7', '7 160'],
  [BARE, ' 10\r\n', '* 160'],
  [BARE, 'Signal=7\r\nDuration=100', '7 100'],
  [BARE, 'd=7', 'No key'],
  [BARE, '', 'No key'],
  [BARE, 'hello', 'Unknown key'],
  [BARE, '5'.repeat(201), 'Body too long'],
] as const)('%s %j is %s', (type, body, expected) => {
  const read = readKeyInfo(type, Buffer.from(body));
  expect(read.ok ? `${read.value.key} ${read.value.milliseconds}` : read.error.code).toBe(expected);
});

test('the type is told without regard to case and parameters; other types are not ours', () => {
  expect(
    ['Application/DTMF-Relay; charset=x', 'application/dtmf ', 'application/dtmf-relay2', '', undefined].map(keyTypeOf),
  ).toEqual([RELAY, BARE, undefined, undefined, undefined]);
});

test('what is written is read again', () => {
  const key = fc.constantFrom<DtmfKey>(...([...'0123456789*#ABCD!'] as DtmfKey[]));
  fc.assert(
    fc.property(fc.record({ key, milliseconds: fc.integer({ min: 40, max: 5_000 }) }), (press) => {
      expect(readKeyInfo(RELAY, writeKeyInfo(press))).toEqual({ ok: true, value: press });
    }),
  );
});

test('any octets are a key or a fault', () => {
  fc.assert(
    fc.property(fc.constantFrom(RELAY, BARE), fc.uint8Array({ maxLength: 300 }), (type, octets) => {
      const read = readKeyInfo(type, Buffer.from(octets));
      if (read.ok) expect(read.value.milliseconds).toBeGreaterThanOrEqual(40);
    }),
  );
});
