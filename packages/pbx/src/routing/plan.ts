import type { Directory } from '../model/directory.ts';
import type { Conference, Device, Domain, DomainNumber, Frozen, Group, Scheme, User } from '../model/model.ts';
import type { NumberPlace } from '../numbering/number-place.ts';
import type { DecideStep } from '../schema/decide.ts';
import type { GroupMember } from '../schema/group.ts';
import type { MenuStep } from '../schema/menu.ts';
import type { RingStep, SchemeStep } from '../schema/scheme.ts';
import type { AgentOrder } from './order-of-agent.ts';
import type { OwnChange, OwnSettings } from './own-settings.ts';
import type { PickUp } from './pick-up.ts';

/**
 * How a ring step ends without an answer, in the words of the table of failures: what the phones answered, taken
 * together, or that nobody came.
 */
export type RingOutcome =
  | 'no-answer'
  | 'unreachable'
  | 'callee-busy'
  | 'callee-declined'
  | 'do-not-disturb'
  | 'not-found'
  | 'no-channel'
  | 'trunk-failed'
  | 'trunk-refused'
  | 'limit-not-saved'
  | 'limit-reached'
  | 'no-common-codec'
  | 'address-incomplete'
  | 'too-many-hops'
  | 'loop'
  | 'no-media-ports';

/** How a step ends in which the switch itself had the caller: what was to be heard was heard, or could not be; nobody took who waited. */
export type ServedOutcome =
  | 'played'
  | 'not-played'
  | 'message-left'
  | 'no-message'
  | CallBack
  | MenuOutcome
  | DecideOutcome
  | QueueOutcome;

/** Whoever hears a mailbox calls the number back that left a message. */
export type CallBack = `call-back ${string}`;

/**
 * How a menu ended: the key or the extension that was chosen, no key in time, keys that mean nothing there, or a key whose PIN was not
 * given, or could not be asked for as too many wrong ones came lately.
 */
export type MenuOutcome = `key ${string}` | `dialled ${string}` | 'no-key' | 'wrong-key' | 'wrong-pin';

/** How a wait in a queue ends without an answer: no place was left, the time for it is over, or no agent is there. */
export type QueueOutcome = 'queue-full' | 'queue-waited' | 'queue-nobody';

/** What a service of the company's own decided: a step, as its JSON says it; or that it gave none that can be done. */
export type DecideOutcome = `decided ${string}` | 'not-decided';

/** How any step ends that others may follow. */
export type StepOutcome = RingOutcome | ServedOutcome;

/**
 * Why a plan refuses the call; each is a row of the table of failures (SIP status, Q.850 cause, texts).
 *
 * - `not-found`: nobody has this number or login
 * - `forbidden`: a rule of the domain denies it
 * - `loop`: forwards lead back to where the call has been
 * - `unreachable`: the user has no device, or none that can be reached now
 * - `no-channel`: as many calls as the number or the trunk takes at once
 * - `caller-blocked`: the number does not take calls of this caller
 * - `nothing-rings`: there is no ringing phone that could be picked up
 * - `congestion`: a scheme says that there is no room for the call
 * - `limit-reached`: whoever orders the call outside has used up what they may
 */
export type RejectReason = RingOutcome | 'forbidden' | 'caller-blocked' | 'congestion' | 'nothing-rings';

/** Who calls. */
export type Caller =
  | {
      readonly kind: 'device';
      readonly user: User;
      readonly device: Device;
      /** The number, E.164, that this caller would like to show outside. Shown only where it is the domain's and no rule says another. */
      readonly preferred?: string;
    }
  | {
      readonly kind: 'trunk';
      readonly trunk: string;
      /** The caller's number as far as it means anything: E.164, or a short one; absent for a caller who shows none. */
      readonly number?: string;
    };

/** A call as it asks to be routed. */
export interface RouteCall {
  /** The domain whose account or number brought the call. */
  readonly domain: Domain;
  readonly caller: Caller;
  /** What was asked for: the user part of the Request-URI, unescaped; of a trunk's call the number where the trunk puts it. */
  readonly dialled: string;
  /** The host part of the Request-URI. */
  readonly host?: string;
  /** Decides what is left to chance, so that the same call is decided the same way again; 0 unless given. */
  readonly seed?: number;
}

/** What an employee is doing and has done today. */
export interface Activity {
  /** Calls that are up, and phones' ringings that are under way. */
  readonly talking: number;
  readonly ringing: number;
  /** Wall time at which the last conversation ended; 0 where none is known. */
  readonly lastTalkEnd: number;
  /** Conversations of today in the domain's zone, and their length in ms. */
  readonly answered: number;
  readonly talkMs: number;
}

/** The last conversation with a number outside. */
export interface LastTalk {
  readonly extension: string;
  /** Wall time in ms. */
  readonly endedAt: number;
  /** `out`: the employee called. */
  readonly direction: 'in' | 'out';
}

