/**
 * How likely two samples differ at least as much as these when both come from one distribution: the two-sided
 * Mann-Whitney U test by the normal approximation, corrected for ties. Good from some twenty values each on.
 */
export function mannWhitney(one: readonly number[], other: readonly number[]): { z: number; p: number } {
  const all = [...one.map((value) => ({ value, first: true })), ...other.map((value) => ({ value, first: false }))];
  all.sort((a, b) => a.value - b.value);
  let [rankSum, ties] = [0, 0];
  for (let from = 0; from < all.length; ) {
    let to = from + 1;
    while (to < all.length && all[to]!.value === all[from]!.value) to++;
    // Equal values share the mean of the ranks from + 1 to `to`.
    const rank = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) if (all[i]!.first) rankSum += rank;
    ties += (to - from) ** 3 - (to - from);
    from = to;
  }
  const [n1, n2, n] = [one.length, other.length, all.length];
  const u = rankSum - (n1 * (n1 + 1)) / 2;
  const spread = Math.sqrt(((n1 * n2) / 12) * (n + 1 - ties / (n * (n - 1))));
  const z = spread === 0 ? 0 : (u - (n1 * n2) / 2) / spread;
  return { z, p: 2 * upperTail(Math.abs(z)) };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** P(Z > z) of the standard normal distribution for z >= 0, within 1e-7 (Abramowitz and Stegun, 26.2.17). */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}
