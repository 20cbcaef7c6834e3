import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { BoxMessage, Draft, Mailbox, Mailboxes, Party, TakeRefusal } from '@vats/calls';
import type { Clock, Log, Random } from '@vats/kernel';
import { fileKeyOf, journalOf, manifestPathOf, newSeal, type PlayedItem, SEALED } from '@vats/media';
import {
  type Directory,
  type Domain,
  type MailboxEntry,
  mailboxOwner,
  setting,
  type VoiceMessage,
  type VoicemailTerms,
  voicemailTerms,
} from '@vats/pbx';
import type { MailboxState } from '@vats/sip';
import type { Store } from '@vats/store';
import type { Mailboxes as WatchedMailboxes } from '../watching/mailbox-package.ts';
import { type KeptBox, MailboxBook } from './mailbox-book.ts';
import { isPin, pinDigest } from './pin-digest.ts';
import { SavedAtLast } from './saved-at-last.ts';

/** Something happened in a mailbox. */
export type VoicemailEvent = {
  readonly type: 'message-left' | 'message-heard' | 'message-removed';
  /** `Domain.name`. */
  readonly domain: string;
  /** An extension. */
  readonly box: string;
  readonly message: VoiceMessage;
};

export interface VoicemailParts {
  readonly store: Pick<Store, 'voicemail' | 'recordingKeys' | 'keyFor'>;
  /** Absolute; paths of messages are relative to it. */
  readonly data: string;
  /** Absolute, within `data`: where messages lie, and nothing else is ever deleted. */
  readonly directory: string;
  readonly directoryOf: () => Directory;
  readonly disk: { readonly isLow: boolean };
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** False where a test has something in the media plane's place, which writes no files. */
  readonly hasFiles: boolean;
  /** A recording has ended: what is left to do with its file is to be done. */
  readonly finish: (path: string) => void;
  /** What lies in a mailbox is other than it was. */
  readonly onEvent: (event: VoicemailEvent) => void;
  /** The lamp of a mailbox is to be told. @param domain `Domain.id` */
  readonly onChange: (domain: string, box: string) => void;
}

const ID_CHARACTERS = 12;
/** A message for which no more room is left than this is none. */
const LEAST_ROOM_MS = 10_000;
const LONGEST_GREETING_MS = 120_000;

/**
 * The mailboxes of all domains. Memory is authoritative; a message counts, and lights lamps, once its row is on disk. What the model
 * says of a mailbox (whose it is, its limits) is asked for each time; messages of one that is there no more stay until they are too old.
 */
export class Voicemail implements Mailboxes {
  readonly watched: WatchedMailboxes;
  /** Messages that were being left when the process before this one ended. */
  readonly cutOff: readonly VoiceMessage[];
  readonly #parts: VoicemailParts;
  readonly #book: MailboxBook;
  readonly #saving: SavedAtLast;
  readonly #pinKey: Buffer;
  readonly #removing = new Set<Promise<void>>();

