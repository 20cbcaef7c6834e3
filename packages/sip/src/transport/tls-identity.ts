import { isIP } from 'node:net';
import { parseUri } from '../message/uri.ts';
import type { TlsPeer } from './tls.ts';

/** What a certificate says of whose it is, as `node:tls` gives it. */
export interface CertificateNames {
  /** 'DNS:pbx.example, URI:sip:pbx.example, IP Address:192.0.2.1' */
  readonly subjectaltname?: string | undefined;
  readonly subject?: { readonly CN?: string | string[] | undefined } | undefined;
}

/**
 * Why a certificate is not that of the peer that was to be reached (RFC 5922 §7); undefined: it is. SIP URIs in it are what counts
 * when there are any, else its DNS names, and its common name only where it has no alternative names at all. An IP literal, as
 * trunks are given by, is looked for among its IP addresses.
 */
export function identityFault(certificate: CertificateNames, { name, verify }: TlsPeer): string | undefined {
  if (verify === 'off') return undefined;
  const wanted = name.toLowerCase().replace(/\.$/, '');
  const names = namesOf(certificate, isIP(wanted) !== 0);
  if (names.includes(wanted)) return undefined;
  const parent = wanted.slice(wanted.indexOf('.') + 1);
  const wild = names.includes(`*.${parent}`) && isIP(wanted) === 0 && parent.includes('.');
  if (wild && verify === 'wildcard') return undefined;
  const has = names.length === 0 ? 'no name' : names.slice(0, 5).join(', ');
  const hint = wild ? '; verify: wildcard would take it' : '';
  return `the certificate is not for ${name}: it has ${has}${hint}`;
}

/** Who a certificate says it is for, in lower case. @param isAddress whether an IP address is looked for */
function namesOf({ subjectaltname = '', subject }: CertificateNames, isAddress: boolean): string[] {
  const alternatives = alternativeNames(subjectaltname);
  const of = (kind: string): string[] => alternatives.filter((each) => each.kind === kind).map(({ value }) => value);
  if (isAddress) return of('IP Address').map((address) => address.toLowerCase());
  const domains = of('URI').flatMap(sipDomain);
  if (domains.length > 0) return domains;
  if (alternatives.length > 0) return of('DNS').map((each) => each.toLowerCase());
  const common = subject?.CN ?? [];
  return (typeof common === 'string' ? [common] : common).map((each) => each.toLowerCase());
}

/** Joined by commas; what has one inside stands in quotes, as JSON, and is a name that nobody is reached by. */
function alternativeNames(text: string): { kind: string; value: string }[] {
  return (text.match(/(?:[^",]|"(?:[^"\\]|\\.)*")+/g) ?? []).flatMap((entry) => {
    const [, kind, value] = /^\s*(DNS|URI|IP Address):([^"]*)$/.exec(entry) ?? [];
    return kind === undefined || value === undefined ? [] : [{ kind, value: value.trim() }];
  });
}

/** A SIP URI names a domain unless it has a user part, and then it is that of a person (RFC 5922 §7.1). */
function sipDomain(text: string): string[] {
  if (!/^sip:/i.test(text)) return [];
  const uri = parseUri(text);
  return uri.ok && uri.value.kind === 'sip' && uri.value.user === undefined ? [uri.value.host.toLowerCase()] : [];
}
