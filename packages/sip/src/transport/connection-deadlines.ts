import type { Cancel, Clock } from '@vats/kernel';
import type { ConnectionLimits } from './connection-limits.ts';

/** What a connection waited for in vain. `linger` is the end of one that we ended ourselves. */
export type Overdue =
  | 'connecting'
  | 'no message'
  | 'still a stranger'
  | 'half a message'
  | 'not reading'
  | 'idle'
  | 'linger';

export interface DeadlinesOptions {
  readonly clock: Clock;
  readonly limits: ConnectionLimits;
  readonly direction: 'accepted' | 'made';
  /** Something must be done before messages can go: a connection be made, a handshake be finished. */
  readonly connecting: boolean;
  readonly progress: () => WriteProgress;
  /** Whether the peer has shown who it is, so that its connection may stay for as long as it is used. */
  readonly isProven: () => boolean;
  /** Told each time something was waited for in vain; what then happens is the connection's to say. */
  readonly overdue: (what: Overdue) => void;
}

/** How far a connection's writes have got. */
export interface WriteProgress {
  /** Octets given to the socket since the beginning. */
  readonly written: number;
  /** How many of them it still holds. */
  readonly unsent: number;
}

/**
 * Everything that a connection waits for, behind one timer of the clock: it runs for the earliest deadline, and one that
 * moves away is only noticed when it fires. So a message in time costs no timer at all.
 */
export class ConnectionDeadlines {
  readonly #clock: Clock;
  readonly #limits: ConnectionLimits;
  readonly #progress: () => WriteProgress;
  readonly #overdue: (what: Overdue) => void;
  readonly #isProven: () => boolean;
  readonly #direction: 'accepted' | 'made';
  #phase: 'connecting' | 'stranger' | 'known' | 'ended' | 'gone';
  #heard = false;
  // `monotonic()` of what began; undefined where nothing is waited for.
  #phaseSince: number;
  #activeAt: number;
  #halfSince: number | undefined;
  #stalledSince: number | undefined;
  #takenWhenStalled = 0;
  #cancel: Cancel | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor({ clock, limits, direction, connecting, progress, isProven, overdue }: DeadlinesOptions) {
    this.#clock = clock;
    this.#limits = limits;
    this.#direction = direction;
    this.#phase = connecting ? 'connecting' : 'stranger';
    this.#progress = progress;
    this.#isProven = isProven;
    this.#overdue = overdue;
    this.#phaseSince = clock.monotonic();
    this.#activeAt = this.#phaseSince;
    this.#schedule();
  }

  /** It is up. From whom we connected to nothing need be heard first. */
  connected(): void {
    this.#enter(this.#direction === 'made' ? 'known' : 'stranger');
    this.#schedule();
  }

  /** Something was sent or received. */
  active(): void {
    this.#activeAt = this.#clock.monotonic();
  }

  /** The peer has shown that it speaks SIP. Whether it has shown who it is, is asked when that begins to matter. */
  heard(): void {
    this.#heard = true;
  }

  /** Octets of an unfinished message are held; their time began with the first of them. */
  half(): void {
    if (this.#halfSince !== undefined) return;
    this.#halfSince = this.#activeAt;
    this.#schedule();
  }

  /** Nothing unfinished is held. */
  whole(): void {
    this.#halfSince = undefined;
  }

  /** The socket holds octets back. */
  stalled(): void {
    if (this.#stalledSince === undefined) this.#noteStall(this.#progress());
  }

  /** We have ended the connection, which need not mean that the peer lets it go. */
  ended(): void {
    this.#enter('ended');
    this.#schedule();
  }

  /** There is nothing more to wait for. */
  gone(): void {
    this.#enter('gone');
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #enter(phase: 'stranger' | 'known' | 'ended' | 'gone'): void {
    this.#phase = phase;
    this.#phaseSince = this.#clock.monotonic();
  }

  #noteStall({ written, unsent }: WriteProgress): void {
    this.#stalledSince = this.#clock.monotonic();
    this.#takenWhenStalled = written - unsent;
    this.#schedule();
  }

  /** What will be overdue first if nothing happens, and when. */
  #next(): { readonly what: Overdue; readonly at: number } {
    const { connect, firstMessage, stranger, halfMessage, idle, stalled, linger } = this.#limits;
    if (this.#phase === 'ended') return { what: 'linger', at: this.#phaseSince + linger };
    if (this.#phase === 'connecting') return { what: 'connecting', at: this.#phaseSince + connect };
    const waits: { what: Overdue; at: number }[] = [{ what: 'idle', at: this.#activeAt + idle }];
    if (this.#phase === 'stranger') {
      waits.push({ what: 'still a stranger', at: this.#phaseSince + stranger });
      if (!this.#heard) waits.push({ what: 'no message', at: this.#phaseSince + firstMessage });
    }
    if (this.#halfSince !== undefined) waits.push({ what: 'half a message', at: this.#halfSince + halfMessage });
    if (this.#stalledSince !== undefined) waits.push({ what: 'not reading', at: this.#stalledSince + stalled });
    return waits.reduce((first, each) => (each.at < first.at ? each : first));
  }

  #schedule(): void {
    const { at } = this.#next();
    if (at >= this.#timerAt) return; // the timer that runs will look again
    this.#cancel?.();
    this.#timerAt = at;
    this.#cancel = this.#clock.after(Math.ceil(at - this.#clock.monotonic()), () => this.#look());
  }

  #look(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.monotonic();
    if (this.#stalledSince !== undefined && this.#stalledSince + this.#limits.stalled <= now) this.#judgeStall();
    if (this.#phase === 'stranger' && this.#heard && this.#isProven()) this.#enter('known');
    const { what, at } = this.#next();
    if (at > now) this.#schedule();
    else this.#overdue(what);
  }

  /** Forgets a stall that is over, begins anew with one in which the peer took something. */
  #judgeStall(): void {
    const progress = this.#progress();
    if (progress.unsent === 0) this.#stalledSince = undefined;
    else if (progress.written - progress.unsent > this.#takenWhenStalled) this.#noteStall(progress);
  }
}
