/** The two laws of G.711: one octet a sample, 8,000 samples a second. */
export type Law = 'PCMA' | 'PCMU';

/** One format of an RTP m-line, as `a=rtpmap` and `a=fmtp` describe it. What follows from that is worked out once. */
export class Codec {
  readonly payloadType: number;
  /** As written; compared without regard to case (RFC 8866 §6.6). */
  readonly name: string;
  /** Of the RTP timestamps, in Hz. */
  readonly clockRate: number;
  readonly channels: number;
  /** The format's parameters, as written. */
  readonly fmtp: string | undefined;
  /** Name, clock rate and channels in one comparable form. @example 'opus/48000/2' */
  readonly encoding: string;
  /** The law of a G.711 format; undefined for any other. */
  readonly law: Law | undefined;
  readonly isTelephoneEvent: boolean;
  /** Neither events nor comfort noise: what a call needs at least one of. */
  readonly carriesSound: boolean;
  /** Its parameters name other payload types, so that it can't be renumbered: it stays on its leg. */
  readonly refersToOtherFormats: boolean;
  /** Its `a=rtpmap` and `a=fmtp`, as we write them. */
  readonly lines: string;

  constructor(payloadType: number, name: string, clockRate: number, channels: number, fmtp?: string) {
    const lowerCase = name.toLowerCase();
    this.payloadType = payloadType;
    this.name = name;
    this.clockRate = clockRate;
    this.channels = channels;
    this.fmtp = fmtp;
    this.encoding = `${lowerCase}/${clockRate}/${channels}`;
    this.law = LAWS.get(this.encoding);
    this.isTelephoneEvent = lowerCase === 'telephone-event';
    this.carriesSound = !this.isTelephoneEvent && lowerCase !== 'cn';
    this.refersToOtherFormats = REFERRING.has(lowerCase);
    const rtpmap = `a=rtpmap:${payloadType} ${name}/${clockRate}${channels === 1 ? '' : `/${channels}`}\r\n`;
    this.lines = fmtp === undefined ? rtpmap : `${rtpmap}a=fmtp:${payloadType} ${fmtp}\r\n`;
  }

  /** The same codec under another number. */
  numbered(payloadType: number): Codec {
    if (payloadType === this.payloadType) return this;
    return new Codec(payloadType, this.name, this.clockRate, this.channels, this.fmtp);
  }
}

const LAWS: ReadonlyMap<string, Law> = new Map([
  ['pcma/8000/1', 'PCMA'],
  ['pcmu/8000/1', 'PCMU'],
]);

const REFERRING: ReadonlySet<string> = new Set(['red', 'rtx', 'ulpfec', 'flexfec', 'flexfec-03', 'parityfec']);

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
export function staticCodec(payloadType: number, fmtp?: string): Codec | undefined {
  const row = STATIC_AUDIO[payloadType];
  return row && new Codec(payloadType, row[0], row[1], row[2], fmtp);
}

/** The number that an encoding has without any `a=rtpmap`, or undefined when it needs one. */
export function staticPayloadType(codec: Codec): number | undefined {
  return STATIC_NUMBERS.get(codec.encoding);
}

/** What a recorded call may carry: G.711 and the telephone events that go with its clock. */
export function fitsRecording(codec: Codec): boolean {
  return codec.law !== undefined || codec.encoding === 'telephone-event/8000/1';
}

const STATIC_NUMBERS = new Map(
  Object.entries(STATIC_AUDIO).map(([number, [name, clockRate, channels]]) => [
    `${name.toLowerCase()}/${clockRate}/${channels}`,
    Number(number),
  ]),
);

/** Telephone events in every clock that this sound has (RFC 4733 §2.4.1: they share the clock of the sound beside them). */
export function eventsBeside(sound: readonly Codec[]): Codec[] {
  const rates = new Set(sound.map(({ clockRate }) => clockRate));
  return [...rates].map((rate) => new Codec(FIRST_EVENTS, 'telephone-event', rate, 1, '0-16'));
}

/** What most phones number events with; where it is taken another number is found. */
const FIRST_EVENTS = 101;

/** Our own offer, where no other leg's is at hand. */
export const OWN_CODECS: readonly Codec[] = [
  new Codec(8, 'PCMA', 8000, 1),
  new Codec(0, 'PCMU', 8000, 1),
  new Codec(FIRST_EVENTS, 'telephone-event', 8000, 1, '0-16'),
];
