import type { Endpoint } from '@vats/kernel';
import {
  type LegStatistics,
  type LocalMedia,
  type MediaLeg,
  noPackets,
  noQuality,
  type OpenLegOptions,
} from '../plane/media-plane.ts';
import type { LegMedia } from '../sdp/leg-media.ts';
import type { FakeMediaCall } from './fake-media-call.ts';
import type { FakeMediaPlane } from './fake-media-plane.ts';
import type { FakeMediaStream } from './fake-media-stream.ts';

/** A leg of a `FakeMediaCall`. */
export class FakeMediaLeg implements MediaLeg {
  readonly name: string;
  readonly local: LocalMedia;
  open = true;
  /** What the last update said. */
  media: LegMedia | undefined;
  /** A test sets what the leg is to have learned. */
  observed: Endpoint | undefined;
  /** Every one that it ever had. */
  readonly streams: FakeMediaStream[] = [];
  /** For FakeMediaCall. */
  readonly options: OpenLegOptions;
  readonly #call: FakeMediaCall;
  readonly #plane: FakeMediaPlane;

  constructor(call: FakeMediaCall, plane: FakeMediaPlane, name: string, local: LocalMedia, options: OpenLegOptions) {
    this.#call = call;
    this.options = options;
    this.#plane = plane;
    this.name = name;
    this.local = local;
  }

  update(media: LegMedia, options: { newOffer: boolean; signalling?: string }): void {
    this.media = media;
    this.#call.commands.push({ do: 'update', leg: this.name, media, newOffer: options.newOffer });
    this.#call.describe(this.name, media);
  }

  close(): void {
    if (!this.open) return;
    this.#call.part(this.name);
    this.#call.commands.push({ do: 'close-leg', leg: this.name });
    this.release();
  }

  /** For FakeMediaCall. */
  release(): void {
    if (!this.open) return;
    this.open = false;
    for (const stream of this.streams) stream.release();
    this.#call.hush(this.name);
    this.#plane.giveBack();
  }

  statistics(): LegStatistics {
    return {
      leg: this.name,
      claimed: this.media?.claimed,
      observed: this.observed,
      rtp: noPackets(),
      rtcp: noPackets(),
      quality: noQuality(),
    };
  }
}
