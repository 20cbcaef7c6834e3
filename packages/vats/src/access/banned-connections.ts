import type { Ban, Gate } from '@vats/access';
import type { Cancel, Clock, Log } from '@vats/kernel';
import type { TransportLayer } from '@vats/sip';

export interface BannedConnectionsParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly gate: Pick<Gate, 'isBanned'>;
  readonly transport: Pick<TransportLayer, 'dropFlows'>;
}

/**
 * After a ban, not with it: what was wrong is answered first as ever. And each look at all connections serves whatever bans
 * began meanwhile, for an attack may bring many.
 */
const DROPPED_AFTER_MS = 1_000;

/** Ends the connections that were open when a ban of their source began, but for those of phones that showed good credentials. */
export class BannedConnections {
  readonly #parts: BannedConnectionsParts;
  #next: Cancel | undefined;

  constructor(parts: BannedConnectionsParts) {
    this.#parts = parts;
  }

  banBegan({ user }: Ban): void {
    // Of one account, or of names that nobody showed: others are heard there.
    if (user !== undefined) return;
    this.#next ??= this.#parts.clock.after(DROPPED_AFTER_MS, () => this.#drop());
  }

  close(): void {
    this.#next?.();
  }

  #drop(): void {
    this.#next = undefined;
    const { gate, transport, log } = this.#parts;
    const dropped = transport.dropFlows(({ address, port }, name) => gate.isBanned({ address, port, transport: name }));
    if (dropped > 0) log.info('access.connections-dropped', { connections: dropped });
  }
}
