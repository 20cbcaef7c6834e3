import { beforeEach, expect, test } from 'vitest';
import { parseMessage } from '../message/parse-message.ts';
import type { Flow } from '../transport/index.ts';
import type { DialogOwner } from './context.ts';
import { Dialog, type DialogSet } from './dialog.ts';
import { DialogTable } from './dialog-table.ts';

let table: DialogTable;

beforeEach(() => {
  table = new DialogTable();
});

/** A fork with this remote tag of the INVITE with this local tag. */
function fork(localTag: string, remoteTag: string): Dialog {
  const head = `To: <sip:b@b>;tag=${remoteTag}\r\nCall-ID: c1\r\nCSeq: 1 INVITE`;
  const read = parseMessage(Buffer.from(`SIP/2.0 180 Ringing\r\n${head}\r\n\r\n`, 'latin1'));
  if (!read.ok || read.value.kind !== 'response') throw new Error('no response');
  const set: DialogSet = {
    callId: 'c1',
    localTag,
    from: `<sip:a@a>;tag=${localTag}`,
    seq: 1,
    requestUri: 'sip:b@b',
    contactUser: 'u',
    resolve: undefined,
  };
  return Dialog.ofCaller(set, read.value, {} as Flow);
}

function ownerOf(dialog: Dialog): DialogOwner {
  return { dialog, onRequest: () => {}, onAck: () => {} };
}

test('a dialog is found by all three of its names, and by nothing less (RFC 3261 §20.8)', () => {
  const owner = ownerOf(fork('a', 'b'));
  table.set(owner);
  expect(table.find('c1', 'a', 'b')).toBe(owner);
  expect(table.find('c2', 'a', 'b')).toBeUndefined();
  expect(table.find('C1', 'a', 'b')).toBeUndefined();
  expect(table.find('c1', 'b', 'a')).toBeUndefined();
  expect(table.find('c1', 'a', '')).toBeUndefined();
});

test.each([
  [0, 1, 2],
  [2, 1, 0],
  [1, 0, 2],
])('forks of one INVITE are found each by its own tag, whichever goes first: %i, %i, %i', (...order) => {
  const forks = ['x', 'y', 'z'].map((tag) => fork('a', tag));
  const owners = forks.map(ownerOf);
  for (const owner of owners) table.set(owner);
  const alive = new Set([0, 1, 2]);
  for (const gone of order) {
    table.delete(forks[gone]!);
    table.delete(forks[gone]!);
    alive.delete(gone);
    for (const at of [0, 1, 2]) {
      expect(table.find('c1', 'a', forks[at]!.remoteTag)).toBe(alive.has(at) ? owners[at] : undefined);
    }
    expect(table.size).toBe(alive.size);
  }
});

test('a new owner takes a dialog over; one that was deleted may come in again', () => {
  const dialog = fork('a', 'b');
  table.set(ownerOf(dialog));
  const session = ownerOf(dialog);
  table.set(session);
  expect(table.size).toBe(1);
  expect(table.find('c1', 'a', 'b')).toBe(session);
  table.delete(dialog);
  table.set(session);
  expect(table.find('c1', 'a', 'b')).toBe(session);
});

test('all owners are there to be seen, forks of one INVITE too', () => {
  const owners = [ownerOf(fork('a', 'b')), ownerOf(fork('a', 'c')), ownerOf(fork('d', 'e'))];
  for (const owner of owners) table.set(owner);
  expect(new Set(table.owners())).toEqual(new Set(owners));
  expect([...table.owners()]).toHaveLength(3);
});
