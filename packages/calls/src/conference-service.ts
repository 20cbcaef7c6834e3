import type { PlayedItem } from '@vats/media';
import type { Conference } from '@vats/pbx';
import type { CallContext } from './call-context.ts';
import type { Party } from './call-event.ts';
import { CALLER } from './call-state.ts';
import type { CallerSide } from './caller-side.ts';
import type { Attendee, ConferenceRoom } from './conference-room.ts';
import type { Conferences } from './conferences.ts';
import type { FailureCode } from './failures.ts';
import { ANNOUNCEMENT } from './recording-notice.ts';
import { roomOrderOf } from './room-order.ts';
import type { RunningService, ServiceEvent } from './services.ts';
import { AFTER_ANSWER_MS, BEEP, type SaidEnd, type Sound } from './speaker.ts';

/** Wrong PINs, or none, of one call. */
const TRIES = 3;
/** How long the first key of a PIN is waited for, and each other. */
const FIRST_KEY_MS = 10_000;
const NEXT_KEY_MS = 5_000;
const LONGEST_PIN = 12;

/** Takes the caller into a conference: asks for its PIN where it has one, and keeps them there until they hang up. */
export class ConferenceService implements RunningService, Attendee {
  readonly call: string;
  readonly party: Party;
  readonly #call: CallContext;
  readonly #caller: CallerSide;
  readonly #conferences: Conferences;
  readonly #conference: Conference;
  #room: ConferenceRoom | undefined;
  /** What the room knows of how the caller is heard, to notice when that changes. */
  #entered = '';
  #collecting: number | undefined;
  #tries = 0;
  #isAlone = false;
  /** The caller hears that the conference is recorded, and is heard by nobody until then. */
  #isWarned = false;
  /** What an attendee who is alone hears, while it is heard. */
  #music: Sound | undefined;
  /** What they are to be told behind what they hear now; of several the last. */
  #next: Sound | undefined;
  #over = false;

  constructor(call: CallContext, caller: CallerSide, conferences: Conferences, conference: Conference) {
    this.#call = call;
    this.#caller = caller;
    this.#conferences = conferences;
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
    const fault = this.#caller.speak({ answer: true }, (opensNow) => {
      if (this.#over) return;
      const afterMs = opensNow ? AFTER_ANSWER_MS : 0;
      if (this.#conference.pin === undefined) this.#enter(afterMs);
      else this.#ask(['enter-pin'], afterMs);
    });
    if (fault !== undefined) this.#call.feed({ type: 'refuse', failure: 'no-common-codec' });
  }

  changed(): void {
    if (this.#room !== undefined) this.#takeSeat();
    // Its keys may come under other numbers now.
    else if (this.#collecting !== undefined) this.#collect();
  }

  told(event: ServiceEvent): void {
    if (event.kind === 'room-refused') {
      this.#call.feed({ type: 'hang-up', failure: 'conference-full' });
    } else if (event.kind === 'collected' && event.collect === this.#collecting) {
      this.#collecting = undefined;
      this.#judge(event.digits);
    }
  }

  end(): void {
    this.#over = true;
    const { legs } = this.#call;
    if (this.#collecting !== undefined && legs.caller !== undefined) legs.media?.stopCollecting(legs.caller.media);
    this.#collecting = undefined;
    this.#room?.leave(this);
    this.#room = undefined;
  }

  // That the conference is recorded, say, is heard to its end.
  tell(sound: Sound): void {
    const { legs, speaker } = this.#call;
    const saying = legs.caller && speaker.saying(legs.caller);
    if (saying !== undefined && saying !== this.#music) this.#next = sound;
    else this.#say(sound, () => this.#goOn());
  }

  #goOn(): void {
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined) this.#playMusic();
    else this.#say(next, () => this.#goOn());
  }

  alone(isAlone: boolean): void {
    this.#isAlone = isAlone;
    const { legs, speaker } = this.#call;
    if (legs.caller === undefined) return;
    const saying = speaker.saying(legs.caller);
    // Whoever comes first is told so before.
    if (isAlone && saying === undefined && this.#entered !== '') this.#playMusic();
    else if (!isAlone && saying !== undefined && saying === this.#music) speaker.hush(legs.caller);
  }

  /** Asks for the PIN; a key interrupts what is said. */
  #ask(prompts: readonly string[], afterMs = 0): void {
    this.#say({ items: this.#prompts(prompts), ...(afterMs > 0 && { afterMs }) });
    this.#collect();
  }

  #collect(): void {
    const { caller, media } = this.#call.legs;
    if (caller === undefined || media === undefined) return;
    const { events, sound } = caller.sdp.heardIn;
    this.#collecting = media.collect(caller.media, {
      ...{ most: LONGEST_PIN, terminators: ['#'], firstMs: FIRST_KEY_MS, betweenMs: NEXT_KEY_MS, bargeIn: true },
      // Keys that come as events are not looked for in the sound as well.
      sources: { events, tones: events.length > 0 ? [] : sound },
    });
  }

  #judge(digits: string): void {
    if (digits === this.#conference.pin) {
      this.#enter(0);
      return;
    }
    this.#call.log.info('conference.wrong-pin', { conference: this.#conference.extension, tries: ++this.#tries });
    if (this.#tries < TRIES) this.#ask(['wrong-pin', 'enter-pin']);
    else this.#leaveWith(['wrong-pin', 'goodbye'], 'wrong-pin');
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
    const announced = notice === 'announcement' ? this.#prompts([ANNOUNCEMENT]) : [];
    const items: PlayedItem[] = [
      ...announced,
      ...(notice !== undefined && announced.length === 0 ? BEEP.items : []),
      ...this.#prompts([this.#isAlone ? 'conference-first' : 'conference-welcome']),
    ];
    this.#say({ items, ...(afterMs > 0 && { afterMs }) }, (end) => this.#greeted(end));
  }

  #greeted({ why }: SaidEnd): void {
    if (this.#isWarned && why === 'failed') {
      this.#call.log.warn('prompt.failed', { prompt: ANNOUNCEMENT, why: 'unreadable' });
      this.#say(BEEP, () => this.#warned());
    } else this.#warned();
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
    const file = music === 'default' ? parts.music?.(origin.domain) : this.#prompts([music])[0]?.file;
    if (file === undefined) return;
    this.#music = { items: [{ file }], times: 0, shared: true };
    this.#say(this.#music);
  }

  #leaveWith(prompts: readonly string[], failure: FailureCode): void {
    this.#say({ items: this.#prompts(prompts) }, () => this.#call.feed({ type: 'hang-up', failure }));
  }

  #say(sound: Sound, then: (end: SaidEnd) => void = () => {}): void {
    const { legs, speaker } = this.#call;
    if (legs.caller === undefined || this.#over) return;
    speaker.say(legs.caller, sound, (end) => {
      if (!this.#over) then(end);
    });
  }

  /** What of them can be found. */
  #prompts(names: readonly string[]): { file: string }[] {
    const { origin, parts } = this.#call;
    return names.flatMap((name) => {
      const file = parts.prompt?.(origin.domain, name);
      if (file !== undefined) return [{ file }];
      this.#call.log.warn('prompt.failed', { prompt: name, why: 'unknown' });
      return [];
    });
  }
}
