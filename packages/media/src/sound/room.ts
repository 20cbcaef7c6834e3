import type { SamplingRate } from '../codec/sound-codec.ts';
import { ActiveSpeaker } from './active-speaker.ts';
import { Hearing, MOST_PARTIES } from './hearing.ts';
import { amplitudeOf, gainOf } from './level.ts';
import { softly } from './soft-limit.ts';

/** How one takes part: a supervisor need not be heard by all. */
export type Presence =
  /** Hears all, heard by all; a supervisor who barges in. */
  | 'talk'
  /** Hears all, heard by nobody. */
  | 'listen'
  /** Hears all, heard by some only: by an agent who is helped, while the caller hears nothing of it. */
  | { readonly whisperTo: readonly Party[] };

/** One party of a room. */
export interface Party {
  /** From 0; another party gets it when this one has left. */
  readonly place: number;
  /** What it says in this turn: `Room.frame` samples, written by whoever brings the sound. */
  readonly said: Int16Array;
}

/** What a party hears in a turn; valid until the next one. */
export interface Heard {
  readonly sound: Int16Array;
  /** Who has the same number in the same turn hears the same: it need be encoded only once. */
  readonly mix: number;
}

/** Mean levels in dBm0: louder is talk; quieter ends it. */
const TALKS_ABOVE = -45;
const SILENT_BELOW = -50;
/** A talker is heard for so long after its last loud frame, or ends of words would be cut off. */
const HANGOVER_MS = 300;
/** How fast the level of a talker follows its sound. */
const SMOOTHING = 0.2;

/** Mixes that several hear. */
const NOBODY = -1;
const ALL_WHO_TALK = -2;

/** Whether nobody is heard in a mix: it is silence, or faint noise in its place. */
export function isOfNobody(mix: number): boolean {
  return mix === NOBODY;
}

/** Whether a mix is not one party's own. */
export function isForSeveral(mix: number): boolean {
  return mix < 0;
}

/**
 * A room in which up to 100 parties hear each other: in every turn (20 ms) what they say is added up once, and each hears the sum
 * without itself. Who is silent is not added, and all who are silent hear the same frame. Nothing is allocated from turn to turn.
 * @example
 *   party.said.set(frame); room.speaks(party); // for each of whom there is sound
 *   room.mix();
 *   room.hear(party).sound; // for each
 */
export class Room {
  readonly rate: SamplingRate;
  /** Samples of a turn. */
  readonly frame: number;
  readonly #turnMs: number;
  readonly #hearing = new Hearing();
  readonly #seats: (Seat | undefined)[] = new Array(MOST_PARTIES).fill(undefined);
  readonly #talkers: Seat[] = [];
  readonly #speaker: ActiveSpeaker<Seat>;
  readonly #sum: Int32Array;
  readonly #all: Int16Array;
  readonly #nobody: Int16Array;
  readonly #noise: Int16Array | undefined;
  /** For who hears the room without being a party. */
  readonly #part: Int32Array;
  readonly #overheard: Int16Array;
  #noiseAt = 0;
  #size = 0;
  #hasAll = false;

  constructor(options: {
    rate: SamplingRate;
    /** Length of a turn. */
    milliseconds?: number;
    /** Faint noise that is heard instead of dead silence by whoever hears nobody; it is repeated. */
    comfortNoise?: Int16Array;
    /** Another party talks most. Told from inside `mix` and `leave`. */
    activeChanged?: (party: Party | undefined) => void;
  }) {
    const { rate, milliseconds = 20, comfortNoise, activeChanged = () => {} } = options;
    this.rate = rate;
    this.#turnMs = milliseconds;
    this.frame = (rate * milliseconds) / 1_000;
    this.#sum = new Int32Array(this.frame);
    this.#all = new Int16Array(this.frame);
    this.#nobody = new Int16Array(this.frame);
    this.#part = new Int32Array(this.frame);
    this.#overheard = new Int16Array(this.frame);
    this.#noise = comfortNoise !== undefined && comfortNoise.length > 0 ? comfortNoise : undefined;
    this.#speaker = new ActiveSpeaker<Seat>(activeChanged);
  }

  get size(): number {
    return this.#size;
  }

  /** Who talks most, or did last. */
  get active(): Party | undefined {
    return this.#speaker.active;
  }

