import type { SipRequest } from '../message/message.ts';
import type { Via } from '../message/via.ts';

/**
 * What all sendings of a request to a server transaction have in common, with its method (RFC 3261 §17.2.3): branch and
 * sent-by, or, where an RFC 2543 client made no such branch, all that identified a request then.
 *
 * @param method of the transaction looked for: INVITE for an ACK or CANCEL
 * @param toTag of the request that made the transaction; only an RFC 2543 key has it
 */
export function serverKey(request: SipRequest, via: Via, method: string, toTag: string | undefined): string {
  if (via.hasMagicCookie) return `${method} ${via.branch} ${via.host}:${via.port ?? ''}`;
  const { requestUriText: uri, fromTag = '' } = request;
  const callId = request.value('Call-ID') ?? '';
  const number = request.cseq.ok ? request.cseq.value.number : '';
  // None of these values can hold a line's end, so what they are put together to is unambiguous.
  return `${method}\n${uri}\n${toTag ?? ''}\n${fromTag}\n${callId}\n${number}\n${via}`;
}

/**
 * What two requests have in common that are one request come by two ways (RFC 3261 §8.2.2.2); undefined for a request
 * within a dialog, which can't be one of those.
 */
export function mergeKey(request: SipRequest): string | undefined {
  if (request.toTag !== undefined || !request.cseq.ok || !request.callId.ok) return undefined;
  const { method, number } = request.cseq.value;
  return `${request.callId.value}\n${request.fromTag ?? ''}\n${number} ${method}`;
}

/** What a response has in common with the request it answers (RFC 3261 §17.1.3): a CANCEL shares its INVITE's branch. */
export function clientKey(branch: string, method: string): string {
  return method === 'CANCEL' ? `CANCEL ${branch}` : branch;
}
