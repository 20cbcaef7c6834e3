/** The transmission rating of a perfect narrow-band path with the E-model's usual values (ITU-T G.107). */
const PERFECT = 93.2;
/** From this one-way delay on people begin to talk into each other, milliseconds. */
const NOTICED_DELAY_MS = 177.3;
/** How well G.711 whose gaps are filled withstands random loss (ITU-T G.113, appendix I). */
const ROBUSTNESS = 25.1;
/** What a phone keeps back against jitter, in times of it, and at least. */
const JITTER_BUFFER = 2;
const LEAST_BUFFER_MS = 20;

/**
 * What people would say of this sound from 1 (bad) to 4.4 (as good as it gets on the phone): the mean opinion score that the
 * E-model estimates (ITU-T G.107 with the delay's part in its short form). An estimate, for comparing calls; it knows
 * nothing of the codec's own sound, of echo or of noise.
 *
 * @param loss of the packets, 0 to 1
 */
export function opinionScore({
  loss,
  jitterMs,
  roundTripMs = 0,
}: {
  loss: number;
  jitterMs: number;
  roundTripMs?: number | undefined;
}): number {
  const delay = roundTripMs / 2 + Math.max(LEAST_BUFFER_MS, JITTER_BUFFER * jitterMs);
  const delayImpairment = 0.024 * delay + (delay > NOTICED_DELAY_MS ? 0.11 * (delay - NOTICED_DELAY_MS) : 0);
  const percent = 100 * loss;
  const lossImpairment = (95 * percent) / (percent + ROBUSTNESS);
  const rating = Math.min(100, Math.max(0, PERFECT - delayImpairment - lossImpairment));
  const score = 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
  return Math.round(100 * Math.max(1, score)) / 100;
}
