import type { Ban, GateEvent } from '@vats/access';

/** What the access control tells: each is a log line, and later an event of the API. */
export type AccessEvent =
  | GateEvent
  /** An account is being guessed from many sources; from where it was never used it is judged once a second. */
  | { readonly type: 'guessed'; readonly domain: string; readonly login: string }
  | { readonly type: 'banned' | 'unbanned' | 'ban-expired'; readonly ban: Ban };
