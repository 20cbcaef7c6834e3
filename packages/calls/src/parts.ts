import type { Clock, Endpoint, Ledger, Log, Random } from '@vats/kernel';
import type { MediaPlane, RecordingFormat, Seal, SrtpPolicy } from '@vats/media';
import type { AgentOrder, Domain, OwnChange, SessionTimer, SpendingAccounts, TrunkIdentity, World } from '@vats/pbx';
import type { DialogLayer, DigestClient, Flow, FlowTarget } from '@vats/sip';
import type { CallEvent } from './call-event.ts';
import type { ConferenceRecorded } from './conference-recording.ts';
import type { FarEnd } from './leg.ts';
import type { MachineTimer } from './session-timer-policy.ts';
import type { Mailboxes } from './voicemail/mailboxes.ts';

/** A way to a phone: what the registrar knows of one binding that can be rung now. */
export interface ReachablePhone extends FarEnd {
  /** The Contact as the phone registered it. */
  readonly requestUri: string;
  /** Route header values towards it (RFC 3327), first hop first. */
  readonly routes: readonly string[];
  /** Other flows of the same phone, to be tried one after another when this one fails (RFC 5626 §7). */
  readonly otherFlows?: readonly ReachablePhone[];
}

/** Where the phones of an account are; the registrar answers. */
export type Locate = (domain: Domain, login: string) => readonly ReachablePhone[];

/** A trunk as calls use it: how it is spoken to, and where it is now. */
export interface TrunkLine {
  /** `Domain.id`. */
  readonly domain: string;
  readonly name: string;
  /** Of From, To and Request-URI; IPv6 without brackets. */
  readonly host: string;
  /** Where an INVITE goes now; undefined while there is nowhere. */
  target(): FlowTarget | undefined;
  /**
   * Where one goes although it is not known to be there, when nothing else is left; undefined where no other server is known at all.
   *
   * @param but servers that are not asked for
   */
  lastResort(but?: readonly Endpoint[]): FlowTarget | undefined;
  /** How long it may be silent at an INVITE, milliseconds; 4 s unless given. */
  readonly noResponse?: number;
  /** A call found that target not to take calls: no answer, no connection, or 5xx. */
  failed(): void;
  /** It answered. */
  worked(): void;
  readonly credentials?: DigestClient;
  /** User part of our Contact there; random unless given. */
  readonly contactUser?: string;
  /** Route header values that its INVITEs set out with (RFC 3608), first hop first. */
  readonly routes?: readonly string[];
  /** What a call shows that shows none of its own, as the trunk wants it written. */
  readonly number?: string;
  /** How caller IDs are written to it; E.164 unless given. */
  readonly writes?: 'e164' | '7' | '8';
  /** What it may be offered, preferred first; anything unless given. */
  readonly codecs?: readonly string[];
  readonly dtmf?: 'rfc4733' | 'info' | 'inband';
  /** Whether its sound is encrypted; `optional` unless given. */
  readonly srtp?: SrtpPolicy;
  /** Its own session timer, as far as it is not the machine's. */
  readonly sessionTimer?: SessionTimer;
  /** What it is believed and told of callers and called. */
  readonly identity?: TrunkIdentity;
}

/** What calls outside use up, and whether one more may leave: `SpendingAccounts`. Its ids are those of attempts. */
export type Spending = Pick<SpendingAccounts, 'begin' | 'answered' | 'answeredInVain' | 'extend' | 'end'>;

export interface CallSettings {
  /** Folder below which recordings are laid by day. */
  readonly recordings: string;
  /** An answered call ends after this long, milliseconds. */
  readonly timeLimit: number;
  /** Calls at once; one more gets 503. */
  readonly maxCalls: number;
  /** Whether sound is converted between legs that share no codec. */
  readonly transcode: boolean;
  /** Whether video is carried; it is refused beside the sound otherwise. */
  readonly video: boolean;
  /** The machine's session timer; without it legs have what the dialog layer says. */
  readonly sessionTimer?: MachineTimer;
}

