import type { LocalMedia, MediaStream } from '../plane/media-plane.ts';
import type { StreamMedia } from '../sdp/stream-media.ts';
import type { FakeMediaCall } from './fake-media-call.ts';
import type { FakeMediaPlane } from './fake-media-plane.ts';

/** A stream beside the sound of a `FakeMediaLeg`. */
export class FakeMediaStream implements MediaStream {
  readonly local: LocalMedia;
  open = true;
  /** What the last update said. */
  media: StreamMedia | undefined;
  readonly #call: FakeMediaCall;
  readonly #plane: FakeMediaPlane;
  readonly #leg: string;

  constructor(call: FakeMediaCall, plane: FakeMediaPlane, leg: string, local: LocalMedia) {
    this.#call = call;
    this.#plane = plane;
    this.#leg = leg;
    this.local = local;
  }

  update(media: StreamMedia): void {
    this.media = media;
    this.#call.commands.push({ do: 'update-stream', leg: this.#leg, port: this.local.port, media });
  }

  close(): void {
    if (!this.open) return;
    this.#call.commands.push({ do: 'close-stream', leg: this.#leg, port: this.local.port });
    this.release();
  }

  /** For FakeMediaLeg. */
  release(): void {
    if (!this.open) return;
    this.open = false;
    this.#plane.giveBack();
  }
}
