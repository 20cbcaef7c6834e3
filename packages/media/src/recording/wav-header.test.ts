import { expect, test } from 'vitest';
import { readWavHeader, WAV_HEADER_OCTETS, wavHeader } from './wav-header.ts';

test.each(['PCMA', 'PCMU'] as const)('a header of %s is what it says', (law) => {
  const header = wavHeader(law, 12_345);
  expect(header.length).toBe(WAV_HEADER_OCTETS);
  expect(readWavHeader(header)).toEqual({ law, frames: 12_345 });
});

test('every field is where the format puts it', () => {
  const header = wavHeader('PCMA', 3);
  expect(header.toString('latin1').replaceAll(/[^A-Za-z ]+/g, '.')).toMatch(/^RIFF.+WAVEfmt .+fact.+data/);
  expect(header.readUInt32LE(4)).toBe(56);
  expect([header.readUInt16LE(20), header.readUInt16LE(22)]).toEqual([6, 2]);
  expect([header.readUInt32LE(24), header.readUInt32LE(28)]).toEqual([8000, 16_000]);
  expect([header.readUInt16LE(32), header.readUInt16LE(34), header.readUInt16LE(36)]).toEqual([2, 8, 0]);
  expect(header.readUInt32LE(46)).toBe(3);
  expect(header.readUInt32LE(54)).toBe(6);
});

test('no header of ours: too short, another format, other chunks', () => {
  const header = wavHeader('PCMU', 1);
  expect(readWavHeader(header.subarray(0, 57))).toBeUndefined();
  for (const at of [0, 8, 20, 22, 24, 38, 50]) {
    const other = Buffer.from(header);
    other[at] = other[at]! ^ 0x40;
    expect(readWavHeader(other), `octet ${at}`).toBeUndefined();
  }
});
