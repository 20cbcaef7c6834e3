import type { Cancel, Clock, Random } from '@vats/kernel';
import { FairShares } from './fair-shares.ts';
import { hashOf } from './hash-of.ts';
import type { LoadSample, LoadSources } from './load-sample.ts';
import { looksNew } from './new-request.ts';

/**
 * Whose new request it is. `urgent` is never refused; of the others `known` is who has shown who they are, `stranger`
 * everybody else.
 */
export type Rank = 'urgent' | 'known' | 'stranger';

/** When refusing begins, how hard it is, and when it ends. Times in ms. */
export interface OverloadLimits {
  /** From one look at the load to the next. */
  readonly every: number;
  /** A delay (lateness or backlog) that looks in a row must not find for long: T1 is 500, after which clients repeat themselves. */
  readonly delay: number;
  /** For so long from the first of these looks: a burst of calls, or one long turn, is behind for some hundred ms, and loses nothing by it. */
  readonly lasting: number;
  /**
   * For how long instead while a delay says little: in a process that has just started, whose code is not compiled
   * yet, and in a loop that lacks the processor because other processes have it.
   */
  readonly patience: number;
  /** For how long after its start a process counts as such. */
  readonly starting: number;
  /** Share of the time without a processor from which on a loop counts as lacking it. */
  readonly starved: number;
  /** A delay from which on a loop that never sleeps is taken to be at its end. */
  readonly saturatedDelay: number;
  /** Smoothed occupancy that counts as never asleep. */
  readonly saturated: number;
  /** Occupancy that is aimed at while requests are refused. */
  readonly target: number;
  /** A backlog whose new requests are left unread: their senders have repeated them by now. */
  readonly tooLate: number;
  /** Fullness of a queue that counts as overload. */
  readonly full: number;
  /** For how long everything must have been let in again before it is over. */
  readonly calm: number;
}

/** Limits of a machine of its own; a test may want others. */
export const OVERLOAD_LIMITS: OverloadLimits = {
  every: 100,
  delay: 100,
  lasting: 500,
  patience: 2_000,
  starting: 30_000,
  starved: 0.3,
  saturatedDelay: 50,
  saturated: 0.97,
  target: 0.9,
  tooLate: 1_000,
  full: 0.8,
  calm: 2_000,
};

export interface OverloadOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly sources: LoadSources;
  readonly limits?: Partial<OverloadLimits>;
  readonly onBegan?: (why: LoadSample) => void;
  readonly onEnded?: (lasted: { readonly milliseconds: number; readonly refused: number }) => void;
}

/** How the load stands, for people. */
export interface LoadStatus extends LoadSample {
  /** Whether new requests are being refused. */
  readonly overloaded: boolean;
  /** Of new requests of those who are known, the share that is let in; and of strangers'. 0 to 1. */
  readonly admitted: { readonly known: number; readonly strangers: number };
  /** New requests left unread. */
  readonly unread: number;
  /** Requests refused, and times that refusing began, since the start. */
  readonly refused: number;
  readonly episodes: number;
}

/** A smoothing factor of so many looks: what a longer look back or a shorter one remembers. */
const [SLOW, QUICK] = [0.1, 0.4];
/** How much more may be let in with one look. Less is set by how far the occupancy is above its target. */
const EASIEST = 1.15;
/** What is left when a delay is found in spite of all; so often at most, since what waits already goes on waiting. */
const [WHEN_LATE, LATE_EVERY_MS] = [0.7, 400];
const LEAST_LEVEL = 0.03;
/** A call's requests, first without credentials and then with them, share their fate for so long; afterwards others have their turn. */
const TURN_MS = 8_000;
const RETRY_LEAST_S = 5;
const RETRY_SPREAD_S = 10;
const RETRY_SPREAD_MOST_S = 60;
const AT_REST: LoadSample = { lateness: 0, backlog: 0, occupancy: 0, starved: 0, fullness: 0 };
/** The level at which no stranger is let in any more, and all who are known still are. */
const STRANGERS_OUT = 2 / 3;
/** For how long strangers are out before it is judged whether that was enough. */
const STRANGERS_FIRST_MS = 400;
/** A part of the new requests, refused to strangers, that can be enough. */
const WORTH_REFUSING = 0.05;

/**
 * Refuses new requests before the event loop is late (RFC 3261 §21.5.4, RFC 6357 §5): measures how long what comes must wait,
 * and once it begins to, lets in only as large a share of the new requests as keeps the loop busy and awake: that share is
 * corrected at each look by how far the loop's occupancy is from its target. Strangers are refused first, and who is known only
 * when that was not enough. A loop that waits for a processor which other processes have is given more time to catch up, and is
 * no reason to refuse who is known while what comes is served within a second: fewer calls would not give it the processor.
 *
 * It looks only while requests come, so a switch at rest has no timer of it.
 */
