import type { StreamOrder, StreamPorts } from '../stream-ports.ts';

/** Ports in order from `first` on; at most `most` at once, and none for what `refuses`. */
export class OrderedPorts implements StreamPorts {
  readonly opened = new Map<string, number>();
  refuses: (stream: StreamOrder) => boolean = () => false;
  readonly #most: number;
  #next: number;

  constructor(first: number, most = 4) {
    this.#next = first;
    this.#most = most;
  }

  open(stream: StreamOrder): number | undefined {
    const known = this.opened.get(stream.key);
    if (known !== undefined) return known;
    if (this.opened.size >= this.#most || this.refuses(stream)) return undefined;
    const port = this.#next;
    this.#next += 2;
    this.opened.set(stream.key, port);
    return port;
  }

  keep(streams: ReadonlySet<string>): void {
    for (const key of this.opened.keys()) if (!streams.has(key)) this.opened.delete(key);
  }
}
