import type { PlayedItem } from '@vats/media';
import type { Conference } from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import type { Party } from './call-event.ts';
import { CALLER } from './call-state.ts';
import { CallerDialogue } from './caller-dialogue.ts';
import type { CallerSide } from './caller-side.ts';
import type { Attendee, ConferenceRoom } from './conference-room.ts';
import type { Conferences } from './conferences.ts';
import type { FailureCode } from './failures.ts';
import { PinEntry } from './pin-entry.ts';
import { ANNOUNCEMENT } from './recording-notice.ts';
import { roomOrderOf } from './room-order.ts';
import type { RunningService, ServiceEvent, SharedByServices } from './services.ts';
import { BEEP, type SaidEnd, type Sound } from './speaker.ts';

/** Takes the caller into a conference: asks for its PIN where it has one, and keeps them there until they hang up. */
export class ConferenceService implements RunningService, Attendee {
  readonly call: string;
  readonly party: Party;
  readonly #call: CallContext;
  readonly #dialogue: CallerDialogue;
  readonly #pin: PinEntry;
  readonly #conferences: Conferences;
  readonly #conference: Conference;
  #room: ConferenceRoom | undefined;
  /** What the room knows of how the caller is heard, to notice when that changes. */
  #entered = '';
  #isAlone = false;
  /** The caller hears that the conference is recorded, and is heard by nobody until then. */
  #isWarned = false;
  /** What an attendee who is alone hears, while it is heard. */
  #music: Sound | undefined;
  /** What they are to be told behind what they hear now; of several the last. */
  #next: Sound | undefined;
  #over = false;

  constructor(call: CallContext, caller: CallerSide, shared: SharedByServices, conference: Conference) {
    this.#call = call;
    this.#dialogue = new CallerDialogue(call, caller);
    this.#pin = new PinEntry(call, this.#dialogue, shared.guesses);
    this.#conferences = shared.conferences;
    this.#conference = conference;
    this.call = call.id;
    this.party = call.origin.party;
  }

  get media() {
    // Whoever joins a room has sound, and a call with sound has media.
    return this.#call.legs.media!;
  }

  begin(): void {
    // Who would find no seat is not answered first.
    if (!this.#conferences.hasSeat(this.#call.origin.domain, this.#conference)) {
      this.#call.feed({ type: 'refuse', failure: 'conference-full' });
      return;
    }
    if (this.#conference.pin !== undefined && !this.#pin.isOpen(this.#guarded)) {
      this.#call.feed({ type: 'refuse', failure: 'wrong-pin' });
      return;
    }
    const fault = this.#dialogue.open(true, (afterMs) => this.#opened(afterMs));
    if (fault !== undefined) this.#call.feed({ type: 'refuse', failure: 'no-common-codec' });
  }

  changed(): void {
    if (this.#room !== undefined) this.#takeSeat();
    else this.#dialogue.changed();
  }

  told(event: ServiceEvent): void {
    if (event.kind === 'room-refused') this.#call.feed({ type: 'hang-up', failure: 'conference-full' });
    else this.#dialogue.told(event);
  }

  end(): void {
    this.#over = true;
    this.#dialogue.end();
    this.#room?.leave(this);
    this.#room = undefined;
  }

  // That the conference is recorded, say, is heard to its end.
  tell(sound: Sound): void {
    const { saying } = this.#dialogue;
    if (saying !== undefined && saying !== this.#music) this.#next = sound;
    else this.#dialogue.say(sound, () => this.#goOn());
  }

  #goOn(): void {
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined) this.#playMusic();
    else this.#dialogue.say(next, () => this.#goOn());
  }

  alone(isAlone: boolean): void {
    this.#isAlone = isAlone;
    const { saying } = this.#dialogue;
    // Whoever comes first is told so before.
    if (isAlone && saying === undefined && this.#entered !== '') this.#playMusic();
    else if (!isAlone && saying !== undefined && saying === this.#music) this.#dialogue.hush();
  }

  #opened(afterMs: number): void {
    const { pin } = this.#conference;
    if (pin === undefined) this.#enter(afterMs);
    else
      this.#pin.ask(this.#guarded, pin, afterMs, (end) => {
        if (end === 'right') this.#enter(0);
        else this.#leaveWith(['wrong-pin', 'goodbye'], 'wrong-pin');
      });
  }

  get #guarded(): string {
    return `conference ${this.#conference.extension}`;
  }

  #enter(afterMs: number): void {
    const { origin, legs } = this.#call;
    const { extension, name } = this.#conference;
    this.#room = this.#conferences.join(origin.domain, this.#conference, this);
    if (this.#room === undefined) {
      this.#leaveWith(['conference-full', 'goodbye'], 'conference-full');
      return;
    }
    this.#isWarned = this.#room.notice !== undefined;
    this.#takeSeat();
    // A codec that came with a re-INVITE meanwhile may be none that is mixed: the call is over then.
    if (this.#over || this.#room === undefined) return;
    this.#call.emit({ type: 'call.answered', leg: CALLER, party: { number: extension, extension, name } });
    legs.supervise();
    const { notice } = this.#room;
    const announced = notice === 'announcement' ? this.#dialogue.prompts(ANNOUNCEMENT) : [];
    const items: PlayedItem[] = [
      ...announced,
      ...(notice !== undefined && announced.length === 0 ? BEEP.items : []),
      ...this.#dialogue.prompts(this.#isAlone ? 'conference-first' : 'conference-welcome'),
    ];
    this.#dialogue.say({ items, ...(afterMs > 0 && { afterMs }) }, (end) => this.#greeted(end));
  }

  #greeted({ why }: SaidEnd): void {
    if (this.#isWarned && why === 'failed') this.#dialogue.say(BEEP, () => this.#warned());
    else this.#warned();
  }

  #warned(): void {
    const { caller, media } = this.#call.legs;
    const was = this.#isWarned;
    this.#isWarned = false;
    if (was && caller !== undefined) media?.changeInRoom(caller.media, { presence: 'talk' });
    this.#goOn();
  }

  /** Goes into the room, and anew when the caller's codec has changed. */
  #takeSeat(): void {
    const { caller, media } = this.#call.legs;
    const room = this.#room;
    if (caller === undefined || media === undefined || room === undefined) return;
    const presence = this.#isWarned ? 'listen' : 'talk';
    const order = roomOrderOf(caller, { room: room.name, as: this.call, presence });
    if (order === undefined) {
      this.#call.feed({ type: 'hang-up', failure: 'no-common-codec' });
      return;
    }
    const entered = JSON.stringify({ ...order, presence: undefined });
    if (entered === this.#entered) return;
    this.#entered = entered;
    media.joinRoom(caller.media, order);
  }

  #playMusic(): void {
    const { music } = this.#conference;
    if (!this.#isAlone || music === undefined || this.#over) return;
    const { origin, parts } = this.#call;
    const file = music === 'default' ? parts.music?.(origin.domain) : undefined;
    const items = music === 'default' ? (file === undefined ? [] : [{ file }]) : this.#dialogue.prompts(music);
    if (items.length === 0) return;
    this.#music = { items, times: 0, shared: true };
    this.#dialogue.say(this.#music);
  }

  #leaveWith(prompts: readonly string[], failure: FailureCode): void {
    this.#dialogue.say({ items: this.#dialogue.prompts(...prompts) }, () =>
      this.#call.feed({ type: 'hang-up', failure }),
    );
  }
}
