import { expect, test } from 'vitest';
import { rtpPayloadType } from '../rtp/packet.ts';
import { LegDescription } from '../sdp/leg-description.ts';
import { payloadTypeMap } from '../sdp/payload-type-map.ts';
import { sdp, value } from '../sdp/testing/exchange.ts';
import { rtpPacket, type UdpPhone } from '../testing/udp-phone.ts';
import {
  BRIDGE,
  close,
  handled,
  openLegs,
  phone,
  rtpPort,
  start,
  statistics,
  update,
  useWorker,
  worker,
} from './testing/worker-here.ts';

useWorker(46_200);

// From what two phones say in their SDP to what each of them hears: no number is put in by hand.

const EVENTS = 'telephone-event/8000';

/** `m=audio` of a phone with these formats: what each number means to it. */
function body(of: UdpPhone, formats: Readonly<Record<number, string>>): string {
  const maps = Object.entries(formats).map(([number, meaning]) => `a=rtpmap:${number} ${meaning}`);
  const line = `m=audio ${of.at.port} RTP/AVP ${Object.keys(formats).join(' ')}`;
  return sdp([line, ...maps], { address: of.at.address });
}

async function negotiated(offer: Readonly<Record<number, string>>, answer: Readonly<Record<number, string>>) {
  await start();
  const [a, b] = [await phone('127.0.0.2'), await phone('127.0.0.3')];
  const open = openLegs('127.0.0.2', '127.0.0.3');
  const [caller, callee] = [1, 2].map(
    (leg) => new LegDescription({ local: rtpPort(leg), sessionId: `${leg}`, signalling: `127.0.0.${leg + 1}` }),
  ) as [LegDescription, LegDescription];
  value(caller.receiveOffer(body(a, offer)));
  value(callee.offerFrom(caller));
  value(callee.receiveAnswer(body(b, answer)));
  value(caller.answerFrom(callee));
  const maps = { aToB: payloadTypeMap(caller, callee), bToA: payloadTypeMap(callee, caller) };
  worker.execute([...open, update(1, caller.media()), update(2, callee.media()), { ...BRIDGE, ...maps }]);
  return { a, b };
}

test('each phone hears a codec by the number that it gave it itself, both ways', async () => {
  const { a, b } = await negotiated(
    { 97: 'PCMA/8000', 98: 'opus/48000/2', 99: EVENTS },
    { 8: 'PCMA/8000', 111: 'opus/48000/2', 100: EVENTS },
  );
  // What we offered to the callee are its numbers to send with: those that the caller had, but for the static one.
  for (const [says, hears] of [
    [97, 8],
    [98, 111],
    [99, 100],
  ] as const) {
    a.send(rtpPacket({ sequence: says, payloadType: says }), rtpPort(1));
    expect(rtpPayloadType((await b.next()).packet)).toBe(hears);
  }
  for (const [says, hears] of [
    [8, 97],
    [98, 98],
    [99, 99],
  ] as const) {
    b.send(rtpPacket({ sequence: says, payloadType: says }), rtpPort(2));
    expect(rtpPayloadType((await a.next()).packet)).toBe(hears);
  }
  // To the caller 111 means nothing, and to the callee something else than whatever this is.
  a.send(rtpPacket({ sequence: 111, payloadType: 111 }), rtpPort(1));
  await handled(7);
  await close();
  expect(statistics('a').rtp).toMatchObject({ packets: 4, sentPackets: 3, unmapped: 1 });
  expect(statistics('b').rtp).toMatchObject({ packets: 3, sentPackets: 3, unmapped: 0 });
});

test('G.729 passes octet for octet, of any packet time', async () => {
  const { a, b } = await negotiated({ 18: 'G729/8000', 8: 'PCMA/8000', 101: EVENTS }, { 18: 'G729/8000', 101: EVENTS });
  for (const [i, octets] of [10, 20, 30, 60, 2, 0].entries()) {
    const packet = rtpPacket({ sequence: i, payloadType: 18, payload: Buffer.alloc(octets, 0xa0 + i) });
    a.send(packet, rtpPort(1));
    expect((await b.next()).packet).toEqual(packet);
    b.send(packet, rtpPort(2));
    expect((await a.next()).packet).toEqual(packet);
  }
  await close();
  for (const leg of ['a', 'b']) expect(statistics(leg).rtp).toMatchObject({ packets: 6, sentPackets: 6, unmapped: 0 });
});
