import { type Codec, staticPayloadType } from './codec.ts';

/**
 * A codec's name on every leg of a call: its encoding and which one of that encoding it is ('amr/8000/1#2' is the second
 * AMR, whose parameters differ from the first one's).
 */
export type CodecKey = string;

/** A codec and its key; its payload type is one leg's. */
export interface KeyedCodec {
  readonly key: CodecKey;
  readonly codec: Codec;
}

const FIRST_DYNAMIC = 96;
const LAST_DYNAMIC = 127;
// RFC 3551 §3 allows these once the dynamic range is used up; 64-95 would look like RTCP (RFC 5761 §4).
const FIRST_SPARE = 35;
const LAST_SPARE = 63;

/** What payload types mean on one leg: once given, a number keeps its codec through the dialog (RFC 3264 §8.3.2). */
export class PayloadTypes {
  readonly #keys = new Map<number, CodecKey>();
  readonly #numbers = new Map<CodecKey, number>();

  /** Names the codecs of a description that the peer sent, by what its numbers have meant so far. */
  recognise(codecs: readonly Codec[]): KeyedCodec[] {
    const used = new Set<CodecKey>();
    const keyed: KeyedCodec[] = [];
    for (const codec of codecs) {
      const known = this.#keys.get(codec.payloadType);
      const key = known !== undefined && isOf(known, codec) && !used.has(known) ? known : nextKey(codec, used);
      used.add(key);
      keyed.push({ key, codec });
    }
    return keyed;
  }

  /** The peer gave these numbers: they mean that from now on. */
  adopt(codecs: readonly KeyedCodec[]): void {
    for (const { key, codec } of codecs) this.#bind(key, codec.payloadType);
  }

  /**
   * Our number for a codec of the other leg: the one it has here already, else its static one, else the one it has there,
   * else one that is free. Undefined when none is.
   */
  numberFor({ key, codec }: KeyedCodec): number | undefined {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const dynamic = codec.payloadType >= FIRST_DYNAMIC ? codec.payloadType : undefined;
    const wanted = staticPayloadType(codec) ?? dynamic;
    const number = wanted === undefined || this.#keys.has(wanted) ? this.#free() : wanted;
    if (number !== undefined) this.#bind(key, number);
    return number;
  }

  // A peer that gives an old number a new meaning breaks the rule; its word holds, and the old codec needs a new number.
  #bind(key: CodecKey, number: number): void {
    const former = this.#keys.get(number);
    if (former !== undefined && former !== key && this.#numbers.get(former) === number) this.#numbers.delete(former);
    this.#keys.set(number, key);
    this.#numbers.set(key, number);
  }

  #free(): number | undefined {
    for (let number = FIRST_DYNAMIC; number <= LAST_DYNAMIC; number++) if (!this.#keys.has(number)) return number;
    for (let number = FIRST_SPARE; number <= LAST_SPARE; number++) if (!this.#keys.has(number)) return number;
    return undefined;
  }
}

/**
 * Names the codecs of an answer by those that it answers: by number where the encoding agrees, else by encoding (RFC 3264
 * §6.1 lets the answerer number differently). What was never offered is left out.
 */
export function recogniseAnswer(offered: readonly KeyedCodec[], answered: readonly Codec[]): KeyedCodec[] {
  const left = offered.slice();
  const keyed: KeyedCodec[] = [];
  for (const codec of answered) {
    const index = answeredBy(codec, left);
    if (index < 0) continue;
    keyed.push({ key: left[index]!.key, codec });
    left.splice(index, 1);
  }
  return keyed;
}

function answeredBy(codec: Codec, offered: readonly KeyedCodec[]): number {
  let first = -1;
  for (let index = 0; index < offered.length; index++) {
    const { key, codec: ours } = offered[index]!;
    if (!isOf(key, codec)) continue;
    if (ours.payloadType === codec.payloadType) return index;
    if (first < 0) first = index;
  }
  return first;
}

function isOf(key: CodecKey, { encoding }: Codec): boolean {
  return key.charCodeAt(encoding.length) === NUMBER_SIGN && key.startsWith(encoding);
}

const NUMBER_SIGN = 0x23;

function nextKey(codec: Codec, used: ReadonlySet<CodecKey>): CodecKey {
  for (let ordinal = 1; ; ordinal++) {
    const key = `${codec.encoding}#${ordinal}`;
    if (!used.has(key)) return key;
  }
}
