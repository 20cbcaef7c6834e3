import { expect, test } from 'vitest';
import { REMEMBERED, remembering } from './remembering.ts';

function counted() {
  const read: string[] = [];
  const ask = remembering((text) => {
    read.push(text);
    return { text };
  });
  return { read, ask };
}

test('a text that comes again gets the same answer without being read', () => {
  const { read, ask } = counted();
  expect(ask('a')).toBe(ask('a'));
  expect(ask('b')).toEqual({ text: 'b' });
  expect(read).toEqual(['a', 'b']);
});

test('what is kept is bounded in number and length', () => {
  const { read, ask } = counted();
  for (let i = 0; i <= REMEMBERED.texts; i++) ask(`${i}`);
  read.length = 0;
  ask(`${REMEMBERED.texts}`);
  ask('1');
  expect(read).toEqual([]);
  ask('0');
  expect(read).toEqual(['0']);

  const long = 'x'.repeat(REMEMBERED.characters + 1);
  read.length = 0;
  ask(long);
  ask(long);
  expect(read).toEqual([long, long]);
});
