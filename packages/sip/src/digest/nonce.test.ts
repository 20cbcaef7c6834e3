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

test('a nonce is foreign from another source, for another realm, after a restart, or with one character changed', () => {
  const { random, clock, mint: nonces } = mint();
  const nonce = nonces.make(SCOPE);
  expect(nonces.judge(nonce, { ...SCOPE, source: '192.0.2.8' })).toBe('foreign');
  expect(nonces.judge(nonce, { ...SCOPE, realm: 'other' })).toBe('foreign');
  expect(mint(clock, random).mint.judge(nonce, SCOPE)).toBe('foreign');
  for (let at = 0; at < nonce.length; at++) {
    for (const other of [...'0123456789abcdefghijklmnopqrstuvwxyzA\u0130']) {
      if (other === nonce[at]) continue;
      expect(nonces.judge(nonce.slice(0, at) + other + nonce.slice(at + 1), SCOPE)).toBe('foreign');
    }
  }
  expect(nonces.judge(nonce.toUpperCase(), SCOPE)).toBe('foreign');
});

test('a nonce says nothing about how many were made before it', () => {
  const { clock, mint: nonces } = mint();
  for (let i = 0; i < 100; i++) nonces.make(SCOPE);
  clock.advance(1);
  const later = nonces.make(SCOPE);
  const other = mint();
  other.clock.advance(1);
  expect(later.slice(0, 12)).toBe(other.mint.make(SCOPE).slice(0, 12));
});

test.each([
  '',
  'x',
  'a'.repeat(43),
  'a'.repeat(45),
  'a'.repeat(44),
  'A'.repeat(44),
  `${'a'.repeat(43)}=`,
  '\xff'.repeat(44),
])('nonsense is foreign: %j', (nonce) => {
  expect(mint().mint.judge(nonce, SCOPE)).toBe('foreign');
});

test('no two nonces are equal, not even in one millisecond', () => {
  const { mint: nonces } = mint();
  expect(new Set(Array.from({ length: 100 }, () => nonces.make(SCOPE))).size).toBe(100);
});
