import type {
  AgentOrder,
  Conference,
  Frozen,
  MenuStep,
  OwnChange,
  Plan,
  RingOutcome,
  SaidValue,
  ServedOutcome,
  StepOutcome,
} from '@vats/pbx';
import type { LegName, UnstampedEvent } from './call-event.ts';
import type { FailureCode } from './failures.ts';

/** The leg that the call began with. Every other leg is a phone that was rung for it, or came to it. */
export const CALLER: LegName = 'a';

/** A phone, or a number outside, that a step of the plan rings. */
export interface Rung {
  readonly leg: LegName;
  /** When it begins, ms after the step. */
  readonly after?: number;
  /** How long it rings at most, ms; as long as the step unless given. */
  readonly ring?: number;
  /** Whose it is, where the step rings several people: what one of them declines the others may still take. */
  readonly member?: string;
}

/** What is being rung, or will be. */
export interface Fork extends Rung {
  /** The leg that it began with: names its timers, whatever other ways to it are tried. */
  readonly first: LegName;
  readonly waits: boolean;
  /** It has answered with a provisional response above 100. */
  readonly ringing: boolean;
}

/**
 * How far the switch speaks with the caller itself: as early media, or because it has answered the call, which nobody else has taken
 * yet. Until it does, neither.
 */
export type Opened = 'early' | 'answered';

/** What the switch does with the caller alone. `Services` has one part for each kind; a new step of the plan that is like this adds its own. */
export type Service =
  | { readonly kind: 'echo' }
  | { readonly kind: 'conference'; readonly conference: Conference }
  /** What the caller has ordered by a code is done. */
  | { readonly kind: 'agent'; readonly action: AgentOrder; readonly groups: readonly string[] }
  | { readonly kind: 'own-setting'; readonly change: OwnChange }
  /** The caller waits for an agent. `plan`: whose step that is. */
  | { readonly kind: 'queue'; readonly plan: Plan }
  /** The caller may leave a message. */
  | { readonly kind: 'voicemail'; readonly box: string }
  /** They hear the messages of a mailbox. `own`: by a phone of its user, or of a member of its group. */
  | { readonly kind: 'mailbox'; readonly box: string; readonly own: boolean }
  | {
      readonly kind: 'menu';
      readonly menu: Frozen<MenuStep>;
      /** Names of prompts, the menu's own last. */
      readonly says: readonly string[];
    }
  | {
      readonly kind: 'decide';
      readonly url: string;
      /** ms */
      readonly timeout: number;
      readonly pressed: readonly string[];
      readonly did?: string;
    }
  | {
      readonly kind: 'play';
      readonly prompt: string;
      /** Said in recorded words, in place of a prompt. */
      readonly said?: SaidValue;
      /** Whether the call is answered for it. */
      readonly answer: boolean;
    };

/** Whether it is what the caller called for: whoever hangs up then has had it, and has not given up. */
export function isWhatWasCalled({ kind }: Service): boolean {
  return kind === 'echo' || kind === 'conference' || kind === 'mailbox';
}

/**
 * A transfer under way: the party in the caller's place waits for whom it is sent to.
 *
 * `up`: the leg of who ordered it is there still, hears nobody, and has the call back if nothing comes of it.
 */
export interface TransferUnderWay {
  readonly by: LegName;
  readonly up: boolean;
}

/** Whose call it is. */
export interface CallersPlace {
  /** The leg in the caller's place: whoever a transfer has left there; `CALLER` unless given. */
  readonly caller?: LegName | undefined;
}

/** What a call has come to before anybody took it, whatever the plan does next. */
export interface Untaken extends CallersPlace {
  /** The highest provisional status the caller has heard. */
  readonly told: number;
  readonly opened?: Opened | undefined;
  readonly transfer?: TransferUnderWay | undefined;
  /** The caller has left it to another call, which takes whoever answers. */
  readonly orphan?: true | undefined;
}

/** The leg in the caller's place. */
export function callerOf({ caller }: CallersPlace): LegName {
  return caller ?? CALLER;
}

