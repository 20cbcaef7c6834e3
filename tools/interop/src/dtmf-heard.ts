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
/** A stream that jumps by more is another one, as a relay's that begins anew. */
const LONGEST_JUMP = 10 * SAMPLE_RATE;

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
  const rows = await wire.rows('sip.Method == "INFO"', [
    'sip.Call-ID',
    'sip.CSeq.seq',
    'data-text-lines',
    'sip.msg_body',
  ]);
  const heard = new Map<string, Map<string, string>>();
  for (const [callId = '', sequence = '', lines = '', body = ''] of rows) {
    inMap(heard, callId, () => new Map()).set(sequence, keyIn(lines === '' ? body : lines));
  }
  return new Map([...heard].map(([callId, keys]) => [callId, [...keys.values()].join('')]));
}

/** Of `Signal=5…` in whatever writing, or of the bare key, as octets in hexadecimal or as text. */
function keyIn(body: string): string {
  const text =
    /^([0-9a-f]{2}:?)+$/i.test(body) && body.length > 2
      ? Buffer.from(body.replaceAll(':', ''), 'hex').toString()
      : body;
  return (/Signal=\s*(\S)/i.exec(text)?.[1] ?? text.trim()[0] ?? '?').toUpperCase();
}

/** Keys that multimon-ng hears in the PCMA that came from each place, `address:port`. */
export async function tonesIn(scene: Scene, wire: Capture): Promise<ReadonlyMap<string, string>> {
  const fields = ['ip.src', 'udp.srcport', 'rtp.ssrc', 'rtp.timestamp', 'rtp.payload'];
  const rows = await wire.rows('rtp.p_type == 8 && !rtpevent', fields);
  const packets = new Map<string, { stream: string; at: number; payload: Buffer }[]>();
  for (const [address, port, ssrc = '', timestamp, payload = ''] of rows) {
    inMap(packets, `${address}:${port}`, () => []).push({
      stream: ssrc,
      at: Number(timestamp),
      payload: Buffer.from(payload.replaceAll(':', ''), 'hex'),
    });
  }
  const heard = new Map<string, string>();
  for (const [place, of] of packets) heard.set(place, await keysInSound(scene, `${wire.name}-${place}`, inOrder(of)));
  return heard;
}

/** The sound as a listener hears it: every packet at its time, silence where there is none. */
function inOrder(
  packets: readonly { readonly stream: string; readonly at: number; readonly payload: Buffer }[],
): Buffer {
  const parts: Buffer[] = [];
  let next: number | undefined;
  let stream = '';
  const sorted = packets.some(({ stream: one }) => one !== packets[0]?.stream)
    ? packets
    : packets.toSorted((one, other) => (one.at - other.at) | 0);
  for (const packet of sorted) {
    const jump = next === undefined || packet.stream !== stream ? 0 : (packet.at - next) | 0;
    if (jump < 0 && -jump < LONGEST_JUMP) continue; // a repetition
    if (jump > 0 && jump < LONGEST_JUMP) parts.push(Buffer.alloc(jump, SILENCE));
    parts.push(packet.payload);
    stream = packet.stream;
    next = (packet.at + packet.payload.length) | 0;
  }
  return Buffer.concat(parts);
}

async function keysInSound(scene: Scene, name: string, alaw: Buffer): Promise<string> {
  const file = scene.path('tones', name.replaceAll(/[^\w.-]/g, '_'));
  writeFileSync(`${file}.al`, alaw);
  const form = ['-t', 'raw', '-e', 'signed', '-b', 16, '-r', JUDGE_RATE];
  const sox = await run('sox', ['-t', 'al', '-r', SAMPLE_RATE, '-c', 1, `${file}.al`, ...form, `${file}.raw`]);
  if (sox.code !== 0) throw new Error(`sox can't read ${file}.al: ${sox.stderr}`);
  const { stdout } = await run('multimon-ng', ['-q', '-c', '-a', 'DTMF', '-t', 'raw', `${file}.raw`]);
  return Array.from(stdout.matchAll(/^DTMF: (.)$/gm), ([, key]) => key as string).join('');
}

function inMap<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
