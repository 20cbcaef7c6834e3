import type { Random } from '@vats/kernel';

const COMFORT_NOISE_LEVEL = 12;

/** A second and a bit of faint noise: in dead silence callers think that the line is gone. */
export function comfortNoise(random: Random): Int16Array {
  const octets = random.bytes(20_011);
  return Int16Array.from(octets, (octet) => (octet % (2 * COMFORT_NOISE_LEVEL + 1)) - COMFORT_NOISE_LEVEL);
}
