import { type Clock, ExpiringMap } from '@vats/kernel';
import type { Uri } from '../message/uri.ts';
import type { Dialog } from './dialog.ts';

/** 2xx acknowledged within 64*T1 that are remembered at most: 2,000 answered calls a second. */
const ACKS_LIMIT = 65_536;

interface KeptAck {
  readonly octets: Buffer;
  readonly dialog: Dialog;
  readonly nextHop: Uri | undefined;
}

/**
 * The ACKs that we sent to 2xx, octet for octet, by dialog and CSeq number. A 2xx that comes again gets its ACK again
 * without anybody above being woken, also when the dialog is gone by then (RFC 3261 §13.2.2.4).
 */
export class Acks {
  readonly #kept: ExpiringMap<string, KeptAck>;

  /** `lifetime`: how long a peer may repeat its 2xx, 64*T1. */
  constructor(clock: Clock, lifetime: number) {
    this.#kept = new ExpiringMap({ clock, limit: ACKS_LIMIT, lifetime });
  }

  keep(dialog: Dialog, seq: number, octets: Buffer, nextHop: Uri | undefined): void {
    this.#kept.set(keyOf(dialog.localTag, dialog.remoteTag, seq), { octets, dialog, nextHop });
  }

  /** Sends the ACK of this 2xx once more, where its dialog's peer is now; false when none was sent yet. */
  repeat(callId: string, localTag: string, remoteTag: string, seq: number): boolean {
    const kept = this.#kept.get(keyOf(localTag, remoteTag, seq));
    if (kept === undefined || kept.dialog.callId !== callId) return false;
    kept.dialog.flowTo(kept.nextHop).send(kept.octets);
    return true;
  }
}

/** The local tag is ours and random, so that the Call-ID need not be in it. */
function keyOf(localTag: string, remoteTag: string, seq: number): string {
  return `${localTag} ${seq} ${remoteTag}`;
}
