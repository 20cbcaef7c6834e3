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
  const dialogOf = (localTag: string) =>
    ({ callId: 'c', localTag, remoteTag: 'r', flowTo: () => flow }) as unknown as Dialog;
  /** Keeps the ACK of the dialog with this local tag. */
  const keep = (localTag: string) => acks.keep(dialogOf(localTag), 1, Buffer.from(localTag), undefined);
  return { clock, acks, sent, keep, dialogOf };
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

test('what is kept shares no memory with what was sent, which was cut from a piece of 64 KiB', () => {
  const { acks, sent, dialogOf } = make();
  const octets = Buffer.from('ACK sip:201@192.0.2.1 SIP/2.0\r\nSubject: \xe9\xff\r\n\r\n', 'latin1');
  const before = octets.toString('latin1');
  acks.keep(dialogOf('one'), 1, octets, undefined);
  octets.fill(0);
  expect(acks.repeat('c', 'one', 'r', 1)).toBe(true);
  expect(sent).toEqual([before]);
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
