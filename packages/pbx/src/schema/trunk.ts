import { isIP } from 'node:net';
import { z } from 'zod';
import { storedHosts } from './access.ts';
import { duration } from './duration.ts';
import { textThat } from './fault.ts';
import { limits } from './limits.ts';
import { sessionTimer } from './session-timer.ts';
import { trunkIdentity } from './trunk-identity.ts';
import { srtpPolicy } from './user.ts';
import { host, isHost, line, refName, secret, wholeNumber } from './words.ts';

/** True for 'sip:host', 'sip:host:port', 'sip:[2001:db8::1]:5060': the hosts that a proxy setting may name. */
export function isProxyUri(text: string): boolean {
  const match = /^sips?:(?:\[([0-9A-Fa-f:.]+)\]|([^:;@[\]\s]+))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return false;
  const [, v6, name, port] = match;
  if (v6 !== undefined && isIP(v6) !== 6) return false;
  if (name !== undefined && !isHost(name)) return false;
  return port === undefined || (Number(port) > 0 && Number(port) <= 65535);
}

const proxyUri = textThat(
  isProxyUri,
  (text) => `${text} is not the address of a SIP server`,
  'write sip:host or sip:host:port, such as sip:sip.itsp.example:5060',
);

/** The words that a digest and a From of ours carry: no spaces, quotes or separators of SIP. */
const account = textThat(
  (text) => /^[^\s"<>@,;:\\\u0000-\u001f\u007f]{1,128}$/.test(text),
  (text) => `${text} is not an account name`,
  'write what the operator gave, without spaces, quotes and @',
);

/** A password sealed by `vats export`: only the data directory that sealed it can open it. */
export const sealedSecret = z.strictObject({ sealed: z.string().min(1).max(1024) });

const register = z.strictObject({
  login: account,
  password: z.union([secret, sealedSecret]),
  /** The digest username where it is not the login. */
  authUser: account.exactOptional(),
  /** The user part of our Contact; a random one of this registration by default. */
  contactUser: account.exactOptional(),
  expires: duration('30s', '24h').exactOptional(),
  /** The only realm that is told our digest; the realm of the first challenge by default. */
  realm: line(128).exactOptional(),
  /**
   * What tells its calls: our Contact in the Request-URI, or where they come from and the number that they call. Only `contact` by
   * default: over UDP an address can be forged.
   */
  recognise: z.enum(['contact', 'address']).exactOptional(),
  /** Registers a flow as RFC 5626 has it (instance and reg-id): where the operator wants it. */
  outbound: z.boolean().exactOptional(),
});

const trunkTls = z.strictObject({
  /** What their certificate must be for; the proxy's host by default. */
  name: host.exactOptional(),
  /** A PEM file of the authorities that are believed; those of the system by default. */
  authorities: z.string().min(1).max(4096).exactOptional(),
  /** `wildcard` takes *.example.com, which RFC 5922 does not; `off` takes whoever answers. */
  verify: z.enum(['strict', 'wildcard', 'off']).exactOptional(),
});

/** A way to another system: an operator that we register at, or a PBX known by its address. */
export const trunk = z.strictObject({
  name: refName,
  proxy: proxyUri,
  /** The host of From, To and Request-URI; the proxy's by default. */
  domain: host.exactOptional(),
  register: register.exactOptional(),
  /** Hosts that may call in. */
  allow: storedHosts.exactOptional(),
  transport: z.enum(['udp', 'tcp', 'tls']).exactOptional(),
  /** As whom its servers must show themselves over TLS (docs/tls.md). */
  tls: trunkTls.exactOptional(),
  codecs: z.array(line(64)).min(1).exactOptional(),
  dtmf: z.enum(['rfc4733', 'info', 'inband']).exactOptional(),
  srtp: srtpPolicy.exactOptional(),
  sessionTimer: sessionTimer.exactOptional(),
  numbers: z
    .strictObject({
      /** How numbers are written to this trunk. */
      send: z.enum(['e164', '7', '8']).exactOptional(),
      /** Where a called number is looked for, in order. */
      from: z
        .array(z.enum(['request-uri', 'to', 'diversion', 'history-info', 'p-called-party-id']))
        .min(1)
        .exactOptional(),
    })
    .exactOptional(),
  identity: trunkIdentity.exactOptional(),
  /** How long it may be silent at an INVITE until another way is tried; 4 s by default. */
  noResponse: duration('1s', '32s').exactOptional(),
  /** Calls at once. */
  channels: wholeNumber(1, 10_000).exactOptional(),
  /** Of calls that leave by it. */
  limits: limits.exactOptional(),
});
export type TrunkEntry = z.output<typeof trunk>;
