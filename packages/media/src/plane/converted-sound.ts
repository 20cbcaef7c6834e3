import type { Clock, Random } from '@vats/kernel';
import { Transcoder } from '../codec/transcoder.ts';
import type { KeyReader } from '../rtp/key-reader.ts';
import { rtpPayloadType, setRtpPayloadType } from '../rtp/packet.ts';
import type { Conversion } from '../sdp/conversion.ts';
import { DROPPED, type PayloadTypeMap, TOLD } from '../sdp/leg-media.ts';
import { leavingPayloadTypes, type Passage } from './passage.ts';
import type { RelayLeg } from './relay-leg.ts';

/**
 * Sound that the other leg has no codec for becomes another stream, in one that it has; what both have passes beside it. The
 * legs' own reports are of streams that the other side does not know, so each is told of its own.
 */
export class ConvertedSound implements Passage {
  readonly to: RelayLeg;
  readonly passesReports = false;
  readonly #conversion: string;
  readonly #alone: boolean;
  readonly #transcoder: Transcoder;
  /** By payload type as it arrives, of what is not converted: as it leaves. */
  #payloadTypes: Int8Array;
  #keys: KeyReader | undefined;

  constructor(options: {
    to: RelayLeg;
    map: PayloadTypeMap;
    keys: KeyReader | undefined;
    conversion: Conversion;
    clock: Clock;
    random: Random;
  }) {
    const { to, map, keys, conversion, clock, random } = options;
    this.to = to;
    this.#conversion = JSON.stringify(conversion);
    this.#alone = conversion.alone;
    this.#payloadTypes = this.#leaving(map);
    this.#keys = keys;
    const { output } = to;
    this.#transcoder = new Transcoder({
      ...{ conversion, clock, random },
      send: (packet) => output.say(packet),
      haveLeft: () => output.hasLeft,
    });
  }

  /** Whether it does already what is asked for: then it goes on, with what it remembers of the sound. */
  isTheSame(to: RelayLeg, conversion: Conversion): boolean {
    return to === this.to && JSON.stringify(conversion) === this.#conversion;
  }

  remap(map: PayloadTypeMap, keys: KeyReader | undefined): void {
    this.#payloadTypes = this.#leaving(map);
    this.#keys = keys;
  }

  hear(packet: Buffer, payloadAt: number): boolean {
    const payloadType = rtpPayloadType(packet);
    const { output } = this.to;
    if (this.#transcoder.converts(payloadType)) {
      if (output.receives) return this.#transcoder.hear(packet, payloadAt);
      // Nobody listens on hold, and converting for nobody costs as much. A pause is no loss: no numbers are left out.
      output.stream.interrupt();
      this.#transcoder.pause();
      return true;
    }
    const leaving = this.#payloadTypes[payloadType]!;
    if (leaving < 0) {
      if (leaving !== TOLD) return false;
      this.#keys?.hear(packet, payloadAt);
      return true;
    }
    setRtpPayloadType(packet, leaving);
    output.say(packet);
    return true;
  }

  close(): void {
    this.#transcoder.close();
  }

  // What nobody agreed on may mean anything to the other side, unless the two have some codec in common.
  #leaving(map: PayloadTypeMap): Int8Array {
    if (!this.#alone) return leavingPayloadTypes(map);
    const types = new Int8Array(128).fill(DROPPED);
    for (const [arriving, leaving] of map) types[arriving] = leaving;
    return types;
  }
}
