/** Packets that may wait: 640 ms of the shortest that are common. */
export const MOST_WAITING = 64;

export interface WaitingPacket {
  readonly timestamp: number;
  readonly octets: Uint8Array;
  /** Of the payload, in `octets`. */
  readonly length: number;
}

class Slot implements WaitingPacket {
  /** -1 when it is free. */
  sequence = -1;
  timestamp = 0;
  octets = new Uint8Array(0);
  length = 0;
}

/** Payloads of one stream by their sequence numbers, which never wrap here; their memory is used again. */
export class WaitingPackets {
  readonly #slots = Array.from({ length: MOST_WAITING }, () => new Slot());

  has(sequence: number): boolean {
    return this.#slots[sequence % MOST_WAITING]!.sequence === sequence;
  }

  /** Whatever waited MOST_WAITING numbers before is replaced. */
  put(sequence: number, timestamp: number, packet: Uint8Array, at: number, end: number): void {
    const slot = this.#slots[sequence % MOST_WAITING]!;
    slot.sequence = sequence;
    slot.timestamp = timestamp;
    slot.length = end - at;
    if (slot.octets.length < slot.length) slot.octets = new Uint8Array(2 * slot.length);
    for (let i = at; i < end; i++) slot.octets[i - at] = packet[i]!;
  }

  /** One that is there; what it says stays until another is put in its place. */
  at(sequence: number): WaitingPacket {
    return this.#slots[sequence % MOST_WAITING]!;
  }

  /** False when there was none. */
  remove(sequence: number): boolean {
    if (!this.has(sequence)) return false;
    this.#slots[sequence % MOST_WAITING]!.sequence = -1;
    return true;
  }

  clear(): void {
    for (const slot of this.#slots) slot.sequence = -1;
  }
}