/**
 * A call as data.
 *
 * ```
 * routing -> ringing -> talking -> closing -> ended
 * routing -> served
 * ringing, served -> routing               nobody answered, or that is over: the plan's next step
 * routing, ringing, served -> closing
 * talking -> routing                       one side sends the other on (a transfer)
 * routing, ringing, served -> talking      nothing came of that, and the other side is there still
 * served -> ringing -> served              who waits in a queue rings agents
 * ```
 *
 * `served`: the switch itself has the caller (an echo, a prompt); when it is done with that, the plan says what comes next.
 */
export type CallState =
  /** The plan is asked what comes next. */
  | ({ readonly name: 'routing' } & Untaken)
  | ({
      readonly name: 'ringing';
      readonly forks: readonly Fork[];
      readonly refusals: readonly RingOutcome[];
      /** The phone whose early media the caller hears. */
      readonly heard?: LegName;
      readonly ofMany: boolean;
      /** The wait in a queue, to which it is back when nobody answers; the caller hears what is played there. */
      readonly queue?: Service;
    } & Untaken)
  | ({ readonly name: 'served'; readonly service: Service } & Untaken)
  | ({ readonly name: 'talking'; readonly peer: LegName; readonly exchange?: Exchange } & CallersPlace)
  /** No leg is left; the media plane finishes its files. */
  | { readonly name: 'closing'; readonly failure: FailureCode; readonly status: number }
  | { readonly name: 'ended'; readonly failure: FailureCode; readonly status: number };

/** A re-INVITE on its way from one leg to the other. */
export interface Exchange {
  readonly from: LegName;
  readonly to: LegName;
}

export type CallInput =
  /** The plan's next step: ring these legs together, each already given its name. */
  | { readonly type: 'ring'; readonly legs: readonly Rung[]; readonly forMs: number; readonly ofMany?: boolean }
  /** Who waits in a queue rings these agents. */
  | { readonly type: 'offer'; readonly legs: readonly Rung[]; readonly forMs: number }
  /** The plan's next step: the switch itself has the caller. */
  | { readonly type: 'serve'; readonly service: Service }
  /** The caller hears the switch from now on. */
  | { readonly type: 'opened'; readonly how: Opened }
  /** The switch is done with what it did, and the plan is asked. */
  | { readonly type: 'served'; readonly outcome: ServedOutcome }
  | { readonly type: 'refuse'; readonly failure: FailureCode }
  | { readonly type: 'progress'; readonly leg: LegName; readonly status: number; readonly earlyMedia: boolean }
  | { readonly type: 'answered'; readonly leg: LegName }
  /** What a leg outside may use is on disk: its INVITE, which waited for it, may leave. */
  | { readonly type: 'reserved'; readonly leg: LegName }
  | {
      readonly type: 'refused';
      readonly leg: LegName;
      readonly failure: RingOutcome;
      readonly status: number;
      /** The Q.850 cause that a trunk gave. */
      readonly cause?: number;
      /** Nothing was sent there. */
      readonly unsent?: true;
    }
  /** A way to a number outside failed, and another one to it is tried as a leg of its own. */
  | {
      readonly type: 'replaced';
      readonly leg: LegName;
      readonly by: LegName;
      readonly failure: RingOutcome;
      readonly status: number;
      readonly cause?: number;
    }
  | { readonly type: 'timer'; readonly timer: TimerName }
  /** `elsewhere`: because the call was answered at another place that rang for it too. */
  | { readonly type: 'caller-gave-up'; readonly elsewhere?: boolean }
  | {
      readonly type: 'leg-ended';
      readonly leg: LegName;
      readonly failure: FailureCode;
      /** The Q.850 cause that its peer gave. */
      readonly cause?: number;
    }
  | { readonly type: 'reinvite'; readonly leg: LegName; readonly refresh: boolean }
  | { readonly type: 'reinvite-answered'; readonly leg: LegName }
  | { readonly type: 'reinvite-refused'; readonly leg: LegName; readonly status: number }
  /** A side that talks orders the other one to be sent on. */
  | { readonly type: 'transfer'; readonly by: LegName }
  /** Whom the transferee was sent to has come from another call, and is ready to be joined. */
  | { readonly type: 'brought'; readonly leg: LegName }
  /** Another leg, whose dialog is there already, takes a talking side's place. */
  | { readonly type: 'taken-over'; readonly leg: LegName; readonly by: LegName }
  /** Another leg, whose dialog is there already, answers in the place of a phone that rings. */
  | { readonly type: 'picked-up'; readonly leg: LegName; readonly by: LegName }
  /** The side that talks with `by` has gone to another call. */
  | { readonly type: 'absorbed'; readonly by: LegName }
  /** The caller, who has not been answered, leaves whoever answers to another call. */
  | { readonly type: 'orphaned' }
  /** From outside the call: an operator, the media plane's silence, the switch that stops. */
  | { readonly type: 'hang-up'; readonly failure: FailureCode }
  | { readonly type: 'media-closed' };

