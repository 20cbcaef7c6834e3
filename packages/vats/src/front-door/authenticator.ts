import type { Gate } from '@vats/access';
import { type Clock, LineBudget, type Log } from '@vats/kernel';
import type { Device, DigestChoice, Directory, Domain, User } from '@vats/pbx';
import {
  type Challenger,
  type DigestAlgorithm,
  type DigestServer,
  fromWire,
  type HeaderField,
  type SipRequest,
} from '@vats/sip';
import { bareName, type DigestChoices } from './digest-choices.ts';
import type { Visitor } from './visitors.ts';

/** A device of a user of a domain that proved to know its password. */
export interface Authenticated {
  readonly domain: Domain;
  readonly user: User;
  readonly device: Device;
}

export type Verdict =
  | { readonly ok: true; readonly account: Authenticated }
  | {
      readonly ok: false;
      readonly challenge: Challenge;
      /** Counts and notes what was wrong. To be called when the challenge is sent, or its time would tell what is counted. */
      readonly settle: () => void;
    };

export interface Challenge {
  readonly status: 401 | 407;
  /** One line an algorithm, the strongest first. */
  readonly headers: readonly HeaderField[];
}

export interface AuthenticatorParts {
  readonly digest: DigestServer;
  readonly gate: Gate;
  readonly directory: () => Directory;
  readonly choices: DigestChoices;
  readonly clock: Clock;
  readonly log: Log;
}

const ALGORITHMS: Readonly<Record<DigestChoice, readonly DigestAlgorithm[]>> = {
  md5: ['MD5'],
  sha256: ['SHA-256'],
  both: ['SHA-256', 'MD5'],
};

/** What a switch without any domain calls itself in challenges that nobody can meet. */
const NO_REALM = 'vats';

/** Of a username, what is logged and failures are counted under; longer ones are nobody's. */
const NAME_CHARACTERS = 64;

/**
 * Finds out who sends a request. An account that does not exist is challenged, and its credentials worked on, exactly as
 * one that does, so that neither octets nor time tell them apart.
 */
export class Authenticator {
  readonly #parts: AuthenticatorParts;
  readonly #lines: LineBudget;
  /** Credentials that were wrong, since the start. */
  failures = 0;

  constructor(parts: AuthenticatorParts) {
    this.#parts = parts;
    this.#lines = new LineBudget(parts.clock, parts.log);
  }

  /** @param domain that the request speaks of */
  verify(request: SipRequest, visitor: Visitor, domain: Domain | undefined): Verdict {
    const { digest, gate, choices } = this.#parts;
    const directory = this.#parts.directory();
    // A registrar speaks as the server itself, everything else as a proxy on the way to a phone (RFC 3261 §22).
    const challenger: Challenger = request.method === 'REGISTER' ? 'uas' : 'proxy';
    const { address: source, port } = visitor;
    const realm = domain?.realm ?? NO_REALM;
    const credentials = digest.credentialsOf(request, realm, challenger);
    const claimed = credentials?.get('username');
    const username = claimed === undefined ? undefined : fromWire(claimed);
    const found = domain && username !== undefined ? directory.findDevice(domain, username) : undefined;
    const domainId = domain?.id ?? '';
    const name = bareName(username ?? '').slice(0, NAME_CHARACTERS);
    // Credentials say more clearly who it is; but only one name may decide, or the two would be compared for a stranger.
    const algorithms = ALGORITHMS[choices.of(domain, username ?? nameInFrom(request))];
    const policy = found?.device.access;
    const verdict = digest.verify(request, credentials, {
      realm,
      source,
      port,
      algorithms,
      ha1: found?.ha1,
      unheard: () => !gate.mayGuess(visitor, domainId, name),
      barred: () => policy !== undefined && !gate.admitsDevice(source, domainId, policy),
    });
    if (verdict.outcome === 'good' && domain !== undefined && found !== undefined) {
      gate.proved(visitor, domainId, found.device.login);
      return { ok: true, account: { domain, user: found.user, device: found.device } };
    }
    const settle = (): void => {
      if (verdict.outcome !== 'bad') return;
      const { why, samePort } = verdict;
      if (why === 'barred') gate.barred(visitor, domainId, name, samePort, policy);
      else gate.failed(visitor, domainId, name, samePort);
      this.#note(request, source, domain, name, why);
    };
    const stale = verdict.outcome === 'stale' || verdict.outcome === 'foreign-nonce';
    return {
      ok: false,
      challenge: {
        status: challenger === 'uas' ? 401 : 407,
        headers: digest.challenge({ realm, algorithms, source, port, challenger, stale }),
      },
      settle,
    };
  }

  #note(request: SipRequest, source: string, domain: Domain | undefined, login: string, why: string): void {
    this.failures++;
    if (!this.#lines.allows(source)) return;
    this.#parts.log.warn('auth.failed', { domain: domain?.name, login, source, method: request.method, why });
  }
}

function nameInFrom({ from }: SipRequest): string {
  const named = from.ok && from.value.uri.kind === 'sip' ? from.value.uri.user : undefined;
  return fromWire(named ?? '');
}
