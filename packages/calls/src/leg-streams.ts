import type { Clock } from '@vats/kernel';
import type { MediaStream, OpenStreamOptions, StreamOrder, StreamPorts } from '@vats/media';

/** Streams beside the sound that one leg may have at once: its peer may name as many as it likes, and each costs two sockets. */
export const MOST_STREAMS = 4;
/**
 * Streams that one leg may begin within `A_MINUTE`. Ports rest before they are leased again, so a peer that turns its video off and on in
 * re-INVITEs, one behind the other, would have all of the switch's rest, and no call would find any.
 */
export const MOST_BEGUN = 8;
const A_MINUTE = 60_000;

/** The ports of the streams beside one leg's sound (video, fax): leased when its description needs them, given back when it does not. */
export class LegStreams implements StreamPorts {
  readonly #lease: (options: OpenStreamOptions) => MediaStream | undefined;
  readonly #video: boolean;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #streams = new Map<string, MediaStream>();
  /** When the last ones began, ms; the oldest first. */
  readonly #begun: number[] = [];

  /** @param options `video`: whether video, and what serves it, is carried at all */
  constructor(options: {
    lease: (options: OpenStreamOptions) => MediaStream | undefined;
    clock: Pick<Clock, 'monotonic'>;
    video: boolean;
  }) {
    this.#lease = options.lease;
    this.#clock = options.clock;
    this.#video = options.video;
  }

  open({ key, kind, transport }: StreamOrder): number | undefined {
    const known = this.#streams.get(key);
    if (known !== undefined) return known.local.port;
    if (!this.#video && !WITHOUT_VIDEO.has(kind)) return undefined;
    if (this.#streams.size >= MOST_STREAMS || this.#beganTooMany) return undefined;
    const stream = this.#lease({ kind, transport });
    if (stream === undefined) return undefined;
    this.#begun.push(this.#clock.monotonic());
    this.#streams.set(key, stream);
    return stream.local.port;
  }

  get #beganTooMany(): boolean {
    const before = this.#clock.monotonic() - A_MINUTE;
    while (this.#begun.length > 0 && this.#begun[0]! <= before) this.#begun.shift();
    return this.#begun.length >= MOST_BEGUN;
  }

  keep(streams: ReadonlySet<string>): void {
    for (const [key, stream] of this.#streams) {
      if (streams.has(key)) continue;
      this.#streams.delete(key);
      stream.close();
    }
  }

  get(key: string): MediaStream | undefined {
    return this.#streams.get(key);
  }
}

/** Fax and text; what else there is (BFCP, H.224) serves video. */
const WITHOUT_VIDEO: ReadonlySet<string> = new Set(['image', 'text']);
