import type { Cancel, Clock, Endpoint } from '@vats/kernel';
import type { TransportCounters } from './counters.ts';
import type { SendFailed, TransportFailure } from './failure.ts';
import { type Flow, KEEP_ALIVE, KEEP_ALIVE_ANSWER } from './flow.ts';
import { FlowWatchers } from './flow-watchers.ts';
import type { StreamSocket, StreamUser } from './network.ts';
import { type FramingFault, StreamFramer } from './stream-framer.ts';

/** Times of a connection in milliseconds, and how much it may hold. */
export interface ConnectionLimits {
  /** From asking for a connection until it is up. */
  readonly connect: number;
  /** From the acceptance of a connection until its first whole message. */
  readonly firstMessage: number;
  /** From the first octet of a message until its last. */
  readonly halfMessage: number;
  /** With nothing sent and nothing received. */
  readonly idle: number;
  /** With octets to send, and none taken by the peer. */
  readonly stalled: number;
  /** From our end of a connection until we tear it down. */
  readonly linger: number;
  /** Octets that may wait to be sent. */
  readonly queueOctets: number;
}

/** RFC 3261 names no times of its own; `idle` must exceed a transaction (§18) and a phone's keep-alive. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  connect: 8_000,
  firstMessage: 20_000,
  halfMessage: 10_000,
  idle: 900_000,
  stalled: 30_000,
  linger: 3_000,
  queueOctets: 1_048_576,
};

/** Who hears what came over a connection. */
export interface ConnectionUser {
  onMessage(octets: Buffer, connection: Connection): void;
  /** The stream can't be cut into messages; the connection ends after this call, so an answer can be sent in it. */
  onUnframed(fault: FramingFault, head: Buffer, connection: Connection): void;
  onGone(connection: Connection): void;
  /** Somebody who wanted to hear of the connection's end threw. */
  onBug(error: unknown, connection: Connection): void;
}

interface ConnectionOptions {
  readonly id: string;
  readonly direction: 'accepted' | 'made';
  /** The listening endpoint of ours that belongs to it, when there is one. */
  readonly listener: Endpoint | undefined;
  readonly clock: Clock;
  readonly limits: ConnectionLimits;
  readonly counters: TransportCounters;
  readonly user: ConnectionUser;
}

/** One TCP connection: a flow, its framing, its times. */
export class Connection implements Flow, StreamUser {
  readonly id: string;
  readonly transport = 'tcp';
  readonly reliable = true;
  readonly direction: 'accepted' | 'made';
  readonly listener: Endpoint | undefined;
  readonly #clock: Clock;
  readonly #limits: ConnectionLimits;
  readonly #counters: TransportCounters;
  readonly #user: ConnectionUser;
  readonly #framer = new StreamFramer();
  readonly #watchers = new FlowWatchers();
  #socket: StreamSocket | undefined;
  #state: 'connecting' | 'open' | 'ending' | 'gone';
  /** Why we end it, when it is not the peer's doing. */
  #why: TransportFailure | undefined;

  // Times are `monotonic()`; undefined where none runs. One timer serves them all.
  readonly #beganAt: number;
  #heardMessage = false;
  #activeAt: number;
  #halfSince: number | undefined;
  #stalledSince: number | undefined;
  #endedAt: number | undefined;
  #cancelTimer: Cancel | undefined;
  #timerAt = Number.POSITIVE_INFINITY;

  #written = 0;
  #takenWhenStalled = 0;
  #pongsDue = 0;
  #halfPing = false;

  constructor(options: ConnectionOptions) {
    this.id = options.id;
    this.direction = options.direction;
    this.listener = options.listener;
    this.#clock = options.clock;
    this.#limits = options.limits;
    this.#counters = options.counters;
    this.#user = options.user;
    this.#state = options.direction === 'accepted' ? 'open' : 'connecting';
    this.#beganAt = this.#clock.monotonic();
    this.#activeAt = this.#beganAt;
  }

  /** Gives the connection its socket; once, before anything else. */
  begin(socket: StreamSocket): this {
    this.#socket = socket;
    this.#schedule();
    return this;
  }

  get bound(): Endpoint {
    return this.#mustSocket.bound;
  }

  get observed(): Endpoint {
    return this.#mustSocket.observed;
  }

  get open(): boolean {
    return this.#state === 'connecting' || this.#state === 'open';
  }

  /** Why it ended, or is about to. */
  get why(): TransportFailure | undefined {
    return this.#why;
  }

