import type { Cancel } from '@vats/kernel';
import type { MediaCall, MediaEvent, RecordingEnd } from '@vats/media';
import type { Conference, Domain } from '@vats/pbx';
import type { CallsParts, RecordingTerms } from './parts.ts';
import { recordingPath } from './recording-path.ts';

/** A file that is not finished by then is at the next start. */
const CLOSING_LIMIT_MS = 10_000;
/** Characters of a conference's id, as of a call's. */
const ID_CHARACTERS = 12;

/** What happened to the recording of a conference; it belongs to no call. */
export interface ConferenceRecorded {
  /** Of this meeting: what a call's id is to its recording. */
  readonly id: string;
  /** `Domain.id`. */
  readonly domain: string;
  readonly extension: string;
  readonly name: string;
  readonly path: string;
  /** Wall time at which it began, ms. */
  readonly startedAt: number;
  readonly what:
    | { readonly kind: 'started' }
    | { readonly kind: 'finished'; readonly durationMs: number }
    | { readonly kind: 'failed'; readonly reason: string; readonly keptMs: number };
}

/**
 * What all say in a conference, as one recording. It has a call of the media plane to itself, so that it goes on whoever leaves; it
 * ends when the last one has.
 */
export class ConferenceRecording {
  /** Whether sound is kept. */
  runs = true;
  /** What whoever comes is to hear of it first. */
  readonly announce: RecordingTerms['announce'];
  readonly #parts: CallsParts;
  readonly #about: Omit<ConferenceRecorded, 'what'>;
  readonly #over: () => void;
  #media: MediaCall | undefined;
  #stopWaiting: Cancel = () => {};

  private constructor(
    parts: CallsParts,
    about: Omit<ConferenceRecorded, 'what'>,
    announce: RecordingTerms['announce'],
    over: () => void,
  ) {
    this.#parts = parts;
    this.#about = about;
    this.announce = announce;
    this.#over = over;
  }

  /**
   * Undefined where none may begin, which is said in the log.
   *
   * @param beside whose media lives where the room does
   * @param over called when nothing more comes of it; maybe more than once
   */
  static begin(
    parts: CallsParts,
    { domain, conference, room }: { domain: Domain; conference: Conference; room: string },
    beside: MediaCall,
    over: (recording: ConferenceRecording) => void,
  ): ConferenceRecording | undefined {
    const { extension, name } = conference;
    const terms = parts.recordings?.(domain) ?? {};
    if ('refused' in terms) {
      parts.log.warn('conference.not-recorded', { domain: domain.name, extension, why: terms.refused });
      return undefined;
    }
    const { announce, format, minimumMs, seal } = terms;
    const id = parts.random.token(ID_CHARACTERS);
    const startedAt = parts.clock.now();
    const extensionOfFile = seal === undefined ? '.wav' : '.vrec';
    const path = recordingPath(parts.settings.recordings, startedAt, { number: extension }, 'conference', id, {
      extension: extensionOfFile,
    });
    const recording: ConferenceRecording = new ConferenceRecording(
      parts,
      { id, domain: domain.id, extension, name, path, startedAt },
      announce,
      () => over(recording),
    );
    const media = parts.media.openCall(id, (event) => recording.#onMedia(event), { beside });
    if (media === undefined) {
      parts.log.error('conference.not-recorded', { domain: domain.name, extension, why: 'no-media-ports' });
      return undefined;
    }
    recording.#media = media;
    recording.#tell({ kind: 'started' });
    media.record({
      ...{ path, domain: domain.id, mix: { room }, seal },
      ...(format !== undefined && { format }),
      ...(minimumMs !== undefined && { minimumMs }),
    });
    return recording;
  }

  /** Ends it, the conference goes on. */
  stop(why: RecordingEnd): void {
    if (this.runs) this.#media?.stopRecording(why);
  }

  /** Everybody has left. */
  close(): void {
    this.#stopWaiting = this.#parts.clock.after(CLOSING_LIMIT_MS, this.#over);
    this.#media?.close();
  }

  #onMedia(event: MediaEvent): void {
    if (event.kind === 'recording-finished') {
      this.runs = false;
      this.#tell({ kind: 'finished', durationMs: event.durationMs });
    } else if (event.kind === 'recording-failed') {
      this.runs = false;
      const { path, extension } = this.#about;
      this.#parts.log.error('recording.failed', { path, conference: extension, reason: event.reason });
      this.#tell({ kind: 'failed', reason: event.reason, keptMs: event.durationMs });
    } else if (event.kind === 'closed' || event.kind === 'lost') {
      this.#stopWaiting();
      this.#over();
    }
  }

  #tell(what: ConferenceRecorded['what']): void {
    this.#parts.conferenceRecorded?.({ ...this.#about, what });
  }
}
