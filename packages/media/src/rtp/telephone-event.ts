import { rtpPayloadEnd } from './packet.ts';

/** A key as people write it; `!` is the flash hook. */
export type DtmfKey = (typeof KEYS)[number];

/** Keys at the places of their event codes (RFC 4733 §3.2). */
const KEYS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D', '!'] as const;

/** Octets of an event with its RTP header. */
const PACKET_LENGTH = 16;
/** Of a tone, dBm0 without its sign: what phones send. */
const VOLUME = 10;
const END = 0x80;

/** The longest duration that one event can say, in its clock (RFC 4733 §2.3.5). */
export const LONGEST_DURATION = 0xffff;

/** The key that a text names as SIP INFO does: a digit, a letter, or the event's code. Undefined when it is none. */
export function dtmfKey(text: string): DtmfKey | undefined {
  const upper = text.toUpperCase();
  const key = KEYS.find((each) => each === upper);
  return key ?? (/^1[0-6]$/.test(text) ? KEYS[Number(text)] : undefined);
}

/** The event code at the beginning of a payload. */
export function eventCode(packet: Uint8Array, payloadAt: number): number {
  return packet[payloadAt]!;
}

/** The key of an event code; undefined for other events: fax tones, line signals. */
export function keyOfEvent(code: number): DtmfKey | undefined {
  return KEYS[code];
}

/** Whether a packet's payload holds an event (RFC 4733 §2.3). */
export function holdsEvent(packet: Uint8Array, payloadAt: number): boolean {
  return rtpPayloadEnd(packet) - payloadAt >= 4;
}

export function eventEnds(packet: Uint8Array, payloadAt: number): boolean {
  return packet[payloadAt + 1]! >= END;
}

/** How long the event has lasted, in its clock. */
export function eventDuration(packet: Uint8Array, payloadAt: number): number {
  return (packet[payloadAt + 2]! << 8) | packet[payloadAt + 3]!;
}

export interface EventPacket {
  readonly payloadType: number;
  /** Of the first packet of an event (RFC 4733 §2.5.1.1). */
  readonly marker: boolean;
  readonly sequence: number;
  /** When the event began, in the stream's clock; all packets of one event say the same. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly key: DtmfKey;
  /** In the event's clock. */
  readonly duration: number;
  readonly ends: boolean;
}

/** A whole RTP packet with one event. */
export function writeEventPacket(event: EventPacket): Buffer {
  const packet = Buffer.alloc(PACKET_LENGTH);
  packet[0] = 0x80;
  packet[1] = event.payloadType | (event.marker ? 0x80 : 0);
  packet.writeUInt16BE(event.sequence & 0xffff, 2);
  packet.writeUInt32BE(event.timestamp >>> 0, 4);
  packet.writeUInt32BE(event.ssrc >>> 0, 8);
  packet[12] = KEYS.indexOf(event.key);
  packet[13] = (event.ends ? END : 0) | VOLUME;
  packet.writeUInt16BE(Math.min(event.duration, LONGEST_DURATION), 14);
  return packet;
}
