import { hash } from 'node:crypto';
import type { Gate } from '@vats/access';
import { type Clock, LineBudget, type Log } from '@vats/kernel';
import { type Device, type DigestChoice, type Directory, type Domain, digestOf, type User } from '@vats/pbx';
import {
  type Challenger,
  type DigestAlgorithm,
  type DigestServer,
  fromWire,
  type HeaderField,
  type SipRequest,
} from '@vats/sip';
import type { Visitor } from './visitors.ts';

/** A device of a user of a domain that proved to know its password. */
export interface Authenticated {
  readonly domain: Domain;
  readonly user: User;
  readonly device: Device;
}

export type Verdict =
  | { readonly ok: true; readonly account: Authenticated }
  | { readonly ok: false; readonly challenge: Challenge }
  /** Guesses that are not even judged any more. */
  | { readonly ok: false; readonly challenge: undefined };

export interface Challenge {
  readonly status: 401 | 407;
  /** One line an algorithm, the strongest first. */
  readonly headers: readonly HeaderField[];
}

export interface AuthenticatorParts {
  readonly digest: DigestServer;
  readonly gate: Gate;
  readonly directory: () => Directory;
  /** For domains that say nothing of their own. */
  readonly algorithms: DigestChoice;
  readonly clock: Clock;
  /** Random octets of this run. */
  readonly secret: Buffer;
  readonly log: Log;
}

const ALGORITHMS: Readonly<Record<DigestChoice, readonly DigestAlgorithm[]>> = {
  md5: ['MD5'],
  sha256: ['SHA-256'],
  both: ['SHA-256', 'MD5'],
};

/** What a switch without any domain calls itself in challenges that nobody can meet. */
const NO_REALM = 'vats';

/** Of a username that counts of failures are kept under; longer ones are nobody's. */
const NAME_CHARACTERS = 64;

/**
 * Finds out who sends a request. An account that does not exist is challenged, and its credentials worked on, exactly as
 * one that does, so that neither octets nor time tell them apart.
 */
