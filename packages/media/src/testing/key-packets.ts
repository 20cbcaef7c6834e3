import { type DtmfKey, writeEventPacket } from '../rtp/telephone-event.ts';

/** The packets of one press, as a phone sends them: every 20 ms, the last one three times. */
export function keyPackets(options: {
  key: DtmfKey;
  sequence: number;
  timestamp: number;
  milliseconds?: number;
  payloadType?: number;
  ssrc?: number;
  clockRate?: number;
  marker?: boolean;
}): Buffer[] {
  const { key, sequence, timestamp, milliseconds = 100, clockRate = 8_000, ssrc = 0x1234 } = options;
  const { payloadType = 101, marker = true } = options;
  const whole = (milliseconds * clockRate) / 1_000;
  const step = clockRate / 50;
  const packets: Buffer[] = [];
  for (let duration = step; packets.length < Math.ceil(whole / step) + 2; duration += step) {
    packets.push(
      writeEventPacket({
        payloadType,
        marker: marker && packets.length === 0,
        sequence: sequence + packets.length,
        timestamp,
        ssrc,
        key,
        duration: Math.min(duration, whole),
        ends: duration >= whole,
      }),
    );
  }
  return packets;
}

/** Whether a packet of `keyPackets` is one of its last three. */
export function isEnd(packet: Uint8Array): boolean {
  return packet[13]! >= 0x80;
}
