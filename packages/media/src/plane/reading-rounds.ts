import { Cadence, STEP_MS } from './cadence.ts';
import { type DirectSocket, NOTHING } from './direct-socket.ts';
import { WaitingRow } from './waiting-row.ts';

/** Rounds that are planned ahead; more than the longest beat. */
const PLANNED = 64;
/** No datagram of sound is longer; what is would be cut off, and is dropped as a whole. */
const LONGEST = 8_192;
/** Packets are cut from pieces of memory of this size, which live as long as any of their packets. */
const PIECE = 65_536;
/** At most so many of one socket in a round: a flood must not hold up the others. */
const MOST_AT_ONCE = 16;
/** Looks in vain in one go: when many peers are late at once, they must not take the time of the others. Who is left is first in the next round. */
const MOST_IN_VAIN = 48;

/** A socket that is read in rounds. */
export interface RoundMember {
  /** False once it has left: by itself, when the rounds end, or when its packets keep no beat. */
  readonly isIn: boolean;
  /** To be told once a second how many packets came. */
  pace(packetsASecond: number): void;
  /** The socket is read the usual way again. */
  leave(): void;
}

/**
 * Reads sockets in rounds: each one when its peer's next packet should be there, instead of when the kernel says that it is. Being told costs more than
 * reading does. For sockets that are connected to their peers, whose address therefore need not be looked at.
 */
export class ReadingRounds {
  readonly #plan = Array.from({ length: PLANNED }, () => new WaitingRow<Member>());
  readonly #members = new Set<Member>();
  readonly #scratch = Buffer.allocUnsafeSlow(LONGEST);
  readonly #into = [this.#scratch];
  readonly #heard: Buffer[] = [];
  readonly #heardBy: Member[] = [];
  /** How many of both are packets that are still to be handed on. */
  #heardCount = 0;
  #piece = Buffer.alloc(0);
  #used = 0;
  /** The next round that is to be made. */
  #next = 0;
  /** Looks in vain since the last call of `make`. */
  #inVain = 0;
  #running = false;
  /** When the round that is being made was to begin. */
  #now = 0;

  /** Members may be admitted from now on; `make` is called about every 2 ms. */
  start(now: number): void {
    this.#running = true;
    this.#next = roundOf(now);
    this.#now = this.#next * STEP_MS;
  }

  /** Everybody leaves. */
  stop(): void {
    this.#running = false;
    for (const member of [...this.#members]) member.leave();
  }

  get size(): number {
    return this.#members.size;
  }

  /** Takes a socket in, unless no rounds are made or it has no beat. `hear` gets each packet, which is its own to keep and to change. */
  admit(socket: DirectSocket, packetsASecond: number, hear: (packet: Buffer) => void): RoundMember | undefined {
    const period = Cadence.periodOf(packetsASecond);
    if (!this.#running || period === undefined) return undefined;
    const member = new Member(socket, new Cadence(this.#now, period), hear, () => this.#members.delete(member));
    this.#members.add(member);
    socket.pause();
    this.#planNext(member);
    return member;
  }

  /** Makes all rounds that are due. */
  make(now: number): void {
    if (!this.#running) return;
    const last = roundOf(now);
    this.#now = last * STEP_MS;
    this.#inVain = 0;
    // After a long sleep each stands in the plan once, and none is to be found twice.
    this.#next = Math.max(this.#next, last - PLANNED + 1);
    // Each look in vain throws, and nobody reads where it was thrown from.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      while (this.#next <= last) this.#read(this.#next++);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
    this.#hand();
  }

  #read(round: number): void {
    const due = this.#plan[round % PLANNED]!;
    for (let left = due.size; left > 0; left--) {
      if (this.#inVain >= MOST_IN_VAIN) {
        due.goBefore(this.#plan[this.#soonest % PLANNED]!);
        return;
      }
      const member = due.take();
      if (!member.isIn) continue;
      for (let read = 0; read < MOST_AT_ONCE; read++) {
        const length = member.socket.read(this.#into);
        if (length === NOTHING) {
          if (read > 0) break;
          this.#inVain++;
          if (!member.cadence.missed(this.#now)) member.leave();
          break;
        }
        this.#keep(length, member);
        if (read > 0) member.cadence.alsoFound(this.#now);
        else if (!member.cadence.found(this.#now, length)) break;
      }
      if (member.isIn) this.#planNext(member);
    }
  }

  #keep(length: number, member: Member): void {
    if (length === LONGEST) return;
    if (this.#used + length > this.#piece.length) {
      this.#piece = Buffer.allocUnsafeSlow(PIECE);
      this.#used = 0;
    }
    const packet = this.#piece.subarray(this.#used, this.#used + length);
    this.#scratch.copy(packet, 0, 0, length);
    this.#used += length;
    this.#heard[this.#heardCount] = packet;
    this.#heardBy[this.#heardCount++] = member;
  }

  #hand(): void {
    for (let i = 0; i < this.#heardCount; i++) {
      const packet = this.#heard[i]!;
      this.#heard[i] = this.#scratch;
      this.#heardBy[i]!.hear(packet);
    }
    this.#heardCount = 0;
  }

  get #soonest(): number {
    return Math.max(this.#next, roundOf(this.#now) + 1);
  }

  #planNext(member: Member): void {
    const soonest = this.#soonest;
    const round = Math.min(Math.max(roundOf(member.cadence.due), soonest), soonest + PLANNED - 2);
    this.#plan[round % PLANNED]!.add(member);
  }
}

class Member implements RoundMember {
  isIn = true;
  /** In the same row of the plan. */
  next: Member | undefined;
  readonly socket: DirectSocket;
  readonly cadence: Cadence;
  readonly hear: (packet: Buffer) => void;
  readonly #left: () => void;

  constructor(socket: DirectSocket, cadence: Cadence, hear: (packet: Buffer) => void, left: () => void) {
    this.socket = socket;
    this.cadence = cadence;
    this.hear = hear;
    this.#left = left;
  }

  pace(packetsASecond: number): void {
    if (!this.isIn) return;
    const period = Cadence.periodOf(packetsASecond);
    if (period === undefined) this.leave();
    else this.cadence.periodMs = period;
  }

  leave(): void {
    if (!this.isIn) return;
    this.isIn = false;
    this.socket.resume();
    this.#left();
  }
}

function roundOf(now: number): number {
  return Math.floor(now / STEP_MS);
}
