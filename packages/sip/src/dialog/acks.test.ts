import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { Acks } from './acks.ts';
import type { Dialog } from './dialog.ts';

const LIFETIME = 32_000;

function make() {
  const clock = new FakeClock();
  const acks = new Acks(clock, LIFETIME);
  const sent: string[] = [];
  const flow = { send: (octets: Buffer) => sent.push(octets.toString('latin1')) };
  /** Keeps the ACK of the dialog with this local tag. */
  const keep = (localTag: string) => {
    const dialog = { callId: 'c', localTag, remoteTag: 'r', flowTo: () => flow } as unknown as Dialog;
    acks.keep(dialog, 1, Buffer.from(localTag), undefined);
  };
  return { clock, acks, sent, keep };
}

test('an ACK is sent again for its whole lifetime and no longer, whatever else is kept meanwhile', () => {
  const { clock, acks, sent, keep } = make();
  clock.advance(20_000);
  keep('one');
  for (let second = 1; second < 32; second++) {
    clock.advance(1_000);
    keep(`other${second}`);
    expect(acks.repeat('c', 'one', 'r', 1)).toBe(true);
  }
  expect(sent.length).toBe(31);
  clock.advance(1_000);
  expect(acks.repeat('c', 'one', 'r', 1)).toBe(false);
  expect(acks.repeat('c', 'other1', 'r', 1)).toBe(true);
});

test('only the very 2xx gets it', () => {
  const { acks, keep } = make();
  keep('one');
  expect(acks.repeat('c2', 'one', 'r', 1)).toBe(false);
  expect(acks.repeat('c', 'two', 'r', 1)).toBe(false);
  expect(acks.repeat('c', 'one', 'r2', 1)).toBe(false);
  expect(acks.repeat('c', 'one', 'r', 2)).toBe(false);
  expect(acks.repeat('c', 'one', 'r', 1)).toBe(true);
});

test('the oldest make room when there are too many', () => {
  const { acks, keep } = make();
  keep('first');
  for (let i = 0; i < 65_536; i++) keep(`${i}`);
  expect(acks.repeat('c', 'first', 'r', 1)).toBe(false);
  expect(acks.repeat('c', '65000', 'r', 1)).toBe(true);
  expect(acks.repeat('c', '33000', 'r', 1)).toBe(true);
});
