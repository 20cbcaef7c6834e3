import { expect, test } from 'vitest';
import { NetstringReader, netstring } from './netstring.ts';

test('the length counts octets', () => {
  expect(netstring('Ж').toString()).toBe('2:Ж,');
});

test('messages come out whole wherever the stream was cut', () => {
  const stream = Buffer.concat([netstring('{"a":1}'), netstring('{"b":",12:"}')]);
  for (let cut = 1; cut < stream.length; cut++) {
    const told: string[] = [];
    const reader = new NetstringReader((text) => told.push(text));
    reader.push(stream.subarray(0, cut));
    reader.push(stream.subarray(cut));
    expect(told).toEqual(['{"a":1}', '{"b":",12:"}']);
  }
});
