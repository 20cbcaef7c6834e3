import { expect, test } from 'vitest';
import { TooLate } from './deadline.ts';
import { Heard } from './heard.ts';

const is = (wanted: string) => (text: string) => text === wanted;

test('what was said before anybody asked is not lost, and is handed out once', async () => {
  const heard = new Heard<string>(String);
  heard.push('a');
  heard.push('b');
  expect(await heard.next('b', is('b'), 10)).toBe('b');
  expect(await heard.next('a', is('a'), 10)).toBe('a');
  await expect(heard.next('a again', is('a'), 10)).rejects.toThrow(TooLate);
});

test('two who wait for the same get one each', async () => {
  const heard = new Heard<string>(String);
  const both = Promise.all([heard.next('a', is('a'), 1_000), heard.next('a', is('a'), 1_000)]);
  heard.push('a');
  heard.push('a');
  expect(await both).toEqual(['a', 'a']);
});

test('a deadline names what was awaited and what came instead', async () => {
  const heard = new Heard<string>(String);
  heard.push('b');
  await expect(heard.next('a', is('a'), 10)).rejects.toThrow('no a within 10 ms; last seen: b');
});

test('the end is told to those who wait and to those who come later', async () => {
  const heard = new Heard<string>(String);
  const waiting = heard.next('a', is('a'), 1_000);
  heard.end(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await expect(heard.next('a', is('a'), 1_000)).rejects.toThrow('gone');
});
