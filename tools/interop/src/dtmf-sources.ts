import { octets } from './child.ts';
import type { Press } from './dtmf-presses.ts';
import { rtpPcap, type TimedPacket } from './rtp-pcap.ts';

const PACKET_MS = 20;
const SAMPLES_A_MS = 8;
const PACKET_SAMPLES = PACKET_MS * SAMPLES_A_MS;
const PCMA = 8;
export const EVENTS = 101;
const SILENCE = Buffer.alloc(PACKET_SAMPLES, 0xd5);
/** Sound before the first key, as of a caller who listens first, and behind the last one. */
export const LISTENS_MS = 1_000;
const END_PACKETS = 3;
const CODES = [...'0123456789*#ABCD'];
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1_209, 1_336, 1_477, 1_633];
const ALAW = ['-t', 'al', '-c', 1, '-'];
const KEYPAD = ['123A', '456B', '789C', '*0#D'];

/** One stream of a phone, numbered in the order of sending. */
class Stream {
  readonly packets: TimedPacket[] = [];
  readonly #ssrc: number;
  #sequence: number;

  constructor(seed: number) {
    this.#ssrc = 0x5150_0000 + seed;
    this.#sequence = (seed * 9_973) & 0xffff;
  }

  add(at: number, payloadType: number, timestamp: number, payload: Buffer, marker = false): void {
    const packet = Buffer.alloc(12 + payload.length);
    packet[0] = 0x80;
    packet[1] = payloadType | (marker ? 0x80 : 0);
    packet.writeUInt16BE(this.#sequence, 2);
    packet.writeUInt32BE(timestamp >>> 0, 4);
    packet.writeUInt32BE(this.#ssrc, 8);
    payload.copy(packet, 12);
    this.#sequence = (this.#sequence + 1) & 0xffff;
    this.packets.push({ at, packet });
  }
}

/**
 * A phone's stream with its keys as events (RFC 4733): sound, an update every 20 ms under one timestamp, three end packets. With
 * an odd seed they follow each other at once, as some phones have it, with an even one every 20 ms, beside the sound that goes on.
 */
export function eventStream(presses: readonly Press[], seed: number): Buffer {
  const stream = new Stream(seed);
  const start = seed * 100_003;
  let now = 0;
  const sound = (length: number): void => {
    for (const end = now + length; now < end; now += PACKET_MS) {
      stream.add(now, PCMA, start + now * SAMPLES_A_MS, SILENCE);
    }
  };
  sound(LISTENS_MS);
  for (const { key, on, off } of presses) {
    const timestamp = start + now * SAMPLES_A_MS;
    const event = (at: number, duration: number, ends: boolean): void => {
      const payload = Buffer.from([CODES.indexOf(key), (ends ? 0x80 : 0) | 10, 0, 0]);
      payload.writeUInt16BE(duration * SAMPLES_A_MS, 2);
      stream.add(at, EVENTS, timestamp, payload, at === now && !ends);
    };
    for (let held = PACKET_MS; held <= on; held += PACKET_MS) event(now + held - PACKET_MS, held, false);
    now += on;
    const apart = seed % 2 === 0 ? PACKET_MS : 0;
    const [first, ...sent] = Array.from({ length: END_PACKETS }, (_, i) => now + i * apart);
    event(first as number, on, true);
    const end = now + off;
    for (const at of sent) {
      while (apart > 0 && now < at) sound(PACKET_MS);
      event(at, on, true);
    }
    sound(end - now);
  }
  sound(LISTENS_MS);
  return rtpPcap(stream.packets);
}

/** A phone's sound with its keys as tones, made by sox, above a hiss that no line is without: the capture, and the PCMA in it. */
export async function toneStream(presses: readonly Press[], seed: number): Promise<{ pcap: Buffer; sound: Buffer }> {
  const hiss = await octets('sox', ['-r', 8_000, '-n', ...ALAW, 'synth', 2, 'whitenoise', 'vol', '-60dB']);
  const made = new Map<string, Promise<Buffer>>();
  const toneOf = (press: Press): Promise<Buffer> => {
    const { key, on, level, twist } = press;
    const name = [key, on, level, twist].join(' ');
    const tone = made.get(name) ?? sinesOf(press);
    made.set(name, tone);
    return tone;
  };
  const parts: Buffer[] = [hiss.subarray(0, LISTENS_MS * SAMPLES_A_MS)];
  for (const press of presses) parts.push(await toneOf(press), hiss.subarray(0, press.off * SAMPLES_A_MS));
  parts.push(hiss.subarray(0, LISTENS_MS * SAMPLES_A_MS));
  const all = Buffer.concat(parts);
  const sound = all.subarray(0, all.length - (all.length % PACKET_SAMPLES));
  const stream = new Stream(seed);
  for (let at = 0; at < sound.length; at += PACKET_SAMPLES) {
    stream.add(at / SAMPLES_A_MS, PCMA, seed * 100_003 + at, sound.subarray(at, at + PACKET_SAMPLES));
  }
  return { pcap: rtpPcap(stream.packets), sound };
}

/** Two sines from sox, mixed, that swell within 2 ms. */
function sinesOf({ key, on, level, twist }: Press): Promise<Buffer> {
  const row = KEYPAD.findIndex((keys) => keys.includes(key));
  const column = (KEYPAD[row] as string).indexOf(key);
  const length = on / 1_000;
  const sines = ['synth', length, 'sine', ROWS[row] as number, 'sine', COLUMNS[column] as number];
  const mixed = ['remix', `1p${level},2p${level + twist}`, 'fade', 't', 0.002, length, 0.002];
  return octets('sox', ['-r', 8_000, '-c', 2, '-n', ...ALAW, ...sines, ...mixed]);
}
