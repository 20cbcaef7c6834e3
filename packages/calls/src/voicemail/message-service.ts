import type { CallContext } from '../call-context.ts';
import { CallerDialogue } from '../caller-dialogue.ts';
import type { CallerSide } from '../caller-side.ts';
import type { RunningService, ServiceEvent, SharedByServices } from '../services.ts';
import { BEEP } from '../speaker.ts';
import { MailboxLogin } from './mailbox-login.ts';
import type { Mailbox, TakeRefusal } from './mailboxes.ts';
import { ANY_KEY, HASH, ONE_KEY } from './menu-keys.ts';
import type { SoloEnd } from './solo-recorder.ts';
import { type Kept, Taking } from './taking.ts';

/** Times that a caller whose message is too short may begin anew. */
const TRIES = 3;
/** Times that the choices are told to who presses none of them. */
const REVIEWS = 3;

const TOLD: Readonly<Record<TakeRefusal, string>> = {
  full: 'mailbox-full',
  'low-disk': 'no-recording-now',
  'no-key': 'no-recording-now',
};

/**
 * Lets the caller leave a message: greets, records until they hang up, press # or fall silent, and lets whoever pressed # hear it, record
 * it again or mark it. A message that is long enough is kept however the call ends.
 */
export class MessageService implements RunningService {
  readonly #call: CallContext;
  readonly #dialogue: CallerDialogue;
  readonly #shared: SharedByServices;
  readonly #extension: string;
  #box: Mailbox | undefined;
  #taking: Taking | undefined;
  #login: MailboxLogin | undefined;
  #tries = 0;
  #reviews = 0;
  #over = false;

  constructor(call: CallContext, caller: CallerSide, shared: SharedByServices, extension: string) {
    this.#call = call;
    this.#dialogue = new CallerDialogue(call, caller);
    this.#shared = shared;
    this.#extension = extension;
  }

