/*
 * The constants of ITU-T G.722 (11/1988, unchanged in 09/2012), under the names that the recommendation gives them. All are
 * integers in the fixed-point scales of its block diagrams.
 */

/** Half of the 24 coefficients of the quadrature mirror filters; the other half mirrors them (table 11). */
export const QMF = Int32Array.of(3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11);

/** Decision levels of the lower sub-band's 60-level quantizer (QUANTL); the one at 0 is none. */
export const Q6 = Int32Array.of(
  ...[0, 35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219],
  ...[1339, 1458, 1612, 1765, 1980, 2195, 2557, 2919],
);

/** Which code says which interval: of a negative and of a positive difference (QUANTL). */
export const ILN = Int32Array.of(0, 63, 62, ...downFrom(31, 28));
export const ILP = Int32Array.of(0, ...downFrom(61, 30));

/** Log scale factor: what a code of the lower sub-band adds, by the index of its four upper bits (LOGSCL). */
export const WL = Int32Array.of(-60, -30, 58, 172, 334, 538, 1198, 3042);
export const RL42 = Int32Array.of(0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0);

/** Mantissa of the inverse logarithm (SCALEL, SCALEH). */
export const ILB = Int32Array.of(
  ...[2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834],
  ...[2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008],
);

const QM4_LEVELS = [20456, 12896, 8968, 6288, 4240, 2584, 1200] as const;
/** Output of the inverse quantizer that adapts the lower sub-band, by the code's four upper bits (INVQAL). */
export const QM4 = Int32Array.of(0, ...QM4_LEVELS.map((level) => -level), ...QM4_LEVELS, 0);

const QM6_LEVELS = [
  ...[24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576],
  ...[6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728],
] as const;
/** Output of the inverse quantizer that is heard, by all six bits (INVQBL, mode 1). */
export const QM6 = Int32Array.of(
  ...[-136, -136, -136, -136],
  ...QM6_LEVELS.map((level) => -level),
  ...QM6_LEVELS,
  ...[432, 136, -432, -136],
);

/** Of the upper sub-band: outputs by its two bits, codes by interval, and what a code adds to the log scale factor. */
export const QM2 = Int32Array.of(-7408, -1616, 7408, 1616);
export const IHN = Int32Array.of(0, 1, 0);
export const IHP = Int32Array.of(0, 3, 2);
export const WH = Int32Array.of(798, -214, 798, -214);

function downFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first - index);
}