/** On what terms a call of a domain is recorded. */
export interface RecordingTerms {
  /** Default: both. */
  readonly sides?: 'both' | 'caller' | 'callee';
  /** What becomes of the file when the call is over. Default: it stays a WAV of G.711. */
  readonly format?: RecordingFormat;
  /** A recording that turns out to be shorter is not kept, milliseconds. Default 0. */
  readonly minimumMs?: number;
  /** What both sides hear before it begins. */
  readonly announce?: 'announcement' | 'beep';
  /** Encrypts it. */
  readonly seal?: Seal | undefined;
}

/** What a service that decides is told of a call. */
export interface DecisionQuestion {
  /** The call's id. */
  readonly call: string;
  /** `Domain.name`. */
  readonly domain: string;
  /** The caller's number, and what was dialled. */
  readonly from: string;
  readonly to: string;
  /** The number of the domain by which the call came in. */
  readonly number?: string;
  /** What the caller has chosen in menus, in order. */
  readonly keys: readonly string[];
}

/** The body of its answer, or why there is none. */
export type DecisionAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: string };

/**
 * Asks a service that decides what is done with a caller.
 *
 * @param answered told once, in a later turn; never after the returned function was called
 * @returns gives up
 */
export type AskDecision = (
  url: string,
  question: DecisionQuestion,
  answered: (answer: DecisionAnswer) => void,
) => () => void;

/** What calls are made of; `createSwitch` joins it. */
export interface CallsParts {
  readonly dialogs: DialogLayer;
  readonly media: MediaPlane;
  readonly locate: Locate;
  /** The model and the moment, for the plan. Its `channelsInUse` is that of `CallManager`. */
  readonly world: () => World;
  /** Host and port that From and To of our INVITEs over this flow name. */
  readonly hostOf: (flow: Flow, domain: Domain) => { readonly host: string; readonly port?: number };
  /** What SDP to this peer names instead of the bound media address; undefined for peers that are local. */
  readonly advertisedMedia: (flow: Flow) => string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
  readonly settings: CallSettings;
  /** A trunk of a domain; none where it is absent, or not in use. */
  readonly line?: (domain: Domain, trunk: string) => TrunkLine | undefined;
  /** A flow to a trunk. Needed where there are trunks. */
  readonly flowTo?: (target: FlowTarget) => Flow;
  /** Nothing is counted without it. */
  readonly spending?: Spending;
  /** The terms of a recording that is to begin now, or why none may. Without it every one may, as a WAV. */
  readonly recordings?: (domain: Domain) => RecordingTerms | { readonly refused: 'low-disk' | 'no-key' };
  /** The sound file of a domain's prompt; undefined where there is none of that name. Nothing is said without it. */
  readonly prompt?: (domain: Domain, name: string) => string | undefined;
  /** The sound file that somebody on hold hears; undefined where there is to be none, or is none. No music without it. */
  readonly music?: (domain: Domain) => string | undefined;
  /** Logs an employee in to groups or out of them, or begins or ends their pause; throws where that can't be kept. No code does so without it. */
  readonly agents?: (
    domain: Domain,
    extension: string,
    order: { readonly action: AgentOrder; readonly groups: readonly string[] },
  ) => void;
  /** Keeps what an employee has set by phone; throws where that can't be. No code does so without it. */
  readonly setOwn?: (domain: Domain, extension: string, change: OwnChange) => void;
  /** Services of companies that decide. None is asked without it. */
  readonly decide?: AskDecision;
  /** Where messages are left and heard. Nobody has a mailbox without it. */
  readonly mailboxes?: Mailboxes;
  /** Told what happens to recordings of conferences, which belong to no call. */
  readonly conferenceRecorded?: (recorded: ConferenceRecorded) => void;
  /** Told every event of every call, in order within a call. */
  readonly emit: (event: CallEvent) => void;
}
