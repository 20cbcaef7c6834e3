import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { NonceMint } from './nonce.ts';

const PORT = 5062;
const SCOPE = { source: '192.0.2.7', realm: 'office' };

function mint(clock = new FakeClock(), random = new SeededRandom()) {
  return { clock, random, mint: new NonceMint({ clock, random, secret: Buffer.alloc(32, 7), lifetime: 60_000 }) };
}

test('RFC 7616 §5.4: a nonce is fresh until its age, then stale', () => {
  const { clock, mint: nonces } = mint();
  const nonce = nonces.make(SCOPE, PORT);
  expect(nonces.judge(nonce, SCOPE)).toEqual({ age: 'fresh', port: PORT });
  clock.advance(60_000);
  expect(nonces.judge(nonce, SCOPE)).toEqual({ age: 'fresh', port: PORT });
  clock.advance(1);
  expect(nonces.judge(nonce, SCOPE)).toEqual({ age: 'stale', port: PORT });
});

test('a step of the wall clock, either way, ages no nonce', () => {
  const { clock, mint: nonces } = mint();
  const nonce = nonces.make(SCOPE, PORT);
  clock.stepWall(365 * 86_400_000);
  expect(nonces.judge(nonce, SCOPE)).toEqual({ age: 'fresh', port: PORT });
  clock.stepWall(-2 * 365 * 86_400_000);
  expect(nonces.judge(nonce, SCOPE)).toEqual({ age: 'fresh', port: PORT });
});

test('a nonce is foreign from another source, for another realm, after a restart, or with one character changed', () => {
  const { random, clock, mint: nonces } = mint();
  const nonce = nonces.make(SCOPE, PORT);
  expect(nonces.judge(nonce, { ...SCOPE, source: '192.0.2.8' })).toBeUndefined();
  expect(nonces.judge(nonce, { ...SCOPE, realm: 'other' })).toBeUndefined();
  expect(mint(clock, random).mint.judge(nonce, SCOPE)).toBeUndefined();
  for (let at = 0; at < nonce.length; at++) {
    for (const other of [...'0123456789abcdefghijklmnopqrstuvwxyzA\u0130']) {
      if (other === nonce[at]) continue;
      expect(nonces.judge(nonce.slice(0, at) + other + nonce.slice(at + 1), SCOPE)).toBeUndefined();
    }
  }
  expect(nonces.judge(nonce.toUpperCase(), SCOPE)).toBeUndefined();
});

test('a nonce says nothing about how many were made before it', () => {
  const { clock, mint: nonces } = mint();
  for (let i = 0; i < 100; i++) nonces.make(SCOPE, PORT);
  clock.advance(1);
  const later = nonces.make(SCOPE, PORT);
  const other = mint();
  other.clock.advance(1);
  expect(later.slice(0, 12)).toBe(other.mint.make(SCOPE, PORT).slice(0, 12));
});

test.each([
  '',
  'x',
  'a'.repeat(47),
  'a'.repeat(49),
  'a'.repeat(48),
  'A'.repeat(48),
  `${'a'.repeat(47)}=`,
  '\xff'.repeat(48),
])('nonsense is foreign: %j', (nonce) => {
  expect(mint().mint.judge(nonce, SCOPE)).toBeUndefined();
});

test('no two nonces are equal, not even in one millisecond', () => {
  const { mint: nonces } = mint();
  expect(new Set(Array.from({ length: 100 }, () => nonces.make(SCOPE, PORT))).size).toBe(100);
});

test.each([0, 1, 5060, 65_535])('it tells that it was sent to port %i', (port) => {
  const { mint: nonces } = mint();
  expect(nonces.judge(nonces.make(SCOPE, port), SCOPE)?.port).toBe(port);
});
