import { z } from 'zod';
import { pin } from './conference.ts';
import { duration } from './duration.ts';
import { textThat } from './fault.ts';
import { numberPattern } from './pattern.ts';
import type { SchemeStep } from './scheme.ts';
import { refName, wholeNumber } from './words.ts';

/** What happens to a caller who has pressed no key, or none that means anything. */
export interface MenuRule {
  /** What they are told. */
  prompt?: string;
  /** What is done then. By default they are asked again, as often as the menu's `repeat` lets them be. */
  next?: 'repeat' | SchemeStep;
}

/** What a menu does with the caller's keys. */
export interface MenuStep {
  prompt: string;
  /** How long the first key is waited for once the prompt has ended, ms; `MENU_TIMEOUT_MS` unless given. */
  timeout?: number;
  /** How long another key is waited for where what was pressed may go on, ms; `BETWEEN_KEYS_MS` unless given. */
  betweenKeys?: number;
  /** A key ends the prompt, as it does unless this is false. */
  bargeIn?: boolean;
  keys: Record<string, SchemeStep>;
  /** By key: the PIN that is asked for before its step. */
  pins?: Record<string, string>;
  /** The caller may dial an extension: any of the domain, or those that match one of these patterns. */
  extension?: boolean | string[];
  /** How many times the prompt is played at most; once unless given. */
  repeat?: number;
  noKey?: MenuRule;
  wrongKey?: MenuRule;
  /** When the caller was asked for the last time; the scheme's next step unless given. */
  otherwise?: SchemeStep;
}

export const MENU_TIMEOUT_MS = 5_000;
export const BETWEEN_KEYS_MS = 2_000;

const keyName = textThat(
  (text) => /^[0-9*#]$/.test(text),
  (text) => `${text} is not a key of a telephone`,
  'write one of "0" to "9", "*" and "#" in quotes',
);

/** @param step a step of a scheme, which may hold a menu itself */
export function menuOf(step: z.ZodType<SchemeStep, unknown>) {
  const rule = z.strictObject({
    prompt: refName.exactOptional(),
    next: z.union([z.literal('repeat'), step]).exactOptional(),
  });
  return z.strictObject({
    prompt: refName,
    timeout: duration('1s', '5m').exactOptional(),
    betweenKeys: duration('500ms', '30s').exactOptional(),
    bargeIn: z.boolean().exactOptional(),
    keys: z.record(keyName, step),
    pins: z.record(keyName, pin).exactOptional(),
    extension: z.union([z.boolean(), z.array(numberPattern).min(1)]).exactOptional(),
    repeat: wholeNumber(1, 20).exactOptional(),
    noKey: rule.exactOptional(),
    wrongKey: rule.exactOptional(),
    otherwise: step.exactOptional(),
  });
}
