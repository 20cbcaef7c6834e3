import { expect, test } from 'vitest';
import { refusalHeaders } from './refusal-headers.ts';

test('a refusal over sound warns of what was wrong with it, any other only says why', () => {
  expect(refusalHeaders('no-common-codec')).toEqual([
    ['Reason', expect.stringContaining('Q.850;cause=88')],
    ['Warning', '305 - "No codec in common"'],
  ]);
  expect(refusalHeaders('offer-refused', 'no-audio')[1]).toEqual([
    'Warning',
    '304 - "No audio stream over RTP/AVP or RTP/AVPF"',
  ]);
  expect(refusalHeaders('callee-busy')).toHaveLength(1);
});
