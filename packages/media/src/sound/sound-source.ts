import type { SamplingRate } from '../codec/sound-codec.ts';

/** Sound that is made here rather than received: a prompt, a tone, music, the mix of a room. It is pulled, 20 ms at a time. */
export interface SoundSource {
  readonly rate: SamplingRate;
  /**
   * Fills `out` with what comes next. Returns how many samples there still were: fewer than `out.length` when the source has
   * ended, with silence behind them.
   */
  read(out: Int16Array): number;
}