/** Who called an employee last; without a number that can be called back where they showed none. */
export interface LastCaller {
  /** An extension, or E.164. */
  readonly number?: string;
}

/** What route() may ask about the present moment. Every answer is immediate; none has an effect. */
export interface World {
  /** Wall time in milliseconds since the epoch. */
  readonly now: number;
  readonly directory: Directory;
  /** Whether a call could be put through to the account now. */
  isReachable(domain: Domain, login: string): boolean;
  activity(domain: Domain, extension: string): Activity;
  /** Wall time at which a member's last conversation ended that the group brought; 0 where none is known. */
  lastTalkOf(domain: Domain, group: string, extension: string): number;
  /** Whether a member takes part in a group that asks for it. */
  isLoggedIn(domain: Domain, group: string, extension: string): boolean;
  /** Whether an employee takes no calls of groups for now. */
  isPaused(domain: Domain, extension: string): boolean;
  /** What an employee has set by phone, beside the PBX file; undefined where that is nothing. */
  ownSettings(domain: Domain, extension: string): OwnSettings | undefined;
  /** Callers who wait in a group's queue. */
  waitingIn(domain: Domain, group: string): number;
  /** Who spoke last with a number, newest first, at most one of each direction. */
  lastTalks(domain: Domain, number: string): readonly LastTalk[];
  /** Who called an employee last; undefined where nobody is known. */
  lastCaller(domain: Domain, extension: string): LastCaller | undefined;
  /** The employee whom the contact list names for a number. */
  responsible(domain: Domain, number: string): string | undefined;
  /** Calls at once that a number of the domain, or a trunk, carries now. */
  channelsInUse(domain: Domain, kind: 'number' | 'trunk', key: string): number;
  /** False while a trunk is known not to answer or not to have let us in. */
  isTrunkUp(domain: Domain, trunk: string): boolean;
  /** The trunks in the order of what a call to the number costs by them, those whose price is not known last. */
  cheapestFirst(domain: Domain, number: string, trunks: readonly string[]): readonly string[];
  /** Where a number (E.164) is from by the numbering register; undefined where it does not say. */
  numberPlace(number: string): NumberPlace | undefined;
}

/** When a target of a step rings: `after` so many ms, for `ring` ms of its own where they are fewer than the step's. */
interface Timing {
  readonly after?: number;
  readonly ring?: number;
}

/** A device to ring. */
export interface DeviceTarget extends Timing {
  readonly kind: 'device';
  readonly user: User;
  readonly device: Device;
  /** The number that a PBX behind the account is to hear as the called one. */
  readonly did?: string;
  /** Where a rule leads to a PBX: the number outside that is called by it, and whose order that is. */
  readonly outside?: { readonly number: string; readonly orderedBy?: User };
}

/** A number outside. */
export interface OutsideTarget extends Timing {
  readonly kind: 'outside';
  /** E.164, or as dialled where it is a short one. */
  readonly number: string;
  /** Tried in this order, until one takes the call or somebody there answers in whatever way. */
  readonly ways: readonly Way[];
  /** The ways are in the order of their prices, but for trunks that are down. */
  readonly byPrice?: true;
  /** Whose order it is: the caller, or the employee whose forward leads there. Limits count against them. */
  readonly orderedBy?: User;
}

/** A trunk, and how the call looks there. */
export interface Way {
  readonly trunk: string;
  /** The called number as it is written to the trunk. */
  readonly send: string;
  /** What the call shows; the trunk's own number where there is none. */
  readonly callerId?: string;
  readonly anonymous?: true;
}

export type RingTarget = DeviceTarget | OutsideTarget;

/** A value that is said in recorded words of the domain's language. */
export type SaidValue =
  | { readonly number: number }
  | { readonly digits: string }
  | { readonly hours: number; readonly minutes: number };

