/** A straight line through measurements by least squares, and what it says of growth. */
export interface Growth {
  /** Of all that was fitted. */
  readonly mean: number;
  /** Units an hour. */
  readonly slope: number;
  /** Standard error of the slope, units an hour. */
  readonly error: number;
  readonly grows: boolean;
}

/** One measurement. */
export interface Point {
  /** Seconds. */
  readonly at: number;
  readonly value: number;
}

/** A line through fewer says nothing of how far it may be off. */
const FEWEST = 4;
/** Standard errors that a slope must be above nothing: of a thousand series that do not grow one passes. */
const CERTAIN = 3;

/**
 * Fits the second half of a series: what grows to its working size has done so by then.
 *
 * @param least units an hour that are worth a word: what is smaller is no leak in a year
 * @throws when the half has fewer than four points
 */
export function growthOf(series: readonly Point[], least: number): Growth {
  const half = series.slice(series.length >> 1);
  if (half.length < FEWEST)
    throw new Error(`${half.length} points in the second half are too few for a line: run it longer`);
  const middle = sum(half, ({ at }) => at) / half.length;
  const mean = sum(half, ({ value }) => value) / half.length;
  const spread = sum(half, ({ at }) => (at - middle) ** 2);
  const perSecond = sum(half, ({ at, value }) => (at - middle) * (value - mean)) / spread;
  const residual = sum(half, ({ at, value }) => (value - mean - perSecond * (at - middle)) ** 2);
  const slope = perSecond * 3_600;
  const error = Math.sqrt(residual / (half.length - 2) / spread) * 3_600;
  return { mean, slope, error, grows: slope > least && slope > CERTAIN * error };
}

function sum(points: readonly Point[], of: (point: Point) => number): number {
  return points.reduce((total, point) => total + of(point), 0);
}
