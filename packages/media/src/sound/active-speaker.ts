/** Another takes over who is so much louder (in power) for so long. */
const TAKEOVER = 10 ** 0.6;
const TAKEOVER_MS = 400;

/** Who talks, with how loud that is: mean square, smoothed. */
export interface Talking {
  readonly level: number;
}

/** Finds who talks most, without flickering from one to the other at every word. */
export class ActiveSpeaker<T extends Talking> {
  readonly #changed: (active: T | undefined) => void;
  #active: T | undefined;
  #rival: T | undefined;
  #rivalMs = 0;

  constructor(changed: (active: T | undefined) => void) {
    this.#changed = changed;
  }

  get active(): T | undefined {
    return this.#active;
  }

  /** @param talkers all who talk in this turn, of `milliseconds` */
  turn(talkers: readonly T[], milliseconds: number): void {
    let loudest: T | undefined;
    let stillTalks = false;
    for (const talker of talkers) {
      if (talker === this.#active) stillTalks = true;
      if (loudest === undefined || talker.level > loudest.level) loudest = talker;
    }
    // Whoever talked last stays active in silence: a screen that shows it must not go blank between two words.
    if (loudest === undefined || loudest === this.#active) {
      this.#rival = undefined;
      return;
    }
    if (!stillTalks) {
      this.#take(loudest);
      return;
    }
    if (loudest.level < this.#active!.level * TAKEOVER) {
      this.#rival = undefined;
      return;
    }
    this.#rivalMs = this.#rival === loudest ? this.#rivalMs + milliseconds : milliseconds;
    this.#rival = loudest;
    if (this.#rivalMs >= TAKEOVER_MS) this.#take(loudest);
  }

  left(talker: T): void {
    if (this.#rival === talker) this.#rival = undefined;
    if (this.#active === talker) this.#take(undefined);
  }

  #take(talker: T | undefined): void {
    this.#active = talker;
    this.#rival = undefined;
    this.#changed(talker);
  }
}