/** One thing to do for the caller. `because` says, for a person, what chose it. */
export type PlanStep =
  | {
      readonly do: 'ring';
      readonly targets: readonly RingTarget[];
      /** How long it rings, in milliseconds. */
      readonly ring: number;
      /** A group: that one of them declines is no refusal by the others. */
      readonly ofMany: boolean;
      readonly because: string;
    }
  | { readonly do: 'echo'; readonly because: string }
  | {
      readonly do: 'play';
      /** Its name; of what is said in recorded words, what that is, for a person. */
      readonly prompt: string;
      readonly said?: SaidValue;
      /** Whether the call is answered for it; a caller who was answered before hears it there in any case. */
      readonly answer: boolean;
      readonly because: string;
    }
  | {
      readonly do: 'menu';
      readonly menu: Frozen<MenuStep>;
      /** Names of prompts, said one after the other while keys are waited for; the menu's own is the last. */
      readonly says: readonly string[];
      readonly because: string;
    }
  | {
      readonly do: 'decide';
      readonly url: string;
      /** ms */
      readonly timeout: number;
      /** What the caller has chosen in menus so far, in order: keys, and extensions. */
      readonly pressed: readonly string[];
      readonly because: string;
    }
  | { readonly do: 'conference'; readonly conference: Conference; readonly because: string }
  | { readonly do: 'queue'; readonly group: Group; readonly because: string }
  /** The caller logs in or out of groups, or begins or ends a pause from all of them. */
  | { readonly do: 'agent'; readonly action: AgentOrder; readonly groups: readonly string[]; readonly because: string }
  /** The caller may leave a message in the mailbox of a user or a group. `ended`: how the call went before. */
  | { readonly do: 'voicemail'; readonly box: string; readonly ended: RingOutcome; readonly because: string }
  /** The caller hears the messages of a mailbox. `own`: by a phone of its user, or of a member of its group. */
  | { readonly do: 'mailbox'; readonly box: string; readonly own: boolean; readonly because: string }
  /** The caller sets what becomes of their own calls. */
  | { readonly do: 'own-setting'; readonly change: OwnChange; readonly because: string }
  /** The caller answers what has rung longest there, in the place of that phone. */
  | ({ readonly do: 'pick-up'; readonly because: string } & PickUp)
  | { readonly do: 'reject'; readonly reason: RejectReason; readonly text: string; readonly because: string }
  | { readonly do: 'hangup'; readonly because: string };

/**
 * How the step that was due ended, as the call tells `advance`: that nobody answered where it rang, or that the switch is done with
 * what it did itself. An answer needs no telling: it ends the plan. `eventOf` makes one of an outcome alone, which is what a story keeps.
 */
export type PlanEvent =
  | { readonly kind: 'ring-ended'; readonly outcome: RingOutcome }
  | { readonly kind: 'served'; readonly outcome: ServedOutcome };

/** What is left to try where the call is, innermost last: when it ends without an answer, the last one says what comes next. */
export type Frame = { readonly path: readonly string[] } & (
  | { readonly in: 'user'; readonly user: User; readonly entries: readonly ReachEntry[] }
  | {
      readonly in: 'group';
      readonly group: Group;
      /** Members in the order of the strategy, those that ring together in one. */
      readonly waves: readonly (readonly Frozen<GroupMember>[])[];
      readonly next: number;
      readonly round: number;
    }
  /** The known employee is being rung; then the group itself, or the number, goes on. */
  | { readonly in: 'known'; readonly group: Group; readonly queued: boolean }
  /** The caller waits for a member. */
  | { readonly in: 'queue'; readonly group: Group }
  | { readonly in: 'number'; readonly number: DomainNumber }
  | {
      readonly in: 'scheme';
      readonly scheme: Scheme;
      readonly part: 'open' | 'closed';
      readonly next: number;
      /** While the switch has the caller: how what rang last ended, with which the scheme goes on. */
      readonly ended?: RingOutcome;
    }
  /** A menu of the scheme around it, which has been asked so many times. */
  | { readonly in: 'menu'; readonly menu: Frozen<MenuStep>; readonly asked: number }
  /** A service is asked what is done. */
  | { readonly in: 'decide'; readonly decide: Frozen<DecideStep> }
  /** A step of the scheme around it, to be done once the caller has been told something. */
  | { readonly in: 'then'; readonly step: Frozen<SchemeStep> }
  /** A ring step of a scheme that goes from one to the next. */
  | { readonly in: 'list'; readonly step: Frozen<RingStep>; readonly next: number }
);

/** Of a user's `reach`, in turn. */
export type ReachEntry = Frozen<{ to: string; ring?: number; after?: number }>;

/** A user sent the call on. */
export interface Forward {
  /** The user's extension. */
  readonly by: string;
  readonly to: string;
  /** `always`, `closed` (outside the user's hours), or how it ended at the user. */
  readonly when: 'always' | 'closed' | RingOutcome;
}

/** What is done for one call: the step that is due, and all that `advance` needs to find the next. */
export interface Plan {
  readonly call: RouteCall;
  readonly step: PlanStep;
  /** Whether the conversation is recorded. */
  readonly record: boolean;
  /** The `because` of each step so far, this one's last: what `vats explain` prints and a call's story keeps. */
  readonly story: readonly string[];
  /** Extensions that the call has been sent to, each once, reached or not. */
  readonly visited: readonly string[];
  /** What led to this step: a forward back to one of them is a loop. */
  readonly path: readonly string[];
  readonly frames: readonly Frame[];
  /** The number of the domain by which the call came in. */
  readonly did?: string;
  /** The group that rings, or rang last. */
  readonly group?: string;
  /** What the caller has chosen in menus, in order. */
  readonly pressed?: readonly string[];
  /** What phones show before the caller's name. */
  readonly callerPrefix?: string;
  /** Whose turn it is in queues: 1 before 2, and so on; that of everybody unless given. */
  readonly priority?: number;
  /** Who sent the call on, in order. */
  readonly forwards?: readonly Forward[];
}
