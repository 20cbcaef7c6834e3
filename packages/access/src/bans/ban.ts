/** Who is shut out: a network, or one user's name used from there. */
export interface BanSubject {
  /** A source (`sourceKey`): an IPv4 address, an IPv6 network; or, from an operator, any network as a person writes it. */
  readonly network: string;
  /**
   * `domain\nusername` as claimed by the credentials, where only that name is shut out from there; or `UNPROVEN`. Without
   * it nobody is heard from there.
   */
  readonly user?: string;
}

/**
 * Stands for every name but those that showed good credentials from the same source lately: somebody behind an office's
 * one address tries passwords, and the office's own phones go on. No name of an account is this, for it has no line feed.
 */
export const UNPROVEN = '*';

/** Somebody who is not heard until a time. */
export interface Ban extends BanSubject {
  /** Names it to `vats bans remove`: short, unpredictable, unique among the bans that stand. */
  readonly id: string;
  /** Wall time in ms. */
  readonly since: number;
  /** Wall time in ms when it ends; absent when only an operator ends it. */
  readonly until?: number;
  /** How many bans this subject has had lately, this one included: each is longer than the one before. */
  readonly offence: number;
  readonly by: 'switch' | 'operator';
  /** A line for the person who looks at the list. */
  readonly reason: string;
}

/** Keeps bans over a restart, ended ones too until they are removed. Every promise of a write resolves when it is durable. */
export interface BanStore {
  load(): Promise<readonly Ban[]>;
  save(ban: Ban): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
}
