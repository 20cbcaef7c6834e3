import { expect, test } from 'vitest';
import { limitText, refusedLimit } from './limit-text.ts';

const DOMAIN = { kind: 'domain', domain: 'acme' } as const;
const VERA = { kind: 'user', domain: 'acme', extension: '203' } as const;
const ITSP = { kind: 'trunk', domain: 'acme', trunk: 'itsp' } as const;

test.each([
  [{ why: 'limit', subject: DOMAIN, scope: 'costly', limit: 'calls', used: 1, of: 1 }, 'domain costly.calls 1 of 1'],
  [
    { why: 'limit', subject: ITSP, scope: 'all', limit: 'moneyPerDay', used: 23_500, of: 50_000 },
    'trunk itsp moneyPerDay 2.35 of 5',
  ],
  [
    { why: 'limit', subject: VERA, scope: 'all', limit: 'minutesPerHour', used: 90_000, of: 120_000 },
    'user 203 minutesPerHour 1.5 of 2',
  ],
  [{ why: 'no-price', subject: VERA }, 'user 203 moneyPerDay: the number has no price'],
] as const)('%j is %s', (refusal, text) => {
  expect(limitText(refusedLimit(refusal))).toBe(text);
});
