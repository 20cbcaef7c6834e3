import { expect, test } from 'vitest';
import { LegDescription } from './leg-description.ts';
import type { OfferedCodecs } from './leg-options.ts';
import { leg, line, sdp, value } from './testing/exchange.ts';

const CALLER = sdp([
  'm=audio 4000 RTP/AVP 9 0 8 101 13',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-15',
  'a=rtpmap:13 CN/8000',
]);

function offered(codecs: OfferedCodecs): LegDescription {
  return new LegDescription({
    local: { address: '198.51.100.1', port: 20_002 },
    sessionId: '20002',
    signalling: '192.0.2.70',
    codecs,
  });
}

test.each<[OfferedCodecs, string]>([
  [{}, 'm=audio 20002 RTP/AVP 9 0 8 101 13'],
  [{ sound: ['pcma', 'pcmu'] }, 'm=audio 20002 RTP/AVP 0 8 101 13'],
  [{ sound: ['pcma'], keys: 'events' }, 'm=audio 20002 RTP/AVP 8 101 13'],
  [{ sound: ['pcma'], keys: 'tones' }, 'm=audio 20002 RTP/AVP 8 13'],
  [{ sound: ['pcma'], keys: 'info' }, 'm=audio 20002 RTP/AVP 8 13'],
])('a leg that may be offered %j is offered no more', (codecs, media) => {
  const a = leg(20_000);
  value(a.receiveOffer(CALLER));
  expect(line(value(offered(codecs).offerFrom(a)), 'm=')).toEqual([media]);
});

test('where nothing is left there is no offer, neither another’s nor our own', () => {
  const a = leg(20_000);
  value(a.receiveOffer(CALLER));
  const b = offered({ sound: ['g729'] });
  expect(b.offerFrom(a)).toMatchObject({ ok: false, error: { code: 'no-common-codec' } });
  expect(b.offerOwn()).toMatchObject({ ok: false, error: { code: 'no-common-codec' } });
  expect(line(value(offered({ sound: ['pcmu'], keys: 'tones' }).offerOwn()), 'm=')).toEqual([
    'm=audio 20002 RTP/AVP 0',
  ]);
});
