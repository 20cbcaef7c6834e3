import { expect, test } from 'vitest';
import { AccountLines } from './account-lines.ts';

test('turns of one account follow one another, those of others do not wait', () => {
  const lines = new AccountLines();
  const begun: string[] = [];
  const leaves = new Map<string, () => void>();
  const turn = (name: string) => (leave: () => void) => {
    begun.push(name);
    leaves.set(name, leave);
  };
  lines.enter('alice', turn('first'));
  lines.enter('alice', turn('second'));
  lines.enter('bob', turn('other'));
  expect([begun, lines.length('alice'), lines.size]).toEqual([['first', 'other'], 2, 3]);
  leaves.get('first')?.();
  leaves.get('first')?.();
  expect([begun, lines.length('alice')]).toEqual([['first', 'other', 'second'], 1]);
  leaves.get('second')?.();
  leaves.get('other')?.();
  expect([lines.length('alice'), lines.size]).toEqual([0, 0]);
});

test('a turn that leaves at once lets the next one in at once', () => {
  const lines = new AccountLines();
  const begun: number[] = [];
  for (let i = 0; i < 3; i++) {
    lines.enter('alice', (leave) => {
      begun.push(i);
      leave();
    });
  }
  expect([begun, lines.size]).toEqual([[0, 1, 2], 0]);
});
