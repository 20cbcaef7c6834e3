import type { TransportName } from '../transport/index.ts';
import type { NaptrRecord } from './dns.ts';

/** How a transport is found in the DNS (RFC 3263 §4.1, §4.2). */
interface TransportRow {
  readonly transport: string;
  /** Service field of a NAPTR record. */
  readonly naptr: string;
  /** What stands before the domain where SRV is asked for. */
  readonly srv: string;
  /** Good enough for a sips URI. */
  readonly secure: boolean;
}

/** A further transport is one more row. In the order in which they are asked for where the domain has no preference of its own. */
const TRANSPORTS: readonly TransportRow[] = [
  { transport: 'udp', naptr: 'SIP+D2U', srv: '_sip._udp', secure: false },
  { transport: 'tcp', naptr: 'SIP+D2T', srv: '_sip._tcp', secure: false },
  { transport: 'tls', naptr: 'SIPS+D2T', srv: '_sips._tcp', secure: true },
];

/** SRV records to be asked for, and the transport of the servers that they name. */
export interface Service {
  readonly transport: TransportName;
  /** The whole name of the question. */
  readonly name: string;
}

/** Services of one domain that are looked at; the DNS of a stranger's domain would otherwise choose how much we ask. */
const SERVICES_LIMIT = 4;

/** The services that a domain may have, by the transports that we have: what is asked for without NAPTR (RFC 3263 §4.1). */
export function servicesOf(domain: string, have: readonly TransportName[], secure: boolean): Service[] {
  return usable(have, secure).map(({ transport, srv }) => ({ transport, name: `${srv}.${domain}` }));
}

/**
 * The services that a domain's NAPTR records name, as it wants them to be tried: those of the lowest order that has one of ours, by
 * preference (RFC 3263 §4.1, RFC 3403 §4.1). What is no plain pointer to SRV (flag `s`, no expression) is passed over.
 */
export function servicesNamed(
  records: readonly NaptrRecord[],
  have: readonly TransportName[],
  secure: boolean,
): Service[] {
  const rows = usable(have, secure);
  const named = records.flatMap((record) => {
    const row = rows.find(({ naptr }) => naptr === record.service.toUpperCase());
    const isPointer = record.flags.toLowerCase() === 's' && record.regexp === '' && !/^\.?$/.test(record.replacement);
    return row === undefined || !isPointer ? [] : [{ ...record, transport: row.transport }];
  });
  const order = Math.min(...named.map((each) => each.order));
  return named
    .filter((each) => each.order === order)
    .sort((one, other) => one.preference - other.preference)
    .slice(0, SERVICES_LIMIT)
    .map(({ transport, replacement }) => ({ transport, name: replacement }));
}

/** The question for the servers of one transport; undefined for a transport that SRV knows nothing of. */
export function serviceBy(transport: TransportName, domain: string): Service | undefined {
  const row = TRANSPORTS.find((each) => each.transport === transport);
  return row === undefined ? undefined : { transport, name: `${row.srv}.${domain}` };
}

/** What is spoken where nobody says otherwise: UDP, and TLS for sips (RFC 3263 §4.1). Undefined: we have none that would do. */
export function defaultTransport(have: readonly TransportName[], secure: boolean): TransportName | undefined {
  return usable(have, secure)[0]?.transport;
}

function usable(have: readonly TransportName[], secure: boolean): (TransportRow & { transport: TransportName })[] {
  return TRANSPORTS.flatMap((row) => {
    const transport = have.find((name) => name === row.transport);
    return transport === undefined || (secure && !row.secure) ? [] : [{ ...row, transport }];
  });
}