  /** Undefined when the room is full. */
  join(presence: Presence = 'talk'): Party | undefined {
    const place = this.#seats.indexOf(undefined);
    if (place < 0) return undefined;
    const seat = new Seat(place, this.frame);
    this.#seats[place] = seat;
    this.#size++;
    for (const other of this.#seats) {
      if (other !== undefined) this.#hearing.set(place, other.place, isHeard(other.presence, seat));
    }
    this.present(seat, presence);
    return seat;
  }

  leave(party: Party): void {
    const seat = this.#seatOf(party);
    if (seat === undefined) return;
    this.#seats[seat.place] = undefined;
    this.#size--;
    this.#hearing.reset(seat.place);
    this.#speaker.left(seat);
  }

  /** Changes how a party takes part, from the next turn on. */
  present(party: Party, presence: Presence): void {
    const seat = this.#seatOf(party);
    if (seat === undefined) return;
    seat.presence = presence;
    for (const listener of this.#seats) {
      if (listener !== undefined) this.#hearing.set(listener.place, seat.place, isHeard(presence, listener));
    }
  }

  /** A muted party is heard by nobody. */
  mute(party: Party, muted: boolean): void {
    const seat = this.#seatOf(party);
    if (seat !== undefined) seat.muted = muted;
  }

  /** A deaf party hears nobody. */
  deafen(party: Party, deaf: boolean): void {
    const seat = this.#seatOf(party);
    if (seat !== undefined) seat.deaf = deaf;
  }

  /** How much louder a party is heard than it speaks, in decibels. */
  amplify(party: Party, decibels: number): void {
    const seat = this.#seatOf(party);
    if (seat !== undefined) seat.gain = gainOf(decibels);
  }

  /** `party.said` holds what it says in this turn. */
  speaks(party: Party): void {
    (party as Seat).spoke = true;
  }