  begin(): void {
    const { parts, origin } = this.#call;
    const box = parts.mailboxes?.find(origin.domain, this.#extension);
    if (box === undefined) {
      this.#refused('no-mailbox');
      return;
    }
    this.#box = box;
    this.#taking = new Taking(this.#call, box.terms.least);
    const refused = this.#holdAnother();
    if (refused !== undefined) {
      this.#turnAway(refused);
      return;
    }
    const fault = this.#dialogue.open(true, (afterMs) => this.#greet(box, afterMs));
    if (fault !== undefined) this.#refused(fault);
  }

  changed(): void {
    this.#dialogue.changed();
    if (!this.#call.solo.changed()) this.#taking?.stop();
  }

  told(event: ServiceEvent): void {
    if (event.kind === 'room-refused') this.#taking?.stop();
    else this.#dialogue.told(event);
  }

  end(): void {
    this.#over = true;
    this.#login?.end();
    this.#dialogue.end();
    this.#taking?.end((kept) => this.#tell(kept));
  }

  // Whoever can't leave a message pays for no call: they are told before the answer, where they hear that.
  #turnAway(why: TakeRefusal): void {
    const told = (): void => this.#refused(why);
    const fault = this.#dialogue.open(false, (afterMs) => {
      const items = this.#dialogue.prompts(TOLD[why]);
      this.#dialogue.say({ items, ...(afterMs > 0 && { afterMs }) }, told);
    });
    if (fault !== undefined) told();
  }

  #greet({ greeting, terms }: Mailbox, afterMs: number): void {
    const standard = terms.greeting === undefined ? ['unavailable', 'leave-message'] : [terms.greeting];
    const items = greeting === undefined ? this.#dialogue.prompts(...standard) : [greeting];
    this.#dialogue.say({ items, ...(afterMs > 0 && { afterMs }) }, ({ why }) => {
      // A key interrupts it, and says by itself what comes next.
      if (why !== 'stopped') this.#beep();
    });
    this.#dialogue.gather(ANY_KEY, ({ digits }) => {
      if (digits === '*' && terms.fromOutside) this.#logIn();
      else this.#beep();
    });
  }

  #beep(): void {
    this.#dialogue.stopGathering();
    this.#dialogue.say(BEEP, () => this.#record());
  }

  #record(): void {
    const { terms } = this.#box!;
    const began = this.#taking!.record(terms.silence, (counts, why) => {
      if (!this.#over) this.#recorded(counts, why);
    });
    if (began) this.#awaitHash();
    else this.#refused('no-codec');
  }

  /** Other keys than # end nothing. */
  #awaitHash(): void {
    this.#dialogue.gather(HASH, ({ terminator }) => {
      if (terminator === '#') this.#taking?.stop();
      else this.#awaitHash();
    });
  }

  #recorded(counts: boolean, why: SoloEnd['why']): void {
    this.#dialogue.stopGathering();
    if (counts) {
      // By the key: who fell silent, or said all that there is room for, has had their say.
      if (why === 'stopped' && this.#call.legs.caller !== undefined) this.#review([]);
      else this.#finish();
    } else if (this.#taking?.recorded !== undefined) this.#review(['message-too-short']);
    else if (why === 'stopped' && ++this.#tries < TRIES && this.#holdAnother() === undefined) {
      this.#say(['message-too-short'], () => this.#beep());
    } else this.#say(['message-too-short', 'goodbye'], () => this.#refused('too-short'));
  }

  /** Makes ready for a recording, or says why there is none. */
  #holdAnother(): TakeRefusal | undefined {
    const { origin, id } = this.#call;
    const draft = this.#box!.take(origin.party, id);
    if (typeof draft === 'string') return draft;
    this.#taking!.hold(draft);
    return undefined;
  }

  #review(before: readonly string[]): void {
    if (this.#reviews++ >= REVIEWS) {
      this.#finish();
      return;
    }
    const items = this.#dialogue.prompts(...before, 'message-review');
    this.#dialogue.ask({ items }, ONE_KEY, ({ digits }) => this.#choose(digits));
  }

  #choose(key: string): void {
    const taking = this.#taking!;
    if (['2', '3', '4'].includes(key)) this.#reviews = 0;
    if (key === '1' || key === '#') this.#finish();
    else if (key === '2') this.#hear();
    else if (key === '3') {
      const refused = this.#holdAnother();
      if (refused === undefined) this.#beep();
      else this.#review([TOLD[refused]]);
    } else if (key === '4') {
      taking.urgent = !taking.urgent;
      this.#review([taking.urgent ? 'message-urgent' : 'message-not-urgent']);
    } else this.#review(key === '' ? [] : ['wrong-choice']);
  }

  #hear(): void {
    const items = [this.#taking!.recorded!.sound];
    this.#dialogue.say({ items }, ({ why }) => {
      if (why !== 'stopped') this.#review([]);
    });
    this.#dialogue.gather(ANY_KEY, ({ digits }) => this.#choose(digits === '2' ? '' : digits));
  }

  #finish(): void {
    const kept = this.#taking?.keep();
    this.#tell(kept);
    this.#say(['message-saved', 'goodbye'], () => {
      this.#call.feed({ type: 'served', outcome: kept === undefined ? 'no-message' : 'message-left' });
    });
  }

  #say(prompts: readonly string[], then: () => void): void {
    this.#dialogue.stopGathering();
    this.#dialogue.say({ items: this.#dialogue.prompts(...prompts) }, then);
  }

  #logIn(): void {
    this.#taking?.forget();
    this.#login = new MailboxLogin(this.#call, this.#dialogue, this.#shared.guesses);
    this.#login.begin();
  }

  #tell(kept: Kept | undefined): void {
    if (kept === undefined) return;
    const { id, durationMs, urgent } = kept;
    this.#call.emit({ type: 'message.left', box: this.#extension, message: id, durationMs, ...(urgent && { urgent }) });
  }

  #refused(why: string): void {
    this.#taking?.forget();
    this.#call.log.info('message.refused', { box: this.#extension, why });
    this.#call.emit({ type: 'message.refused', box: this.#extension, why });
    this.#call.feed({ type: 'served', outcome: 'no-message' });
  }
}
