import { expect, test } from 'vitest';
import { SoundTreatments } from './sound-treatments.ts';

const CONVERSION = {
  from: [
    { payloadType: 9, encoding: 'g722/8000/1' },
    { payloadType: 96, encoding: 'opus/48000/2' },
  ],
  to: { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 },
  events: [],
  alone: true,
} as const;

test('what is done to a leg’s sound is told by itself, and no longer when it isn’t done any more', () => {
  const treatments = new SoundTreatments();
  treatments.encrypts('a', 'AES_CM_128_HMAC_SHA1_80');
  treatments.converts('a', CONVERSION);
  treatments.converts('b1', undefined);
  const converted = { from: 'g722/opus', to: 'pcma' };
  expect([treatments.of('a'), treatments.of('b1')]).toEqual([{ srtp: 'AES_CM_128_HMAC_SHA1_80', converted }, {}]);
  treatments.encrypts('a', undefined);
  expect(treatments.of('a')).toEqual({ converted });
  treatments.converts('a', undefined);
  expect(treatments.of('a')).toEqual({});
});
