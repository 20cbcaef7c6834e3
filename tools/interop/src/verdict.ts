/** One message of the RFC 4475 corpus, as its index.json describes it. */
export interface TortureEntry {
  readonly name: string;
  readonly file: string;
  readonly section: string;
  readonly valid: boolean;
  readonly kind: 'request' | 'response';
  /** Final status codes that fit; [] = no answer; absent = any orderly processing. */
  readonly codes?: readonly number[];
  /** A liberal element may ignore the fault and process the request. */
  readonly mayAccept?: boolean;
}

/**
 * What comes before authentication, whatever a server thinks of the sender: faults of syntax (RFC 3261 §8.2 presumes a
 * well-formed message) and of the version. Everything else may be answered by a challenge first (§8.2.1).
 */
const BEFORE_AUTHENTICATION = new Set([400, 505]);

/**
 * Judges the final responses to one message; undefined when they fit, else why not.
 *
 * @param authenticated the request carried good credentials, so a challenge is no answer
 */
export function fault(entry: TortureEntry, finals: readonly number[], authenticated: boolean): string | undefined {
  if (entry.kind === 'response' || entry.codes?.length === 0) {
    return finals.length === 0 ? undefined : `a response was answered with ${finals.join(', ')}`;
  }
  if (finals.length === 0) return 'no answer';
  if (new Set(finals).size > 1) return `answered differently: ${finals.join(', ')}`;
  const status = finals[0] as number;
  const challenged = status === 401 || status === 407;
  const orderly = status !== 400 && (status < 500 || status === 501 || status >= 600);
  if (entry.codes === undefined) {
    if (authenticated && challenged) return `challenged although it had credentials (${status})`;
    return orderly ? undefined : `${status} to a message that must be processed`;
  }
  if (entry.codes.includes(status)) return undefined;
  if (entry.mayAccept && orderly && !(authenticated && challenged)) return undefined;
  const mayBeChallenged = entry.valid || entry.codes.some((code) => !BEFORE_AUTHENTICATION.has(code));
  if (challenged && !authenticated && mayBeChallenged) return undefined;
  return `${status} instead of ${entry.codes.join(' or ')}`;
}