/**
 * ring: how long a step rings. limit: how long a call may last. closing: how long files may take to be finished. start, stop: when
 * the fork that began with this leg begins, and how long it rings by itself.
 */
export type TimerName = 'ring' | 'limit' | 'closing' | `start ${LegName}` | `stop ${LegName}`;

export type CallCommand =
  | { readonly do: 'invite'; readonly leg: LegName }
  | { readonly do: 'cancel'; readonly leg: LegName; readonly elsewhere: boolean }
  | { readonly do: 'tell-progress'; readonly status: number; readonly earlyMediaOf?: LegName }
  | { readonly do: 'connect'; readonly leg: LegName }
  | { readonly do: 'serve'; readonly service: Service }
  /** An agent was rung for who waits in a queue, and does not take the call. */
  | {
      readonly do: 'miss-offer';
      readonly leg: LegName;
      readonly member: string;
      readonly why: RingOutcome;
      /** Nothing was sent there. */
      readonly unsent?: true;
    }
  /** No agent is rung any more, and none has answered. */
  | { readonly do: 'end-offer' }
  /** The caller, who hears the switch, hears that somebody is being rung. */
  | { readonly do: 'ringback' }
  | { readonly do: 'reject'; readonly failure: FailureCode; readonly status: number }
  | { readonly do: 'bye'; readonly leg: LegName; readonly failure: FailureCode; readonly cause?: number }
  | { readonly do: 'ask-plan'; readonly outcome: StepOutcome }
  | { readonly do: 'relay-reinvite'; readonly from: LegName; readonly to: LegName }
  | { readonly do: 'answer-reinvite'; readonly leg: LegName }
  | { readonly do: 'pass-answer'; readonly from: LegName; readonly to: LegName }
  | { readonly do: 'refuse-reinvite'; readonly leg: LegName; readonly status: number }
  | { readonly do: 'start-timer'; readonly timer: TimerName; readonly ms?: number }
  | { readonly do: 'stop-timer'; readonly timer: TimerName }
  /** The transferee waits, the transferor hears nobody; the plan is made for where it is sent. */
  | { readonly do: 'begin-transfer'; readonly by: LegName; readonly caller: LegName }
  /** Somebody is there in the transferor's place; `CALLER`'s name where the switch itself is. */
  | { readonly do: 'end-transfer'; readonly to: LegName }
  /** Nothing came of it. `returned`: the two talk again. */
  | { readonly do: 'fail-transfer'; readonly failure: FailureCode; readonly returned?: LegName }
  /** A leg's session ends, and whatever it held is given back. */
  | { readonly do: 'let-go'; readonly leg: LegName; readonly failure: FailureCode }
  /** A leg that came by itself is joined with who stays. */
  | { readonly do: 'admit'; readonly leg: LegName; readonly to: LegName; readonly caller: LegName }
  /** Who answered goes to the call that waits for it. */
  | { readonly do: 'hand-over'; readonly leg: LegName }
  | { readonly do: 'close-media' }
  | { readonly do: 'end' }
  | { readonly do: 'emit'; readonly event: UnstampedEvent };
