import { join } from 'node:path';
import type { Clock, Ledger, Log, Random } from '@vats/kernel';
import type { Directory } from '@vats/pbx';
import type { Store } from '@vats/store';
import type { SmtpSettings } from '../settings/settings.ts';
import { MessageKeeper } from './message-keeper.ts';
import { MessageMail } from './message-mail.ts';
import { smtpSender } from './smtp.ts';
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
  /** Where messages are sent by mail; nowhere without it. */
  readonly smtp?: SmtpSettings | undefined;
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

/** Reads the mailboxes; nothing runs yet. @throws StartFailure where the mail server's password is not where the settings say */
export async function openVoicemail(parts: OpenVoicemailParts): Promise<OpenVoicemail> {
  const { store, data, directory, isDiskLow, hasFiles, clock, random, log, ledger, smtp, onChange } = parts;
  const folder = join(data, FOLDER);
  const keeper = new MessageKeeper({
    ...{ store, data, directory: folder, clock, log, ledger },
    voicemail: () => voicemail,
    domains: () => directory().model.domains,
  });
  const mail =
    smtp &&
    new MessageMail({
      ...{ send: smtpSender(smtp), from: smtp.from, directory, clock, log },
      soundOf: (message) => voicemail.soundOf(message),
    });
  const onEvent = (event: VoicemailEvent): void => {
    parts.onEvent(event);
    if (event.type === 'message-left') mail?.note(event.message);
  };
  const voicemail: Voicemail = await Voicemail.load({
    ...{ store, data, directory: folder, clock, random, log, onEvent, onChange, hasFiles },
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
  ledger.enrol('mails to be sent', () => mail?.size ?? 0);
  return {
    voicemail,
    start: async () => {
      if (hasFiles) await keeper.mend(voicemail.cutOff);
      keeper.start();
    },
    close: async () => {
      await keeper.close();
      await voicemail.close();
      await mail?.close();
    },
  };
}