export class OverloadControl {
  readonly #clock: Clock;
  readonly #sources: LoadSources;
  readonly #limits: OverloadLimits;
  readonly #onBegan: OverloadOptions['onBegan'];
  readonly #onEnded: OverloadOptions['onEnded'];
  readonly #salt: number;
  readonly #madeAt: number;
  /** Of what is let in of those who are known. */
  readonly #fair: FairShares;
  #turn = 0;
  /** Share of the new requests that fits, as far as is known. */
  #level = 1;
  #began: { readonly at: number; readonly refused: number } | undefined;
  #sample: LoadSample = AT_REST;
  #slow = 0;
  #quick: number | undefined;
  #starved = 0;
  #cutAt = Number.NEGATIVE_INFINITY;
  /** Since the first of the looks in a row that found a delay. */
  #delayedSince: number | undefined;
  /** Since when no stranger is let in, and how many new requests, and strangers' of them, came since. */
  #strangersOut: { readonly since: number; requests: number; strangers: number } | undefined;
  #calmSince: number | undefined;
  #nextLook: Cancel | undefined;
  #requests = 0;
  #refused = 0;
  #unread = 0;
  #episodes = 0;

  constructor({ clock, random, sources, limits, onBegan, onEnded }: OverloadOptions) {
    this.#clock = clock;
    this.#sources = sources;
    this.#limits = { ...OVERLOAD_LIMITS, ...limits };
    this.#onBegan = onBegan;
    this.#onEnded = onEnded;
    this.#salt = random.below(2 ** 32);
    this.#madeAt = clock.monotonic();
    this.#fair = new FairShares(this.#salt);
  }

