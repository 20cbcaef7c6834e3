import { canonicalName } from '../message/header-names.ts';
import type { SipResponse } from '../message/message.ts';
import type { HeaderField, RequestDraft } from '../message/write-message.ts';

const MAX_FORWARDS: HeaderField = ['Max-Forwards', '70'];

/**
 * The ACK that ends an INVITE transaction after a response of 300–699 (RFC 3261 §17.1.1.3): the INVITE's own Via, target,
 * route and identity, the response's To.
 *
 * @param via value of the INVITE's top Via
 */
export function ackOf(invite: RequestDraft, via: string, response: SipResponse): RequestDraft {
  const headers = identityOf(invite, via, 'ACK', response.value('To'));
  return { method: 'ACK', uri: invite.uri, headers };
}

/** The CANCEL of an INVITE (RFC 3261 §9.1): the very Via, target, route and identity of it. */
export function cancelOf(invite: RequestDraft, via: string, more: readonly HeaderField[]): RequestDraft {
  return { method: 'CANCEL', uri: invite.uri, headers: [...identityOf(invite, via, 'CANCEL', undefined), ...more] };
}

function identityOf(invite: RequestDraft, via: string, method: string, to: string | undefined): HeaderField[] {
  const headers: HeaderField[] = [['Via', via], MAX_FORWARDS];
  for (const [written, value] of invite.headers) {
    const name = canonicalName(written);
    if (name === 'Route' || name === 'From' || name === 'Call-ID') headers.push([name, value]);
    else if (name === 'To') headers.push([name, to ?? value]);
    else if (name === 'CSeq') headers.push([name, `${Number.parseInt(value, 10)} ${method}`]);
  }
  return headers;
}