  private constructor(parts: VoicemailParts, messages: readonly VoiceMessage[], boxes: readonly MailboxEntry[]) {
    this.#parts = parts;
    this.#book = MailboxBook.of(messages, boxes);
    this.cutOff = messages.filter(({ state }) => state === 'recording');
    this.#pinKey = parts.store.keyFor('voicemail PINs');
    this.#saving = new SavedAtLast(parts);
    this.watched = { of: (domain, extension) => this.#lamp(domain, extension) };
  }

  static async load(parts: VoicemailParts): Promise<Voicemail> {
    const { messages, boxes } = await parts.store.voicemail.load();
    return new Voicemail(parts, messages, boxes);
  }

  get book(): MailboxBook {
    return this.#book;
  }

  /** Writes that are not on disk yet, and files that are being deleted. */
  get unsaved(): number {
    return this.#saving.size + this.#removing.size;
  }

  find(domain: Domain, extension: string): Mailbox | undefined {
    const owner = mailboxOwner(domain, extension, this.#parts.directoryOf());
    if (owner === undefined) return undefined;
    const box = this.#book.box(domain.id, extension);
    const terms = voicemailTerms(domain);
    const { greeting } = box.entry;
    return {
      ...{ extension, name: owner.name, terms },
      greeting: greeting === undefined ? undefined : this.#played(domain.id, join(this.#parts.data, greeting)),
      hasPin: box.entry.pin !== undefined,
      isPin: (digits) => isPin(this.#pinKey, box.entry, digits),
      setPin: (digits) => this.setPin(box, digits),
      messages: () => box.messages.map((message) => this.#told(message)).sort(inOrder),
      take: (from, call) => this.#take(domain, box, terms, from, call),
      greet: () => this.#greet(domain, box),
      forgetGreeting: () => this.#useGreeting(box, undefined),
      heard: (id) => this.mark(id, 'heard'),
      remove: (ids) => {
        for (const id of ids) if (box.messages.some((message) => message.id === id)) this.remove(id);
      },
      forward: (id, to) => this.#forward(domain, box, id, to),
    };
  }

  /** Sets a PIN, or takes it away. */
  setPin(box: KeptBox, digits: string | undefined): void {
    const { pin: _, ...rest } = box.entry;
    const pin = digits === undefined ? {} : { pin: pinDigest(this.#pinKey, box.entry, digits, this.#parts.random) };
    box.entry = { ...rest, ...pin };
    this.#saving.box(box.entry);
  }

  /** False where there is no such message. */
  mark(id: string, state: 'new' | 'heard'): boolean {
    const message = this.#book.message(id);
    if (message === undefined) return false;
    if (message.state === state) return true;
    const changed = { ...message, state };
    this.#book.put(changed);
    this.#saving.message(changed);
    if (state === 'heard') this.#tell('message-heard', changed);
    this.#parts.onChange(message.domain, message.box);
    return true;
  }

  /** Deletes a message and its sound. False where there is none. */
  remove(id: string): boolean {
    const message = this.#book.message(id);
    if (message === undefined) return false;
    this.#book.remove(message);
    this.#saving.removed(id);
    this.#deleteFiles(join(this.#parts.data, message.path));
    this.#tell('message-removed', message);
    this.#parts.onChange(message.domain, message.box);
    return true;
  }

  /** A message that was cut off, or that nobody was told of, has been mended: it counts if it is long enough. */
  mended(message: VoiceMessage, durationMs: number): void {
    const domain = this.#parts.directoryOf().domainById(message.domain);
    const { least } = domain === undefined ? { least: 0 } : voicemailTerms(domain);
    if (durationMs === 0 || durationMs < least) this.discard(message);
    else this.#count({ ...message, durationMs, state: 'new' });
  }

  /** What was being left is none, and goes. */
  discard({ id, path }: VoiceMessage): void {
    this.#saving.removed(id);
    this.#deleteFiles(join(this.#parts.data, path));
  }

  /** The absolute path of a message's sound, and the key of that file where it is encrypted. */
  soundOf({ domain, path }: VoiceMessage): { readonly file: string; readonly key?: string } {
    return this.#played(domain, join(this.#parts.data, path));
  }

  /** Waits for what is being written. */
  async close(): Promise<void> {
    await this.#saving.close();
    await Promise.allSettled(this.#removing);
  }

  #take(domain: Domain, box: KeptBox, terms: VoicemailTerms, from: Party, call: string): Draft | TakeRefusal {
    const total = box.messages.reduce((sum, { durationMs }) => sum + durationMs, 0);
    const room = terms.minutes * 60_000 - total;
    if (box.messages.length + box.drafts.size >= terms.messages || room < LEAST_ROOM_MS) return 'full';
    const made = this.#newFile(domain, box, '');
    if (typeof made === 'string') return made;
    const { id, file, path, seal } = made;
    const { number, name } = from;
    const message: VoiceMessage = {
      ...{ id, domain: domain.id, box: box.entry.box, call, path },
      ...{ takenAt: this.#parts.clock.now(), durationMs: 0, state: 'recording' },
      from: { number, ...(name !== undefined && { name }) },
    };
    box.drafts.add(id);
    this.#saving.message(message);
    return {
      ...{ id, path: file, seal, longestMs: Math.min(terms.longest, room) },
      sound: playedOf(file, seal?.key),
      keep: ({ durationMs, urgent }) => {
        box.drafts.delete(id);
        this.#parts.finish(file);
        this.#count({ ...message, durationMs, state: 'new', ...(urgent && { urgent }) });
      },
      drop: () => {
        box.drafts.delete(id);
        this.discard(message);
      },
      leave: () => {
        box.drafts.delete(id);
        this.#parts.log.error('voicemail.cut-off', { path: file, remedy: 'it is mended at the next start' });
      },
    };
  }

  #greet(domain: Domain, box: KeptBox): Draft | TakeRefusal {
    const made = this.#newFile(domain, box, 'greeting-');
    if (typeof made === 'string') return made;
    const { id, file, path, seal } = made;
    return {
      ...{ id, path: file, seal, longestMs: LONGEST_GREETING_MS, sound: playedOf(file, seal?.key) },
      keep: () => {
        this.#parts.finish(file);
        this.#useGreeting(box, path);
      },
      drop: () => this.#deleteFiles(file),
      leave: () => this.#deleteFiles(file),
    };
  }

  #useGreeting(box: KeptBox, path: string | undefined): void {
    const { greeting: former, ...rest } = box.entry;
    box.entry = { ...rest, ...(path !== undefined && { greeting: path }) };
    this.#saving.box(box.entry);
    if (former !== undefined) this.#deleteFiles(join(this.#parts.data, former));
  }

  #newFile(domain: Domain, box: KeptBox, prefix: string) {
    const { disk, store, random, data, directory } = this.#parts;
    if (disk.isLow) return 'low-disk' as const;
    const key = setting(domain, 'recording').encrypt === true ? store.recordingKeys.of(domain.id) : undefined;
    if (setting(domain, 'recording').encrypt === true && key === undefined) return 'no-key' as const;
    const seal = key && newSeal(key);
    const id = random.token(ID_CHARACTERS);
    const file = join(directory, domain.id, box.entry.box, `${prefix}${id}${seal === undefined ? '.wav' : SEALED}`);
    return { id, file, path: file.slice(data.length + 1), seal };
  }

  /** From now on it counts, if the disk takes it. */
  #count(message: VoiceMessage): void {
    this.#saving.message(message, () => {
      this.#book.put(message);
      this.#tell('message-left', message);
      this.#parts.onChange(message.domain, message.box);
    });
  }

  #forward(domain: Domain, from: KeptBox, id: string, to: string): ReturnType<Mailbox['forward']> {
    const message = from.messages.find((each) => each.id === id);
    if (message === undefined) return 'gone';
    const owner = mailboxOwner(domain, to, this.#parts.directoryOf());
    if (owner === undefined) return 'no-mailbox';
    const box = this.#book.box(domain.id, to);
    const { messages, minutes } = voicemailTerms(domain);
    const total = box.messages.reduce((sum, { durationMs }) => sum + durationMs, message.durationMs);
    if (box.messages.length + box.drafts.size >= messages || total > minutes * 60_000) return 'full';
    if (this.#parts.disk.isLow) return 'low-disk';
    const copy = this.#parts.random.token(ID_CHARACTERS);
    const source = join(this.#parts.data, message.path);
    const file = join(this.#parts.directory, domain.id, to, `${copy}${source.slice(source.lastIndexOf('.'))}`);
    const path = file.slice(this.#parts.data.length + 1);
    box.drafts.add(copy);
    const copied = mkdir(dirname(file), { recursive: true, mode: 0o700 })
      .then(() => copyFile(source, file))
      .then(() => {
        const forwardedBy = from.entry.box;
        this.#count({
          ...message,
          id: copy,
          box: to,
          path,
          state: 'new',
          forwardedBy,
          takenAt: this.#parts.clock.now(),
        });
      })
      .catch((error: unknown) =>
        this.#parts.log.error('voicemail.not-forwarded', { path: source, error: String(error) }),
      )
      .finally(() => void box.drafts.delete(copy));
    this.#remember(copied);
    return 'forwarded';
  }

  #told(message: VoiceMessage): BoxMessage {
    const { id, from, takenAt, durationMs, state, urgent } = message;
    const sound = this.soundOf(message);
    return { id, from, takenAt, durationMs, isNew: state === 'new', urgent: urgent === true, sound };
  }

  #played(domain: string, file: string): { readonly file: string; readonly key?: string } {
    if (!file.endsWith(SEALED)) return { file };
    const key = this.#parts.store.recordingKeys.of(domain);
    try {
      return playedOf(file, key && fileKeyOf(file, key));
    } catch {
      // Whoever plays it is told what is wrong with it.
      return { file };
    }
  }

  #lamp(domainId: string, extension: string): MailboxState | undefined {
    const directory = this.#parts.directoryOf();
    const domain = directory.domainById(domainId);
    if (domain === undefined || mailboxOwner(domain, extension, directory) === undefined) return undefined;
    const messages = this.#book.find(domainId, extension)?.messages ?? [];
    const count = (state: VoiceMessage['state'], urgent: boolean): number =>
      messages.filter((message) => message.state === state && (!urgent || message.urgent === true)).length;
    return {
      ...{ newMessages: count('new', false), oldMessages: count('heard', false) },
      ...{ newUrgent: count('new', true), oldUrgent: count('heard', true) },
    };
  }

