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

/** Names our phone system at a registrar through restarts (RFC 5626 §4.1): a URN, `urn:uuid:…`. */
export type InstanceId = string;

/** We have one flow to a registrar at a time, and that is the first. */
const REG_ID = 1;

/** What numbers one registration: a Call-ID for all its requests, and CSeq numbers that rise (RFC 3261 §10.2). */
export interface RegisterIds {
  readonly callId: string;
  readonly fromTag: string;
  readonly seq: number;
}

/**
 * A REGISTER. Its Request-URI has no user part (RFC 3261 §10.2): some registrars are silent at one.
 * @param instance given where the flow is to be one of RFC 5626
 * @param expires in seconds, 0 removes the binding; undefined asks for the bindings and changes none (§10.2.3)
 */
export function registerDraft(
  who: LineIdentity,
  ids: RegisterIds,
  contact: string,
  expires: number | undefined,
  userAgent: string,
  instance?: InstanceId,
): RequestDraft {
  const flow = instance === undefined ? '' : `;reg-id=${REG_ID};+sip.instance="<${instance}>"`;
  const supported: HeaderField[] = [['Supported', instance === undefined ? 'path' : 'path, outbound']];
  const aor = uriOf(who.login, who.host);
  const binding: HeaderField[] =
    expires === undefined ? [] : [['Contact', `${contact}${flow}`], ['Expires', String(expires)], ...supported];
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
