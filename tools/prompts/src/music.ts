/*
 * The music that somebody on hold hears unless an operator has some: a slow progression of broken chords, plucked, that ends where it
 * begins. All of it is computed here from the notes below, which are ours.
 */

/** Seconds that a chord lasts, and notes that it is broken into. */
const CHORD_S = 4;
const NOTES = 8;
/** How long a note takes to fall to a third. */
const DECAY_S = 0.9;
const ATTACK_S = 0.012;
/** Strengths of a note's partials: soft, and within what a telephone carries. */
const PARTIALS = [1, 0.42, 0.18, 0.07] as const;
const VIBRATO_HZ = 4.8;
const VIBRATO = 0.0015;

/** As MIDI numbers them, lowest first: C, a minor, F, G, e minor, a minor, d minor, G with its fourth. */
const CHORDS: readonly (readonly [number, number, number, number])[] = [
  [60, 64, 67, 72],
  [57, 64, 69, 72],
  [60, 65, 69, 72],
  [59, 62, 67, 71],
  [59, 64, 67, 71],
  [57, 60, 64, 69],
  [57, 62, 65, 69],
  [60, 62, 67, 71],
];
/** In which order the tones of a chord are plucked, and how strongly. */
const PATTERN: readonly (readonly [tone: number, strength: number])[] = [
  [0, 1],
  [1, 0.7],
  [2, 0.75],
  [3, 0.9],
  [2, 0.65],
  [1, 0.6],
  [3, 0.7],
  [2, 0.55],
];
/** Of full scale, where the loudest sample comes to. */
const PEAK = 0.3;

/** One round, to be played without end: what sounds on at its end sounds at its beginning. */
export function music(rate: number): Int16Array {
  const frames = Math.round(CHORDS.length * CHORD_S * rate);
  const sound = new Float64Array(frames);
  CHORDS.forEach((chord, bar) => {
    for (const [beat, [tone, strength]] of PATTERN.entries()) {
      const from = Math.round((bar * CHORD_S + (beat * CHORD_S) / NOTES) * rate);
      pluck(sound, rate, from, hertzOf(chord[tone]! + 12), strength);
    }
    // A low tone under each chord, which a telephone carries by its partials.
    pluck(sound, rate, Math.round(bar * CHORD_S * rate), hertzOf(chord[0]), 0.8);
  });
  let loudest = 0;
  for (const sample of sound) loudest = Math.max(loudest, Math.abs(sample));
  return Int16Array.from(sound, (sample) => Math.round((sample / loudest) * PEAK * 32_767));
}

function pluck(sound: Float64Array, rate: number, from: number, hertz: number, strength: number): void {
  const frames = Math.round(5 * DECAY_S * rate);
  for (let frame = 0; frame < frames; frame++) {
    const t = frame / rate;
    const swell = Math.min(1, t / ATTACK_S) * Math.exp(-t / DECAY_S) * strength;
    const phase = 2 * Math.PI * hertz * t + VIBRATO * (hertz / VIBRATO_HZ) * Math.sin(2 * Math.PI * VIBRATO_HZ * t);
    let value = 0;
    for (const [partial, share] of PARTIALS.entries()) {
      // Higher ones die away sooner, as on a string.
      value += share * Math.exp(-partial * t) * Math.sin((partial + 1) * phase);
    }
    sound[(from + frame) % sound.length]! += swell * value;
  }
}

function hertzOf(note: number): number {
  return 440 * 2 ** ((note - 69) / 12);
}
