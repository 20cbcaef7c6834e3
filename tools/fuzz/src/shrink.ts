/** Attempts that one shrinking takes at most, unless it is said otherwise. */
const ATTEMPTS = 5_000;

/**
 * The shortest that leaving out pieces makes of these octets while they still `fit`: first halves, then quarters, down to single octets.
 * What is left has nothing that could be left out, unless that would take more than `most` attempts.
 */
export function shrunk(octets: Buffer, fits: (candidate: Buffer) => boolean, most = ATTEMPTS): Buffer {
  let left = octets;
  let attempts = 0;
  for (let piece = Math.max(1, left.length >> 1); ; piece = Math.max(1, piece >> 1)) {
    let isSmaller = false;
    for (let at = 0; at < left.length && attempts < most; attempts++) {
      const candidate = Buffer.concat([left.subarray(0, at), left.subarray(at + piece)]);
      if (fits(candidate)) {
        left = candidate;
        isSmaller = true;
      } else at += piece;
    }
    if (piece === 1 && !isSmaller) return left;
    if (attempts >= most) return left;
  }
}
