import type { Ban } from './ban.ts';

/**
 * `unbanned`: by an operator, by another ban of the same subject, or to make room for others; `expired`: its time passed,
 * told when that is noticed, at the latest by `sweep`.
 */
export interface BanEvent {
  readonly type: 'banned' | 'unbanned' | 'expired';
  readonly ban: Ban;
}

export interface BanOrder {
  /**
   * How long in ms. From an operator exactly so, and without it until the ban is removed; from the switch the time of a
   * first offence, `duration` unless given.
   */
  readonly for?: number;
  readonly reason: string;
  readonly by: 'switch' | 'operator';
}

/**
 * `trusted`: the whole network may never be banned; `full`: operators have as many bans as are kept; `network`: it is none;
 * `time`: `for` is not above 0.
 */
export type BanRefusal = 'trusted' | 'full' | 'network' | 'time';

export type BanResult =
  | { readonly ok: true; readonly ban: Ban }
  | { readonly ok: false; readonly why: BanRefusal /** For a person. */; readonly reason: string };

/** What happened since the start; each number only rises. */
export interface BanCounters {
  banned: number;
  unbanned: number;
  expired: number;
  /** Bans of the switch that made room for others before their time. */
  pushedOut: number;
  /** Writes that failed: those bans do not outlive this process, or come back once. */
  notSaved: number;
}
