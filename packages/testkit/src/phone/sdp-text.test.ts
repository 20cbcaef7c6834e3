import { expect, test } from 'vitest';
import { answerTo, phoneSdp, readSdp } from './sdp-text.ts';

test('what a phone writes another reads', () => {
  const sdp = phoneSdp({
    address: '2001:db8::5',
    port: 4000,
    session: 7,
    version: 3,
    direction: 'sendonly',
    codecs: ['8 PCMA/8000'],
  });
  expect(readSdp(sdp)).toEqual({
    address: '2001:db8::5',
    port: 4000,
    direction: 'sendonly',
    codecs: ['8 PCMA/8000'],
    origin: { session: '7', version: '3' },
  });
});

test('static payload types need no rtpmap, and no direction means both', () => {
  const sdp = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 18\r\n';
  expect(readSdp(sdp)).toMatchObject({ codecs: ['0 PCMU/8000', '18 unknown'], direction: 'sendrecv' });
});

test("an answer takes the offer's payload types, one sound and the events, and mirrors the direction", () => {
  const offer = readSdp(
    phoneSdp({
      address: '192.0.2.1',
      port: 4000,
      session: 1,
      version: 1,
      direction: 'sendonly',
      codecs: ['96 opus/48000/2', '0 PCMU/8000', '8 PCMA/8000', '100 telephone-event/8000'],
    }),
  );
  expect(answerTo(offer, ['8 PCMA/8000', '0 PCMU/8000', '101 telephone-event/8000'])).toEqual({
    codecs: ['0 PCMU/8000', '100 telephone-event/8000'],
    direction: 'recvonly',
  });
});
