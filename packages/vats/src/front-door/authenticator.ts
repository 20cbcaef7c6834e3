import { type Clock, formatEndpoint, LineBudget, type Log } from '@vats/kernel';
import type { Device, DigestChoice, Directory, Domain, User } from '@vats/pbx';
import {
  type Challenger,
  type DigestAlgorithm,
  type DigestServer,
  type Flow,
  fromWire,
  type HeaderField,
  type SipRequest,
} from '@vats/sip';

/** A device of a user of a domain that proved to know its password. */
export interface Authenticated {
  readonly domain: Domain;
  readonly user: User;
  readonly device: Device;
}

export type Verdict =
  | { readonly ok: true; readonly account: Authenticated }
  | { readonly ok: false; readonly status: 401 | 407; readonly headers: readonly HeaderField[] };

export interface AuthenticatorParts {
  readonly digest: DigestServer;
  readonly directory: () => Directory;
  /** For domains that say nothing of their own. */
  readonly algorithms: DigestChoice;
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
    this.#lines = new LineBudget(parts.clock);
  }

  verify(request: SipRequest, flow: Flow): Verdict {
    const { digest } = this.#parts;
    const directory = this.#parts.directory();
    // A registrar speaks as the server itself, everything else as a proxy on the way to a phone (RFC 3261 §22).
    const challenger: Challenger = request.method === 'REGISTER' ? 'uas' : 'proxy';
    const source = flow.observed.address;
    const domain = domainOf(request, directory);
    const realm = domain?.realm ?? NO_REALM;
    const credentials = digest.credentialsOf(request, realm, challenger);
    const claimed = credentials?.get('username');
    const found =
      domain === undefined || claimed === undefined ? undefined : directory.findDevice(domain, fromWire(claimed));
    const algorithms = this.#algorithmsFor(request, directory, domain, found?.device);
    const verdict = digest.verify(request, credentials, { realm, source, algorithms, ha1: found?.ha1 });
    if (verdict.outcome === 'good' && domain !== undefined && found !== undefined) {
      return { ok: true, account: { domain, user: found.user, device: found.device } };
    }
    if (verdict.outcome === 'bad') this.#note(request, flow, verdict.username, verdict.why);
    const stale = verdict.outcome === 'stale' || verdict.outcome === 'foreign-nonce';
    return {
      ok: false,
      status: challenger === 'uas' ? 401 : 407,
      headers: digest.challenge({ realm, algorithms, source, challenger, stale }),
    };
  }

  /**
   * An account may have its own choice, and must be asked for it by its first challenge, when only From names it. For
   * such an account, and only such, the challenge differs from that for an unknown one.
   */
  #algorithmsFor(
    request: SipRequest,
    directory: Directory,
    domain: Domain | undefined,
    device: Device | undefined,
  ): readonly DigestAlgorithm[] {
    if (domain === undefined) return ALGORITHMS[this.#parts.algorithms];
    const asked = device ?? namedByFrom(request, directory, domain);
    return ALGORITHMS[asked?.digest ?? domain.settings.digest ?? this.#parts.algorithms];
  }

  #note(request: SipRequest, flow: Flow, username: string, why: string): void {
    this.failures++;
    if (!this.#lines.allows(flow.observed.address)) return;
    this.#parts.log.warn('auth.failed', {
      method: request.method,
      username: fromWire(username),
      source: formatEndpoint(flow.observed),
      why,
    });
  }
}

function namedByFrom({ from }: SipRequest, directory: Directory, domain: Domain): Device | undefined {
  const named = from.ok && from.value.uri.kind === 'sip' ? from.value.uri.user : undefined;
  return named === undefined ? undefined : directory.findDevice(domain, fromWire(named))?.device;
}

/** The domain whose accounts a request speaks of: its To for REGISTER, else its From, else where it wants to go. */
function domainOf(request: SipRequest, directory: Directory): Domain | undefined {
  const speaker = request.method === 'REGISTER' ? request.to : request.from;
  const host = speaker.ok && speaker.value.uri.kind === 'sip' ? speaker.value.uri.host : undefined;
  const byName = host === undefined ? undefined : directory.findDomain(host);
  if (byName !== undefined) return byName;
  const { requestUri } = request;
  const byTarget =
    requestUri.ok && requestUri.value.kind === 'sip' ? directory.findDomain(requestUri.value.host) : undefined;
  return byTarget ?? directory.model.domains[0];
}
