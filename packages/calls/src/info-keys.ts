import type { Session } from '@vats/sip';
import type { KeysDropped } from './call-event.ts';
import { type InfoKey, RELAY_TYPE, writeKeyInfo } from './key-info.ts';

/** Keys that wait for the answer to one before them. */
const MAX_WAITING = 50;

/** Sends keys to one leg by INFO, one after the other: only an answered INFO is known to have come before the next. */
export class InfoKeys {
  readonly session: Session;
  readonly #dropped: (why: KeysDropped['why'], status?: number) => void;
  readonly #waiting: InfoKey[] = [];
  #underWay = false;

  constructor(session: Session, dropped: (why: KeysDropped['why'], status?: number) => void) {
    this.session = session;
    this.#dropped = dropped;
  }

  send(press: InfoKey): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#dropped('too-many');
      return;
    }
    this.#waiting.push(press);
    this.#next();
  }

  #next(): void {
    if (this.#underWay || this.session.ended) return;
    const press = this.#waiting.shift();
    if (press === undefined) return;
    this.#underWay = true;
    const done = (): void => {
      this.#underWay = false;
      this.#next();
    };
    this.session.request(
      'INFO',
      { headers: [['Content-Type', RELAY_TYPE]], body: writeKeyInfo(press) },
      {
        onResponse: ({ status }) => {
          if (status >= 300) this.#dropped('refused', status);
          done();
        },
        onFailure: () => {
          this.#dropped('refused');
          done();
        },
      },
    );
  }
}
