import type { Clock } from '@vats/kernel';
import type { Uri } from '../message/uri.ts';
import type { Dialog } from './dialog.ts';

/** ACKs that are remembered at most; the half, 1,000 answered calls a second, for all of 64*T1. */
const ACKS_LIMIT = 65_536;

interface KeptAck {
  /** A wire string: the octets themselves would keep the piece of 64 KiB that they were cut from, ten times as much as they are. */
  readonly text: string;
  readonly dialog: Dialog;
  readonly nextHop: Uri | undefined;
  readonly until: number;
}

/**
 * The ACKs that we sent to 2xx, octet for octet, by dialog and CSeq number. A 2xx that comes again gets its ACK again
 * without anybody above being woken, also when the dialog is gone by then (RFC 3261 §13.2.2.4).
 */
export class Acks {
  readonly #clock: Clock;
  readonly #lifetime: number;
  // Two maps that take turns: one is written for a lifetime, the other thrown away whole when nothing in it counts.
  #young = new Map<string, KeptAck>();
  #old = new Map<string, KeptAck>();
  #turnsAt = 0;

  /** `lifetime`: how long a peer may repeat its 2xx, 64*T1. */
  constructor(clock: Clock, lifetime: number) {
    this.#clock = clock;
    this.#lifetime = lifetime;
  }

  keep(dialog: Dialog, seq: number, octets: Buffer, nextHop: Uri | undefined): void {
    const now = this.#clock.monotonic();
    if (now >= this.#turnsAt || this.#young.size >= ACKS_LIMIT / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#turnsAt = now + this.#lifetime;
    }
    const until = now + this.#lifetime;
    this.#young.set(keyOf(dialog.localTag, dialog.remoteTag, seq), {
      text: octets.toString('latin1'),
      dialog,
      nextHop,
      until,
    });
  }

  /** Sends the ACK of this 2xx once more, where its dialog's peer is now; false when none was sent yet. */
  repeat(callId: string, localTag: string, remoteTag: string, seq: number): boolean {
    const key = keyOf(localTag, remoteTag, seq);
    const kept = this.#young.get(key) ?? this.#old.get(key);
    if (kept === undefined || kept.until <= this.#clock.monotonic() || kept.dialog.callId !== callId) return false;
    kept.dialog.flowTo(kept.nextHop).send(Buffer.from(kept.text, 'latin1'));
    return true;
  }
}

/** The local tag is ours and random, so that the Call-ID need not be in it. */
function keyOf(localTag: string, remoteTag: string, seq: number): string {
  return `${localTag} ${seq} ${remoteTag}`;
}
