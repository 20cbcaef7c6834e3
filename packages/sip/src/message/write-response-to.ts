import type { Endpoint } from '@vats/kernel';
import { sameHost } from './host.ts';
import { splitList } from './lists.ts';
import type { SipRequest } from './message.ts';
import type { Via } from './via.ts';
import { assertSafeValue } from './wire-text.ts';
import { type HeaderField, statusLine, writeHead } from './write-message.ts';

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
  const { status, toTag } = reply;
  const { vias, from, to, callIdAndCSeq } = echoOf(request, observed);
  let start = statusLine(status, reply.reason) + vias;
  if (setsUpDialog(request, status)) {
    for (const value of request.values('Record-Route')) start += `\r\nRecord-Route: ${value}`;
  }
  start += from;
  if (to !== undefined) start += `\r\nTo: ${toTag === undefined ? to : toWithTag(request, to, toTag)}`;
  start += callIdAndCSeq;
  const timestamp = status === 100 ? request.value('Timestamp') : undefined;
  if (timestamp !== undefined) start += `\r\nTimestamp: ${timestamp}`;
  return writeHead(start, reply.headers ?? NO_HEADERS, reply.body);
}

const NO_HEADERS: readonly HeaderField[] = [];

/**
 * What every response repeats of its request, as lines with the CRLF before each; To without a tag of ours. Values out of a received message are
 * safe to write: its lines were found by their ends, folds are undone, and a NUL stands escaped or the message is none.
 */
export interface Echo {
  readonly address: string;
  readonly port: number;
  readonly vias: string;
  readonly from: string;
  readonly to: string | undefined;
  readonly callIdAndCSeq: string;
}

/** Remembered with the request: an INVITE has several responses, all to the same place. */
function echoOf(request: SipRequest, { address, port }: Endpoint): Echo {
  let { echo } = request;
  if (echo === undefined || echo.port !== port || echo.address !== address) {
    const vias = viaLines(request, { address, port });
    const from = lineOf(request, 'From');
    const callIdAndCSeq = lineOf(request, 'Call-ID') + lineOf(request, 'CSeq');
    echo = { address, port, vias, from, to: request.value('To'), callIdAndCSeq };
    request.echo = echo;
  }
  return echo;
}

function lineOf(request: SipRequest, name: string): string {
  const value = request.value(name);
  return value === undefined ? '' : `\r\n${name}: ${value}`;
}

/** Via lines in their order, the first value of the first line with `received` and `rport` filled in. */
function viaLines(request: SipRequest, observed: Endpoint): string {
  const values = request.values('Via');
  let lines = '';
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    lines += `\r\nVia: ${at === 0 ? topViaAsObserved(request, value, observed) : value}`;
  }
  return lines;
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
  const address = withoutZone(observed.address);
  if (!asks && sameHost(via.host, address)) return via;
  const params = asks ? via.params.with('rport', String(observed.port)) : via.params;
  return via.withParams(params.with('received', address));
}

/** A zone means something on this machine only. */
function withoutZone(address: string): string {
  const percent = address.indexOf('%');
  return percent < 0 ? address : address.slice(0, percent);
}

/** @throws UnsafeValue for a tag that would make another header of it */
function toWithTag(request: SipRequest, written: string, tag: string): string {
  if (request.toTag !== undefined) return written;
  assertSafeValue(tag, 'To');
  const { to } = request;
  const hasEmptyTag = to.ok && to.value.params.has('tag');
  return hasEmptyTag ? to.value.with({ params: to.value.params.with('tag', tag) }).toString() : `${written};tag=${tag}`;
}

/** Methods that make dialogs: RFC 3261 §12.1, RFC 6665 §4.4.1, RFC 3515 §2.4.6. */
function setsUpDialog(request: SipRequest, status: number): boolean {
  if (status <= 100 || status >= 300) return false;
  return request.method === 'INVITE' || request.method === 'SUBSCRIBE' || request.method === 'REFER';
}
