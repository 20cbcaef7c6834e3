/** The two laws of G.711: one octet a sample, 8,000 samples a second. */
export type Law = 'PCMA' | 'PCMU';

/** One format of an RTP m-line, as `a=rtpmap` and `a=fmtp` describe it. */
export interface Codec {
  readonly payloadType: number;
  /** As written; compared without regard to case (RFC 8866 §6.6). */
  readonly name: string;
  /** Of the RTP timestamps, in Hz. */
  readonly clockRate: number;
  readonly channels: number;
  /** The format's parameters, as written. */
  readonly fmtp?: string;
}

/** RFC 3551 §6, audio: what a payload type below 96 means when no `a=rtpmap` says otherwise. */
const STATIC_AUDIO: Readonly<Record<number, readonly [name: string, clockRate: number, channels: number]>> = {
  0: ['PCMU', 8000, 1],
  3: ['GSM', 8000, 1],
  4: ['G723', 8000, 1],
  5: ['DVI4', 8000, 1],
  6: ['DVI4', 16000, 1],
  7: ['LPC', 8000, 1],
  8: ['PCMA', 8000, 1],
  9: ['G722', 8000, 1],
  10: ['L16', 44100, 2],
  11: ['L16', 44100, 1],
  12: ['QCELP', 8000, 1],
  13: ['CN', 8000, 1],
  14: ['MPA', 90000, 1],
  15: ['G728', 8000, 1],
  16: ['DVI4', 11025, 1],
  17: ['DVI4', 22050, 1],
  18: ['G729', 8000, 1],
};

/** The codec that a payload type means by itself, or undefined for those that need `a=rtpmap`. */
export function staticCodec(payloadType: number): Codec | undefined {
  const row = STATIC_AUDIO[payloadType];
  return row && { payloadType, name: row[0], clockRate: row[1], channels: row[2] };
}

/** The number that an encoding has without any `a=rtpmap`, or undefined when it needs one. */
export function staticPayloadType(codec: Codec): number | undefined {
  return STATIC_NUMBERS.get(encodingOf(codec));
}

/** Name, clock rate and channels in one comparable form. @example 'opus/48000/2' */
export function encodingOf(codec: Codec): string {
  return `${codec.name.toLowerCase()}/${codec.clockRate}/${codec.channels}`;
}

/** The law of a G.711 format; undefined for any other. */
export function lawOf(codec: Codec): Law | undefined {
  const encoding = encodingOf(codec);
  if (encoding === 'pcma/8000/1') return 'PCMA';
  return encoding === 'pcmu/8000/1' ? 'PCMU' : undefined;
}

export function isTelephoneEvent(codec: Codec): boolean {
  return codec.name.toLowerCase() === 'telephone-event';
}

/** Formats whose parameters name other payload types, so that they can't be renumbered: they stay on their leg. */
export function refersToOtherFormats(codec: Codec): boolean {
  return /^(red|rtx|ulpfec|flexfec(-03)?|parityfec)$/i.test(codec.name);
}

/** What a recorded call may carry: G.711 and the telephone events that go with its clock. */
export function fitsRecording(codec: Codec): boolean {
  return lawOf(codec) !== undefined || encodingOf(codec) === 'telephone-event/8000/1';
}

const STATIC_NUMBERS = new Map(
  Object.entries(STATIC_AUDIO).map(([number, [name, clockRate, channels]]) => [
    `${name.toLowerCase()}/${clockRate}/${channels}`,
    Number(number),
  ]),
);

/** Our own offer, where no other leg's is at hand. */
export const OWN_CODECS: readonly Codec[] = [
  { payloadType: 8, name: 'PCMA', clockRate: 8000, channels: 1 },
  { payloadType: 0, name: 'PCMU', clockRate: 8000, channels: 1 },
  { payloadType: 101, name: 'telephone-event', clockRate: 8000, channels: 1, fmtp: '0-16' },
];