  get status(): LoadStatus {
    const admitted = { known: this.#shareOf('known'), strangers: this.#shareOf('stranger') };
    const counts = { refused: this.#refused, unread: this.#unread, episodes: this.#episodes };
    return { ...this.#sample, overloaded: this.#began !== undefined, admitted, ...counts };
  }

  /** Whether new requests are being refused. */
  get isOverloaded(): boolean {
    return this.#began !== undefined;
  }

  /** Looks at the load that wait: 1 while requests come, 0 at rest. */
  get waiting(): number {
    return this.#nextLook === undefined ? 0 : 1;
  }

  /**
   * A new request came. Undefined when it is to be let in; else the seconds after which its sender may come again, for
   * Retry-After: others for each, so that not all come again at once, and the same for a retransmission.
   * @param callId whose requests are treated alike
   * @param who asks, among whom what is let in of `known` is divided: an account, or a far end
   */
  refuses(rank: Rank, callId: string, who = ''): number | undefined {
    if (this.#nextLook === undefined) this.#begin();
    this.#requests++;
    if (this.#began === undefined || rank === 'urgent') return undefined;
    this.#noteRank(rank);
    const drawn = hashOf(callId, this.#salt ^ this.#turnNow());
    const share = rank === 'known' ? this.#fair.ask(who) : this.#shareOf(rank);
    if (drawn < share * 2 ** 32) return undefined;
    this.#refused++;
    const spread = Math.min(RETRY_SPREAD_MOST_S, Math.round(RETRY_SPREAD_S / this.#level));
    return RETRY_LEAST_S + (drawn % spread);
  }

  /** Whether even refusing does not keep up: what is read now came more than a second ago. */
  get isTooLate(): boolean {
    return this.#began !== undefined && this.#sources.backlog() >= this.#limits.tooLate;
  }

  /**
   * A datagram came. True when it is better left unread: even refusing cannot keep up, and what begins something new has waited
   * for so long that its sender has repeated it. So the queue empties, for what belongs to dialogs stands in it as well.
   */
  leavesUnread(octets: Buffer): boolean {
    if (!this.isTooLate || !looksNew(octets)) return false;
    this.#unread++;
    return true;
  }

  /** Looks no more; for the end of the process. */
  close(): void {
    this.#nextLook?.();
    this.#nextLook = undefined;
  }

  #shareOf(rank: Exclude<Rank, 'urgent'>): number {
    if (this.#began === undefined) return 1;
    const share = rank === 'known' ? this.#level / STRANGERS_OUT : 1 - (1 - this.#level) / (1 - STRANGERS_OUT);
    return Math.max(0, Math.min(1, share));
  }

  /** Afterwards others have their turn, and askers other neighbours in their slots. */
  #turnNow(): number {
    const turn = Math.floor(this.#clock.monotonic() / TURN_MS);
    if (turn !== this.#turn) {
      this.#turn = turn;
      this.#fair.shuffle(this.#salt ^ turn, this.#shareOf('known'));
    }
    return turn;
  }

  #noteRank(rank: Rank): void {
    if (this.#strangersOut === undefined) return;
    this.#strangersOut.requests++;
    if (rank === 'stranger') this.#strangersOut.strangers++;
  }

  #begin(): void {
    // What was before the rest says nothing.
    this.#sources.occupancy();
    this.#sources.starved?.();
    this.#lookLater();
  }

  #lookLater(): void {
    this.#requests = 0;
    const due = this.#clock.monotonic() + this.#limits.every;
    this.#nextLook = this.#clock.after(this.#limits.every, () => this.#look(due));
  }

  #look(due: number): void {
    const { backlog, occupancy, starved, fullness } = this.#sources;
    const now = this.#clock.monotonic();
    const sample = {
      lateness: Math.max(0, now - due),
      backlog: backlog(),
      occupancy: occupancy(),
      starved: starved?.() ?? 0,
      fullness: fullness?.() ?? 0,
    };
    this.#sample = sample;
    this.#slow += SLOW * (sample.occupancy - this.#slow);
    const before = this.#quick ?? sample.occupancy;
    this.#quick = before + QUICK * (sample.occupancy - before);
    this.#starved += QUICK * (sample.starved - this.#starved);
    const { delay, target } = this.#limits;
    // A loop that sleeps and is late nevertheless waits for the processor, which others have: to let in less changes nothing.
    const isLate = sample.backlog >= delay || (sample.lateness >= delay && sample.occupancy >= target);
    this.#delayedSince = isLate ? (this.#delayedSince ?? now) : undefined;
    if (this.#began === undefined) this.#judge(sample);
    else this.#correct(sample);
    if (this.#began === undefined && this.#requests === 0) this.#rest();
    else this.#lookLater();
  }

  #rest(): void {
    this.#nextLook = undefined;
    this.#slow = 0;
    this.#quick = undefined;
    this.#starved = 0;
    this.#delayedSince = undefined;
    this.#sample = AT_REST;
  }

  #judge(sample: LoadSample): void {
    if (!this.#isBehind(sample) && sample.fullness < this.#limits.full) return;
    this.#began = { at: this.#clock.monotonic(), refused: this.#refused };
    this.#episodes++;
    this.#calmSince = undefined;
    this.#strangersOut = undefined;
    this.#correct(sample);
    this.#onBegan?.(sample);
  }

  #isBehind(sample: LoadSample): boolean {
    const { saturated, saturatedDelay, lasting, patience, starting } = this.#limits;
    const now = this.#clock.monotonic();
    const delayedFor = now - (this.#delayedSince ?? now);
    if (now - this.#madeAt < starting || this.#isStarved) return delayedFor >= patience;
    return delayedFor >= lasting || (this.#slow >= saturated && delayOf(sample) >= saturatedDelay);
  }

  get #isStarved(): boolean {
    return this.#starved >= this.#limits.starved;
  }

  /** What the level may fall to by a delay or by occupancy; for who is known is refused only where that helps and nothing else did. */
  #leastLevel(sample: LoadSample): number {
    const out = this.#strangersOut;
    const outFor = out === undefined ? 0 : this.#clock.monotonic() - out.since;
    const wasNoHelp = out !== undefined && outFor > 0 && out.strangers < WORTH_REFUSING * out.requests;
    const isTooEarly = outFor < STRANGERS_FIRST_MS && !wasNoHelp;
    const isOthers = this.#isStarved && delayOf(sample) < this.#limits.tooLate;
    return isTooEarly || isOthers ? Math.min(this.#level, STRANGERS_OUT) : LEAST_LEVEL;
  }

  /** Sets what is let in by what it came to, and ends when all of it fits again. */
  #correct(sample: LoadSample): void {
    const { fullness } = sample;
    const { target, full, calm } = this.#limits;
    const now = this.#clock.monotonic();
    const isLate = this.#delayedSince !== undefined;
    // What is in a queue leaves it in half a minute, perhaps, so it must not fill up: the less room, the less is let in.
    const room = Math.max(LEAST_LEVEL, (1 - fullness) / (1 - full));
    let factor = Math.min(EASIEST, target / Math.max(this.#quick ?? 0, 0.01));
    if (isLate) factor = Math.min(factor, 1);
    if (isLate && now >= this.#cutAt + LATE_EVERY_MS) {
      factor *= WHEN_LATE;
      this.#cutAt = now;
    }
    this.#level = Math.min(1, room, Math.max(this.#leastLevel(sample), this.#level * factor));
    if (this.#level > STRANGERS_OUT) this.#strangersOut = undefined;
    else this.#strangersOut ??= { since: now, requests: 0, strangers: 0 };
    this.#fair.fits(this.#shareOf('known'));
    if (this.#level < 1) this.#calmSince = undefined;
    else this.#calmSince ??= now;
    if (this.#calmSince === undefined || now - this.#calmSince < calm) return;
    const { at, refused } = this.#began!;
    this.#began = undefined;
    this.#onEnded?.({ milliseconds: now - at, refused: this.#refused - refused });
  }
}

function delayOf({ lateness, backlog }: LoadSample): number {
  return Math.max(lateness, backlog);
}
