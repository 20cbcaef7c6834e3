import { type Endpoint, formatEndpoint } from '@vats/kernel';

/** Sound from one endpoint to another: packets of one SSRC. */
export interface RtpStream {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly ssrc: number;
  /** Payload types in the order of their first packets. */
  readonly payloadTypes: readonly number[];
  readonly packets: number;
  /** Keys pressed, by RFC 4733. */
  readonly keys: string;
}

const KEYS = '0123456789*#ABCD';
const DYNAMIC = 96;
/** RTCP shares its second octet with payload types 64 to 95 (RFC 5761 §4). */
const RTCP_TYPES = { first: 64, last: 95 };
const MOST_STREAMS = 1_024;

interface Counted {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly ssrc: number;
  readonly payloadTypes: Set<number>;
  packets: number;
  keys: string;
  lastEvent: number | undefined;
}

/** Counts what looks like RTP among the datagrams that are no SIP. */
export class RtpStreams {
  readonly #streams = new Map<string, Counted>();

  take(from: Endpoint, to: Endpoint, packet: Buffer): void {
    if (packet.length < 12 || packet[0]! >>> 6 !== 2) return;
    const payloadType = packet[1]! & 0x7f;
    if (payloadType >= RTCP_TYPES.first && payloadType <= RTCP_TYPES.last) return;
    const ssrc = packet.readUInt32BE(8);
    const key = `${formatEndpoint(from)} ${formatEndpoint(to)} ${ssrc}`;
    let stream = this.#streams.get(key);
    if (stream === undefined) {
      if (this.#streams.size === MOST_STREAMS) return;
      stream = { from, to, ssrc, payloadTypes: new Set(), packets: 0, keys: '', lastEvent: undefined };
      this.#streams.set(key, stream);
    }
    stream.packets += 1;
    stream.payloadTypes.add(payloadType);
    const payload = packet.subarray(12 + (packet[0]! & 0x0f) * 4);
    // Four octets under a dynamic payload type: an event. Its packets share one time stamp (RFC 4733 §2.5.1.1).
    const key4733 = KEYS[payload[0] ?? -1];
    if (payloadType < DYNAMIC || payload.length !== 4 || key4733 === undefined) return;
    const timestamp = packet.readUInt32BE(4);
    if (stream.lastEvent !== timestamp) stream.keys += key4733;
    stream.lastEvent = timestamp;
  }

  list(): RtpStream[] {
    return [...this.#streams.values()].map(({ from, to, ssrc, payloadTypes, packets, keys }) => {
      return { from, to, ssrc, payloadTypes: [...payloadTypes], packets, keys };
    });
  }
}
