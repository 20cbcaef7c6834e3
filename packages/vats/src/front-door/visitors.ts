import { isIP } from 'node:net';
import type { FarEnd } from '@vats/access';
import { type Clock, type Endpoint, LineBudget, type Log, parseEndpoint } from '@vats/kernel';
import type { Flow, SipRequest } from '@vats/sip';

/** What stands for the transport of a proxy's client. */
export const VIA_PROXY = 'proxy';

/** Who sends a request, as far as the network tells; behind a known proxy, what the proxy says. Port 0 is one that it does not say. */
export interface Visitor extends FarEnd {
  readonly viaProxy: boolean;
  /** A known proxy with nobody behind it: it asks whether we are there. */
  readonly isPing?: true;
}

export interface VisitorsParts {
  /** The header that each known proxy overwrites with its client's address, by the proxy's own address. */
  readonly proxies: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Finds out whose address a request is judged by. What a header says of it is believed from the proxies that the settings name,
 * each for the one header that it is known to overwrite; from everybody else it is text like any other.
 */
export class Visitors {
  readonly #headers: ReadonlyMap<string, string>;
  readonly #log: Log;
  readonly #lines: LineBudget;
  /** Requests by proxies that did not say who their client is. */
  unnamed = 0;

  constructor({ proxies, clock, log }: VisitorsParts) {
    this.#headers = new Map(Object.entries(proxies));
    this.#log = log;
    this.#lines = new LineBudget(clock, log);
  }

  /** Undefined when a proxy does not say, or not clearly, whom it speaks for: such a request cannot be judged. */
  of(request: SipRequest, flow: Flow): Visitor | undefined {
    const { transport, observed } = flow;
    const { address, port } = observed;
    const header = this.#headers.get(address);
    if (header === undefined) return { address, port, transport, viaProxy: false };
    const values = request.values(header);
    const client = values.length === 1 ? clientIn(values[0] ?? '') : undefined;
    if (client !== undefined) return { ...client, transport: VIA_PROXY, viaProxy: true };
    // A proxy's own pings have no client.
    if (values.length === 0 && request.method === 'OPTIONS')
      return { address, port, transport, viaProxy: true, isPing: true };
    this.unnamed++;
    if (this.#lines.allows(address)) {
      this.#log.warn('access.proxy-names-no-client', { proxy: address, header, method: request.method, values });
    }
    return undefined;
  }
}

/** An IP literal, an IPv6 one with or without brackets; or one with its port. */
function clientIn(text: string): Endpoint | undefined {
  const trimmed = text.trim();
  const bare = trimmed.startsWith('[') && trimmed.endsWith(']') ? trimmed.slice(1, -1) : trimmed;
  if (isIP(bare) !== 0) return { address: bare, port: 0 };
  const withPort = parseEndpoint(trimmed);
  return withPort.ok ? withPort.value : undefined;
}
