import { expect, test } from 'vitest';
import { refusalHeaders, refusedThere, warningOf } from './refusal-headers.ts';

test('a refusal over sound warns of what was wrong with it, any other only says why', () => {
  expect(refusalHeaders('no-common-codec')).toEqual([
    ['Reason', expect.stringContaining('Q.850;cause=88')],
    ['Warning', '305 - "No codec in common"'],
  ]);
  expect(refusalHeaders('offer-refused', { fault: 'no-audio' })[1]).toEqual([
    'Warning',
    '304 - "No audio stream over RTP/AVP or RTP/AVPF"',
  ]);
  expect(refusalHeaders('callee-busy', { offered: ['PCMA'] })).toHaveLength(1);
});

test('what was not shared is named, once each, and nothing that would break out of the quotes', () => {
  expect(refusalHeaders('no-common-codec', { offered: ['G729', 'G729', 'GSM'] })[1]).toEqual([
    'Warning',
    '305 - "No codec in common, offered was G729 GSM"',
  ]);
  expect(refusedThere(['opus', 'x"y', 'a\\b', 'a b'])).toEqual([
    'Warning',
    '399 - "The other side does not take this offer, offered was opus"',
  ]);
  const [, text] = warningOf(
    'no-common-codec',
    Array.from({ length: 100 }, (_, i) => `codec${i}`),
  );
  expect(text).toMatch(/ codec7"$/);
});
