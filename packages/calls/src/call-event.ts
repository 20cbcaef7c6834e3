import type { RecordingEnd } from '@vats/media';
import type { LegQuality, MenuOutcome, QueueEnd, RefusedLimit, RingOutcome, StepOutcome } from '@vats/pbx';
import type { FailureCode } from './failures.ts';

/** 'a' is the caller; 'b1', 'b2' … are the phones rung for the call, in the order they were rung. */
export type LegName = string;

/** Who is at the end of a leg, as the switch knows it (never as the other side claims it). */
export interface Party {
  /** What a person dials or sees: an extension, a number. */
  readonly number: string;
  /** The number as it came, where `number` is another writing of it. */
  readonly raw?: string;
  readonly name?: string;
  readonly extension?: string;
  /** The device's login, when the party is one of our devices. */
  readonly login?: string;
}

interface Common {
  readonly call: string;
  /** Counts up from 1 within the call: the order to read the story in. */
  readonly seq: number;
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
}

/** What happened in a call. Records, webhooks, console, log and metrics are all fed by this one stream. */
export type CallEvent = Common &
  (
    | {
        readonly type: 'call.started';
        readonly domain: string;
        /** `Domain.id`, which a rename leaves as it is. */
        readonly domainId?: string;
        readonly from: Party;
        readonly dialled: string;
        readonly sipCallId: string;
        /** The trunk that brought the call. */
        readonly trunk?: string;
        /** How it was sent on before it came here, as a trunk that is trusted tells: who was called first stands first. */
        readonly diverted?: readonly { readonly from: string; readonly reason: string; readonly times?: number }[];
      }
    /** The plan's next step. What it says of the whole call, the last one says that says it. */
    | {
        readonly type: 'call.routed';
        /** The reasons of all steps so far. */
        readonly explain: readonly string[];
        readonly direction?: 'in' | 'out' | 'internal';
        /** The domain's number that was called, E.164. */
        readonly did?: string;
        /** The group that is called: its extension, or its name where it has none. */
        readonly group?: string;
        /** The step is a forward: who ordered it, where to, and at what. */
        readonly forward?: { readonly by: string; readonly to: string; readonly when: string };
        /** How the step before this one ended; absent for the first one. */
        readonly after?: StepOutcome;
        /** Of the first one: the host of the Request-URI, and the caller's number as the trunk told it. */
        readonly asked?: { readonly host?: string; readonly number?: string };
        /** What `route()` and `advance()` knew of the moment, plain data, and the random seed: to find the same plan again. */
        readonly world?: unknown;
        readonly seed?: string;
      }
    | {
        readonly type: 'leg.started';
        readonly leg: LegName;
        readonly party: Party;
        readonly flow: string;
        /** The trunk that it goes out by. */
        readonly trunk?: string;
        /** The group as whose member it is rung. */
        readonly group?: string;
        /** The extension whose forward ordered it. */
        readonly forwardedBy?: string;
        /** The call that it comes from, where it has been answered: an attended transfer has brought it. */
        readonly joined?: string;
        readonly why?: string;
      }
    | { readonly type: 'leg.ringing'; readonly leg: LegName; readonly status: number; readonly earlyMedia: boolean }
    | { readonly type: 'leg.answered'; readonly leg: LegName }
    | { readonly type: 'leg.held'; readonly leg: LegName }
    | { readonly type: 'leg.resumed'; readonly leg: LegName }
    | {
        readonly type: 'leg.ended';
        readonly leg: LegName;
        readonly failure?: FailureCode;
        readonly status?: number;
        /** The Q.850 cause that its peer gave with it. */
        readonly cause?: number;
        readonly elsewhere?: boolean;
      }
    /** The switch itself answered the caller, to say something, or says it as early media; nobody has taken the call yet. */
    | { readonly type: 'call.opened'; readonly how: 'answered' | 'early' }
    /** What the switch said to the caller was heard for so long, to its end or until something else came. */
    | {
        readonly type: 'prompt.played';
        readonly prompt: string;
        readonly playedMs: number;
        readonly why: 'ended' | 'stopped';
      }
    /** A service of the company's own was asked what is done with the caller, and said so, or did not; `service` is its host. */
    | { readonly type: 'decision.made' | 'decision.failed'; readonly service: string; readonly why?: string }
    /** What the caller pressed in a menu, and what that came to: `key 1`, `dialled 201`, `no-key`… A PIN is never among the keys. */
    | {
        readonly type: 'menu.answered';
        readonly prompt: string;
        readonly keys: string;
        readonly outcome: MenuOutcome | 'not-played';
      }
    /**
     * It could not be said. `unknown`: there is no such prompt. `unreadable`: its file can't be played. `no-codec`: the caller offered
     * nothing that the switch can make sound in. `no-offer`: early media, which a caller without an offer can't get.
     */
    | {
        readonly type: 'prompt.failed';
        readonly prompt: string;
        /** Who was to hear it, unless the caller: of music on hold, or of an announcement. */
        readonly leg?: LegName;
        readonly why: 'unknown' | 'unreadable' | 'no-codec' | 'no-offer';
        readonly detail?: string;
      }
    | QueueEvent
    /** A message was left in a mailbox, by whoever called. Nobody has answered the call for that. */
    | {
        readonly type: 'message.left';
        readonly box: string;
        readonly message: string;
        readonly durationMs: number;
        readonly urgent?: true;
      }
    /** None could be left, or none was: what was in the way. */
    | { readonly type: 'message.refused'; readonly box: string; readonly why: string }
    /** What an employee has ordered by a code is done. `of`: the groups, the number or the state that it is about. */
    | { readonly type: 'order.done'; readonly what: string; readonly of?: string }
    /** Somebody was let into a mailbox. */
    | { readonly type: 'mailbox.opened'; readonly box: string }
    | {
        readonly type: 'call.answered';
        readonly leg: LegName;
        readonly party: Party;
        /** They asked not to be named to others: the switch and its operator know them, and show them to nobody. */
        readonly hides?: true;
      }
    | { readonly type: 'recording.started'; readonly path: string }
    | {
        readonly type: 'recording.finished';
        readonly path: string;
        readonly durationMs: number;
        readonly octets: number;
        readonly why: RecordingEnd;
      }
    | { readonly type: 'recording.paused' | 'recording.resumed' }
    /** The policy wants the call recorded, and it is not. */
    | { readonly type: 'recording.refused'; readonly why: string }
    | { readonly type: 'recording.failed'; readonly path: string; readonly reason: string; readonly keptMs: number }
    | { readonly type: 'media.learned'; readonly leg: LegName; readonly claimed?: string; readonly observed: string }
    /** This leg has not been heard for 3 s while another is: where it said that its sound is, and who else sends to its port. */
    | {
        readonly type: 'media.oneWay';
        readonly leg: LegName;
        readonly everHeard: boolean;
        readonly claimed?: string;
        readonly stranger?: string;
      }
    /** No leg has been heard for 3 s. */
    | { readonly type: 'media.silent' }
    /** All are heard again, so long after what was heard last before. */
    | { readonly type: 'media.recovered'; readonly milliseconds: number }
    | TransferEvent
    /** A supervisor hears the call, or does so in another way than before; or no longer. */
    | {
        readonly type: 'supervisor.joined' | 'supervisor.left';
        readonly by: Party;
        readonly how: 'listen' | 'whisper' | 'barge';
      }
    /** A leg outside was not begun, or may not talk on: what it counts against is used up. */
    | ({
        readonly type: 'limit.reached';
        readonly leg: LegName;
        /** It was talking: the call ends now. */
        readonly cutOff?: true;
        readonly trunk: string;
        readonly number: string;
      } & RefusedLimit)
    | KeysDropped
    | CallEnded
  );