  /** Ends the turn: adds up what was said. */
  mix(): void {
    const talkers = this.#talkers;
    talkers.length = 0;
    for (const seat of this.#seats) {
      if (seat?.takeTurn(this.#turnMs) === true) talkers.push(seat);
    }
    this.#hasAll = false;
    // In each turn: who talks alone hears it too, and the same frame again and again would be a hum.
    this.#fillNoise();
    const sum = this.#sum;
    sum.fill(0);
    for (let t = 0; t < talkers.length; t++) {
      const { voice } = talkers[t]!;
      for (let i = 0; i < sum.length; i++) sum[i]! += voice[i]!;
    }
    this.#speaker.turn(talkers, this.#turnMs);
  }

  /** What a party hears in the turn that `mix` ended. */
  hear(party: Party): Heard {
    const seat = party as Seat;
    const { heard } = seat;
    if (seat.deaf) return tell(heard, this.#nobody, NOBODY);
    let voices = 0;
    let missing = 0;
    const hasExceptions = this.#hearing.exceptionsOf(seat.place) > 0;
    for (let t = 0; t < this.#talkers.length; t++) {
      const talker = this.#talkers[t]!;
      if (talker === seat || (hasExceptions && !this.#hearing.hears(seat.place, talker.place))) missing++;
      else voices++;
    }
    if (voices === 0) return tell(heard, this.#nobody, NOBODY);
    if (missing === 0) return tell(heard, this.#everybody(voices), ALL_WHO_TALK);
    const { own } = seat;
    own.set(this.#sum);
    for (let t = 0; t < this.#talkers.length; t++) {
      const talker = this.#talkers[t]!;
      if (talker !== seat && this.#hearing.hears(seat.place, talker.place)) continue;
      for (let i = 0; i < own.length; i++) own[i]! -= talker.voice[i]!;
    }
    limit(own, seat.mix, voices);
    return tell(heard, seat.mix, seat.place);
  }

  /** Whether all hear what this party said in the turn that `mix` ended. */
  isHeard(party: Party): boolean {
    const seat = party as Seat;
    return seat.talking && seat.presence === 'talk';
  }

  /**
   * What somebody hears of that turn who is no party: all who talk to everybody, but for one. Undefined when nobody does; valid until
   * it is called again.
   */
  overhear(without?: Party): Int16Array | undefined {
    const talkers = this.#talkers;
    let voices = 0;
    for (let t = 0; t < talkers.length; t++) if (talkers[t] !== without && talkers[t]!.presence === 'talk') voices++;
    if (voices === 0) return undefined;
    if (voices === talkers.length) return this.#everybody(voices);
    const part = this.#part;
    part.fill(0);
    for (let t = 0; t < talkers.length; t++) {
      const talker = talkers[t]!;
      if (talker === without || talker.presence !== 'talk') continue;
      for (let i = 0; i < part.length; i++) part[i]! += talker.voice[i]!;
    }
    limit(part, this.#overheard, voices);
    return this.#overheard;
  }

  #everybody(voices: number): Int16Array {
    if (!this.#hasAll) limit(this.#sum, this.#all, voices);
    this.#hasAll = true;
    return this.#all;
  }

  #fillNoise(): void {
    const noise = this.#noise;
    if (noise === undefined) return;
    for (let i = 0; i < this.frame; i++) {
      this.#nobody[i] = noise[this.#noiseAt]!;
      this.#noiseAt = this.#noiseAt + 1 === noise.length ? 0 : this.#noiseAt + 1;
    }
  }

  #seatOf(party: Party): Seat | undefined {
    const seat = this.#seats[party.place];
    return seat === party ? seat : undefined;
  }
}

class Seat implements Party {
  readonly place: number;
  readonly said: Int16Array;
  /** What was said, as it is heard by the others. */
  readonly voice: Int32Array;
  readonly own: Int32Array;
  readonly mix: Int16Array;
  readonly heard: { sound: Int16Array; mix: number };
  presence: Presence = 'talk';
  muted = false;
  deaf = false;
  gain = 1;
  spoke = false;
  /** It is among those who are added up in this turn. */
  talking = false;
  /** Mean square of what it says, smoothed. */
  level = 0;
  #loud = false;
  #quietMs = 0;

  constructor(place: number, samples: number) {
    this.place = place;
    this.said = new Int16Array(samples);
    this.voice = new Int32Array(samples);
    this.own = new Int32Array(samples);
    this.mix = new Int16Array(samples);
    this.heard = { sound: this.mix, mix: NOBODY };
  }

  /** Whether it is to be heard in this turn; `voice` holds its sound then. */
  takeTurn(turnMs: number): boolean {
    this.talking = this.#talks(turnMs);
    return this.talking;
  }

  #talks(turnMs: number): boolean {
    const { said, voice, gain } = this;
    const square = this.spoke ? meanSquare(said) : 0;
    this.spoke = false;
    this.level += (square - this.level) * SMOOTHING;
    if (square > (this.#loud ? SILENT : TALK)) {
      this.#loud = true;
      this.#quietMs = 0;
    } else if (this.#loud) {
      this.#quietMs += turnMs;
      if (this.#quietMs > HANGOVER_MS) this.#loud = false;
    }
    // Only sound that was brought in this turn is added: a hangover without it repeats nothing.
    if (!this.#loud || this.muted || this.presence === 'listen' || square === 0) return false;
    if (gain === 1) voice.set(said);
    else for (let i = 0; i < said.length; i++) voice[i] = Math.round(said[i]! * gain);
    return true;
  }
}

const TALK = amplitudeOf(TALKS_ABOVE) ** 2 / 2;
const SILENT = amplitudeOf(SILENT_BELOW) ** 2 / 2;

function meanSquare(sound: Int16Array): number {
  let square = 0;
  for (let i = 0; i < sound.length; i++) square += sound[i]! * sound[i]!;
  return square / sound.length;
}

function isHeard(presence: Presence, listener: Party): boolean {
  return typeof presence === 'string' ? presence === 'talk' : presence.whisperTo.includes(listener);
}

function tell(heard: { sound: Int16Array; mix: number }, sound: Int16Array, mix: number): Heard {
  heard.sound = sound;
  heard.mix = mix;
  return heard;
}

/** One voice alone is passed on as it is; several are bent into 16 bits. */
function limit(sum: Int32Array, out: Int16Array, voices: number): void {
  if (voices === 1) for (let i = 0; i < out.length; i++) out[i] = Math.max(-32_768, Math.min(32_767, sum[i]!));
  else for (let i = 0; i < out.length; i++) out[i] = softly(sum[i]!);
}
