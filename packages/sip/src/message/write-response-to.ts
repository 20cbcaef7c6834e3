import type { Endpoint } from '@vats/kernel';
import { sameHost } from './host.ts';
import { splitList } from './lists.ts';
import type { SipRequest } from './message.ts';
import type { Via } from './via.ts';
import { type HeaderField, writeResponse } from './write-message.ts';

/** What a server adds to a response beyond what it copies from the request. */
export interface ReplyDraft {
  readonly status: number;
  readonly reason?: string | undefined;
  /** Added to To unless it has a tag; needed in every response but 100 (RFC 3261 §8.2.6.2). */
  readonly toTag?: string | undefined;
  readonly headers?: readonly HeaderField[] | undefined;
  readonly body?: Buffer | undefined;
}

/**
 * The octets of a response to a request (RFC 3261 §8.2.6): Via, From, To, Call-ID and CSeq as they came, the top Via with
 * what was observed of the sender (§18.2.1, RFC 3581 §4), Timestamp in a 100, Record-Route in what sets up a dialog
 * (§12.1.1). Mandatory headers that the request lacks stay lacking.
 *
 * @param observed where the request came from
 */
export function writeResponseTo(request: SipRequest, observed: Endpoint, reply: ReplyDraft): Buffer {
  const headers: HeaderField[] = [];
  copyVias(request, observed, headers);
  if (setsUpDialog(request, reply.status)) {
    for (const value of request.values('Record-Route')) headers.push(['Record-Route', value]);
  }
  const from = request.value('From');
  if (from !== undefined) headers.push(['From', from]);
  const to = request.value('To');
  if (to !== undefined) headers.push(['To', toWithTag(request, to, reply.toTag)]);
  const callId = request.value('Call-ID');
  if (callId !== undefined) headers.push(['Call-ID', callId]);
  const cseq = request.value('CSeq');
  if (cseq !== undefined) headers.push(['CSeq', cseq]);
  const timestamp = reply.status === 100 ? request.value('Timestamp') : undefined;
  if (timestamp !== undefined) headers.push(['Timestamp', timestamp]);
  if (reply.headers !== undefined) headers.push(...reply.headers);
  return writeResponse({ status: reply.status, reason: reply.reason, headers, body: reply.body });
}
/** Via lines in their order, the first value of the first line with `received` and `rport` filled in. */
function copyVias(request: SipRequest, observed: Endpoint, headers: HeaderField[]): void {
  for (const [index, value] of request.values('Via').entries()) {
    headers.push(['Via', index === 0 ? topViaAsObserved(request, value, observed) : value]);
  }
}

function topViaAsObserved(request: SipRequest, line: string, observed: Endpoint): string {
  const via = request.topVia;
  if (!via.ok) return line;
  const marked = viaAsObserved(via.value, observed);
  if (marked === via.value) return line;
  return line.includes(',') ? [marked, ...splitList(line).slice(1)].join(', ') : marked.toString();
}

/**
 * The Via with what the receiver saw (RFC 3261 §18.2.1, RFC 3581 §4): `received` when the sender calls itself otherwise
 * or asks for its port, `rport` when asked for. The same object when nothing is to be added.
 */
export function viaAsObserved(via: Via, observed: Endpoint): Via {
  const asks = via.params.has('rport');
  const address = observed.address.replace(/%.*$/, ''); // a zone means something on this machine only
  if (!asks && sameHost(via.host, address)) return via;
  const marked = asks ? via.withParam('rport', String(observed.port)) : via;
  return marked.withParam('received', address);
}

function toWithTag(request: SipRequest, written: string, tag: string | undefined): string {
  if (tag === undefined || request.toTag !== undefined) return written;
  const { to } = request;
  const hasEmptyTag = to.ok && to.value.params.has('tag');
  return hasEmptyTag ? to.value.with({ params: to.value.params.with('tag', tag) }).toString() : `${written};tag=${tag}`;
}

/** Methods that make dialogs: RFC 3261 §12.1, RFC 6665 §4.4.1, RFC 3515 §2.4.6. */
function setsUpDialog(request: SipRequest, status: number): boolean {
  if (status <= 100 || status >= 300) return false;
  return request.method === 'INVITE' || request.method === 'SUBSCRIBE' || request.method === 'REFER';
}
