import { writeFileSync } from 'node:fs';
import type { Capture } from './capture.ts';
import { run } from './child.ts';
import type { Scene } from './scene.ts';

/** What one side said on one leg: in its INVITE's SDP where its sound comes from. */
export interface SaidLeg {
  /** User part of the Request-URI. */
  readonly number: string;
  readonly callId: string;
  /** Where its RTP comes from. */
  readonly address: string;
  readonly port: string;
}

/** An event as Wireshark read it from the packets that tell of it. */
export interface HeardEvent {
  readonly key: string;
  /** Packets with the end bit. */
  readonly ends: number;
  /** The longest that a packet says, in units of its clock. */
  readonly duration: number;
}

const CODES = [...'0123456789*#ABCD'];
const SAMPLE_RATE = 8_000;
/** What multimon-ng wants of raw sound. */
const JUDGE_RATE = 22_050;
const SILENCE = 0xd5;
const LONGEST_GAP = 120 * SAMPLE_RATE;
/** An A-law magnitude, 36 dB below full scale. */
const LOUD = 0x20;
/** Two sounds have so much of none between them; a tone's own zeros are shorter. */
const QUIET_SAMPLES = 40;

/** Every INVITE with an SDP in a capture, a leg each. */
export async function legsOf(wire: Capture): Promise<SaidLeg[]> {
  const rows = await wire.rows('sip.Method == "INVITE" && sdp.media.port', [
    'sip.Call-ID',
    'ip.src',
    'sip.r-uri.user',
    'sdp.media.port',
  ]);
  const legs = new Map<string, SaidLeg>();
  for (const [callId = '', address = '', number = '', port = ''] of rows) {
    // The first one: a challenged INVITE comes twice.
    if (!legs.has(`${address} ${callId}`)) legs.set(`${address} ${callId}`, { number, callId, address, port });
  }
  return [...legs.values()];
}

/** Presses that came as events (RFC 4733), by the place that they came from: `address:port`. */
export async function eventsIn(wire: Capture): Promise<ReadonlyMap<string, readonly HeardEvent[]>> {
  const fields = ['ip.src', 'udp.srcport', 'rtp.ssrc', 'rtp.timestamp', 'rtpevent.event_id'];
  const rows = await wire.rows('rtpevent', [...fields, 'rtpevent.end_of_event', 'rtpevent.duration']);
  const heard = new Map<string, Map<string, { key: string; ends: number; duration: number }>>();
  for (const [address, port, ssrc, timestamp, code, end, duration] of rows) {
    const of = inMap(heard, `${address}:${port}`, () => new Map());
    const event = inMap(of, `${ssrc} ${timestamp}`, () => ({ key: CODES[Number(code)] ?? '?', ends: 0, duration: 0 }));
    if (end === '1' || end === 'True') event.ends++;
    event.duration = Math.max(event.duration, Number(duration));
  }
  return new Map([...heard].map(([place, events]) => [place, [...events.values()]]));
}

/** Keys that came by INFO, by Call-ID; an INFO that was sent twice is one. */
export async function infosIn(wire: Capture): Promise<ReadonlyMap<string, string>> {
  const rows = await wire.rows('sip.Method == "INFO"', ['sip.Call-ID', 'sip.CSeq.seq', 'udp.payload']);
  const heard = new Map<string, Map<string, string>>();
  for (const [callId = '', sequence = '', payload = ''] of rows) {
    const [, body = ''] = Buffer.from(payload.replaceAll(':', ''), 'hex').toString('latin1').split('\r\n\r\n');
    inMap(heard, callId, () => new Map()).set(sequence, /Signal=\s*(\S)/i.exec(body)?.[1] ?? body.trim());
  }
  return new Map([...heard].map(([callId, keys]) => [callId, [...keys.values()].join('')]));
}

/**
 * The PCMA that came from each place, `address:port`, as a listener hears it: every packet at its time, silence where there is none.
 *
 * @param ports of those that are asked about; all when absent
 */
export async function soundIn(wire: Capture, ports?: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  if (ports?.length === 0) return new Map();
  const of = ports === undefined ? '' : ` && udp.srcport in {${ports.join(', ')}}`;
  const fields = ['ip.src', 'udp.srcport', 'rtp.timestamp', 'rtp.payload'];
  const rows = await wire.rows(`rtp.p_type == 8 && !rtpevent${of}`, fields);
  const packets = new Map<string, SoundPacket[]>();
  for (const [address, port, timestamp, payload = ''] of rows) {
    const packet = { at: Number(timestamp), payload: Buffer.from(payload.replaceAll(':', ''), 'hex') };
    inMap(packets, `${address}:${port}`, () => []).push(packet);
  }
  return new Map([...packets].map(([place, all]) => [place, inOrder(all)]));
}

interface SoundPacket {
  readonly at: number;
  readonly payload: Buffer;
}

function inOrder(packets: readonly SoundPacket[]): Buffer {
  // By the distance from the first one: a timestamp may begin anew at 0.
  const first = packets[0]?.at ?? 0;
  const since = ({ at }: SoundPacket): number => (at - first) | 0;
  const parts: Buffer[] = [];
  let next: number | undefined;
  for (const packet of packets.toSorted((one, other) => since(one) - since(other))) {
    const gap = since(packet) - (next ?? since(packet));
    if (gap < 0) continue;
    if (gap > LONGEST_GAP) throw new Error(`sound that jumps by ${gap} samples is no one stream`);
    parts.push(Buffer.alloc(gap, SILENCE), packet.payload);
    next = since(packet) + packet.payload.length;
  }
  return Buffer.concat(parts);
}

/** Keys that multimon-ng hears in PCMA. It wants both tones about as loud as each other, and not faint. */
export async function tonesOf(scene: Scene, name: string, pcma: Buffer): Promise<string> {
  const file = scene.path('tones', name.replaceAll(/[^\w.-]/g, '_'));
  writeFileSync(`${file}.al`, pcma);
  const form = ['-t', 'raw', '-e', 'signed', '-b', 16, '-r', JUDGE_RATE];
  const sox = await run('sox', ['-t', 'al', '-r', SAMPLE_RATE, '-c', 1, `${file}.al`, ...form, `${file}.raw`]);
  if (sox.code !== 0) throw new Error(`sox can't read ${file}.al: ${sox.stderr}`);
  const { stdout } = await run('multimon-ng', ['-q', '-c', '-a', 'DTMF', '-t', 'raw', `${file}.raw`]);
  return Array.from(stdout.matchAll(/^DTMF: (.)$/gm), ([, key]) => key as string).join('');
}

/** The longest stretch of PCMA that is more than a hiss, in milliseconds. */
export function longestSound(pcma: Buffer): number {
  let longest = 0;
  let began: number | undefined;
  let last = 0;
  for (const [at, octet] of pcma.entries()) {
    // Without sign and inverted bits, as A-law is sent; a step of 16 is 6 dB.
    if (((octet ^ 0x55) & 0x7f) < LOUD) continue;
    if (began === undefined || at - last > QUIET_SAMPLES) began = at;
    last = at;
    longest = Math.max(longest, at - began);
  }
  return longest / (SAMPLE_RATE / 1_000);
}

function inMap<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
