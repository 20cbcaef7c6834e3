import type { StreamTally } from './media-plane.ts';
import type { OpaqueStream } from './opaque-stream.ts';

/** The streams beside the sound of one call's legs, by their numbers; what came of each stays until its leg is gone. */
export class StreamsBeside {
  readonly #streams = new Map<number, OpaqueStream>();
  /** By leg. */
  readonly #ended = new Map<number, StreamTally[]>();

  add(id: number, stream: OpaqueStream): void {
    this.#streams.set(id, stream);
  }

  /** Undefined for one that is closed: commands for it are late, and void. */
  get(id: number): OpaqueStream | undefined {
    return this.#streams.get(id);
  }

  bridge(a: number, b: number): void {
    const [one, other] = [this.#streams.get(a), this.#streams.get(b)];
    if (one !== undefined && other !== undefined) one.join(other);
  }

  /** The leg is joined to nobody any more, and so are its streams. */
  partOf(leg: number): void {
    for (const stream of this.#streams.values()) if (stream.leg === leg) stream.part();
  }

  /** Its pair is the caller's to give back. */
  close(id: number): OpaqueStream | undefined {
    const stream = this.#streams.get(id);
    if (stream === undefined) return undefined;
    this.#streams.delete(id);
    stream.part();
    const ended = this.#ended.get(stream.leg) ?? [];
    this.#ended.set(stream.leg, ended);
    // A peer may open and close streams for as long as a call lasts.
    if (ended.length < MOST_KEPT) ended.push(stream.statistics());
    return stream;
  }

  /** All of a leg that is closed. */
  closeOf(leg: number): OpaqueStream[] {
    const ids = [...this.#streams].filter(([, stream]) => stream.leg === leg).map(([id]) => id);
    return ids.flatMap((id) => this.close(id) ?? []);
  }

  /** What came of a leg's streams that are closed; it is told once. */
  tallyOf(leg: number): readonly StreamTally[] {
    const ended = this.#ended.get(leg) ?? [];
    this.#ended.delete(leg);
    return ended;
  }

  /** To be called once a second; says when any of them was heard last. */
  tick(now: number): number {
    let heardAt = Number.NEGATIVE_INFINITY;
    for (const stream of this.#streams.values()) {
      stream.tick(now);
      heardAt = Math.max(heardAt, stream.heardAt);
    }
    return heardAt;
  }
}

/** Of one leg. */
const MOST_KEPT = 16;
