import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { NonceMint } from './nonce.ts';

const SCOPE = { source: '192.0.2.7', realm: 'office' };

function mint(clock = new FakeClock(), random = new SeededRandom()) {
  return { clock, random, mint: new NonceMint({ clock, random, secret: Buffer.alloc(32, 7), lifetime: 60_000 }) };
}

test('a nonce is fresh until its age, then stale', () => {
  const { clock, mint: nonces } = mint();
  const nonce = nonces.make(SCOPE);
  expect(nonces.judge(nonce, SCOPE)).toBe('fresh');
  clock.advance(60_000);
  expect(nonces.judge(nonce, SCOPE)).toBe('fresh');
  clock.advance(1);
  expect(nonces.judge(nonce, SCOPE)).toBe('stale');
});

test('a step of the wall clock, either way, ages no nonce', () => {
  const { clock, mint: nonces } = mint();
  const nonce = nonces.make(SCOPE);
  clock.stepWall(365 * 86_400_000);
  expect(nonces.judge(nonce, SCOPE)).toBe('fresh');
  clock.stepWall(-2 * 365 * 86_400_000);
  expect(nonces.judge(nonce, SCOPE)).toBe('fresh');
});

test('a nonce is foreign from another source, for another realm, after a restart, or with one bit changed', () => {
  const { random, clock, mint: nonces } = mint();
  const nonce = nonces.make(SCOPE);
  expect(nonces.judge(nonce, { ...SCOPE, source: '192.0.2.8' })).toBe('foreign');
  expect(nonces.judge(nonce, { ...SCOPE, realm: 'other' })).toBe('foreign');
  expect(mint(clock, random).mint.judge(nonce, SCOPE)).toBe('foreign');
  const octets = Buffer.from(nonce, 'base64url');
  for (let bit = 0; bit < octets.length * 8; bit++) {
    const changed = Buffer.from(octets);
    changed[bit >> 3] = changed[bit >> 3]! ^ (1 << (bit & 7));
    expect(nonces.judge(changed.toString('base64url'), SCOPE)).toBe('foreign');
  }
});

test.each(['', 'x', 'A'.repeat(39), 'A'.repeat(41), 'A'.repeat(40), `${'A'.repeat(39)}=`, '\xff'.repeat(40)])(
  'nonsense is foreign: %j',
  (nonce) => {
    expect(mint().mint.judge(nonce, SCOPE)).toBe('foreign');
  },
);

test('no two nonces are equal, not even in one millisecond', () => {
  const { mint: nonces } = mint();
  expect(new Set(Array.from({ length: 100 }, () => nonces.make(SCOPE))).size).toBe(100);
});
