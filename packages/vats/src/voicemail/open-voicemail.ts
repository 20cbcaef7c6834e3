import { join } from 'node:path';
import type { Clock, Ledger, Log, Random } from '@vats/kernel';
import type { Directory } from '@vats/pbx';
import type { Store } from '@vats/store';
import { MessageKeeper } from './message-keeper.ts';
import { Voicemail, type VoicemailEvent } from './voicemail.ts';

/** In the data directory: the folder of messages. */
const FOLDER = 'voicemail';

export interface OpenVoicemailParts {
  readonly store: Store;
  /** Absolute. */
  readonly data: string;
  readonly directory: () => Directory;
  /** As of `DiskWatch`. */
  readonly isDiskLow: () => boolean;
  /** False where a test has something in the media plane's place, which writes no files. */
  readonly hasFiles: boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly onEvent: (event: VoicemailEvent) => void;
  readonly onChange: (domain: string, box: string) => void;
}

/** Mailboxes and whoever looks after their files. */
export interface OpenVoicemail {
  readonly voicemail: Voicemail;
  /** Mends what a kill left, and begins to let go what is too old. */
  start(): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

/** Reads the mailboxes; nothing runs yet. */
export async function openVoicemail(parts: OpenVoicemailParts): Promise<OpenVoicemail> {
  const { store, data, directory, isDiskLow, hasFiles, clock, random, log, ledger, onEvent, onChange } = parts;
  const folder = join(data, FOLDER);
  const keeper = new MessageKeeper({
    ...{ store, data, directory: folder, clock, log, ledger },
    voicemail: () => voicemail,
    domains: () => directory().model.domains,
  });
  const voicemail: Voicemail = await Voicemail.load({
    ...{ store, data, directory: folder, clock, random, log, onEvent, onChange },
    directoryOf: directory,
    disk: {
      get isLow() {
        return isDiskLow();
      },
    },
    finish: (path) => {
      if (hasFiles) keeper.finish(path);
    },
  });
  ledger.enrol('messages being left', () => voicemail.book.drafts);
  ledger.enrol('messages being written', () => voicemail.unsaved);
  return {
    voicemail,
    start: async () => {
      if (hasFiles) await keeper.mend(voicemail.cutOff);
      keeper.start();
    },
    close: async () => {
      await keeper.close();
      await voicemail.close();
    },
  };
}
