/** Up to here samples stay as they are. */
const KNEE = 24_576;
const ROOM = 32_767 - KNEE;

/**
 * A sum of voices as 16 bits hold it: above three quarters of full scale it is bent rather than cut, which would crackle. Its slope has
 * no step, and larger sums stay larger.
 */
export function softly(sum: number): number {
  if (sum > KNEE) {
    const over = sum - KNEE;
    return KNEE + Math.round((over * ROOM) / (over + ROOM));
  }
  if (sum < -KNEE) {
    const over = -sum - KNEE;
    return -KNEE - Math.round((over * ROOM) / (over + ROOM));
  }
  return sum;
}
