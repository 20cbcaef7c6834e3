/** Samples of 10 ms. */
const STEP = 80;
/** What is quieter, at the ends of a clip, is silence. */
const QUIET = 60;
/** Left around a clip: words that are joined by `say` need a breath between them. */
const BEFORE = 2 * STEP;
const AFTER = 6 * STEP;
/** Of all that sounds in a clip: about -19 dBm0, as loud as speech is on the telephone. */
const LOUDNESS = 2_600;
const HIGHEST = 30_000;

/** Without the silence before and after it, but for a breath. */
export function trimmed(sound: Int16Array): Int16Array {
  let from = 0;
  let to = sound.length;
  while (from + STEP < to && loudnessOf(sound, from, from + STEP) < QUIET) from += STEP;
  while (to - STEP > from && loudnessOf(sound, to - STEP, to) < QUIET) to -= STEP;
  const cut = new Int16Array(to - from + BEFORE + AFTER);
  cut.set(sound.subarray(from, to), BEFORE);
  return cut;
}

/** As loud as all others, as far as its peaks allow. */
export function equallyLoud(sound: Int16Array): Int16Array {
  let square = 0;
  let samples = 0;
  let peak = 1;
  for (let at = 0; at < sound.length; at += STEP) {
    const end = Math.min(sound.length, at + STEP);
    const loudness = loudnessOf(sound, at, end);
    if (loudness >= QUIET) {
      square += loudness ** 2 * (end - at);
      samples += end - at;
    }
  }
  for (const sample of sound) peak = Math.max(peak, Math.abs(sample));
  if (samples === 0) return sound;
  const gain = Math.min(LOUDNESS / Math.sqrt(square / samples), HIGHEST / peak);
  return sound.map((sample) => Math.round(sample * gain));
}

function loudnessOf(sound: Int16Array, from: number, to: number): number {
  let square = 0;
  for (let i = from; i < to; i++) square += sound[i]! ** 2;
  return Math.sqrt(square / Math.max(1, to - from));
}
