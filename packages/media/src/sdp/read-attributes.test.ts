import { expect, test } from 'vitest';
import { directionIn, rtcpIn, soundIn } from './read-attributes.ts';

const EVENTS = 'a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n';

function encodings(formats: readonly string[], attributes: string): string[] {
  return soundIn(formats, attributes).codecs.map(({ payloadType, encoding }) => `${payloadType} ${encoding}`);
}

test('the same attributes under other formats are another sound', () => {
  expect(encodings(['8', '101'], EVENTS)).toEqual(['8 pcma/8000/1', '101 telephone-event/8000/1']);
  expect(encodings(['101', '0'], EVENTS)).toEqual(['101 telephone-event/8000/1', '0 pcmu/8000/1']);
  expect(encodings(['8'], EVENTS)).toEqual(['8 pcma/8000/1']);
  expect(encodings([], EVENTS)).toEqual([]);
});

test('what was read before is at hand again', () => {
  expect(soundIn(['8', '101'], EVENTS)).toBe(soundIn(['8', '101'], EVENTS));
});

test('direction and packet times are those of the lines, or undefined', () => {
  expect(soundIn(['8'], 'a=ptime:30\r\na=maxptime:60\r\na=sendonly\r\n')).toMatchObject({
    direction: 'sendonly',
    ptime: 30,
    maxptime: 60,
  });
  expect(soundIn(['8'], 'a=ptime:5000\r\na=maxptime:-1\r\n')).toMatchObject({
    direction: undefined,
    ptime: undefined,
    maxptime: undefined,
  });
  expect([directionIn('a=inactive\r\n'), directionIn('')]).toEqual(['inactive', undefined]);
});

test('RTCP with and without an address, and none that could be', () => {
  expect(rtcpIn('a=rtcp:4001 IN IP4 192.0.2.8\r\n')).toEqual({ address: '192.0.2.8', port: 4001 });
  expect(rtcpIn('a=rtcp:4001\r\n')).toEqual({ address: undefined, port: 4001 });
  expect(rtcpIn('a=rtcp:70000\r\n')).toEqual({ address: undefined, port: undefined });
  expect(rtcpIn('')).toEqual({ address: undefined, port: undefined });
});
