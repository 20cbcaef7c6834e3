import { Resolver } from 'node:dns/promises';
import { request as askPlainly, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as askSecurely } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { DecisionAnswer, DecisionQuestion } from '@vats/calls';
import { type Ledger, NetworkSet } from '@vats/kernel';
import { isInternal, LONGEST_DECISION } from '@vats/pbx';

/** Questions under way at most; one more has no answer. */
const MOST_AT_ONCE = 200;

/** Of them for one domain, so that a company whose service is slow takes nobody else's place. */
const MOST_OF_DOMAIN = 20;

/** Octets of an answer's header. */
const LONGEST_HEADER = 16_384;

/** How long a name is looked up; nobody waits longer than 2 s for a decision. */
const LOOKUP_MS = 1_000;

export interface DecisionServicesOptions {
  /** Networks that are asked although they are internal. */
  readonly allow: readonly string[];
  readonly ledger: Ledger;
  /** The addresses of a name, from the DNS unless given. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

/**
 * Asks services of companies over HTTP what is done with a caller: one POST, no redirect, an answer of a few kilobytes. The address that
 * was judged is the one that is connected to, so a name that the DNS answers in turns leads nowhere else.
 */
export class DecisionServices {
  readonly #allowed: NetworkSet;
  readonly #resolve: (name: string) => Promise<readonly string[]>;
  readonly #asked = new Set<ClientRequest>();
  /** How many of them are whose, by the domain's name. */
  readonly #ofDomain = new Map<string, number>();

  constructor({ allow, ledger, resolve = addressesOf }: DecisionServicesOptions) {
    this.#allowed = NetworkSet.of(allow);
    this.#resolve = resolve;
    ledger.enrol('decisions under way', () => this.#asked.size);
  }

  /** As `AskDecision` says. */
  ask(url: string, question: DecisionQuestion, answered: (answer: DecisionAnswer) => void): () => void {
    let over = false;
    const end = (answer: DecisionAnswer): void => {
      if (over) return;
      over = true;
      answered(answer);
    };
    const fail = (why: string): void => end({ ok: false, why });
    const target = new URL(url);
    const host = target.hostname.replace(/^\[|\]$/g, '');
    const { domain } = question;
    const refusal = this.#crowding(domain) ?? (isIP(host) !== 0 && !this.#mayAsk(host) ? INTERNAL : undefined);
    if (refusal !== undefined) {
      setImmediate(() => fail(refusal));
      return () => {
        over = true;
      };
    }
    const body = JSON.stringify(question);
    const send = target.protocol === 'https:' ? askSecurely : askPlainly;
    const request = send(target, {
      ...{ method: 'POST', agent: false, lookup: this.#lookup, maxHeaderSize: LONGEST_HEADER },
      headers: {
        ...{ 'Content-Type': 'application/json', Accept: 'application/json', 'User-Agent': 'VATS' },
        'Content-Length': Buffer.byteLength(body),
      },
    });
    this.#asked.add(request);
    this.#counts(domain, 1);
    request.on('close', () => {
      if (this.#asked.delete(request)) this.#counts(domain, -1);
    });
    request.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? error.message));
    request.on('response', (response) => {
      read(response, end);
      if (over) request.destroy();
    });
    request.end(body);
    return () => {
      over = true;
      request.destroy();
    };
  }

  readonly #lookup: LookupFunction = (name, options, found) => {
    this.#resolve(name).then(
      (addresses) => {
        const good = addresses.filter((address) => this.#mayAsk(address));
        const [first] = good;
        if (first === undefined) found(refused(addresses.length === 0 ? `${name} has no address` : INTERNAL), '', 0);
        else if (options.all === true)
          found(
            null,
            good.map((address) => ({ address, family: isIP(address) })),
          );
        else found(null, first, isIP(first));
      },
      () => found(refused(`${name} is not found in the DNS`), '', 0),
    );
  };

  #crowding(domain: string): string | undefined {
    if (this.#asked.size >= MOST_AT_ONCE) return 'too many services are asked at once';
    const own = this.#ofDomain.get(domain) ?? 0;
    return own >= MOST_OF_DOMAIN ? 'too many services are asked at once for this domain' : undefined;
  }

  #counts(domain: string, change: 1 | -1): void {
    const count = (this.#ofDomain.get(domain) ?? 0) + change;
    if (count > 0) this.#ofDomain.set(domain, count);
    else this.#ofDomain.delete(domain);
  }

  #mayAsk(address: string): boolean {
    return !isInternal(address) || this.#allowed.find(address) !== undefined;
  }
}

const INTERNAL = 'it is at an internal address, which decisions.allow does not name';

function refused(message: string): Error {
  return new Error(message);
}

/** Reads an answer as far as it may go. */
function read(response: IncomingMessage, end: (answer: DecisionAnswer) => void): void {
  const { statusCode = 0 } = response;
  if (statusCode !== 200) {
    const isElsewhere = statusCode >= 300 && statusCode < 400;
    end({ ok: false, why: `it answers ${statusCode}${isElsewhere ? ', and redirects are not followed' : ''}` });
    response.destroy();
    return;
  }
  const parts: Buffer[] = [];
  let octets = 0;
  response.on('data', (part: Buffer) => {
    octets += part.length;
    parts.push(part);
    if (octets <= LONGEST_DECISION) return;
    end({ ok: false, why: `it answers more than ${LONGEST_DECISION} octets` });
    response.destroy();
  });
  response.on('end', () => end({ ok: true, text: Buffer.concat(parts).toString() }));
  response.on('error', () => end({ ok: false, why: 'its answer breaks off' }));
  response.on('close', () => end({ ok: false, why: 'its answer breaks off' }));
}

/** Both families, whichever there are. */
async function addressesOf(name: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: LOOKUP_MS, tries: 1 });
  const found = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  return found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
}