export class Authenticator {
  readonly #parts: AuthenticatorParts;
  readonly #lines: LineBudget;
  /** Keyed, or whoever knows the rule could tell the names apart that it was used for. */
  readonly #secret: string;
  readonly #models = new WeakMap<Domain, readonly DigestChoice[]>();
  /** Credentials that were wrong, since the start. */
  failures = 0;

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
    this.#lines = new LineBudget(parts.clock);
    this.#secret = parts.secret.toString('hex');
  }

  /** @param domain that the request speaks of */
  verify(request: SipRequest, visitor: Visitor, domain: Domain | undefined): Verdict {
    const { digest, gate } = this.#parts;
    const directory = this.#parts.directory();
    // A registrar speaks as the server itself, everything else as a proxy on the way to a phone (RFC 3261 §22).
    const challenger: Challenger = request.method === 'REGISTER' ? 'uas' : 'proxy';
    const source = visitor.address;
    const realm = domain?.realm ?? NO_REALM;
    const credentials = digest.credentialsOf(request, realm, challenger);
    const claimed = credentials?.get('username');
    const found =
      domain === undefined || claimed === undefined ? undefined : directory.findDevice(domain, fromWire(claimed));
    const domainId = domain?.id ?? '';
    const name = claimed === undefined ? '' : accountName(fromWire(claimed));
    if (claimed !== undefined && !gate.mayGuess(source, domainId, name)) return UNHEARD;
    const algorithms = this.#algorithmsFor(request, directory, domain, found?.device);
    const policy = found?.device.access;
    const verdict = digest.verify(request, credentials, {
      realm,
      source,
      algorithms,
      ha1: found?.ha1,
      barred: () => policy !== undefined && !gate.admitsDevice(source, domainId, policy),
    });
    if (verdict.outcome === 'good' && domain !== undefined && found !== undefined) {
      gate.proved(source, visitor.port, domainId, found.device.login);
      return { ok: true, account: { domain, user: found.user, device: found.device } };
    }
    if (verdict.outcome === 'bad') {
      if (verdict.why === 'barred') gate.barred(source, domainId, name, policy);
      else gate.failed(source, domainId, name);
      this.#note(request, source, verdict.username, verdict.why);
    }
    const stale = verdict.outcome === 'stale' || verdict.outcome === 'foreign-nonce';
    return {
      ok: false,
      challenge: {
        status: challenger === 'uas' ? 401 : 407,
        headers: digest.challenge({ realm, algorithms, source, challenger, stale }),
      },
    };
  }

  /**
   * An account may have its own choice, and must be asked for it by its first challenge, when only From names it, by its
   * login or its user's extension. A name that nobody has is asked like one of the domain's, always the same one, so that no
   * challenge tells who exists.
   */
  #algorithmsFor(
    request: SipRequest,
    directory: Directory,
    domain: Domain | undefined,
    device: Device | undefined,
  ): readonly DigestAlgorithm[] {
    const { algorithms } = this.#parts;
    if (domain === undefined) return ALGORITHMS[algorithms];
    if (device !== undefined) return ALGORITHMS[digestOf(domain, device, algorithms)];
    const named = nameInFrom(request);
    const choice = named === undefined ? undefined : this.#choiceFor(directory, domain, named);
    return ALGORITHMS[choice ?? digestOf(domain, undefined, algorithms)];
  }

  #choiceFor(directory: Directory, domain: Domain, name: string): DigestChoice | undefined {
    const { algorithms } = this.#parts;
    const found = directory.findDevice(domain, name);
    if (found !== undefined) return digestOf(domain, found.device, algorithms);
    const user = directory.findUser(domain, name);
    return (user && choiceOfUser(domain, user, algorithms)) ?? this.#modelFor(domain, name);
  }

  /** What a name that nobody has is asked for; undefined where no account has a choice of its own. */
  #modelFor(domain: Domain, name: string): DigestChoice | undefined {
    let choices = this.#models.get(domain);
    if (choices === undefined) {
      choices = choicesIn(domain, this.#parts.algorithms);
      this.#models.set(domain, choices);
    }
    if (choices.length === 0) return undefined;
    const number = Number.parseInt(hash('sha256', `${this.#secret}${name}`).slice(0, 8), 16);
    return choices[number % choices.length];
  }

  #note(request: SipRequest, source: string, username: string, why: string): void {
    this.failures++;
    if (!this.#lines.allows(source)) return;
    this.#parts.log.warn('auth.failed', { method: request.method, username: fromWire(username), source, why });
  }
}

const UNHEARD: Verdict = { ok: false, challenge: undefined };

/** What whoever names a user's extension is asked for: the devices may have chosen differently, and which one it is shows later. */
function choiceOfUser(domain: Domain, { devices }: User, machine: DigestChoice): DigestChoice | undefined {
  const choices = new Set(devices.map((device) => digestOf(domain, device, machine)));
  return choices.size > 1 ? 'both' : [...choices][0];
}

/** One for each name in the domain; none where no account has a choice of its own. */
function choicesIn(domain: Domain, machine: DigestChoice): DigestChoice[] {
  if (!domain.users.some(({ devices }) => devices.some(({ digest }) => digest !== undefined))) return [];
  return domain.users.flatMap((user) => [
    ...user.devices.map((device) => digestOf(domain, device, machine)),
    ...(user.devices.length > 0 ? [choiceOfUser(domain, user, machine) ?? machine] : []),
  ]);
}

/** `login@domain` and `login` are the same account, or would be. */
function accountName(username: string): string {
  const at = username.lastIndexOf('@');
  return (at > 0 ? username.slice(0, at) : username).slice(0, NAME_CHARACTERS);
}

function nameInFrom({ from }: SipRequest): string | undefined {
  const named = from.ok && from.value.uri.kind === 'sip' ? from.value.uri.user : undefined;
  return named === undefined ? undefined : fromWire(named);
}
