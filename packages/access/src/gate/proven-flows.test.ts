import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import type { FarEnd } from './far-end.ts';
import { ProvenFlows } from './proven-flows.ts';

const ANNA = 'd\nanna';
const BORIS = 'd\nboris';

const at = (address: string, port: number, transport = 'udp'): FarEnd => ({ address, port, transport });

function flows(options: { limit?: number; perAccount?: number } = {}) {
  const clock = new FakeClock();
  return { clock, proven: new ProvenFlows({ clock, ...options }) };
}

test('a far end is proven for its time, by address, port, transport and account', () => {
  const { clock, proven } = flows();
  proven.prove(at('192.0.2.1', 5060), ANNA, 1_000);
  expect(proven.has(at('192.0.2.1', 5060))).toBe(true);
  expect(proven.has(at('192.0.2.1', 5061))).toBe(false);
  expect(proven.has(at('192.0.2.1', 5060, 'tcp'))).toBe(false);
  expect(proven.has(at('192.0.2.2', 5060))).toBe(false);
  expect([ANNA, BORIS].map((account) => proven.proves(at('192.0.2.1', 5060), account))).toEqual([true, false]);
  clock.advance(1_000);
  expect(proven.proves(at('192.0.2.1', 5060), ANNA)).toBe(false);
  expect(proven.has(at('192.0.2.1', 5060))).toBe(false);
  expect(proven.size).toBe(0);
});

test('several accounts of one far end are proven each for its own time', () => {
  const { clock, proven } = flows();
  proven.prove(at('192.0.2.1', 5060), ANNA, 1_000);
  proven.prove(at('192.0.2.1', 5060), BORIS, 2_000);
  clock.advance(1_000);
  expect([ANNA, BORIS].map((account) => proven.proves(at('192.0.2.1', 5060), account))).toEqual([false, true]);
  expect([proven.has(at('192.0.2.1', 5060)), proven.size]).toEqual([true, 1]);
});

test('a shorter proof takes nothing from a longer one', () => {
  const { clock, proven } = flows();
  proven.prove(at('192.0.2.1', 5060), ANNA, 10_000);
  proven.prove(at('192.0.2.1', 5060), ANNA, 1_000);
  clock.advance(9_999);
  expect(proven.has(at('192.0.2.1', 5060))).toBe(true);
});

test('a proof ends with so many failures in a row there, and with nobody else’s', () => {
  const { proven } = flows();
  proven.prove(at('192.0.2.1', 5060), ANNA, 10_000);
  const fails = (port: number, account: string) => proven.failed(at('192.0.2.1', port), account, 3);
  for (let i = 0; i < 9; i++) for (const account of [ANNA, BORIS]) fails(5061, account);
  fails(5060, BORIS);
  fails(5060, ANNA);
  fails(5060, ANNA);
  proven.prove(at('192.0.2.1', 5060), ANNA, 10_000);
  fails(5060, ANNA);
  fails(5060, ANNA);
  expect(proven.proves(at('192.0.2.1', 5060), ANNA)).toBe(true);
  fails(5060, ANNA);
  expect([proven.proves(at('192.0.2.1', 5060), ANNA), proven.size]).toEqual([false, 0]);
});

test('an account that comes from everywhere pushes out its own oldest, and nobody else', () => {
  const { proven } = flows({ limit: 20, perAccount: 5 });
  proven.prove(at('192.0.2.1', 5060), BORIS, 1_000);
  for (let i = 0; i < 100; i++) proven.prove(at(`2001:db8::${i.toString(16)}`, 5060), ANNA, 1_000);
  for (let port = 1; port < 100; port++) proven.prove(at('2001:db8::63', port), ANNA, 1_000);
  expect([proven.has(at('192.0.2.1', 5060)), proven.size]).toEqual([true, 6]);
  // What is used again stays.
  for (let port = 101; port < 200; port++) {
    proven.prove(at('2001:db8::63', 99), ANNA, 1_000);
    proven.prove(at('2001:db8::63', port), ANNA, 1_000);
  }
  expect(proven.has(at('2001:db8::63', 99))).toBe(true);
});

test('it holds so many and no more, and those whose time is over go first', () => {
  const { clock, proven } = flows({ limit: 100 });
  for (let i = 0; i < 100; i++) proven.prove(at(`192.0.2.${i}`, 5060), `d\n${i}`, i < 10 ? 1_000 : 9_000);
  clock.advance(1_000);
  proven.prove(at('192.0.3.1', 5060), ANNA, 9_000);
  expect(proven.size).toBe(91);
  expect(proven.has(at('192.0.2.10', 5060))).toBe(true);
  for (let i = 0; i < 20; i++) proven.prove(at(`192.0.4.${i}`, 5060), `e\n${i}`, 9_000);
  expect([proven.size, proven.has(at('192.0.4.19', 5060)), proven.has(at('192.0.2.10', 5060))]).toEqual([
    100,
    true,
    false,
  ]);
});

test('what is over is forgotten when it is swept', () => {
  const { clock, proven } = flows();
  for (let i = 0; i < 10; i++) proven.prove(at(`192.0.2.${i}`, 5060), ANNA, i < 4 ? 1_000 : 9_000);
  clock.advance(1_000);
  proven.sweep();
  expect(proven.size).toBe(6);
});

test('a far end at which one account is proven counts as that account, and one of several by itself', () => {
  const { clock, proven } = flows();
  expect(proven.accountAt(at('192.0.2.1', 5060))).toBeUndefined();
  proven.prove(at('192.0.2.1', 5060), ANNA, 2_000);
  expect(proven.accountAt(at('192.0.2.1', 5060))).toBe(ANNA);
  proven.prove(at('192.0.2.1', 5060), BORIS, 1_000);
  expect(proven.accountAt(at('192.0.2.1', 5060))).toBeUndefined();
  clock.advance(1_000);
  expect(proven.accountAt(at('192.0.2.1', 5060))).toBe(ANNA);
});
