/**
 * The amplitude, on the scale of 16 bits, of a sine of 0 dBm0: G.711's largest sine has 3.14 dBm0 in A-law (ITU-T G.711 §4).
 */
const AMPLITUDE_0_DBM0 = 32_767 * 10 ** (-3.14 / 20);

/** The amplitude of a sine that has so many dBm0: 0 is as loud as telephony is meant to get, speech lies near -20. */
export function amplitudeOf(dbm0: number): number {
  return AMPLITUDE_0_DBM0 * 10 ** (dbm0 / 20);
}

/** What samples are multiplied with to become so many decibels louder. */
export function gainOf(decibels: number): number {
  return 10 ** (decibels / 20);
}

/** A sample as 16 bits hold it. */
export function clip(value: number): number {
  return Math.max(-32_768, Math.min(32_767, value));
}