  #tell(type: VoicemailEvent['type'], message: VoiceMessage): void {
    const { domain: id, box } = message;
    const domain = this.#parts.directoryOf().domainById(id)?.name ?? id;
    this.#parts.log.info(`voicemail.${type}`, { domain, box, message: message.id, durationMs: message.durationMs });
    this.#parts.onEvent({ type, domain, box, message });
  }

  #deleteFiles(path: string): void {
    if (!this.#parts.hasFiles || !path.startsWith(`${this.#parts.directory}/`)) return;
    const gone = Promise.all([path, manifestPathOf(path), journalOf(path)].map((file) => rm(file, { force: true })))
      .then(() => {})
      .catch((error: unknown) => this.#parts.log.error('voicemail.not-deleted', { path, error: String(error) }));
    this.#remember(gone);
  }

  #remember(work: Promise<void>): void {
    this.#removing.add(work);
    void work.finally(() => this.#removing.delete(work));
  }
}

function playedOf(file: string, key: Buffer | undefined): { readonly file: string; readonly key?: string } {
  return { file, ...(key !== undefined && { key: key.toString('base64') }) } satisfies PlayedItem;
}

/** New before heard, urgent before others, the oldest first. */
function inOrder(one: BoxMessage, other: BoxMessage): number {
  const rank = ({ isNew, urgent }: BoxMessage): number => (isNew ? 0 : 2) + (urgent ? 0 : 1);
  return rank(one) - rank(other) || one.takenAt - other.takenAt;
}
