import type { Clock } from '@vats/kernel';
import type { GoodSources } from '../bans/good-sources.ts';
import { sourceKey } from '../rates/source-key.ts';
import type { StrangerRates } from '../rates/stranger-rates.ts';
import { Rush } from './rush.ts';

/** What strangers sent in vain; each number only rises. */
export interface StrangerLosses {
  /** Messages beyond what one source may send without good credentials. */
  overRate: number;
  /** Messages beyond what all strangers together may send, and, while they try, beyond what is left for each; and while we are behind. */
  overTotal: number;
}

export interface StrangersParts {
  readonly clock: Clock;
  readonly rates: StrangerRates;
  readonly good: GoodSources;
  /** Whether unread octets carry a nonce that we made for this source lately: looked at only when there is too much to read. */
  readonly vouchesFor: (octets: Buffer, address: string) => boolean;
  readonly losses: StrangerLosses;
  /** Strangers have begun to ask for more than all of them may. */
  readonly onRush: () => void;
}

/** Says which messages are listened to of those who have shown no good credentials and are shut out by nothing. */
export class Strangers {
  readonly #parts: StrangersParts;
  readonly #rush: Rush;

  constructor(parts: StrangersParts) {
    this.#parts = parts;
    this.#rush = new Rush(parts.clock);
  }

  /** Of a message that was not read yet. `behind` when more comes than we can take. */
  mayBeRead(address: string, octets: Buffer, behind: boolean): boolean {
    const { rates, vouchesFor } = this.#parts;
    if (behind) {
      // Most of what comes may be of one that floods, which has had its share and is no crowd.
      if (rates.isSpent(address)) {
        this.#parts.losses.overRate++;
        return false;
      }
      this.#parts.losses.overTotal++;
    } else if (!this.#hasHadItsShare(address)) {
      const taken = this.#takes(address);
      if (taken !== 'total') return taken === 'ok';
    } else this.#parts.losses.overTotal++;
    // Too many strangers at once: whoever already got our challenge is on the way in, as often as one source may.
    if (!vouchesFor(octets, address)) {
      if (behind && rates.missed(address) === 'total') this.#noteRush();
      return false;
    }
    if (rates.takeOwn(address)) return true;
    this.#parts.losses.overRate++;
    return false;
  }

  /** Of a request that was read already. */
  maySpeak(address: string): boolean {
    if (!this.#hasHadItsShare(address)) return this.#takes(address) === 'ok';
    this.#parts.losses.overTotal++;
    return false;
  }

  /** In a rush, which addresses where somebody is known to be at home have no part in: the next one there may be new. */
  #hasHadItsShare(address: string): boolean {
    return this.#rush.refuses(address) && !this.#parts.good.anyGood(sourceKey(address));
  }

  #noteRush(): void {
    if (this.#rush.note()) this.#parts.onRush();
  }

  #takes(address: string): 'ok' | 'source' | 'total' {
    const taken = this.#parts.rates.take(address);
    if (taken === 'ok') this.#rush.take(address);
    else if (taken === 'source') this.#parts.losses.overRate++;
    else {
      this.#parts.losses.overTotal++;
      this.#noteRush();
    }
    return taken;
  }
}
