import { isIP } from 'node:net';
import { type Endpoint, formatEndpoint, parseEndpoint } from '@vats/kernel';
import { fault, isHost, remedyForOtherTypes, shown } from '@vats/pbx';
import { DEFAULT_PORT, TRANSPORT_NAMES, type TransportName } from '@vats/sip';
import { z } from 'zod';

/** One place where the switch takes SIP. */
export interface ListenSpec {
  readonly transport: TransportName;
  readonly endpoint: Endpoint;
}

/** A web site as browsers name it: scheme and host, and the port where it is not the scheme's own (RFC 6454 §6.2). */
export const origin = z.codec(z.string(remedyForOtherTypes('write an origin in quotes')), z.string(), {
  decode: (text, ctx) => {
    const url = /^https?:\/\/[^/?#@]+\/?$/i.test(text.trim()) ? URL.parse(text.trim()) : null;
    if (url !== null) return url.origin;
    const remedy = 'write a scheme and a host as the address bar shows them, such as https://phone.example.com';
    ctx.issues.push({ ...fault(`${shown(text)} is no web site's origin`, remedy), input: text });
    return z.NEVER;
  },
  encode: (text) => text,
});

/** A certificate's file and its key's, as a mapping or as text with a colon. */
export function asFiles(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const [certificate, key] = value.split(':');
  return { certificate, ...(key !== undefined && { key }) };
}

/** A network as Node's BlockList takes it. */
export interface Cidr {
  readonly address: string;
  readonly prefix: number;
}

/** First and last port of a range, both in it. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

const LISTEN_REMEDY =
  'write udp, tcp, tls, ws or wss, then ://ADDRESS:PORT, such as udp://127.0.0.1:5060 or tls://[::1]:5061';

/** Text that `read` understands; what it returns as text is the complaint. */
function textAs<T extends object | number>(
  read: (text: string) => T | string,
  remedy: string,
  write: (value: T) => string,
) {
  return z.codec(z.string(remedyForOtherTypes(remedy)), z.custom<T>(), {
    decode: (text, ctx) => {
      const value = read(text.trim());
      if (typeof value !== 'string') return value;
      ctx.issues.push({ ...fault(`${shown(text)} ${value}`, remedy), input: text });
      return z.NEVER;
    },
    encode: write,
  });
}

export const listenUrl = textAs<ListenSpec>(
  (text) => {
    const [, scheme, rest = ''] = /^([a-z]+):\/\/(.+)$/i.exec(text) ?? [];
    const transport = TRANSPORT_NAMES.find((name) => name === scheme?.toLowerCase());
    if (transport === undefined) return 'is not a listening address';
    const bare = isIP(rest) === 4 || (/^\[.*\]$/.test(rest) && isIP(rest.slice(1, -1)) === 6);
    const endpoint = parseEndpoint(bare ? `${rest}:${DEFAULT_PORT[transport]}` : rest);
    if (endpoint.ok) return { transport, endpoint: endpoint.value };
    return endpoint.error.code === 'bad-port' ? 'has no port from 0 to 65535' : 'names no IP address to listen on';
  },
  LISTEN_REMEDY,
  ({ transport, endpoint }) => `${transport}://${formatEndpoint(endpoint)}`,
);

export const endpointText = textAs<Endpoint>(
  (text) => {
    const endpoint = parseEndpoint(text);
    return endpoint.ok ? endpoint.value : 'is not an address with a port';
  },
  'write ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080',
  formatEndpoint,
);

/** A host, or a host and port, as others see us. */
export const advertised = textAs<{ host: string; port?: number }>(
  (text) => {
    if (isHost(text)) return { host: text };
    const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
    const bare = /^\[.*\]$/.test(host) ? host.slice(1, -1) : host;
    const good = isHost(bare) && (isIP(bare) === 6) === (bare !== host) && Number(port) > 0 && Number(port) <= 65535;
    return good ? { host: bare, port: Number(port) } : 'is not a host';
  },
  'write the address or name that the world knows, such as 203.0.113.10 or sip.example.com:5060',
  ({ host, port }) => (port === undefined ? host : `${isIP(host) === 6 ? `[${host}]` : host}:${port}`),
);

export const ipAddress = z.string(remedyForOtherTypes('write an IP address in quotes')).check((ctx) => {
  if (isIP(ctx.value) !== 0) return;
  ctx.issues.push({
    ...fault(`${shown(ctx.value)} is not an IP address`, 'write one, such as 192.168.1.10 or "2001:db8::10"'),
    input: ctx.value,
  });
});

export const cidr = textAs<Cidr>(
  (text) => {
    const [address = '', bits, ...more] = text.split('/');
    const family = isIP(address);
    const width = family === 6 ? 128 : 32;
    if (family === 0 || more.length > 0) return 'is not a network';
    if (bits === undefined) return { address, prefix: width };
    return /^\d{1,3}$/.test(bits) && Number(bits) <= width ? { address, prefix: Number(bits) } : 'is not a network';
  },
  'write ADDRESS/BITS, such as 10.0.0.0/8 or fd00::/8',
  ({ address, prefix }) => `${address}/${prefix}`,
);

const LOWEST_PORT = 1024;
/** Two legs, each with an even port for RTP and the odd one above it for RTCP. */
const FEWEST_PORTS = 4;

export const portRange = textAs<PortRange>(
  (text) => {
    const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(text) ?? [];
    if (from === undefined || to === undefined) return 'is not a range of ports';
    const range = { from: Number(from), to: Number(to) };
    if (range.from < LOWEST_PORT || range.to > 65535) return `leaves ${LOWEST_PORT} to 65535`;
    if (range.to < range.from) return 'runs backwards';
    return range.to - range.from + 1 < FEWEST_PORTS ? 'is too small for one call' : range;
  },
  `write FIRST-LAST within ${LOWEST_PORT}-65535, at least ${FEWEST_PORTS} ports, such as 20000-29999`,
  ({ from, to }) => `${from}-${to}`,
);

const PER_SECOND = { s: 1, m: 60, h: 3600 } as const;

/** So many a second. */
export const rate = textAs<number>(
  (text) => {
    const [, count, unit] = /^(\d{1,6})\/([smh])$/.exec(text) ?? [];
    if (count === undefined || unit === undefined) return 'is not a rate';
    return Number(count) === 0 ? 'lets nothing through' : Number(count) / PER_SECOND[unit as 's' | 'm' | 'h'];
  },
  'write COUNT/s, COUNT/m or COUNT/h, such as 200/s',
  (perSecond) => (Number.isInteger(perSecond) ? `${perSecond}/s` : `${Math.round(perSecond * 3600)}/h`),
);

const OCTETS = { KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 } as const;

/** An amount of octets on a disk. */
export const octets = textAs<number>(
  (text) => {
    const [, count, unit] = /^(\d{1,6})(KB|MB|GB|TB)$/.exec(text) ?? [];
    if (count === undefined || unit === undefined) return text === '0' ? 0 : 'is not an amount of octets';
    return Number(count) * OCTETS[unit as keyof typeof OCTETS];
  },
  'write a whole number and KB, MB, GB or TB, such as 500MB, or 0',
  (count) => {
    const unit = (['TB', 'GB', 'MB', 'KB'] as const).find((each) => count % OCTETS[each] === 0) ?? 'KB';
    return count === 0 ? '0' : `${Math.round(count / OCTETS[unit])}${unit}`;
  },
);

/** Where the store is: the part of the URL behind `sqlite:`. */
export const storeUrl = z.string(remedyForOtherTypes('write sqlite:PATH')).check((ctx) => {
  // The URL of another kind of database may hold a password: it is never repeated.
  const scheme = /^([a-z0-9+]+):/i.exec(ctx.value)?.[1]?.toLowerCase();
  const push = (message: string) =>
    ctx.issues.push({ ...fault(message, 'write sqlite:PATH, such as sqlite:./data/vats.db'), input: undefined });
  if (scheme === 'postgres' || scheme === 'postgresql') push('PostgreSQL is not served yet');
  else if (scheme !== 'sqlite') push('this is not the URL of a store');
  else if (ctx.value.slice('sqlite:'.length).trim() === '') push('the URL names no file');
});
