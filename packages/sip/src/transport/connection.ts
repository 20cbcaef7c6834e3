import type { Cancel, Clock, Endpoint } from '@vats/kernel';
import { ConnectionDeadlines, type Overdue } from './connection-deadlines.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import type { TransportCounters } from './counters.ts';
import type { SendFailed, TransportFailure } from './failure.ts';
import { type Flow, KEEP_ALIVE, KEEP_ALIVE_ANSWER, type TransportName } from './flow.ts';
import { FlowWatchers } from './flow-watchers.ts';
import type { Frame, Framing, FramingFault } from './framing.ts';
import type { StreamSocket, StreamUser } from './network.ts';

/** Who hears what came over a connection. */
export interface ConnectionUser {
  /** Answers whether it could be read. */
  onMessage(octets: Buffer, connection: Connection): boolean;
  /** The stream can't be cut into messages; the connection ends after this call, so an answer can be sent in it. */
  onUnframed(fault: FramingFault, head: Buffer, connection: Connection): void;
  /** A ping of the peer's, or its answer to one of ours. */
  onKeepAlive?(connection: Connection): void;
  onGone(connection: Connection): void;
  /** Code of ours threw: whoever wanted to hear of the connection's end, or what reads its octets. */
  onBug(error: unknown, connection: Connection): void;
}

export interface ConnectionOptions {
  readonly id: string;
  readonly transport: TransportName;
  readonly direction: 'accepted' | 'made';
  /** True of one that was accepted when a TLS handshake must come before anything else. */
  readonly secures?: boolean;
  readonly framing: Framing;
  /** As whom its peer has to show itself over TLS: a text that is the same for the same demand. */
  readonly peerKey?: string | undefined;
  /** The listening endpoint of ours that belongs to it, when there is one. */
  readonly listener: Endpoint | undefined;
  readonly clock: Clock;
  readonly limits: ConnectionLimits;
  readonly counters: TransportCounters;
  /** Whether whoever is at this far end may keep a connection for as long as it is used. */
  readonly isProven: (observed: Endpoint) => boolean;
  readonly user: ConnectionUser;
}

/** Some end each message with empty lines. */
const PINGS_A_MESSAGE = 2;

/** One connection of TCP, TLS or a WebSocket: a flow with framing, keep-alive and deadlines. */
export class Connection implements Flow, StreamUser {
  readonly id: string;
  readonly transport: TransportName;
  readonly reliable = true;
  readonly direction: 'accepted' | 'made';
  readonly peerKey: string | undefined;
  /** The listening endpoint of ours that belongs to it: where the peer reaches us with a connection of its own. */
  readonly listener: Endpoint | undefined;
  readonly #limits: ConnectionLimits;
  readonly #counters: TransportCounters;
  readonly #user: ConnectionUser;
  readonly #deadlines: ConnectionDeadlines;
  readonly #framing: Framing;
  readonly #watchers = new FlowWatchers();
  #socket: StreamSocket | undefined;
  #state: 'connecting' | 'open' | 'ending' | 'gone';
  /** Its octets may be read: a TLS handshake that it needs is done. */
  #readable: boolean;
  #why: TransportFailure | undefined;
  #written = 0;
  #pongsDue = 0;
  #halfPing = false;
  /** Pings and empty lines that it may still send, as of `#pingsAt`. */
  #pingsLeft: number;
  #pingsAt: number;
  readonly #clock: Clock;

  constructor(options: ConnectionOptions) {
    const { id, direction, listener, clock, limits, counters, isProven, user, framing, secures = false } = options;
    this.id = id;
    this.transport = options.transport;
    this.direction = direction;
    this.peerKey = options.peerKey;
    this.#framing = framing;
    this.listener = listener;
    this.#limits = limits;
    this.#clock = clock;
    this.#pingsLeft = limits.pingsAtOnce;
    this.#pingsAt = clock.monotonic();
    this.#counters = counters;
    this.#user = user;
    this.#readable = direction === 'accepted' && !secures;
    this.#state = this.#readable && framing.opens !== true ? 'open' : 'connecting';
    this.#deadlines = new ConnectionDeadlines({
      clock,
      limits,
      direction,
      connecting: this.#state === 'connecting',
      progress: () => ({ written: this.#written, unsent: this.#mustSocket.unsent }),
      isProven: () => isProven(this.observed),
      overdue: (what) => this.#onOverdue(what),
    });
  }

