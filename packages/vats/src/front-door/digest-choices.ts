import { createHmac } from 'node:crypto';
import { type DigestChoice, type Directory, type Domain, digestOf, type User } from '@vats/pbx';

export interface DigestChoicesParts {
  readonly directory: () => Directory;
  /** For domains that say nothing of their own. */
  readonly machine: DigestChoice;
  /** Kept over restarts: what names that nobody has are asked for must stay as it is, and be nothing that can be worked out. */
  readonly key: Buffer;
}

/** What the names of a domain are asked for. */
interface Spread {
  readonly commonest: DigestChoice;
  /** The others that occur, with the share of names that nobody has which are asked for each. */
  readonly rarer: readonly (readonly [DigestChoice, number])[];
}

/**
 * Which algorithms somebody is challenged with, who says a name. An account may have a choice of its own and must be asked
 * for it by its first challenge, or a phone that knows MD5 alone could not answer. So that no challenge tells who exists, it
 * hangs on one name alone, however that is given (a login, an extension, either with a domain behind it, in From or in
 * credentials), and a name that nobody has is asked like one of the domain's: always the same one, about as many of them
 * as of the others.
 */
export class DigestChoices {
  readonly #parts: DigestChoicesParts;
  readonly #spreads = new WeakMap<Domain, Spread | undefined>();

  constructor(parts: DigestChoicesParts) {
    this.#parts = parts;
  }

  /** @param domain undefined where nobody can be known */
  of(domain: Domain | undefined, name: string): DigestChoice {
    const { machine } = this.#parts;
    if (domain === undefined) return machine;
    const spread = this.#spreadOf(domain);
    return spread === undefined ? digestOf(domain, undefined, machine) : this.#among(domain, spread, bareName(name));
  }

  #among(domain: Domain, spread: Spread, name: string): DigestChoice {
    const { machine } = this.#parts;
    const directory = this.#parts.directory();
    // Asked for whoever exists too, so that the time tells nothing.
    const model = this.#model(domain, spread, name);
    const device = directory.findDevice(domain, name)?.device;
    if (device !== undefined) return digestOf(domain, device, machine);
    const user = directory.findUser(domain, name);
    return (user && choiceOfUser(domain, user, machine)) ?? model;
  }

  /** A draw for each rarer choice by itself: when the share of one changes, names move to it or from it, and no others. */
  #model(domain: Domain, { commonest, rarer }: Spread, name: string): DigestChoice {
    for (const [choice, share] of rarer) {
      const drawn = createHmac('sha256', this.#parts.key).update(`${choice}\n${domain.id}\n${name}`).digest();
      if (drawn.readUInt32BE(0) < share * 2 ** 32) return choice;
    }
    return commonest;
  }

  /** Undefined where no account has a choice of its own. */
  #spreadOf(domain: Domain): Spread | undefined {
    if (!this.#spreads.has(domain)) this.#spreads.set(domain, spreadOf(domain, this.#parts.machine));
    return this.#spreads.get(domain);
  }
}

/**
 * The name of a digest username or of From: `login@domain` and `login` are the same account, or would be. It has no `@` in it, or a
 * look-up could take off a further one, and only whoever exists would be asked the same with and without.
 */
export function bareName(username: string): string {
  const at = username.indexOf('@');
  return at > 0 ? username.slice(0, at) : username;
}

function spreadOf(domain: Domain, machine: DigestChoice): Spread | undefined {
  if (!domain.users.some(({ devices }) => devices.some(({ digest }) => digest !== undefined))) return undefined;
  const counts = new Map<DigestChoice, number>();
  const count = (choice: DigestChoice): unknown => counts.set(choice, (counts.get(choice) ?? 0) + 1);
  for (const user of domain.users) {
    for (const device of user.devices) count(digestOf(domain, device, machine));
    const choice = choiceOfUser(domain, user, machine);
    if (choice !== undefined) count(choice);
  }
  const total = [...counts.values()].reduce((sum, each) => sum + each, 0);
  // Of equally common ones always the same, whatever their order in the file.
  const [first, ...rest] = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  if (first === undefined) return undefined;
  return { commonest: first[0], rarer: rest.map(([choice, of]) => [choice, roundShare(of / total)]) };
}

/**
 * To 1/4, 1/16, 1/64 and so on: whoever asks for years learns from each change that the names which changed are nobody's, so it must be
 * rare, and accounts come and go.
 */
function roundShare(share: number): number {
  return 4 ** -Math.max(1, Math.round(-Math.log2(share) / 2));
}

/** What whoever names a user's extension is asked for: the devices may have chosen differently, and which one it is shows later. */
function choiceOfUser(domain: Domain, { devices }: User, machine: DigestChoice): DigestChoice | undefined {
  const choices = new Set(devices.map((device) => digestOf(domain, device, machine)));
  return choices.size > 1 ? 'both' : [...choices][0];
}
