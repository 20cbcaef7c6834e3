import { type Endpoint, formatEndpoint } from '@vats/kernel';
import { type Conversation, conversations } from './capture/conversations.ts';
import type { Frame } from './capture/frame.ts';
import { PROTOCOL, readIp } from './capture/ip-packet.ts';
import { unwrapLink } from './capture/link-layer.ts';
import { readCapture } from './capture/read-capture.ts';
import { readSegment } from './capture/tcp-reassembly.ts';
import { writePcap } from './capture/write-pcap.ts';
import { looksLikeSip } from './sip-text.ts';

export interface CutOptions {
  /** Packets of sound to keep of each direction; telephone events are kept beside them. */
  readonly sound?: number;
  /** SIP messages to keep, from the beginning. */
  readonly messages?: number;
}

const SOUND_PACKETS = 5;
const DYNAMIC = 96;

/**
 * Makes a small pcap of a capture: all of its SIP, a little of its sound, nothing else. Classic pcap has no place for the
 * names of machines, interfaces and programs that pcapng writers like to leave.
 *
 * @throws CaptureFault when the capture is damaged; TypeError when it mixes link types
 */
export function cutTrace(octets: Buffer, name: string, options: CutOptions = {}): Buffer {
  const { sound = SOUND_PACKETS, messages = Number.POSITIVE_INFINITY } = options;
  const frames = [...readCapture(octets, name)];
  const signalling = new Set<string>();
  for (const each of conversations(frames, () => {})) if (looksLikeSip(each.octets)) signalling.add(pairOf(each));
  const heard = new Map<string, number>();
  let datagrams = 0;
  const kept = frames.filter((frame) => {
    const said = glimpse(frame);
    if (said === 'fragment') return true;
    if (said === undefined) return false;
    if (signalling.has(pairOf(said))) return said.kind === 'stream' || ++datagrams <= messages;
    if (said.kind === 'stream') return false;
    if (isEvent(said.octets)) return true;
    const stream = `${formatEndpoint(said.from)} ${formatEndpoint(said.to)}`;
    const count = (heard.get(stream) ?? 0) + 1;
    heard.set(stream, count);
    return said.octets[0]! >>> 6 === 2 && count <= sound;
  });
  return writePcap(kept, kept[0]?.linkType ?? 1);
}

interface Glimpse {
  readonly kind: Conversation['kind'];
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly octets: Buffer;
}

/** What one frame by itself tells: who speaks to whom, also where it is but a TCP handshake; undefined when no one does. */
function glimpse(frame: Frame): Glimpse | 'fragment' | undefined {
  const link = unwrapLink(frame.linkType, frame.octets);
  const packet = 'ip' in link ? readIp(link.ip) : undefined;
  if (packet === undefined) return undefined;
  if (packet.fragment !== undefined) return 'fragment';
  if (packet.protocol === PROTOCOL.tcp) {
    const segment = readSegment(packet.source, packet.destination, packet.payload);
    return segment === undefined ? undefined : { ...segment, kind: 'stream', octets: segment.payload };
  }
  const [datagram] = [...conversations([frame], () => {})];
  return datagram;
}

function pairOf({ kind, from, to }: Omit<Glimpse, 'octets'>): string {
  return `${kind} ${[formatEndpoint(from), formatEndpoint(to)].sort().join(' ')}`;
}

function isEvent(packet: Buffer): boolean {
  return packet.length === 16 && packet[0]! >>> 6 === 2 && (packet[1]! & 0x7f) >= DYNAMIC;
}
