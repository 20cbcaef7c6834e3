import type { HeaderField } from '@vats/sip';

/** Event packages that can be watched. */
export const EVENT_PACKAGES = ['dialog', 'message-summary', 'presence', 'reg'] as const;

/** And as a header says it (RFC 6665 §8.2.2). */
export const ALLOW_EVENTS: HeaderField = ['Allow-Events', EVENT_PACKAGES.join(', ')];