/**
 * The caller waits for an agent of a group. `position`: from 1 on. `queue.announced`: what the caller was told. `queue.missed`: an agent
 * rang for the caller, and why they did not answer. `queue.left`: the wait is over, and what came of it.
 */
export type QueueEvent =
  | { readonly type: 'queue.entered'; readonly group: string; readonly position: number; readonly priority?: number }
  | { readonly type: 'queue.announced'; readonly position: number; readonly waitMs?: number }
  | { readonly type: 'queue.missed'; readonly leg: LegName; readonly agent: string; readonly why: RingOutcome }
  | {
      readonly type: 'queue.left';
      readonly group: string;
      readonly how: QueueEnd;
      readonly waitedMs: number;
      readonly position: number;
    };

/**
 * One side of a call is put through to somebody else. `transfer.started`: `by` has ordered it (or is replaced), `remains` waits.
 * `transfer.succeeded`: `leg` talks with it now, or the switch itself does where it is `remains`. `transfer.failed`: nothing came of it;
 * `returned`: who ordered it has the call back. `transfer.joined`: of a call whose far side has gone into another one.
 */
export type TransferEvent =
  | {
      readonly type: 'transfer.started';
      /** blind: to a number. attended: to whom they spoke with in another call. replaced: another phone takes their place. */
      readonly how: 'blind' | 'attended' | 'replaced';
      readonly by: LegName;
      readonly byParty: Party;
      readonly remains: LegName;
      readonly party: Party;
      /** What was dialled, or whose number. */
      readonly to: string;
      /** The other call, of an attended one. */
      readonly with?: string;
    }
  | { readonly type: 'transfer.succeeded'; readonly by: LegName; readonly leg: LegName; readonly party: Party }
  | {
      readonly type: 'transfer.failed';
      readonly by: LegName;
      readonly failure: FailureCode;
      readonly returned: boolean;
    }
  | { readonly type: 'transfer.joined'; readonly leg: LegName; readonly into: string };

