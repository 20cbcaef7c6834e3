import type { Clock } from '@vats/kernel';
import type { HeaderField } from '@vats/sip';
import type { Registration } from './registration.ts';

const SUPPORTED: HeaderField = ['Supported', 'path, outbound'];
const REQUIRE_OUTBOUND: HeaderField = ['Require', 'outbound'];

/** What a 200 says of extensions. */
export interface Agreement {
  /** The Path in use; empty where its phone would not understand it (RFC 3327 §5.3). */
  readonly path: readonly string[];
  /** The Contacts are flows, as the phone asked (RFC 5626 §6). */
  readonly outbound: boolean;
  /** Seconds within which the phone is to be heard over its flow; undefined where a proxy sees to that. */
  readonly flowTimer: number | undefined;
}

/**
 * What a 200 to a REGISTER says (RFC 3261 §10.3 item 8): every binding with its Contact as its phone sent it and the
 * seconds it has left, the time of day, and what was agreed on.
 */
export function okHeaders(
  registrations: readonly Registration[],
  { path, outbound, flowTimer }: Agreement,
  clock: Clock,
): readonly HeaderField[] {
  const now = clock.monotonic();
  return [
    ...registrations.map(({ binding, endsAt }): HeaderField => {
      // Rounded up: a binding that lives has not expired, and 0 would say so.
      const left = Math.max(1, Math.ceil((endsAt - now) / 1000));
      return ['Contact', `<${binding.contact}>${binding.params};expires=${left}`];
    }),
    ...path.map((hop): HeaderField => ['Path', hop]),
    SUPPORTED,
    ...(outbound ? [REQUIRE_OUTBOUND] : []),
    ...(flowTimer === undefined ? [] : [['Flow-Timer', String(flowTimer)] as const]),
    ['Date', sipDate(clock.now())],
  ];
}

/** RFC 3261 §20.17. @example sipDate(0) === 'Thu, 01 Jan 1970 00:00:00 GMT' */
export function sipDate(wallMs: number): string {
  return new Date(wallMs).toUTCString();
}
