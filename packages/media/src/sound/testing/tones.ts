/** A sine of an amplitude on the scale of 16 bits. */
export function sine(rate: number, hertz: number, samples: number, amplitude = 10_000): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hertz * i) / rate)),
  );
}

/** How strong one frequency is: its amplitude, by a windowed Fourier sum. */
export function strength(sound: Int16Array, rate: number, hertz: number): number {
  let re = 0;
  let im = 0;
  let weight = 0;
  for (let i = 0; i < sound.length; i++) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / sound.length);
    re += window * sound[i]! * Math.cos((2 * Math.PI * hertz * i) / rate);
    im += window * sound[i]! * Math.sin((2 * Math.PI * hertz * i) / rate);
    weight += window;
  }
  return (2 * Math.hypot(re, im)) / weight;
}

/** Root of the mean square. */
export function loudness(sound: Int16Array, from = 0, to = sound.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += sound[i]! ** 2;
  return Math.sqrt(sum / Math.max(1, to - from));
}