  /** Gives the connection its socket; once, before anything else. */
  begin(socket: StreamSocket): this {
    this.#socket = socket;
    return this;
  }

  get bound(): Endpoint {
    return this.#mustSocket.bound;
  }

  /** Pings of ours that the peer has not answered yet (RFC 5626 §4.4.1). */
  get pongsDue(): number {
    return this.#pongsDue;
  }

  get observed(): Endpoint {
    return this.#mustSocket.observed;
  }

  get open(): boolean {
    return this.#state === 'connecting' || this.#state === 'open';
  }

  /** False of an accepted one as long as handshakes are under way: nothing can be sent yet, nor does it wait to be. */
  get usable(): boolean {
    return this.#state === 'open' || (this.#state === 'connecting' && this.direction === 'made');
  }

  /** Why it ended, or is about to. */
  get why(): TransportFailure | undefined {
    return this.#why;
  }

  send(octets: Buffer, failed?: SendFailed): void {
    if (!this.usable) return void failed?.(this.#why ?? { code: 'closed' });
    const socket = this.#mustSocket;
    if (socket.unsent + octets.length > this.#limits.queueOctets) return void failed?.({ code: 'overflow' });
    let wrapped: Buffer;
    if (octets.length === KEEP_ALIVE.length && octets.equals(KEEP_ALIVE)) {
      wrapped = this.#framing.ping?.() ?? octets;
      if (wrapped === octets) this.#pongsDue++;
    } else {
      wrapped = this.#framing.wrap(octets);
      this.#counters.sent++;
    }
    this.#deadlines.active();
    this.#written += wrapped.length;
    socket.write(wrapped, failed);
    if (this.#state === 'open' && socket.unsent > 0) this.#deadlines.stalled();
  }

  onClose(told: (why: TransportFailure) => void): Cancel {
    return this.open ? this.#watchers.add(told) : () => {};
  }

  /** Ends the connection in good order: what is written goes out, nothing more is sent or heard. */
  end(why: TransportFailure = { code: 'closed' }): void {
    if (!this.open) return;
    const wasConnecting = this.#state === 'connecting' && !this.#readable;
    this.#leave(why);
    if (wasConnecting) this.#mustSocket.destroy();
    else {
      const farewell = this.#framing.farewell?.();
      if (farewell !== undefined) this.#mustSocket.write(farewell);
      this.#mustSocket.end();
    }
    this.#tellWatchers(why);
  }

  /** Tears the connection down. */
  destroy(why: TransportFailure): void {
    if (!this.open) return;
    this.#leave(why);
    this.#mustSocket.destroy();
    this.#tellWatchers(why);
  }

  // --- from the socket ---

  onConnected(): void {
    if (this.#state !== 'connecting') return;
    this.#guarded(() => {
      this.#readable = true;
      if (this.#framing.opens !== true) this.#isUp();
    });
  }

  onOctets(octets: Buffer): void {
    this.#guarded(() => this.#read(octets));
  }

  #read(octets: Buffer): void {
    if (!this.open || !this.#readable) return;
    this.#deadlines.active();
    this.#framing.push(octets);
    for (let frame = this.#framing.next(); frame !== undefined; frame = this.#framing.next()) {
      this.#onFrame(frame);
      // A message's handler may have closed the connection; what is behind it belongs to nobody.
      if (!this.open) return;
    }
    if (this.#framing.waiting) this.#deadlines.half();
    else this.#deadlines.whole();
  }

  onEnded(): void {
    // A peer that has shut its side is as good as gone: a phone that quits does just this.
    this.#guarded(() => this.end({ code: 'closed', detail: 'by the peer' }));
  }

  onClosed(failure: TransportFailure): void {
    const wasOpen = this.open;
    this.#state = 'gone';
    this.#why ??= failure;
    this.#deadlines.gone();
    if (wasOpen) this.#tellWatchers(this.#why);
    this.#user.onGone(this);
  }

  // --- what came ---

  #onFrame(frame: Frame): void {
    if (frame.kind === 'message') this.#onMessage(frame.octets);
    else if (frame.kind === 'crlf') this.#onEmptyLine();
    else if (frame.kind === 'fault') this.#onFault(frame.fault, frame.head);
    else if (frame.kind === 'end') this.#onLastFrame(frame);
    else if (frame.kind === 'ready') {
      this.#reply(frame.octets);
      if (this.open) this.#isUp();
    } else {
      this.#counters.keepAlives++;
      if (!this.#mayPing()) return;
      if (frame.kind === 'reply') this.#reply(frame.octets);
      this.#user.onKeepAlive?.(this);
    }
  }

  #onLastFrame({ octets, detail, fault }: Extract<Frame, { kind: 'end' }>): void {
    if (fault) this.#counters.unframed++;
    this.#reply(octets);
    this.end({ code: fault ? 'framing' : 'closed', detail });
  }

  #isUp(): void {
    this.#state = 'open';
    this.#deadlines.connected();
    if (this.#mustSocket.unsent > 0) this.#deadlines.stalled();
  }

  /** Who asks and asks, and reads none of the answers, must not fill our memory with them. */
  #reply(octets: Buffer): void {
    if (octets.length === 0) return;
    const socket = this.#mustSocket;
    if (socket.unsent + octets.length > this.#limits.queueOctets) return void this.destroy({ code: 'overflow' });
    this.#written += octets.length;
    socket.write(octets);
    if (socket.unsent > 0) this.#deadlines.stalled();
  }

  // Each one costs an answer, and two octets are enough for it: whoever sends nothing else would keep us from all other work.
  #mayPing(): boolean {
    const now = this.#clock.monotonic();
    this.#givePings((now - this.#pingsAt) / this.#limits.pingEvery);
    this.#pingsAt = now;
    if (--this.#pingsLeft >= 0) return true;
    this.destroy({ code: 'overflow', detail: 'it pings without end' });
    return false;
  }

  #givePings(more: number): void {
    this.#pingsLeft = Math.min(this.#limits.pingsAtOnce, this.#pingsLeft + more);
  }

  #onMessage(octets: Buffer): void {
    this.#halfPing = false;
    this.#givePings(PINGS_A_MESSAGE);
    this.#deadlines.whole();
    if (this.#user.onMessage(octets, this)) this.#deadlines.heard();
  }

  /** Half a ping of the peer's, or its answer to one of ours (RFC 5626 §3.5.1). */
  #onEmptyLine(): void {
    this.#counters.keepAlives++;
    if (!this.#mayPing()) return;
    if (this.#pongsDue > 0) {
      this.#pongsDue--;
      this.#user.onKeepAlive?.(this);
      return;
    }
    this.#halfPing = !this.#halfPing;
    if (this.#halfPing) return;
    this.#reply(this.#framing.wrap(KEEP_ALIVE_ANSWER));
    this.#user.onKeepAlive?.(this);
  }

  #onFault(fault: FramingFault, head: Buffer): void {
    this.#counters.unframed++;
    this.#user.onUnframed(fault, head, this);
    this.end({ code: 'framing', detail: fault });
  }

  /** A fault of ours in reading what came ends this connection and no other, nor the process. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#user.onBug(error, this);
      this.destroy({ code: 'closed', detail: 'a fault of ours' });
    }
  }

  // --- its end ---

  #onOverdue(what: Overdue): void {
    if (what === 'linger') return void this.#mustSocket.destroy();
    this.#counters.connectionsTimedOut++;
    const detail = what === 'connecting' && this.direction === 'accepted' ? 'no handshake' : what;
    const why: TransportFailure = { code: 'timeout', detail };
    if (what === 'idle' || what === 'still a stranger') this.end(why);
    else this.destroy(why);
  }

  #leave(why: TransportFailure): void {
    this.#state = 'ending';
    this.#why = why;
    this.#deadlines.ended();
  }

  #tellWatchers(why: TransportFailure): void {
    this.#watchers.tell(why, (error) => this.#user.onBug(error, this));
  }

  get #mustSocket(): StreamSocket {
    if (this.#socket === undefined) throw new Error(`Connection ${this.id}: begin() was not called`);
    return this.#socket;
  }
}
