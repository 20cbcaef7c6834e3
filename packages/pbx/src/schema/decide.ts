import { z } from 'zod';
import { duration } from './duration.ts';
import { textThat } from './fault.ts';
import type { SchemeStep } from './scheme.ts';

/** Asks a service of the company's own what is done with the caller. */
export interface DecideStep {
  /** Where it is asked, by a POST. */
  url: string;
  /** How long its answer is waited for, ms; `DECIDE_TIMEOUT_MS` unless given. */
  timeout?: number;
  /** When it gives none that can be done; the scheme's next step unless given. */
  otherwise?: SchemeStep;
}

export const DECIDE_TIMEOUT_MS = 1_000;

const LONGEST_URL = 2_000;

const serviceUrl = textThat(
  (text) => {
    const url = text.length <= LONGEST_URL ? URL.parse(text) : null;
    return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  },
  () => 'the URL is none that can be asked',
  'write https://HOST/PATH without a name and a password in it',
);

/** @param step a step of a scheme */
export function decideOf(step: z.ZodType<SchemeStep, unknown>) {
  return z.strictObject({
    url: serviceUrl,
    timeout: duration('100ms', '2s').exactOptional(),
    otherwise: step.exactOptional(),
  });
}
