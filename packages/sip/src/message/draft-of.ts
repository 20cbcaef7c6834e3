import type { SipMessage, SipRequest, SipResponse } from './message.ts';
import {
  type HeaderField,
  type RequestDraft,
  type ResponseDraft,
  writeRequest,
  writeResponse,
} from './write-message.ts';

/** A received request as a draft: every line in its place, folds undone. */
export function requestDraftOf(request: SipRequest): RequestDraft {
  return { method: request.method, uri: request.requestUriText, headers: fieldsOf(request), body: request.body };
}

/** A received response as a draft: every line in its place, folds undone. */
export function responseDraftOf(response: SipResponse): ResponseDraft {
  return { status: response.status, reason: response.reason, headers: fieldsOf(response), body: response.body };
}

/**
 * A received message written anew, line by line: the same start line, names and values in the same order. Folds, blanks
 * around colons and a wrong Content-Length are put right; `message.bytes` has what came.
 *
 * @throws UnsafeValue when the request line is not `strictStartLine`
 */
export function rewrite(message: SipMessage): Buffer {
  return message.kind === 'request' ? writeRequest(requestDraftOf(message)) : writeResponse(responseDraftOf(message));
}

function fieldsOf(message: SipMessage): HeaderField[] {
  return message.lines().map(({ name, value }) => [name, value]);
}
