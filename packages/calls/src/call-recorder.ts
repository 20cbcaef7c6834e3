import type { MediaCall, MediaEvent, RecordedParty, RecordedRoom, RecordingEnd, RecordingSource } from '@vats/media';
import type { CallContext } from './call-context.ts';
import type { CallEnded } from './call-event.ts';
import { isNegotiating } from './consultation.ts';
import type { Leg } from './leg.ts';
import type { RecordingTerms } from './parts.ts';
import { RecordingNotice } from './recording-notice.ts';
import { recordingPath } from './recording-path.ts';

/** What may be asked of a call's recording. */
export type RecordingCommand = 'start' | 'stop' | 'pause' | 'resume';

/**
 * Why it was not done. `nobody-talks`: the call is not answered, or its media is gone. `codec`: a side talks in a codec that is
 * not recorded. `busy`: the one before it is being closed. `negotiating`: what a side will talk in is being agreed on.
 */
export type RecordingRefusal =
  | 'nobody-talks'
  | 'codec'
  | 'running'
  | 'not-running'
  | 'busy'
  | 'negotiating'
  | 'low-disk'
  | 'no-key';

type RecorderCall = Pick<CallContext, 'id' | 'origin' | 'parts' | 'log' | 'emit' | 'speaker' | 'holdMusic' | 'solo'>;

interface Prepared {
  readonly media: MediaCall;
  readonly left: Leg;
  readonly right: Leg;
  readonly terms: RecordingTerms;
}

type Known = NonNullable<CallEnded['recording']>;

/**
 * The recordings of one call. One is bound to the call and not to a leg: the caller is on the left, whoever talks with them on
 * the right, and who comes there by a transfer or a pickup is recorded into the same file.
 */
export class CallRecorder {
  readonly #call: RecorderCall;
  readonly #media: () => MediaCall | undefined;
  #last: Known | undefined;
  #runs = false;
  #closing = false;
  #paused = false;
  #over = false;
  /** What is heard before it begins. */
  #announcing: RecordingNotice | undefined;
  #count = 0;
  #sides: 'both' | 'caller' | 'callee' = 'both';
  #left: Leg | undefined;
  #right: Leg | undefined;
  /** What the right channel holds in place of `#right`. */
  #heard: RecordedRoom | undefined;

  constructor(call: RecorderCall, media: () => MediaCall | undefined) {
    this.#call = call;
    this.#media = media;
  }

  /** The last recording as far as it is known: its path from its start, its length from its end. */
  get last(): Known | undefined {
    return this.#last;
  }

  /** The media plane has not told yet that its recording has ended. */
  get occupied(): boolean {
    return this.#runs;
  }

