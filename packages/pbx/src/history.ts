import type { NumberSearch } from './number-search.ts';
import type { RefusedLimit } from './spending/limit-text.ts';

/** One side of a finished call, as the switch knew it. */
export interface CallParty {
  /** What a person dials or sees: an extension, a number, a feature code. */
  readonly number: string;
  /** The number as it came, where `number` is another writing of it. */
  readonly raw?: string;
  readonly name?: string;
  readonly extension?: string;
  /** The device's account, when the party is one of ours. */
  readonly login?: string;
}

/** `in`: a trunk brought it. `out`: one of ours called outside. `internal`: one of ours called one of ours, or the switch. */
export type CallDirection = 'in' | 'out' | 'internal';

/**
 * What a call was, taken as a whole; never a leg's property.
 *
 * - `answered`: somebody spoke with the caller
 * - `missed`: an incoming or internal call that looked for somebody of ours, and that nobody answered, here or elsewhere
 * - `served`: the switch itself answered and nobody else was looked for (the echo test, a code)
 * - `failed`: everything else: outgoing calls that nobody took, numbers that nobody has, what a rule denied
 */
export type CallResult = 'answered' | 'missed' | 'served' | 'failed';

/** One side of a call and what became of it. Times are milliseconds since the epoch. */
export interface CallLeg {
  /** `a` is the caller, `b1`, `b2` … those who were rung, in this order. */
  readonly leg: string;
  readonly party: CallParty;
  /** By which trunk it came or went; absent for a phone of ours. */
  readonly trunk?: string;
  /** The group as whose member it was rung. */
  readonly group?: string;
  /** The extension whose forward ordered it. */
  readonly forwardedBy?: string;
  /** Why it was rung, for a person. */
  readonly why?: string;
  readonly startedAt: number;
  readonly ringingAt?: number;
  readonly answeredAt?: number;
  readonly endedAt: number;
  /** How it ended, where it did by itself: a name in the table of failures. */
  readonly failure?: string;
  /** Final SIP status of a leg that did not answer. */
  readonly status?: number;
  /** It stopped ringing because another leg answered. */
  readonly elsewhere?: boolean;
  /** How long its peer held the call, milliseconds. */
  readonly heldMs?: number;
}

/** Who spoke with the caller, from when to when. */
export interface CallTalk {
  readonly leg: string;
  readonly party: CallParty;
  readonly from: number;
  readonly to: number;
}

/** A call was sent on. */
export interface CallForward {
  readonly at: number;
  /** Who ordered it: an extension, a group, a number. */
  readonly by: string;
  readonly to: string;
  /** `always`, `busy`, `no-answer`, `unreachable`, or what else the plan says. */
  readonly when: string;
}

/** A limit that kept the call from going out by a trunk, or cut it off. */
export interface ReachedLimit extends RefusedLimit {
  /** The call was talking, and got no more. */
  readonly cutOff?: true;
  readonly at: number;
  readonly trunk: string;
  readonly number: string;
}

/** Packets of one leg as the media plane counted them. */
export interface LegQuality {
  readonly received: number;
  readonly sent: number;
  readonly lost: number;
  /** From addresses other than the leg's. */
  readonly foreign: number;
  /** The suite that the leg was encrypted with; packets that were dropped because they were not, by its key, and copies of ones heard. */
  readonly srtp?: string;
  readonly unauthentic?: number;
  readonly replayed?: number;
  /** What came from the leg was converted for the other side; names of codecs, in lower case. */
  readonly converted?: { readonly from: string; readonly to: string };
  /** Interarrival jitter of what came from the leg (RFC 3550 §6.4.1), milliseconds: at the end, and the greatest. */
  readonly jitterMs?: number;
  readonly greatestJitterMs?: number;
  /** Packets that came behind later ones, and that came twice. */
  readonly reordered?: number;
  readonly duplicates?: number;
  /** Mean opinion score of what came from it, estimated (ITU-T G.107): 1 to 4.4. */
  readonly score?: number;
  /** To the leg's peer and back, by its RTCP. */
  readonly roundTripMs?: number;
  /** What the peer reported of the sound that it got: packets that it missed, the worst share between two reports, its jitter. */
  readonly reported?: { readonly lost: number; readonly worstLoss: number; readonly jitterMs: number };
  /** Streams beside the sound (video, fax), in the order of their end. */
  readonly streams?: readonly StreamCounts[];
}

