import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rtpMarker, rtpPayloadAt, rtpPayloadType, rtpSequence, rtpSsrc, rtpTimestamp } from './packet.ts';
import {
  type DtmfKey,
  dtmfKey,
  eventCode,
  eventDuration,
  eventEnds,
  holdsEvent,
  keyOfEvent,
  writeEventPacket,
} from './telephone-event.ts';

test('the octets of an event are those of RFC 4733 §2.3', () => {
  const packet = writeEventPacket({
    payloadType: 101,
    marker: true,
    sequence: 0x1_0203,
    timestamp: 0x04050607,
    ssrc: 0x08090a0b,
    key: '#',
    duration: 0x0320,
    ends: true,
  });
  expect(packet.toString('hex')).toBe('80e50203040506' + '0708090a0b' + '0b8a0320');
});

test.each([
  ['5', '5'],
  ['*', '*'],
  ['10', '*'],
  ['11', '#'],
  ['d', 'D'],
  ['15', 'D'],
  ['16', '!'],
  ['17', undefined],
  ['', undefined],
  ['05', undefined],
  ['é', undefined],
])('%j names the key %j', (text, key) => {
  expect(dtmfKey(text)).toBe(key);
});

test('other events than keys are none', () => {
  expect([15, 16, 17, 32, 255].map(keyOfEvent)).toEqual(['D', '!', undefined, undefined, undefined]);
});

test('a payload of less than four octets holds no event, padding not counted', () => {
  const packet = writeEventPacket({
    payloadType: 96,
    marker: false,
    sequence: 1,
    timestamp: 1,
    ssrc: 1,
    key: '1',
    duration: 1,
    ends: false,
  });
  expect([holdsEvent(packet, 12), holdsEvent(packet.subarray(0, 15), 12)]).toEqual([true, false]);
  packet[0] = 0xa0;
  packet[15] = 1;
  expect(holdsEvent(packet, 12)).toBe(false);
});

test('what is written is read again', () => {
  const event = fc.record({
    payloadType: fc.nat(127),
    marker: fc.boolean(),
    sequence: fc.nat(0xffff),
    timestamp: fc.nat(0xffffffff),
    ssrc: fc.nat(0xffffffff),
    key: fc.constantFrom<DtmfKey>(...([...'0123456789*#ABCD!'] as DtmfKey[])),
    duration: fc.nat(0xffff),
    ends: fc.boolean(),
  });
  fc.assert(
    fc.property(event, (written) => {
      const packet = writeEventPacket(written);
      const at = rtpPayloadAt(packet);
      expect({
        payloadType: rtpPayloadType(packet),
        marker: rtpMarker(packet),
        sequence: rtpSequence(packet),
        timestamp: rtpTimestamp(packet),
        ssrc: rtpSsrc(packet),
        key: keyOfEvent(eventCode(packet, at)),
        duration: eventDuration(packet, at),
        ends: eventEnds(packet, at),
      }).toEqual(written);
    }),
  );
});
