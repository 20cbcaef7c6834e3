import type { Parsed } from '@vats/kernel';
import type { StructureFault } from './head-index.ts';
import type { SipMessage, SipRequest, SipResponse } from './message.ts';
import { reasonPhrase } from './reason-phrases.ts';
import { SIP_VERSION } from './start-line.ts';
import type { ValueFault } from './value-fault.ts';
import { MAGIC_COOKIE } from './via.ts';

/** How a request that is wrong by RFC 3261 is answered. */
export interface RequestFault {
  readonly status: 400 | 413 | 505;
  /** Says what is wrong (RFC 3261 §21.4.1); ASCII. */
  readonly reason: string;
}

/** Why a response is thrown away (RFC 3261 §8.1.3.1 leaves no one to tell). */
export interface ResponseFault {
  readonly reason: string;
}

/** Headers that may be there once; two that differ leave open which one is meant (RFC 4475 §3.3.8). */
const SINGLE_HEADERS = ['From', 'To', 'Call-ID', 'CSeq', 'Max-Forwards', 'Expires', 'Content-Type'] as const;

/**
 * The first fault that makes a request wrong by RFC 3261 §8.2: version, structure, the headers of §8.1.1, values that
 * cannot be read, a CSeq of another method, a body shorter than announced. Forgiving towards RFC 2543 (no Max-Forwards,
 * no From tag, no branch). What needs knowledge of the server (methods, schemes, extensions) is its user's to judge.
 */
export function checkRequest(request: SipRequest): RequestFault | undefined {
  if (!isOurVersion(request.version)) return { status: 505, reason: reasonPhrase(505) };
  const reason =
    requestLineFault(request) ??
    headFault(request) ??
    branchFault(request) ??
    valueFault('Contact', request.contacts) ??
    valueFault('Route', request.routes) ??
    disagreement(request) ??
    cseqMethodFault(request) ??
    lengthFault(request);
  return reason === undefined ? undefined : { status: 400, reason };
}

/**
 * The first fault for which a response must not be believed. Its Contact is for those to judge whom it concerns:
 * registrars of all ages list unreadable ones.
 */
export function checkResponse(response: SipResponse): ResponseFault | undefined {
  if (!isOurVersion(response.version)) return { reason: 'Bad version' };
  const reason = headFault(response) ?? disagreement(response) ?? lengthFault(response);
  return reason === undefined ? undefined : { reason };
}

function isOurVersion(version: string): boolean {
  return version === SIP_VERSION || version.toUpperCase() === SIP_VERSION;
}

function requestLineFault(request: SipRequest): string | undefined {
  if (!request.strictStartLine) return 'Bad request line';
  const uri = request.requestUri;
  if (!uri.ok) return 'Bad Request-URI';
  // RFC 3261 §19.1.1, table 1: headers have no place in a Request-URI; taken for real ones they could reroute it.
  return uri.value.kind === 'sip' && uri.value.headersText !== '' ? 'Headers in Request-URI' : undefined;
}

const STRUCTURE_REASONS = {
  'start-line-folded': 'Folded start line',
  'no-colon': 'Header line without a colon',
  'bad-header-name': 'Bad header name',
  'head-not-ended': 'Header lines without an end',
} as const satisfies Record<StructureFault, string>;

function headFault(message: SipMessage): string | undefined {
  if (message.structureFault !== undefined) return STRUCTURE_REASONS[message.structureFault.code];
  return (
    valueFault('Via', message.vias) ??
    valueFault('From', message.from) ??
    valueFault('To', message.to) ??
    valueFault('Call-ID', message.callId) ??
    valueFault('CSeq', message.cseq) ??
    valueFault('Max-Forwards', message.maxForwards) ??
    valueFault('Record-Route', message.recordRoutes)
  );
}

function valueFault(name: string, value: Parsed<unknown, ValueFault> | undefined): string | undefined {
  if (value === undefined || value.ok) return undefined;
  return `${value.error.code === 'missing' ? 'Missing' : 'Bad'} ${name}`;
}

/** The magic cookie alone identifies nothing (RFC 4475 §3.2.1). */
function branchFault(message: SipMessage): string | undefined {
  return message.topVia.ok && message.topVia.value.branch === MAGIC_COOKIE ? 'Bad branch in Via' : undefined;
}

function disagreement(message: SipMessage): string | undefined {
  if (!message.mayRepeatLines) return undefined;
  for (const name of SINGLE_HEADERS) {
    if (message.contradicts(name)) return `More than one ${name}`;
  }
  return undefined;
}

function cseqMethodFault(request: SipRequest): string | undefined {
  return request.cseq.ok && request.cseq.value.method !== request.method ? 'CSeq has another method' : undefined;
}

function lengthFault(message: SipMessage): string | undefined {
  const length = message.contentLength;
  if (length === undefined) return undefined;
  if (!length.ok) return 'Bad Content-Length';
  return length.value > message.octetsAfterHead ? 'Content-Length is larger than the message' : undefined;
}
