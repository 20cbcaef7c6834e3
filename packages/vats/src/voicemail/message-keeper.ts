import { existsSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { Cancel, Clock, Ledger, Log } from '@vats/kernel';
import { Finisher, repairRecordings, startFinishing } from '@vats/media';
import { type Domain, type RecordingEntry, type VoiceMessage, voicemailTerms } from '@vats/pbx';
import type { Store } from '@vats/store';
import { Finishing } from '../recordings/finishing.ts';
import type { Voicemail } from './voicemail.ts';

const LOOK_EVERY_MS = 3_600_000;
const FIRST_LOOK_MS = 1_000;
/** Messages deleted between two pauses, in which the disk is others'. */
const HANDFUL = 50;
const PAUSE_MS = 100;

export interface MessageKeeperParts {
  readonly store: Pick<Store, 'recordingKeys'>;
  /** Absolute. */
  readonly data: string;
  /** Absolute, within `data`. */
  readonly directory: string;
  readonly voicemail: () => Voicemail;
  readonly domains: () => readonly Domain[];
  readonly clock: Clock;
  readonly log: Log;
  readonly ledger: Ledger;
}

/** Has the files of messages finished and mended, as recordings are, and lets messages go that have become too old. */
export class MessageKeeper {
  readonly #parts: MessageKeeperParts;
  readonly #finishing: Finishing;
  /** Cut off or never told of: they count when their files are mended. By their paths in the data directory. */
  readonly #awaited = new Map<string, VoiceMessage>();
  #timer: Cancel | undefined;
  #closed = false;

  constructor(parts: MessageKeeperParts) {
    this.#parts = parts;
    const { store, data, domains, clock, log, ledger } = parts;
    this.#finishing = new Finishing({
      store: {
        recordings: {
          list: async ({ path = '' } = {}) => [entryOf(path)],
          put: async (entry) => this.#finished(entry),
        },
        recordingKeys: store.recordingKeys,
      },
      ...{ data, domains, clock, log, finisher: new Finisher({ clock, start: startFinishing }) },
    });
    ledger.enrol('messages being finished', () => this.#finishing.size);
  }

  /** A recording has ended. @param path absolute */
  finish(path: string): void {
    this.#finishing.finish(path);
  }

  /**
   * After a start: whatever a kill cut off, or left without a row, becomes a message of what there is of it. Unless a test has put
   * something in the media plane's place, which writes no files.
   */
  async mend(cutOff: readonly VoiceMessage[]): Promise<void> {
    const { data, directory, log } = this.#parts;
    const { unrepaired, unfinished } = await repairRecordings(directory);
    for (const { path, detail } of unrepaired) log.error('voicemail.not-repaired', { path, detail });
    const left = new Set(unfinished);
    for (const message of cutOff) {
      const path = join(data, message.path);
      left.delete(path);
      if (existsSync(path)) this.#await(message);
      else this.#parts.voicemail().discard(message);
    }
    for (const path of left) {
      if (this.#isKnown(path)) this.finish(path);
      else this.#await(this.#orphan(path));
    }
  }

  /** Begins to look for what is too old. */
  start(): void {
    this.#timer = this.#parts.clock.after(FIRST_LOOK_MS, () => this.#look());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.();
    await this.#finishing.close();
  }

  #await(message: VoiceMessage): void {
    this.#awaited.set(message.path, message);
    this.finish(join(this.#parts.data, message.path));
  }

  #isKnown(path: string): boolean {
    const listed = relative(this.#parts.data, path);
    for (const { entry, messages } of this.#parts.voicemail().book.all()) {
      if (entry.greeting === listed || messages.some((message) => message.path === listed)) return true;
    }
    return false;
  }

  /** A file that nothing is known of but where it lies: its row did not get to the disk. */
  #orphan(path: string): VoiceMessage {
    const listed = relative(this.#parts.data, path);
    const { domain, to } = entryOf(listed);
    const id = basename(path).replace(/\..*$/, '');
    const takenAt = this.#parts.clock.now();
    return {
      id,
      domain,
      box: to,
      call: '',
      from: { number: '' },
      takenAt,
      durationMs: 0,
      path: listed,
      state: 'recording',
    };
  }

  #finished({ path, state, durationMs = 0 }: RecordingEntry): void {
    const message = this.#awaited.get(path);
    if (message === undefined || this.#closed) return;
    this.#awaited.delete(path);
    const voicemail = this.#parts.voicemail();
    // A greeting that nobody said to keep is none.
    const isMessage = !message.id.startsWith('greeting-');
    if (isMessage && state !== 'too-short' && durationMs > 0) voicemail.mended(message, durationMs);
    else voicemail.discard(message);
  }

  #look(): void {
    const { clock, domains, log } = this.#parts;
    const voicemail = this.#parts.voicemail();
    const keep = new Map(domains().map((domain) => [domain.id, voicemailTerms(domain).keep]));
    const old: string[] = [];
    for (const { messages } of voicemail.book.all()) {
      for (const { id, domain, takenAt } of messages) {
        const kept = keep.get(domain);
        if (kept !== undefined && takenAt < clock.now() - kept && old.length < HANDFUL) old.push(id);
      }
    }
    for (const id of old) voicemail.remove(id);
    if (old.length > 0) log.info('voicemail.expired', { messages: old.length });
    if (!this.#closed) this.#timer = clock.after(old.length === HANDFUL ? PAUSE_MS : LOOK_EVERY_MS, () => this.#look());
  }
}

/** What `Finishing` goes by: a file of a mailbox lies in the folders of its domain and extension. */
function entryOf(path: string): RecordingEntry {
  const [, domain = '', box = ''] = path.split(sep);
  return { id: path, call: '', domain, path, from: '', to: box, startedAt: 0, state: 'complete' };
}