  /** Sound is kept now, or would be but for a pause. */
  get state(): 'off' | 'on' | 'paused' {
    if (this.#announcing !== undefined) return 'on';
    if (!this.#runs || this.#closing) return 'off';
    return this.#paused ? 'paused' : 'on';
  }

  /**
   * Who talks has changed, or begins to: the recording that runs follows them, in the same file.
   *
   * @param left the caller, or whoever is in their place; the same as `right` where there is an echo
   */
  talk(left: Leg, right: Leg): void {
    if (this.#left !== left) this.#from('left', this.#sides === 'callee' ? undefined : left);
    const changes = this.#right !== right;
    this.#left = left;
    this.#right = right;
    if (changes) this.#fromRight();
  }

  /** A side has somebody else to talk with: it stays on its channel, whatever place it has in the call now. */
  putThrough(stays: Leg, comes: Leg): void {
    if (this.#right === stays) this.talk(comes, stays);
    else this.talk(stays, comes);
  }

  /** A side is heard by nobody for now, and is not recorded either. */
  without(leg: Leg): void {
    if (this.#left === leg) this.#from('left', undefined);
    if (this.#right === leg && this.#runs) this.#media()?.recordFrom('right', undefined);
  }

  /** It is heard again. */
  again(leg: Leg): void {
    if (this.#left === leg) this.#from('left', this.#sides === 'callee' ? undefined : leg);
    if (this.#right === leg) this.#fromRight();
  }

  /** Who is on the left. */
  get leftName(): string | undefined {
    return this.#left?.name;
  }

  /** While others talk to the caller too, the right channel holds what is heard in this room. Undefined: whoever talks with them alone. */
  hears(room: RecordedRoom | undefined): void {
    if (this.#heard?.room === room?.room && this.#heard?.without === room?.without) return;
    this.#heard = room;
    this.#fromRight();
  }

  /** The domain's policy wants the call recorded from its answer on. What is in the way is told in its story. */
  begin(left: Leg, right: Leg): void {
    this.talk(left, right);
    const refused = this.#announce();
    if (refused !== undefined) this.#refused(refused);
  }

  /** Does what somebody asks, or says why not. */
  do(command: RecordingCommand): RecordingRefusal | undefined {
    if (command === 'start') return this.#startByHand();
    if (this.state === 'off') return 'not-running';
    if (this.#announcing !== undefined) {
      if (command !== 'stop') return 'busy';
      this.#stopAnnouncing();
    } else if (command === 'stop') this.stop('stopped');
    else if (command === 'pause') this.#pause();
    else this.#resume();
    return undefined;
  }

  /** Ends the recording that runs, the call goes on. */
  stop(why: RecordingEnd): void {
    this.#stopAnnouncing();
    if (this.state === 'off') return;
    this.#closing = true;
    this.#media()?.stopRecording(why);
  }

  #stopAnnouncing(): void {
    this.#announcing?.cancel();
    this.#announcing = undefined;
    const [left, right] = [this.#left, this.#right];
    // Whoever is on hold heard it in place of the music.
    if (left !== undefined && right !== undefined) this.#call.holdMusic.review(left, right);
  }

  /** The call is over: nothing begins any more. */
  close(): void {
    this.#announcing?.cancel();
    this.#announcing = undefined;
    this.#over = true;
  }

  onMedia(event: Extract<MediaEvent, { kind: 'recording-finished' | 'recording-failed' }>): void {
    const { path, durationMs, octets } = event;
    this.#runs = false;
    this.#closing = false;
    if (event.kind === 'recording-finished') {
      this.#last = { path, durationMs, octets };
      this.#call.emit({ type: 'recording.finished', path, durationMs, octets, why: event.why });
    } else {
      const { reason, detail } = event;
      this.#last = { path, durationMs, octets, failed: reason };
      this.#call.log.error('recording.failed', { path, reason, detail });
      this.#call.emit({ type: 'recording.failed', path, reason, keptMs: durationMs });
    }
  }

  // Offers under way were not made for a recording: their answer may be a codec that is none's.
  #startByHand(): RecordingRefusal | undefined {
    const negotiating = !this.#runs && [this.#left, this.#right].some((leg) => leg !== undefined && isNegotiating(leg));
    return negotiating ? 'negotiating' : this.#announce();
  }

  /** Begins, once both sides have heard what they are to hear before it. */
  #announce(): RecordingRefusal | undefined {
    if (this.#announcing !== undefined) return 'running';
    const found = this.#prepared();
    if (typeof found === 'string') return found;
    const { announce } = found.terms;
    if (announce === undefined) return this.#start();
    const legs = new Set([found.left, found.right]);
    this.#announcing = new RecordingNotice(this.#call, [...legs], announce, () => {
      this.#announcing = undefined;
      const refused = this.#start();
      // Whoever is on hold heard it in place of the music.
      this.#call.holdMusic.review(found.left, found.right);
      if (refused !== undefined) this.#refused(refused);
    });
    this.#announcing.begin();
    return undefined;
  }

  /** Who is recorded, and on what terms; or why nobody is. */
  #prepared(): Prepared | RecordingRefusal {
    const { origin, parts } = this.#call;
    const media = this.#media();
    const [left, right] = [this.#left, this.#right];
    if (this.#over || media === undefined || left === undefined || right === undefined) return 'nobody-talks';
    if (this.#runs) return this.#closing ? 'busy' : 'running';
    if (this.#call.solo.runs) return 'busy';
    if ([left, right].some(({ sdp }) => !sdp.recordable)) return 'codec';
    const terms = parts.recordings?.(origin.domain) ?? {};
    return 'refused' in terms ? terms.refused : { media, left, right, terms };
  }

  #start(): RecordingRefusal | undefined {
    const { id, origin, parts } = this.#call;
    const found = this.#prepared();
    if (typeof found === 'string') return found;
    const { media, left, right, terms } = found;
    const { sides = 'both', format, minimumMs, seal } = terms;
    this.#sides = sides;
    const at = parts.clock.now();
    const path = recordingPath(parts.settings.recordings, at, origin.party, origin.dialled, id, {
      number: ++this.#count,
      extension: seal === undefined ? '.wav' : '.vrec',
    });
    this.#last = { path, durationMs: 0, octets: 0 };
    this.#runs = true;
    this.#paused = false;
    media.record({
      path,
      domain: origin.domain.id,
      left: sides === 'callee' ? undefined : sourceOf(left),
      right: sides === 'caller' ? undefined : (this.#heard ?? sourceOf(right)),
      ...(format !== undefined && { format }),
      ...(minimumMs !== undefined && { minimumMs }),
      seal,
    });
    this.#call.emit({ type: 'recording.started', path });
    return undefined;
  }

  #refused(why: RecordingRefusal): void {
    this.#call.log.warn('recording.refused', { why });
    this.#call.emit({ type: 'recording.refused', why });
  }

  #pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#media()?.pauseRecording();
    this.#call.emit({ type: 'recording.paused' });
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#media()?.resumeRecording();
    this.#call.emit({ type: 'recording.resumed' });
  }

  #fromRight(): void {
    if (!this.#runs) return;
    const right = this.#right && sourceOf(this.#right);
    this.#media()?.recordFrom('right', this.#sides === 'caller' ? undefined : (this.#heard ?? right));
  }

  #from(channel: 'left' | 'right', leg: Leg | undefined): void {
    if (this.#runs) this.#media()?.recordFrom(channel, leg && sourceOf(leg));
  }
}

function sourceOf({ media, party }: Leg): RecordingSource {
  const named: RecordedParty = { number: party.number, ...(party.name !== undefined && { name: party.name }) };
  return { leg: media, party: named };
}
