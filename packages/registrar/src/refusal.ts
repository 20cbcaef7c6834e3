import type { HeaderField, ReplyDraft } from '@vats/sip';

/** What was wanted, or the answer that refuses it. A fault of the phone's is a value, never an exception. */
export type OrRefusal<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: ReplyDraft };

export function refused(status: number, reason?: string, headers?: readonly HeaderField[]): OrRefusal<never> {
  return { ok: false, refusal: { status, reason, headers } };
}

export function agreed<T>(value: T): OrRefusal<T> {
  return { ok: true, value };
}
