import type { StreamMedia } from '../sdp/stream-media.ts';
import type { LocalMedia, MediaStream } from './media-plane.ts';
import type { WorkerMediaCall } from './worker-media-call.ts';
import type { WorkerMediaLeg } from './worker-media-leg.ts';

/** A stream beside a leg's sound, which the worker knows by its number. */
export class WorkerMediaStream implements MediaStream {
  readonly local: LocalMedia;
  readonly number: number;
  readonly leg: WorkerMediaLeg;
  readonly #call: WorkerMediaCall;

  constructor(call: WorkerMediaCall, number: number, leg: WorkerMediaLeg, local: LocalMedia) {
    this.#call = call;
    this.number = number;
    this.leg = leg;
    this.local = local;
  }

  update(media: StreamMedia, { newOffer }: { newOffer: boolean }): void {
    this.#call.updateStream(this, media, newOffer);
  }

  close(): void {
    this.#call.closeStream(this);
  }
}

/** @throws TypeError for a stream of another plane */
export function numberOfStream(stream: MediaStream): number {
  if (!(stream instanceof WorkerMediaStream)) throw new TypeError('the stream is not one of this plane');
  return stream.number;
}