/** What came and went of one stream beside a leg's sound; datagrams where it is no RTP. */
export interface StreamCounts {
  /** video, image, … */
  readonly kind: string;
  readonly received: number;
  readonly sent: number;
  readonly lost: number;
  readonly foreign: number;
  readonly jitterMs: number;
}

/** The call was heard one way only, or not at all, or was well again. */
export type SoundTrouble =
  | {
      readonly at: number;
      readonly kind: 'one-way';
      /** Who was not heard. */
      readonly leg: string;
      /** Whether it had been heard before. */
      readonly everHeard: boolean;
      /** Where its SDP said that its sound is, and who sent packets without being believed to be it; `address:port`. */
      readonly claimed?: string;
      readonly stranger?: string;
    }
  | { readonly at: number; readonly kind: 'silent' }
  | { readonly at: number; readonly kind: 'recovered'; readonly milliseconds: number };

/** How a caller left a queue: somebody answered, the caller hung up, the time was over, or no agent was there any more. */
export type QueueEnd = 'answered' | 'abandoned' | 'waited' | 'nobody';

/** A wait in a queue that is over. */
export interface QueueWait {
  /** The group's extension. */
  readonly group: string;
  readonly how: QueueEnd;
  /** When it ended, milliseconds since the epoch. */
  readonly at: number;
  readonly waitedMs: number;
}

/** A message that the caller left. */
export interface LeftMessage {
  /** Whose mailbox it lies in: an extension. */
  readonly box: string;
  readonly id: string;
  readonly durationMs: number;
  readonly urgent?: true;
}

/** What a list of finished calls tells of each. Times are milliseconds since the epoch. */
export interface CallSummary {
  readonly id: string;
  /** `Domain.id`. */
  readonly domain: string;
  readonly direction: CallDirection;
  readonly result: CallResult;
  readonly startedAt: number;
  readonly answeredAt?: number;
  readonly endedAt: number;
  readonly from: CallParty;
  /** What the caller dialled, as dialled. */
  readonly dialled: string;
  /** The domain's number that was called. */
  readonly did?: string;
  /** Of an outgoing call the number outside that was rung, E.164 where it is a public one. */
  readonly called?: string;
  /** The trunk that brought it; of an outgoing call the one that it was answered by, else the last that was tried. */
  readonly trunk?: string;
  /** The group that was called, the last one where there were several. */
  readonly group?: string;
  /** Who spoke with the caller first. */
  readonly answeredBy?: CallParty;
  /** From the start to the answer, or to the end where there was none, milliseconds. */
  readonly waitMs: number;
  /** From the answer to the end, milliseconds; 0 where nobody answered. */
  readonly talkMs: number;
  /** How it ended: a name in the table of failures. */
  readonly outcome: string;
  /** The final SIP status that the caller was given; 0 where it got none. */
  readonly status: number;
  /** The caller gave up because the call was answered at another place that rang for it too. */
  readonly elsewhere?: boolean;
  readonly legs: readonly CallLeg[];
  readonly talks: readonly CallTalk[];
  readonly forwards: readonly CallForward[];
  readonly message?: LeftMessage;
  /** Limits that were in its way outside; absent where none was. */
  readonly limits?: readonly ReachedLimit[];
  /** The queues in which the caller waited, in order. */
  readonly queues?: readonly QueueWait[];
  /** What was wrong with its sound while it was up. */
  readonly sound?: readonly SoundTrouble[];
  /** The plan's lines: the reason of each step. */
  readonly explain: readonly string[];
  /** Paths as `RecordingEntry.path`. */
  readonly recordings: readonly { readonly path: string; readonly durationMs: number; readonly failed?: string }[];
  readonly media?: Readonly<Record<string, LegQuality>>;
}

