/** One key press as a person or a dialler makes it. */
export interface Press {
  readonly key: string;
  /** How long the key is held and how long none is, milliseconds; whole packets of 20 ms where they are events. */
  readonly on: number;
  readonly off: number;
  /** Of tones: how loud the lower one is, in dB below full scale, and how much louder the higher one. */
  readonly level: number;
  readonly twist: number;
}

const KEYS = [...'0123456789*#ABCD'];
const LENGTHS = [60, 80, 100];
const LEVELS = [-10, -16, -22];
const TWISTS = [-3, 0, 2, 5];

/**
 * Presses of all 16 keys in an order that `seed` decides, one key in four the same as before: a repeated key is what is lost or
 * doubled first.
 */
export function pressesOf(seed: number, count: number): Press[] {
  const random = lehmer(seed);
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const presses: Press[] = [];
  for (let i = 0; i < count; i++) {
    const again = i >= KEYS.length && random() < 0.25;
    const key = again ? (presses[i - 1] as Press).key : i < KEYS.length ? (KEYS[i] as string) : one(KEYS);
    presses.push({ key, on: one(LENGTHS), off: one(LENGTHS), level: one(LEVELS), twist: one(TWISTS) });
  }
  return presses;
}

export function keysOf(presses: readonly Press[]): string {
  return presses.map(({ key }) => key).join('');
}

export function milliseconds(presses: readonly Press[]): number {
  return presses.reduce((sum, { on, off }) => sum + on + off, 0);
}

/** Park and Miller's generator: the same presses on every machine, so that a run can be made again. */
function lehmer(seed: number): () => number {
  let state = (seed * 7_919 + 1) % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
