import type { LegMedia } from '../sdp/leg-media.ts';
import type { LocalMedia, MediaLeg, OpenLegOptions } from './media-plane.ts';
import type { WorkerMediaCall } from './worker-media-call.ts';

/** A leg of a `WorkerMediaCall`, which the worker knows by its number. */
export class WorkerMediaLeg implements MediaLeg {
  readonly name: string;
  readonly local: LocalMedia;
  readonly number: number;
  /** For its call. */
  readonly options: OpenLegOptions;
  readonly #call: WorkerMediaCall;
  #encrypted = false;
  #open = true;

  constructor(call: WorkerMediaCall, number: number, name: string, local: LocalMedia, options: OpenLegOptions) {
    this.#call = call;
    this.options = options;
    this.number = number;
    this.name = name;
    this.local = local;
  }

  update(media: LegMedia, { newOffer, signalling }: { newOffer: boolean; signalling?: string }): void {
    if (!this.#open) return;
    if (this.#call.has(this)) this.encrypt(media.srtp !== undefined);
    this.#call.updateLeg(this, media, newOffer, signalling);
  }

  /** Counts it among those that are, or no longer. */
  encrypt(encrypted: boolean): void {
    if (encrypted === this.#encrypted) return;
    this.#encrypted = encrypted;
    this.#call.crew.tally.encryptedLegs += encrypted ? 1 : -1;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#call.closeLeg(this);
  }
}

/** @throws TypeError for a leg of another plane */
export function numberOf(leg: MediaLeg): number {
  if (!(leg instanceof WorkerMediaLeg)) throw new TypeError(`leg ${leg.name} is not one of this plane`);
  return leg.number;
}
