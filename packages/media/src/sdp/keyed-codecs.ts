import { hasSoundClock } from './convertible.ts';
import type { CodecKey, KeyedCodec } from './payload-types.ts';

export function carriesSound({ codec }: KeyedCodec): boolean {
  return codec.carriesSound;
}

/** For `sort`: sound before what goes with it. */
export function bySound(one: KeyedCodec, other: KeyedCodec): number {
  return Number(carriesSound(other)) - Number(carriesSound(one));
}

export function numberOf(key: CodecKey, codecs: readonly KeyedCodec[]): number | undefined {
  for (const each of codecs) if (each.key === key) return each.codec.payloadType;
  return undefined;
}

export function hasNumber(codecs: readonly KeyedCodec[], number: number): boolean {
  for (const { codec } of codecs) if (codec.payloadType === number) return true;
  return false;
}

/** The events of an offer that go with the sound of its answer: of the same clock, where there are such, else of some sound's. */
export function eventsOf(offered: readonly KeyedCodec[], answer: readonly KeyedCodec[]): KeyedCodec[] {
  const events = offered.filter(({ codec }) => codec.isTelephoneEvent);
  const rates = new Set(answer.filter(carriesSound).map(({ codec }) => codec.clockRate));
  const beside = events.filter(({ codec }) => rates.has(codec.clockRate));
  return beside.length > 0 ? beside : events.filter(({ codec }) => hasSoundClock(codec)).slice(0, 1);
}
