import { bad, good, type Parsed, type Random } from '@vats/kernel';
import { type CryptoLine, writeCryptoLine } from './crypto-attribute.ts';
import { CRYPTO_SUITES, type CryptoSuite, OFFERED_SUITES } from './crypto-suite.ts';
import type { SdpFault } from './sdp-faults.ts';
import type { LegSrtp } from './srtp-keys.ts';

interface OwnKey {
  readonly suite: CryptoSuite;
  readonly key: string;
}

/**
 * What one leg's descriptions have said of keys so far (RFC 4568 §5-7). It never changes: each word said makes another one, so that an
 * offer that is refused leaves what held before.
 *
 * A key of ours belongs to this leg, to one suite and to one stretch of encryption: it stays through re-INVITEs for as long as the suite
 * does, as packets go on to be numbered under it, and is never taken up again after another or after none.
 */
export class Keying {
  static readonly NONE = new Keying(undefined, undefined, []);

  readonly #ours: OwnKey | undefined;
  readonly #theirs: CryptoLine | undefined;
  /** Our last offer, until it is answered and after. */
  readonly #offered: readonly CryptoLine[];

  private constructor(ours: OwnKey | undefined, theirs: CryptoLine | undefined, offered: readonly CryptoLine[]) {
    this.#ours = ours;
    this.#theirs = theirs;
    this.#offered = offered;
  }

  /** The peer's last word was encrypted. */
  get isKeyed(): boolean {
    return this.#theirs !== undefined;
  }

  /** Our last offer had keys. */
  get hasOffered(): boolean {
    return this.#offered.length > 0;
  }

  /** The peer offers: the first line that can be used is taken; without any the stream is plain. */
  theyOffer(lines: readonly CryptoLine[]): Keying {
    const [theirs] = lines;
    if (theirs === undefined) return Keying.NONE;
    return new Keying(this.#ours?.suite === theirs.suite ? this.#ours : undefined, theirs, []);
  }

  /** We answer the peer's offer, with a key of our own where it has none yet. */
  weAnswer(random: Random): Keying {
    const theirs = this.#theirs;
    if (theirs === undefined || this.#ours !== undefined) return this;
    return new Keying(newKey(theirs.suite, random), theirs, []);
  }

  /** We offer: what is agreed, or each of our suites with a key that no other line has. */
  weOffer(random: Random): Keying {
    const ours = this.#ours;
    if (ours !== undefined) return new Keying(ours, this.#theirs, [{ tag: 1, ...ours }]);
    if (this.hasOffered) return this;
    const offered = OFFERED_SUITES.map((suite, index) => ({ tag: index + 1, ...newKey(suite, random) }));
    return new Keying(undefined, undefined, offered);
  }

  /** The peer answers our offer by one of its lines. Answers of several phones replace each other. */
  theyAnswer(lines: readonly CryptoLine[]): Parsed<Keying, SdpFault> {
    if (!this.hasOffered) return good(Keying.NONE);
    for (const line of lines) {
      const ours = this.#offered.find(({ tag, suite }) => tag === line.tag && suite === line.suite);
      if (ours !== undefined) return good(new Keying({ suite: ours.suite, key: ours.key }, line, this.#offered));
    }
    return bad('no-usable-key', 0, 'a=crypto');
  }

  /** `a=crypto` of our answer; '' where it has none. */
  get answerLines(): string {
    const [ours, theirs] = [this.#ours, this.#theirs];
    return ours === undefined || theirs === undefined ? '' : writeCryptoLine(theirs.tag, ours.suite, ours.key);
  }

  /** `a=crypto` of our offer. */
  get offerLines(): string {
    return this.#offered.map(({ tag, suite, key }) => writeCryptoLine(tag, suite, key)).join('');
  }

  /** What holds for the leg's packets; undefined where they are plain. */
  get srtp(): LegSrtp | undefined {
    const [ours, theirs] = [this.#ours, this.#theirs];
    if (theirs === undefined) return this.hasOffered ? 'awaited' : undefined;
    if (ours === undefined) return 'awaited';
    const { suite, key, mki } = theirs;
    return { suite, ours: ours.key, theirs: key, ...(mki !== undefined && { theirMki: mki }) };
  }
}

function newKey(suite: CryptoSuite, random: Random): OwnKey {
  const { key, salt } = CRYPTO_SUITES[suite];
  return { suite, key: random.bytes(key + salt).toString('base64') };
}
