import { isIP } from 'node:net';
import type { FarEnd } from '@vats/access';
import { type Clock, type Endpoint, LineBudget, type Log, parseAddress, parseEndpoint } from '@vats/kernel';
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
    if (client !== undefined) return { ...client, viaProxy: true };
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

/**
 * A client's address, with or without its port (brackets around IPv6, which must be there before a port), and the transport behind it:
 * `192.0.2.1`, `192.0.2.1:5062`, `[2001:db8::1]:5062;transport=tcp`.
 */
function clientIn(text: string): FarEnd | undefined {
  const [where = '', ...params] = text.split(';').map((part) => part.trim());
  const named = /^transport=([a-z]{2,5})$/i.exec(params[0] ?? '')?.[1]?.toLowerCase();
  if (params.length > 1 || (params.length === 1 && named === undefined)) return undefined;
  const endpoint = endpointIn(where);
  if (endpoint === undefined || isUnspecified(endpoint.address)) return undefined;
  return { ...endpoint, transport: named === undefined ? VIA_PROXY : `${VIA_PROXY} ${named}` };
}

function endpointIn(text: string): Endpoint | undefined {
  // A zone means something on one machine only.
  if (text.includes('%')) return undefined;
  if (isIP(text) !== 0) return { address: text, port: 0 };
  const bare = /^\[(.*)\]$/.exec(text)?.[1];
  if (bare !== undefined) return isIP(bare) === 6 ? { address: bare, port: 0 } : undefined;
  const withPort = parseEndpoint(text);
  return withPort.ok && withPort.value.port !== 0 ? withPort.value : undefined;
}

function isUnspecified(address: string): boolean {
  const value = parseAddress(address);
  return value === 0 || value === 0n;
}
