import type { Cancel, Clock, Log } from '@vats/kernel';
import { openRecording } from '@vats/media';
import {
  type Directory,
  type Domain,
  localDate,
  mailboxOwner,
  momentText,
  setting,
  type VoiceMessage,
  voicemailTerms,
} from '@vats/pbx';
import { printable } from '../printable.ts';
import type { Mail, SendMail } from './smtp.ts';

/** Messages that wait to be sent; one more is not, which the log says. */
const MOST_WAITING = 1_000;
/** How long after each try the next one comes; after the last it is given up. */
const TRIES_AFTER_MS = [60_000, 300_000, 900_000, 3_600_000, 3_600_000];
/** What a larger sound is left out of: many servers take no more than ten. */
const LARGEST_SOUND = 7 * 2 ** 20;

export interface MessageMailParts {
  readonly send: SendMail;
  readonly from: string;
  readonly directory: () => Directory;
  /** The absolute path of a message's sound, and the key of that file. */
  readonly soundOf: (message: VoiceMessage) => { readonly file: string; readonly key?: string };
  readonly clock: Clock;
  readonly log: Log;
}

interface Waiting {
  readonly message: VoiceMessage;
  readonly domain: Domain;
  readonly to: string;
  tries: number;
}

/** Sends messages to the mail of whoever's mailbox they were left in, one after the other. A server that does not take one is asked again. */
export class MessageMail {
  readonly #parts: MessageMailParts;
  readonly #queue: Waiting[] = [];
  readonly #timers = new Set<Cancel>();
  #waiting = 0;
  #sending: Promise<void> | undefined;
  #closed = false;

  constructor(parts: MessageMailParts) {
    this.#parts = parts;
  }

  /** Messages that are to be sent. */
  get size(): number {
    return this.#waiting;
  }

  /** A message was left. */
  note(message: VoiceMessage): void {
    const { directory, log } = this.#parts;
    const domain = directory().domainById(message.domain);
    const to = domain && mailboxOwner(domain, message.box, directory())?.email;
    if (domain === undefined || to === undefined || voicemailTerms(domain).mail === 'none') return;
    if (this.#waiting >= MOST_WAITING) {
      log.error('mail.not-sent', {
        box: message.box,
        message: message.id,
        error: `${MOST_WAITING} others wait to be sent`,
      });
      return;
    }
    this.#waiting++;
    this.#queue.push({ message, domain, to, tries: 0 });
    this.#next();
  }

  /** Waits for the one that is being sent; the others are not sent any more, and lie in their mailboxes. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
    this.#queue.length = 0;
    await this.#sending;
    this.#waiting = 0;
  }

  #next(): void {
    const first = this.#closed || this.#sending !== undefined ? undefined : this.#queue.shift();
    if (first === undefined) return;
    this.#sending = this.#send(first).finally(() => {
      this.#sending = undefined;
      this.#next();
    });
  }

  async #send(waiting: Waiting): Promise<void> {
    const { message, to } = waiting;
    const { clock, log, send } = this.#parts;
    try {
      await send(this.#mail(waiting));
      this.#waiting--;
      log.info('mail.sent', { box: message.box, message: message.id });
    } catch (error) {
      const wait = TRIES_AFTER_MS[waiting.tries++];
      const about = { box: message.box, message: message.id, to, error: printable(String(error)) };
      if (wait === undefined || this.#closed) {
        this.#waiting--;
        log.error('mail.not-sent', about);
        return;
      }
      log.warn('mail.tried-again', { ...about, inMs: wait });
      const cancel = clock.after(wait, () => {
        this.#timers.delete(cancel);
        this.#queue.push(waiting);
        this.#next();
      });
      this.#timers.add(cancel);
    }
  }

  #mail({ message, domain, to }: Waiting): Mail {
    const { from, takenAt, durationMs, urgent, box } = message;
    const timezone = setting(domain, 'timezone');
    const who = printable([from.number, from.name].filter((each) => each !== undefined && each !== '').join(' '));
    const seconds = Math.round(durationMs / 1_000);
    const at = `${localDate(takenAt, timezone)} ${/\d\d:\d\d/.exec(momentText(takenAt, timezone))?.[0] ?? ''}`;
    const isRussian = setting(domain, 'language') === 'ru';
    const hidden = isRussian ? 'скрытого номера' : 'a hidden number';
    const caller = who === '' ? hidden : who;
    const subject = isRussian ? `Голосовое сообщение от ${caller}` : `Voice message from ${caller}`;
    const text = isRussian
      ? `Ящик ${box}: сообщение от ${caller}, ${at}, ${seconds} с${urgent === true ? ', срочное' : ''}.\n`
      : `Mailbox ${box}: a message from ${caller}, ${at}, ${seconds} s${urgent === true ? ', urgent' : ''}.\n`;
    const sound = voicemailTerms(domain).mail === 'sound' ? this.#sound(message) : undefined;
    return {
      ...{ from: this.#parts.from, to, subject, text, urgent: urgent === true },
      ...(sound !== undefined && {
        sound: { name: `${localDate(takenAt, timezone)}-${message.id}.wav`, octets: sound },
      }),
    };
  }

  /** Undefined where it was deleted meanwhile, or is too large: the note goes without it. */
  #sound(message: VoiceMessage): Buffer | undefined {
    try {
      const { file, key } = this.#parts.soundOf(message);
      const recording = openRecording(file, key === undefined ? undefined : Buffer.from(key, 'base64'));
      const portions: Buffer[] = [];
      let octets = 0;
      for (const portion of recording.octets()) {
        octets += portion.length;
        if (octets > LARGEST_SOUND) return undefined;
        portions.push(Buffer.from(portion));
      }
      return Buffer.concat(portions);
    } catch (error) {
      this.#parts.log.warn('mail.without-sound', { message: message.id, error: String(error) });
      return undefined;
    }
  }
}
