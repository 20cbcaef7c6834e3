import { expect, test } from 'vitest';
import { LegDescription } from './leg-description.ts';

const body = (port: number, more = '', direction = 'sendrecv'): string =>
  [
    'v=0',
    `o=- 1 ${port} IN IP4 192.0.2.1`,
    's=-',
    'c=IN IP4 192.0.2.1',
    't=0 0',
    `m=audio ${port} RTP/AVP 8 101`,
    'a=rtpmap:8 PCMA/8000',
    'a=rtpmap:101 telephone-event/8000',
    `a=${direction}`,
    `${more}`,
  ]
    .filter((line) => line !== '')
    .join('\r\n')
    .concat('\r\n');

function leg(port: number): LegDescription {
  let next = port + 100;
  const open = () => {
    next += 2;
    return next;
  };
  return new LegDescription({
    local: { address: '198.51.100.1', port },
    sessionId: `${port}`,
    signalling: '192.0.2.1',
    ports: { open, keep: () => {} },
  });
}

const said = (text: string, prefix: string): string[] => text.split('\r\n').filter((line) => line.startsWith(prefix));

test('RFC 3264 §8.3.1: a leg that has moved is offered its new port in the same session, one version on', () => {
  const [caller, callee] = [leg(20_000), leg(30_000)];
  expect(caller.receiveOffer(body(4_000)).ok).toBe(true);
  const offer = callee.offerFrom(caller);
  expect(offer.ok && said(offer.value, 'o=')).toEqual(['o=- 30000 1 IN IP4 198.51.100.1']);
  expect(callee.receiveAnswer(body(5_000)).ok).toBe(true);
  expect(caller.answerFrom(callee).ok).toBe(true);
  callee.move({ local: { address: '198.51.100.1', port: 40_000 } });
  const again = callee.offerFrom(caller, 'any', { agreed: true });
  if (!again.ok) throw new Error(again.error.code);
  expect(said(again.value, 'o=')).toEqual(['o=- 30000 2 IN IP4 198.51.100.1']);
  expect(said(again.value, 'm=')).toEqual(['m=audio 40000 RTP/AVP 8 101']);
});

test('what stood beside the sound keeps its place, refused', () => {
  const video = 'm=video 4002 RTP/AVP 99\r\na=rtpmap:99 VP8/90000';
  const [caller, callee, other] = [leg(20_000), leg(30_000), leg(40_000)];
  expect(caller.receiveOffer(body(4_000, video)).ok).toBe(true);
  expect(callee.offerFrom(caller).ok).toBe(true);
  expect(callee.receiveAnswer(body(5_000, video)).ok).toBe(true);
  expect(callee.streams).toHaveLength(1);
  expect(other.receiveOffer(body(6_000)).ok).toBe(true);
  callee.move({ local: { address: '198.51.100.1', port: 50_000 } });
  expect(callee.streams).toEqual([]);
  const offer = callee.offerFrom(other);
  expect(offer.ok && said(offer.value, 'm=')).toEqual(['m=audio 50000 RTP/AVP 8 101', 'm=video 0 RTP/AVP 99']);
});

test('whom somebody held who has gone is no reason to offer a hold to who comes', () => {
  const [held, comes] = [leg(20_000), leg(30_000)];
  expect(held.receiveOffer(body(4_000, '', 'recvonly')).ok).toBe(true);
  const asHeld = comes.offerFrom(held);
  expect(asHeld.ok && said(asHeld.value, 'a=recvonly')).toHaveLength(1);
  comes.rollBack();
  const unheld = comes.offerFrom(held, 'any', { unheld: true });
  expect(unheld.ok && said(unheld.value, 'a=sendrecv')).toHaveLength(1);
});
