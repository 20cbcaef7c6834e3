import type { Beat } from './tone.ts';

/** What a tone tells a caller (ITU-T E.182). */
export type CallTone =
  | 'dial'
  | 'ringback'
  | 'busy'
  | 'congestion'
  | 'call-waiting'
  | 'information'
  | 'recording'
  | 'beep';

/** Of a tone as a whole (E.180 §3: -10 dBm0, 5 dB more or less); each of two frequencies has 3 dB less. */
const LEVEL = -10;
const LEVEL_OF_TWO = -13;

/** Frequencies in Hz that sound together, then times in milliseconds by turns: sound, pause, sound, pause ... */
type Cadence = readonly [hertz: readonly number[], ...milliseconds: number[]];

interface Country {
  readonly dial: Cadence;
  readonly ringback: Cadence;
  readonly busy: Cadence;
  readonly congestion: Cadence;
  readonly callWaiting?: Cadence;
}

/** A tone without a pause is one beat that is repeated. */
const STEADY = 1_000;

function european(ringback: number[], busy: number, congestion: number, hertz = 425): Country {
  return {
    dial: [[hertz], STEADY],
    ringback: [[hertz], ...ringback],
    busy: [[hertz], busy, busy],
    congestion: [[hertz], congestion, congestion],
  };
}

const NORTH_AMERICA: Country = {
  dial: [[350, 440], STEADY],
  ringback: [[440, 480], 2_000, 4_000],
  busy: [[480, 620], 500, 500],
  congestion: [[480, 620], 250, 250],
  callWaiting: [[440], 300, 10_000],
};

const RUSSIA: Country = { ...european([1_000, 4_000], 350, 175), callWaiting: [[425], 200, 5_000] };

/** By ISO 3166 code, after the supplement of E.180. Countries whose tones are modulated, or not known for sure, are not here. */
const COUNTRIES: Readonly<Record<string, Country>> = {
  RU: RUSSIA,
  US: NORTH_AMERICA,
  CA: NORTH_AMERICA,
  GB: {
    dial: [[350, 440], STEADY],
    ringback: [[400, 450], 400, 200, 400, 2_000],
    busy: [[400], 375, 375],
    congestion: [[400], 400, 350, 225, 525],
  },
  DE: { ...european([1_000, 4_000], 480, 240), callWaiting: [[425], 200, 200, 200, 5_000] },
  FR: { ...european([1_500, 3_500], 500, 250, 440), callWaiting: [[440], 300, 10_000] },
  IT: { ...european([1_000, 4_000], 500, 200), dial: [[425], 200, 200, 600, 1_000] },
  ES: { ...european([1_500, 3_000], 200, 200), congestion: [[425], 200, 200, 200, 200, 200, 600] },
  NL: european([1_000, 4_000], 500, 250),
  PL: european([1_000, 4_000], 500, 500),
  SE: { ...european([1_000, 5_000], 250, 250), congestion: [[425], 250, 750] },
  NO: european([1_000, 4_000], 500, 200),
  FI: european([1_000, 4_000], 300, 200),
  CZ: { ...european([1_000, 4_000], 330, 165), dial: [[425], 330, 330, 660, 660] },
  CH: european([1_000, 4_000], 500, 200),
  CN: european([1_000, 4_000], 350, 700, 450),
};

/** Countries with tones of their own. */
export const TONE_COUNTRIES: readonly string[] = Object.keys(COUNTRIES);

/** The three rising tones before "the number you have dialled ..." (E.180 §7), the same everywhere. */
const INFORMATION: readonly Beat[] = [
  ...[950, 1_400, 1_800].map((hertz): Beat => ({ partials: [{ hertz, level: LEVEL }], milliseconds: 330 })),
  { partials: [], milliseconds: 1_000 },
];
/** That a call is recorded (E.180 §9). */
const RECORDING: Cadence = [[1_400], 500, 14_500];
/** After which a voicemail listens; it sounds once. */
const BEEP: Cadence = [[1_000], 250];

/** The beats of a tone, as a country's callers know it; of a country that is not known, and of what it lacks, Russia's. */
export function callTone(tone: CallTone, country = 'RU'): readonly Beat[] {
  const own = COUNTRIES[country] ?? RUSSIA;
  switch (tone) {
    case 'information':
      return INFORMATION;
    case 'recording':
      return beats(RECORDING);
    case 'beep':
      return beats(BEEP);
    case 'call-waiting':
      return beats(own.callWaiting ?? RUSSIA.callWaiting!);
    default:
      return beats(own[tone]);
  }
}

function beats([hertz, ...times]: Cadence): Beat[] {
  const level = hertz.length === 1 ? LEVEL : LEVEL_OF_TWO;
  const partials = hertz.map((each) => ({ hertz: each, level }));
  return times.map((milliseconds, i) => ({ partials: i % 2 === 0 ? partials : [], milliseconds }));
}
