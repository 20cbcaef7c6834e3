/** How much a bucket holds and how fast it fills. */
export class BucketSize {
  /** Tokens that come back each millisecond. */
  readonly perMillisecond: number;
  /** Tokens held at most, which is what it starts with. */
  readonly burst: number;

  /** @throws {RangeError} unless both are finite, `perSecond` is above 0 and `burst` at least 1 */
  constructor(perSecond: number, burst: number) {
    if (!(perSecond > 0 && perSecond < Number.POSITIVE_INFINITY)) throw new RangeError(`tokens a second: ${perSecond}`);
    if (!(burst >= 1 && burst < Number.POSITIVE_INFINITY)) throw new RangeError(`burst: ${burst} must be at least 1`);
    this.perMillisecond = perSecond / 1000;
    this.burst = burst;
  }
}

/**
 * Tokens that are taken one at a time and come back with time. It is filled when it is looked at, so an idle bucket costs
 * nothing. All times are monotonic milliseconds.
 */
export class TokenBucket {
  readonly size: BucketSize;
  #tokens: number;
  #filledAt: number;

  constructor(size: BucketSize, now: number) {
    this.size = size;
    this.#tokens = size.burst;
    this.#filledAt = now;
  }

  /** Whether there is a token to take. */
  has(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= 1;
  }

  /** Takes a token that `has` found at the same moment. */
  take(): void {
    this.#tokens -= 1;
  }

  /** Puts one back; a full bucket stays as it is. */
  giveBack(): void {
    this.#tokens = Math.min(this.size.burst, this.#tokens + 1);
  }

  /** A full bucket knows no more than a new one, so it may be forgotten. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens >= this.size.burst;
  }

  #fill(now: number): void {
    const elapsed = now - this.#filledAt;
    if (elapsed <= 0) return;
    this.#tokens = Math.min(this.size.burst, this.#tokens + elapsed * this.size.perMillisecond);
    this.#filledAt = now;
  }
}