/**
 * Keys pressed at this leg did not get to the other side; told once for each reason, and never which keys. `refused` is what the
 * other side did to the INFO, with the status that it gave; the others: nobody has answered yet, the other side agreed on no
 * telephone events, it is held, they came faster than they can be sent on.
 */
export interface KeysDropped {
  readonly type: 'keys.dropped';
  readonly leg: LegName;
  readonly why: 'not-answered' | 'not-negotiated' | 'held' | 'too-many' | 'refused';
  readonly status?: number;
}

/** The one terminal event: nothing follows it. */
export interface CallEnded {
  readonly type: 'call.ended';
  readonly domain: string;
  readonly failure: FailureCode;
  /** Final SIP status the caller got; 200 when the call was answered. */
  readonly status: number;
  readonly from: Party;
  readonly dialled: string;
  /** Who answered first, and when: the switch itself may have. What came later is in the events. */
  readonly answeredBy?: Party;
  readonly startedAt: number;
  readonly answeredAt?: number;
  /** From start to end, milliseconds. */
  readonly durationMs: number;
  /** From the first answer to the end, milliseconds; 0 for a call nobody answered. */
  readonly talkMs: number;
  /** Of a call that ended by `limit-reached`: whose limit, and which. */
  readonly limit?: RefusedLimit;
  /** The caller cancelled because the call was answered at another place that rang for it too (RFC 3326). */
  readonly elsewhere?: boolean;
  readonly recording?: {
    readonly path: string;
    readonly durationMs: number;
    readonly octets: number;
    readonly failed?: string;
  };
  /** How well sound went, by leg, as the media plane measured it. */
  readonly media?: Readonly<Record<LegName, LegQuality>>;
}

type Distribute<T> = T extends unknown ? Omit<T, keyof Common> : never;

/** An event before the call stamps it with its id, number and time. */
export type UnstampedEvent = Distribute<CallEvent>;