  send(octets: Buffer, failed?: SendFailed): void {
    if (!this.open) return void failed?.(this.#why ?? { code: 'closed' });
    const socket = this.#mustSocket;
    if (socket.unsent + octets.length > this.#limits.queueOctets) return void failed?.({ code: 'overflow' });
    if (octets.length === KEEP_ALIVE.length && octets.equals(KEEP_ALIVE)) this.#pongsDue++;
    else this.#counters.sent++;
    this.#activeAt = this.#clock.monotonic();
    this.#written += octets.length;
    socket.write(octets, failed);
    if (this.#state === 'open' && socket.unsent > 0 && this.#stalledSince === undefined) this.#noteStall(socket);
  }

  onClose(told: (why: TransportFailure) => void): Cancel {
    return this.open ? this.#watchers.add(told) : () => {};
  }

  /** Ends the connection in good order: what is written goes out, nothing more is sent or heard. */
  end(why: TransportFailure = { code: 'closed' }): void {
    if (!this.open) return;
    const wasConnecting = this.#state === 'connecting';
    this.#state = 'ending';
    this.#why = why;
    this.#endedAt = this.#clock.monotonic();
    if (wasConnecting) this.#mustSocket.destroy();
    else this.#mustSocket.end();
    this.#schedule();
    this.#tellWatchers(why);
  }

  /** Tears the connection down. */
  destroy(why: TransportFailure): void {
    if (this.#state === 'gone') return;
    const wasOpen = this.open;
    this.#state = 'ending';
    this.#why ??= why;
    this.#endedAt ??= this.#clock.monotonic();
    this.#mustSocket.destroy();
    if (wasOpen) this.#tellWatchers(why);
  }

  // --- from the socket ---

  onConnected(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.#activeAt = this.#clock.monotonic();
    const socket = this.#mustSocket;
    if (socket.unsent > 0) this.#noteStall(socket);
    this.#schedule();
  }

  onOctets(octets: Buffer): void {
    if (this.#state !== 'open') return;
    this.#activeAt = this.#clock.monotonic();
    this.#framer.push(octets);
    for (let frame = this.#framer.next(); frame !== undefined; frame = this.#framer.next()) {
      if (frame.kind === 'message') {
        this.#halfPing = false;
        this.#heardMessage = true;
        this.#halfSince = undefined;
        this.#user.onMessage(frame.octets, this);
      } else if (frame.kind === 'crlf') this.#onEmptyLine();
      else {
        this.#counters.unframed++;
        this.#user.onUnframed(frame.fault, frame.head, this);
        this.end({ code: 'framing', detail: frame.fault });
      }
      // A message's handler may have closed the connection; what is behind it belongs to nobody.
      if (this.#state !== 'open') return;
    }
    if (!this.#framer.waiting) this.#halfSince = undefined;
    else if (this.#halfSince === undefined) {
      this.#halfSince = this.#activeAt;
      this.#schedule();
    }
  }

  onEnded(): void {
    // A peer that has shut its side is as good as gone: a phone that quits does just this.
    this.end({ code: 'closed', detail: 'by the peer' });
  }

  onClosed(failure: TransportFailure): void {
    if (this.#state === 'gone') return;
    const wasOpen = this.open;
    this.#state = 'gone';
    this.#why ??= failure;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (wasOpen) this.#tellWatchers(this.#why);
    this.#user.onGone(this);
  }

  // --- keep-alive (RFC 5626 §3.5.1) ---

  #onEmptyLine(): void {
    this.#counters.keepAlives++;
    if (this.#pongsDue > 0) {
      this.#pongsDue--;
      return;
    }
    this.#halfPing = !this.#halfPing;
    if (this.#halfPing) return;
    this.#mustSocket.write(KEEP_ALIVE_ANSWER);
    this.#heardMessage = true; // a phone that pings is a SIP peer, if a quiet one
  }

  // --- times ---

  #noteStall(socket: StreamSocket): void {
    this.#stalledSince = this.#clock.monotonic();
    this.#takenWhenStalled = this.#written - socket.unsent;
    this.#schedule();
  }

  /** The next moment at which something may be overdue. */
  #nextDeadline(): number {
    const { connect, firstMessage, halfMessage, idle, stalled, linger } = this.#limits;
    if (this.#endedAt !== undefined) return this.#endedAt + linger;
    if (this.#state === 'connecting') return this.#beganAt + connect;
    let at = this.#activeAt + idle;
    if (this.direction === 'accepted' && !this.#heardMessage) at = Math.min(at, this.#beganAt + firstMessage);
    if (this.#halfSince !== undefined) at = Math.min(at, this.#halfSince + halfMessage);
    if (this.#stalledSince !== undefined) at = Math.min(at, this.#stalledSince + stalled);
    return at;
  }

  #schedule(): void {
    const at = this.#nextDeadline();
    if (at >= this.#timerAt || this.#state === 'gone') return; // the timer that runs will look again
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer = this.#clock.after(Math.ceil(at - this.#clock.monotonic()), () => this.#look());
  }

  #look(): void {
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.monotonic();
    if (this.#stalledSince !== undefined && this.#stalledSince + this.#limits.stalled <= now) this.#judgeStall();
    if (this.#nextDeadline() > now) this.#schedule();
    else if (this.#endedAt !== undefined) this.#mustSocket.destroy();
    else {
      this.#counters.connectionsTimedOut++;
      const why: TransportFailure = { code: 'timeout', detail: this.#overdue(now) };
      if (why.detail === 'idle') this.end(why);
      else this.destroy(why);
    }
  }

  /** Forgets a stall that is over, begins anew with one in which the peer took something. */
  #judgeStall(): void {
    const { unsent } = this.#mustSocket;
    const taken = this.#written - unsent;
    if (unsent === 0) this.#stalledSince = undefined;
    else if (taken > this.#takenWhenStalled) {
      this.#stalledSince = this.#clock.monotonic();
      this.#takenWhenStalled = taken;
    }
  }

  #overdue(now: number): string {
    if (this.#state === 'connecting') return 'connecting';
    if (this.#stalledSince !== undefined && this.#stalledSince + this.#limits.stalled <= now) return 'not reading';
    if (this.#halfSince !== undefined && this.#halfSince + this.#limits.halfMessage <= now) return 'half a message';
    return this.#activeAt + this.#limits.idle <= now ? 'idle' : 'no message';
  }

  #tellWatchers(why: TransportFailure): void {
    this.#watchers.tell(why, (error) => this.#user.onBug(error, this));
  }

  get #mustSocket(): StreamSocket {
    if (this.#socket === undefined) throw new Error(`Connection ${this.id}: begin() was not called`);
    return this.#socket;
  }
}
