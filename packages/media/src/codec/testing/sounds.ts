/** A steady tone. */
export function tone(hertz: number, rate: number, samples: number, amplitude = 10_000): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hertz * i) / rate)),
  );
}

/** How loud one frequency is in a sound: its amplitude. */
export function amplitudeAt(sound: Int16Array, hertz: number, rate: number): number {
  let real = 0;
  let imaginary = 0;
  for (let i = 0; i < sound.length; i++) {
    const angle = (2 * Math.PI * hertz * i) / rate;
    real += sound[i]! * Math.cos(angle);
    imaginary += sound[i]! * Math.sin(angle);
  }
  return (2 * Math.hypot(real, imaginary)) / sound.length;
}

/** Root mean square. */
export function loudness(sound: Int16Array): number {
  let power = 0;
  for (const sample of sound) power += sample * sample;
  return Math.sqrt(power / sound.length);
}

/**
 * What the fixtures of G.722 were made from, in whole numbers only, so that every machine makes the same: silence, a square wave
 * that sweeps, noise at full scale, quiet noise, a triangle that clips. 16,000 samples.
 */
export function difficultSound(): Int16Array {
  let state = 1;
  const noise = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >> 8) % 65_536;
  };
  let phase = 0;
  return Int16Array.from({ length: 16_000 }, (_, i) => {
    const within = i % 3_200;
    switch (Math.floor(i / 3_200)) {
      case 0:
        return 0;
      case 1:
        phase = (phase + 200 + within * 8) & 0xffff;
        return phase < 0x8000 ? 9_000 : -9_000;
      case 2:
        return noise() - 32_768;
      case 3:
        return (noise() - 32_768) >> 7;
      default:
        return Math.max(-32_768, Math.min(32_767, (Math.abs((within % 36) - 18) - 9) * 6_000));
    }
  });
}
