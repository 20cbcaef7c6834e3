import { describe, expect, test } from 'vitest';
import { rtpMarker, rtpPayloadType, rtpSequence, rtpSsrc } from '../rtp/packet.ts';
import type { DtmfKey } from '../rtp/telephone-event.ts';
import { TOLD } from '../sdp/leg-media.ts';
import { isEnd, keyPackets } from '../testing/key-packets.ts';
import { rtpPacket } from '../testing/udp-phone.ts';
import type { Command } from './messages.ts';
import {
  BRIDGE,
  call,
  clock,
  close,
  events,
  handled,
  media,
  reported,
  rtpPort,
  statistics,
  update,
  useWorker,
  worker,
} from './testing/worker-here.ts';

useWorker(41_500);

const TO_INFO = { ...BRIDGE, aToB: [[101, TOLD, 8_000]] } as const satisfies Command;

function digit(key: DtmfKey, leg = 1, milliseconds = 60): Command {
  return { do: 'send-digit', call: 1, leg, press: { key, milliseconds, payloadType: 101, clockRate: 8_000 } };
}

function keysTold(): string[] {
  return events().flatMap((event) =>
    event.kind === 'dtmf' ? [`${event.leg} ${event.key} ${event.milliseconds}`] : [],
  );
}

describe('keys', () => {
  test('of 100 presses, 20 % of their packets lost but for ends, each is told once and none goes further', async () => {
    const { a, b } = await call(TO_INFO);
    let sent = 0;
    let seed = 11;
    const isLost = (): boolean => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31 < 0.2;
    };
    for (let i = 0; i < 100; i++) {
      const key = '0123456789*#ABCD'[i % 16] as DtmfKey;
      for (const packet of keyPackets({ key, sequence: i * 9, timestamp: i * 2_000, milliseconds: 120 })) {
        if (!isEnd(packet) && isLost()) continue;
        a.send(packet, rtpPort(1));
        sent++;
      }
      await handled(sent);
      clock.advance(250);
    }
    a.send(rtpPacket({ sequence: 2_000 }), rtpPort(1));
    expect((await b.next()).packet).toEqual(rtpPacket({ sequence: 2_000 }));
    await reported();
    expect(keysTold()).toEqual(Array.from({ length: 100 }, (_, i) => `a ${'0123456789*#ABCD'[i % 16]} 120`));
    await close();
    expect([b.heard.length, statistics('a').rtp.unmapped, statistics('a').rtp.packets]).toEqual([1, 0, sent + 1]);
  });

  test('a press is told in the turn of its end, and one without end in a moment', async () => {
    const { a } = await call(TO_INFO);
    const packets = keyPackets({ key: '1', sequence: 1, timestamp: 160 });
    a.send(packets[0]!, rtpPort(1));
    await handled(1);
    clock.advance(299);
    await reported();
    expect(keysTold()).toEqual(['a 1 20']);
    for (const packet of keyPackets({ key: '2', sequence: 20, timestamp: 8_000 })) a.send(packet, rtpPort(1));
    await handled(1 + packets.length);
    await Promise.resolve();
    expect(keysTold()).toEqual(['a 1 20', 'a 2 100']);
  });

  test('100 keys for a leg come in its stream: its sound is numbered on, nothing twice, nothing missing', async () => {
    const { a, b } = await call(TO_INFO);
    const talk = (sequence: number): void => b.send(rtpPacket({ sequence, ssrc: 8 }), rtpPort(2));
    let sequence = 100;
    let datagrams = 0;
    talk(sequence++);
    await handled(++datagrams);
    for (let i = 0; i < 100; i++) {
      worker.execute([digit('0123456789'[i % 10] as DtmfKey)]);
      for (let packet = 0; packet < 8; packet++) {
        talk(sequence++);
        await handled(++datagrams);
        clock.advance(20);
      }
    }
    await close();
    const total = statistics('a').rtp.sentPackets;
    expect(total).toBe(datagrams + 100 * 5);
    while (a.heard.length < total) await a.next();
    const packets = a.heard.map(({ packet }) => packet);
    expect(new Set(packets.map(rtpSsrc))).toEqual(new Set([8]));
    expect(packets.map(rtpSequence)).toEqual(packets.map((_, i) => 100 + i));
    const keys = packets.filter((packet) => rtpPayloadType(packet) === 101 && rtpMarker(packet));
    expect(keys.map((packet) => packet[12])).toEqual(Array.from({ length: 100 }, (_, i) => i % 10));
    expect(packets.filter((packet) => rtpPayloadType(packet) === 101 && isEnd(packet))).toHaveLength(300);
  });

  test('nothing is sent to a leg that is held, or gone; what is under way ends with the leg', async () => {
    const { a } = await call(TO_INFO);
    worker.execute([update(1, media(a, { receives: false, held: true })), digit('1')]);
    clock.advance(500);
    worker.execute([update(1, media(a)), digit('2'), { do: 'close-leg', call: 1, leg: 1 }, digit('3')]);
    clock.advance(500);
    await close();
    await a.next();
    expect(a.heard.map(({ packet }) => packet[12])).toEqual([2]);
  });
});
