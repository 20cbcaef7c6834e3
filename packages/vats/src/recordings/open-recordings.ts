import type { Clock, Ledger, Log } from '@vats/kernel';
import { Finisher, startFinishing } from '@vats/media';
import type { Domain } from '@vats/pbx';
import type { Store } from '@vats/store';
import type { Settings } from '../settings/index.ts';
import { DiskWatch } from './disk-watch.ts';
import { Finishing } from './finishing.ts';
import { openRecordingStorage } from './open-storage.ts';
import { RecordingKeeper } from './recording-keeper.ts';
import type { RecordingStorage } from './recording-storage.ts';

export interface RecordingsParts {
  readonly settings: Settings['recordings'];
  readonly store: Store;
  /** Absolute. */
  readonly data: string;
  /** Absolute, within `data`. */
  readonly directory: string;
  readonly domains: () => readonly Domain[];
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
  /** As of `DiskWatchParts`. */
  readonly free: () => Promise<number>;
  readonly minFree: number;
  /** Ends whatever is being recorded; says how many recordings that were. */
  readonly stop: (why: 'low-disk') => number;
}

/** What becomes of recordings beside the calls that they are made in. */
export interface Recordings {
  readonly disk: DiskWatch;
  readonly storage: RecordingStorage;
  readonly finishing: Finishing;
  readonly keeper: RecordingKeeper;
}

/** Nothing of it runs yet. To be closed in the reverse order of what `Recordings` lists. */
export function openRecordings(parts: RecordingsParts): Recordings {
  const { settings, store, data, directory, domains, clock, log, ledger, free, minFree, stop } = parts;
  const disk = new DiskWatch({
    ...{ clock, log, free, minFree },
    onLow: () => {
      const stopped = stop('low-disk');
      if (stopped > 0) log.error('recordings.stopped', { recordings: stopped, why: 'low-disk' });
    },
  });
  const finisher = new Finisher({ clock, start: startFinishing });
  const storage = openRecordingStorage(settings, directory, { clock, log });
  const finishing = new Finishing({
    ...{ store, data, finisher, domains, clock, log },
    onKept: (path) => storage.take(path),
  });
  ledger.enrol('recordings being finished', () => finishing.size);
  ledger.enrol('recordings to be finished again', () => finishing.triedAgain);
  ledger.enrol('recordings to be stored elsewhere', () => storage.status?.waiting ?? 0);
  const keeper = new RecordingKeeper({ store, data, directory, storage, disk, domains, clock, log });
  return { disk, storage, finishing, keeper };
}
