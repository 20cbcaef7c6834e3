import type { MediaStream, OpenStreamOptions, StreamOrder, StreamPorts } from '@vats/media';

/** Streams beside the sound that one leg may have at once: its peer may name as many as it likes, and each costs two sockets. */
export const MOST_STREAMS = 4;

/** The ports of the streams beside one leg's sound (video, fax): leased when its description needs them, given back when it does not. */
export class LegStreams implements StreamPorts {
  readonly #lease: (options: OpenStreamOptions) => MediaStream | undefined;
  readonly #video: boolean;
  readonly #streams = new Map<string, MediaStream>();

  /** @param options `video`: whether video, and what serves it, is carried at all */
  constructor(options: { lease: (options: OpenStreamOptions) => MediaStream | undefined; video: boolean }) {
    this.#lease = options.lease;
    this.#video = options.video;
  }

  open({ key, kind, transport }: StreamOrder): number | undefined {
    const known = this.#streams.get(key);
    if (known !== undefined) return known.local.port;
    if (!this.#video && !WITHOUT_VIDEO.has(kind)) return undefined;
    if (this.#streams.size >= MOST_STREAMS) return undefined;
    const stream = this.#lease({ kind, transport });
    if (stream === undefined) return undefined;
    this.#streams.set(key, stream);
    return stream.local.port;
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