/** What is kept of a call when it has ended. */
export interface CallRecord extends CallSummary {
  /** The Call-ID of the caller's INVITE. */
  readonly sipCallId?: string;
  /** What `route()` knew of the moment and its random seed, to find the same plan again; plain data, opaque here. */
  readonly world?: unknown;
  readonly seed?: string;
  /** The call's events in order, plain data: the story that everything else is told from. */
  readonly story: readonly unknown[];
}

/** Which finished calls; newest first. All that is given must hold. */
export interface CallFilter {
  /** `Domain.id`. */
  readonly domain?: string;
  /** Either side's number, as `readNumberSearch` read it. */
  readonly number?: NumberSearch;
  /** Extension of somebody who called, was rung or spoke. */
  readonly employee?: string;
  /** Extension or name of a group that the call came to, as the record has it. */
  readonly group?: string;
  readonly results?: readonly CallResult[];
  readonly directions?: readonly CallDirection[];
  /** Started at this time or later. */
  readonly since?: number;
  /** Started before this time. */
  readonly before?: number;
  /** At most this many; 100 by default, 1,000 at most. */
  readonly limit?: number;
  /** `CallPage.next` of the page before. */
  readonly after?: CallCursor;
}

/** The last call of a page. */
export interface CallCursor {
  readonly startedAt: number;
  readonly id: string;
}

export interface CallPage {
  readonly calls: readonly CallSummary[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: CallCursor;
  /**
   * The look ended at this time, milliseconds since the epoch, before the page was full: so many calls were not the right ones. There may
   * be more behind; `next` goes on there.
   */
  readonly lookedBackTo?: number;
}

/** The last conversation of an outside number with one of ours. */
export interface LastConversation {
  /** `Domain.id`. */
  readonly domain: string;
  /** As `normaliseNumber` writes it. */
  readonly number: string;
  /** Who of ours spoke with it last. */
  readonly extension: string;
  /** When that conversation ended, milliseconds since the epoch. */
  readonly endedAt: number;
  /** Who called whom: `in` when the outside number did. */
  readonly direction: 'in' | 'out';
  readonly call: string;
}

/** Finished calls, and a note of those that are up. */
export interface HistoryStore {
  /**
   * Keeps a finished call and drops its note; resolves when that is durable. A second record of the same id replaces the first.
   */
  append(record: CallRecord): Promise<void>;
  /** Notes a call that is up, as far as it has come; replaces an earlier note of it. */
  noteOpen(record: CallRecord): Promise<void>;
  /** Calls that are noted and did not end: after a kill, those that it cut off. */
  open(): Promise<CallRecord[]>;
  /** One page. Rejects with a StoreError (`too-wide`) where a number's ending is that of too many numbers. */
  list(filter?: CallFilter): Promise<CallPage>;
  find(id: string): Promise<CallRecord | undefined>;
  /**
   * The last conversations that ended at that time or later: for each domain and outside number one of each direction at most.
   */
  conversationsSince(at: number): Promise<LastConversation[]>;
  /** Removes some of the calls that started before that time, the oldest first, and says how many: 0 when none is left. */
  removeBefore(at: number, atMost?: number): Promise<number>;
}

/** A recording on disk. */
export interface RecordingEntry {
  readonly id: string;
  readonly call: string;
  readonly domain: string;
  /** The file, relative to the data directory. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
  readonly startedAt: number;
  /** Length of its sound, once it is known. */
  readonly durationMs?: number;
  /**
   * `writing` until it ends; `repaired` when a killed process left it; `failed` with what was saved. Of two the file is gone:
   * `too-short` by the domain's minimum, `expired` when it had been kept as long as its domain keeps them.
   */
  readonly state: 'writing' | 'complete' | 'repaired' | 'failed' | 'too-short' | 'expired';
  readonly error?: string;
}

export interface RecordingFilter {
  readonly domain?: string;
  readonly call?: string;
  readonly state?: RecordingEntry['state'];
  /** As `RecordingEntry.path`. */
  readonly path?: string;
  readonly limit?: number;
  readonly before?: number;
}

/** The list of recordings; the files themselves are the media plane's. */
export interface RecordingStore {
  /** Enters a recording or replaces its entry of the same id; resolves when that is durable. */
  put(entry: RecordingEntry): Promise<void>;
  list(filter?: RecordingFilter): Promise<RecordingEntry[]>;
}
