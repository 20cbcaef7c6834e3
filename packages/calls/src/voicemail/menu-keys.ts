import type { WantedKeys } from '../caller-dialogue.ts';

/** Longer than any greeting or message lasts. */
const NEVER_MS = 86_400_000;

/** One choice of a menu. */
export const ONE_KEY: WantedKeys = { most: 1, firstMs: 7_000, betweenMs: 7_000 };
/** A key while something is heard: when that has ended, it says itself what comes next. */
export const ANY_KEY: WantedKeys = { most: 1, firstMs: NEVER_MS, betweenMs: NEVER_MS };
/** # while something is recorded. */
export const HASH: WantedKeys = { ...ANY_KEY, terminators: ['#'], bargeIn: false };
/** The extension of a mailbox. */
export const EXTENSION: WantedKeys = { most: 8, terminators: ['#'], firstMs: 10_000, betweenMs: 5_000 };
/** A new PIN. */
export const NEW_PIN: WantedKeys = { most: 12, terminators: ['#'], firstMs: 15_000, betweenMs: 5_000 };
