/** Zero crossings of the kernel to each side: its steepness. */
const CROSSINGS = 16;
/** Points of the table between two crossings; between them a line is drawn, whose error lies below 16 bits. */
const POINTS = 512;
/** Of a Kaiser window: what it lets through beyond the cut lies 80 dB down. */
const BETA = 8;
/** Where it cuts, of what the slower rate can hold. */
const CUT = 0.94;
const TABLE = makeTable();

/**
 * Converts sound from any sampling rate to any other by a windowed sinc (J. O. Smith, "Digital Audio Resampling"). Made for
 * files, which are converted once: every sample is worked out from its neighbours in the source, with no state between them.
 */
export class RateKernel {
  /** How many samples of the source to each side take part. */
  readonly reach: number;
  readonly #cut: number;

  static between(from: number, to: number): RateKernel {
    return new RateKernel(CUT * Math.min(1, to / from));
  }

  private constructor(cut: number) {
    this.#cut = cut;
    this.reach = Math.ceil(CROSSINGS / cut);
  }

  /** The value at a place between samples of the source; `reach` of them must stand to each side. */
  at(source: Float32Array, place: number): number {
    const cut = this.#cut;
    const middle = Math.floor(place);
    let sum = 0;
    for (let i = middle - this.reach + 1; i <= middle + this.reach; i++) {
      const distance = Math.abs(place - i) * cut * POINTS;
      const point = Math.floor(distance);
      if (point >= TABLE.length - 1) continue;
      const low = TABLE[point]!;
      sum += source[i]! * (low + (TABLE[point + 1]! - low) * (distance - point));
    }
    return sum * cut;
  }
}

function makeTable(): Float64Array {
  const table = new Float64Array(CROSSINGS * POINTS + 1);
  for (let i = 0; i < table.length; i++) {
    const x = i / POINTS;
    const sinc = i === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    table[i] = (sinc * bessel(BETA * Math.sqrt(Math.max(0, 1 - (x / CROSSINGS) ** 2)))) / bessel(BETA);
  }
  return table;
}

/** The modified Bessel function of the first kind and order 0, by its series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
