import type { Clock, Log, Random } from '@vats/kernel';
import {
  type LoadSources,
  loopOccupancy,
  loopStarvation,
  OverloadControl,
  type TransactionLayer,
  type TransportLayer,
} from '@vats/sip';
import { MOST_PENDING_WRITES, type Store } from '@vats/store';
import type { LoadEvent } from './switch.ts';

export interface OverloadParts {
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly store: Pick<Store, 'health'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** In the place of what is measured of this process. */
  readonly sources: Partial<LoadSources>;
  readonly onEvent: (event: LoadEvent) => void;
}

/** What refuses new requests while there are too many, fed by the sockets, the event loop and the queues that have an end. */
export function openOverload(parts: OverloadParts): OverloadControl {
  const { transport, transactions, store, clock, random, log, sources, onEvent } = parts;
  const measured =
    sources.occupancy === undefined ? { occupancy: loopOccupancy(), starved: loopStarvation() } : undefined;
  // Its one timer is not in the ledger, which tells what somebody holds: it runs while anybody says anything, and closes with the switch.
  return new OverloadControl({
    clock,
    random,
    sources: {
      backlog: () => transport.backlog,
      occupancy: () => 0,
      ...measured,
      fullness: () => Math.max(transactions.fullness, store.health().pending / MOST_PENDING_WRITES),
      ...sources,
    },
    onBegan: ({ lateness, backlog, occupancy, starved, fullness }) => {
      const load = {
        lateness: Math.round(lateness),
        backlog: Math.round(backlog),
        occupancy: Number(occupancy.toFixed(2)),
        starved: Number(starved.toFixed(2)),
        fullness: Number(fullness.toFixed(2)),
      };
      log.warn('overload.began', load);
      onEvent({ type: 'overload-began', ...load });
    },
    onEnded: ({ milliseconds, refused }) => {
      const lasted = { seconds: Math.round(milliseconds / 1_000), refused };
      log.warn('overload.ended', lasted);
      onEvent({ type: 'overload-ended', ...lasted });
    },
  });
}
