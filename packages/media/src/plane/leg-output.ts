import type { Clock, Endpoint, Random } from '@vats/kernel';
import { type KeyPress, KeyWriter } from '../rtp/key-writer.ts';
import { OutgoingStream } from '../rtp/outgoing-stream.ts';
import { rtpPayloadAt, rtpPayloadEnd } from '../rtp/packet.ts';
import type { SrtpLeg } from '../srtp/srtp-leg.ts';
import type { BoundPair } from './bound-pair.ts';
import type { StreamStatistics } from './media-plane.ts';

/** Whoever was not heard for so long is taken to be quiet. */
const OTHERS_MS = 500;

/**
 * What one leg hears: all that is sent to its peer leaves here, in one continuous stream, to where the peer is known to be.
 */
export class LegOutput {
  readonly stream: OutgoingStream;
  /** Whether the peer wants to hear anything: false on hold. */
  receives = true;
  /** RTCP goes out, and is wanted, where RTP does (RFC 5761). */
  muxes = false;
  /** What protects all that is sent; undefined while the leg is plain. */
  srtp: SrtpLeg | undefined;
  /** While the switch itself says something to the leg, what others say to it is not heard. */
  playing = false;
  /** Unless it gives way to them. */
  yields = false;
  readonly #clock: Clock;
  readonly #pair: BoundPair;
  readonly #rtp: StreamStatistics;
  readonly #rtcp: StreamStatistics;
  /** Where RTP goes; port 0 is nowhere yet. */
  #address = '';
  #port = 0;
  #keyWriter: KeyWriter | undefined;
  /** When somebody else was last heard to whom what is played gives way. */
  #othersAt = Number.NEGATIVE_INFINITY;

  constructor(options: {
    clock: Clock;
    random: Random;
    pair: BoundPair;
    /** What is sent is counted in these. */
    rtp: StreamStatistics;
    rtcp: StreamStatistics;
  }) {
    const { clock, random } = options;
    this.#clock = clock;
    this.#pair = options.pair;
    this.#rtp = options.rtp;
    this.#rtcp = options.rtcp;
    this.stream = new OutgoingStream({ clock, random });
  }

  aim(at: Endpoint | undefined): void {
    this.#address = at?.address ?? '';
    this.#port = at?.port ?? 0;
  }

  /** Something is played now that gives way to what others say. */
  get yielding(): boolean {
    return this.playing && this.yields;
  }

  /** Sends a packet of whatever source is heard now; it is renumbered in place to follow what went before. */
  say(packet: Buffer): void {
    if (this.playing) {
      if (!this.yields || isSteady(packet)) return;
      this.#othersAt = this.#clock.monotonic();
    }
    this.#pass(packet);
  }

  /** Sends a packet of sound that is made here. */
  play(packet: Buffer): void {
    if (this.yields && this.#clock.monotonic() - this.#othersAt < OTHERS_MS) return;
    this.#pass(packet);
  }

  /** Whether nothing waits to be sent: buffers of what was said or played may be used again. */
  get hasLeft(): boolean {
    // What is protected is a copy.
    return this.srtp !== undefined || this.#pair.rtpHasLeft;
  }

  #pass(packet: Buffer): void {
    if (!this.#isHeard) {
      // What nobody is sent is not counted: after a hold of minutes nobody could tell how often the numbers began anew (RFC 3711 §3.3.1).
      this.stream.interrupt();
      return;
    }
    this.stream.pass(packet);
    this.#send(packet);
  }

  /** Sends a key press as a telephone event (RFC 4733) in the stream. */
  press(press: KeyPress): void {
    this.#keyWriter ??= new KeyWriter({
      clock: this.#clock,
      stream: this.stream,
      send: (packet) => this.#send(packet),
    });
    this.#keyWriter.press(press);
  }

  /** Packets and octets, whole datagrams, that went to the peer. */
  get sentPackets(): number {
    return this.#rtp.sentPackets;
  }

  get sentOctets(): number {
    return this.#rtp.sentOctets;
  }

  sendRtcp(packet: Buffer, to: Endpoint): void {
    const sealed = this.srtp === undefined ? packet : this.srtp.protectRtcp(packet);
    if (sealed === undefined) return;
    if (this.muxes) this.#pair.sendRtp(sealed, to.port, to.address);
    else this.#pair.sendRtcp(sealed, to);
    count(this.#rtcp, sealed);
  }

  close(): void {
    this.#keyWriter?.close();
  }

  get #isHeard(): boolean {
    return this.receives && this.#port !== 0;
  }

  #send(packet: Buffer): void {
    if (!this.#isHeard) return;
    const sealed = this.srtp === undefined ? packet : this.srtp.protectRtp(packet);
    if (sealed === undefined) return;
    this.#pair.sendRtp(sealed, this.#port, this.#address);
    count(this.#rtp, sealed);
  }
}

/** One value all through, as a phone sends whose microphone is off. */
function isSteady(packet: Buffer): boolean {
  const from = rtpPayloadAt(packet);
  const to = rtpPayloadEnd(packet);
  const first = packet[from];
  for (let at = from + 1; at < to; at++) if (packet[at] !== first) return false;
  return true;
}

function count(statistics: StreamStatistics, packet: Buffer): void {
  statistics.sentPackets++;
  statistics.sentOctets += packet.length;
}
