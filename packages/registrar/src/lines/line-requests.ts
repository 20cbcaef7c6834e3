import type { Random } from '@vats/kernel';
import {
  type Flow,
  formatHostPort,
  type HeaderField,
  type RequestDraft,
  type SentBy,
  SipUri,
  toWire,
  transportParameter,
} from '@vats/sip';

/** Who we are at a trunk's peer. */
export interface LineIdentity {
  /** User part of From and To; undefined where we do not register. */
  readonly login: string | undefined;
  /** Host of From, To and Request-URI. */
  readonly host: string;
  readonly contactUser: string;
}

/** What numbers one registration: a Call-ID for all its requests, and CSeq numbers that rise (RFC 3261 §10.2). */
export interface RegisterIds {
  readonly callId: string;
  readonly fromTag: string;
  readonly seq: number;
}

/**
 * A REGISTER. Its Request-URI has no user part (RFC 3261 §10.2): some registrars are silent at one.
 * @param expires in seconds, 0 removes the binding; undefined asks for the bindings and changes none (§10.2.3)
 */
export function registerDraft(
  who: LineIdentity,
  ids: RegisterIds,
  contact: string,
  expires: number | undefined,
  userAgent: string,
): RequestDraft {
  const aor = uriOf(who.login, who.host);
  const binding: HeaderField[] =
    expires === undefined
      ? []
      : [
          ['Contact', contact],
          ['Expires', String(expires)],
        ];
  return {
    method: 'REGISTER',
    uri: uriOf(undefined, who.host),
    headers: [
      ['From', `<${aor}>;tag=${ids.fromTag}`],
      ['To', `<${aor}>`],
      ['Call-ID', ids.callId],
      ['CSeq', `${ids.seq} REGISTER`],
      ...binding,
      ['User-Agent', userAgent],
    ],
  };
}

/** An OPTIONS that asks whether the peer is there. It is no part of anything: each has a Call-ID of its own. */
export function optionsDraft(who: LineIdentity, contact: string, userAgent: string, random: Random): RequestDraft {
  const target = uriOf(undefined, who.host);
  return {
    method: 'OPTIONS',
    uri: target,
    headers: [
      ['From', `<${uriOf(who.login, who.host)}>;tag=${random.token(10)}`],
      ['To', `<${target}>`],
      ['Call-ID', random.token(22)],
      ['CSeq', '1 OPTIONS'],
      ['Contact', contact],
      ['Accept', 'application/sdp'],
      ['User-Agent', userAgent],
    ],
  };
}

/** Our Contact as the peer is to reach us over this flow. */
export function contactOn(flow: Flow, { host, port }: SentBy, contactUser: string): string {
  const params = transportParameter(flow.transport);
  const user = SipUri.of({ user: toWire(contactUser), host: 'x' }).userText ?? '';
  return `<sip:${user}@${formatHostPort(host, port)}${params}>`;
}

function uriOf(user: string | undefined, host: string): string {
  return SipUri.of({ ...(user !== undefined && { user: toWire(user) }), host }).toString();
}
