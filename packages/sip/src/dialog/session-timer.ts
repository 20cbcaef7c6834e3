import type { Cancel } from '@vats/kernel';
import type { SipMessage, SipRequest, SipResponse } from '../message/message.ts';
import { parseMinSe, parseSessionExpires, type SessionExpires } from '../message/session-extensions.ts';
import type { HeaderField } from '../message/write-message.ts';
import type { DialogContext } from './context.ts';
import type { Refusal } from './refusals.ts';
import type { SessionTimerFacts, SessionTimerPolicy } from './user.ts';

/** Extension tag of RFC 4028. */
export const TIMER = 'timer';

/** The least that Min-SE may say, and what it means where it says nothing, seconds (RFC 4028 §5). */
const LEAST_MINIMUM = 90;

/** A peer that breaks that rule in its 2xx is refreshed as it wants to be, but no more often than by this, seconds. */
const LEAST_INTERVAL = 20;

/** A longer interval than this is as good as none, and less than a timer can hold, seconds: a week. */
const LONGEST_INTERVAL = 604_800;

/** A refresh that failed although the peer is there is tried again no sooner, milliseconds. */
const RETRY_MS = 10_000;

export interface SessionTimerHost {
  /** The time has come for a refresh of ours. */
  refresh(): void;
  /** The peer's refresh did not come. */
  expired(): void;
}

/** Headers of an INVITE of ours that makes a dialog (RFC 4028 §7.1). @param least what a 422 asked for, seconds; 0 before */
export function timerOfInvite(policy: SessionTimerPolicy | undefined, least: number): readonly HeaderField[] {
  if (policy === undefined) return [];
  const minimum = Math.max(policy.min, least);
  const expires = Math.max(policy.expires, minimum);
  return headersOf(expires, policy.refresher === 'us' ? 'uac' : 'uas', minimum);
}

/** Seconds that a 422 wants at least (RFC 4028 §6); undefined where it says none, or none that is worth a timer. */
export function leastOf(refusal: SipResponse): number | undefined {
  const least = parseMinSe(refusal.value('Min-SE') ?? '');
  return refusal.status === 422 && least.ok && least.value <= LONGEST_INTERVAL ? least.value : undefined;
}

/** 422 for a request whose session would be refreshed too often (RFC 4028 §9); one who cannot know it is not refused. */
export function refusedInterval(request: SipRequest, policy: SessionTimerPolicy | undefined): Refusal | undefined {
  if (policy === undefined || !supportsTimer(request)) return undefined;
  const asked = expiresOf(request);
  if (asked === undefined || asked.seconds >= policy.min) return undefined;
  return { status: 422, headers: [['Min-SE', `${policy.min}`]] };
}

/**
 * The timer of one session (RFC 4028): what both sides agreed on last, who refreshes, and when that is due. Every 2xx to an
 * INVITE or UPDATE of either side agrees anew.
 */
export class SessionTimer {
  readonly #context: DialogContext;
  readonly #policy: SessionTimerPolicy;
  readonly #host: SessionTimerHost;
  #agreed: SessionTimerFacts | undefined;
  /** What a 422 asked for, seconds. */
  #least = 0;
  #stopTimer: Cancel = () => {};

  constructor(context: DialogContext, policy: SessionTimerPolicy, host: SessionTimerHost) {
    this.#context = context;
    this.#policy = policy;
    this.#host = host;
  }

  get facts(): SessionTimerFacts | undefined {
    return this.#agreed;
  }

  /** Headers of a re-INVITE or UPDATE of ours: what is agreed stays, and whose refreshing it is (RFC 4028 §7.4). */
  ofRequest(): readonly HeaderField[] {
    const { expires = this.#policy.expires, refresher = this.#policy.refresher } = this.#agreed ?? {};
    const minimum = Math.max(this.#policy.min, this.#least);
    return headersOf(Math.max(expires, minimum), refresher === 'us' ? 'uac' : 'uas', minimum);
  }

  /** Headers of our 2xx to the peer's request, by which the timer runs from now (RFC 4028 §9). */
  answering(request: SipRequest): readonly HeaderField[] {
    const { min, expires: longest, alone } = this.#policy;
    const asked = expiresOf(request);
    const minimum = parseMinSe(request.value('Min-SE') ?? '');
    const least = Math.max(min, minimum.ok ? Math.min(minimum.value, LONGEST_INTERVAL) : LEAST_MINIMUM);
    // What was asked for may be made less and never more.
    const expires = Math.min(asked?.seconds ?? LONGEST_INTERVAL, Math.max(longest, least));
    if (supportsTimer(request)) {
      const now = this.#agreed?.refresher ?? this.#policy.refresher;
      const refresher = asked?.refresher ?? (now === 'us' ? 'uas' : 'uac');
      this.#agree({ expires, refresher: refresher === 'uas' ? 'us' : 'peer', peerSupports: true });
      return [...expiresHeader(expires, refresher), ['Require', TIMER]];
    }
    // A proxy asks for the timer, or we do: the caller can do nothing for it. An interval that no proxy may ask for is none.
    const wanted = asked !== undefined && asked.seconds >= LEAST_MINIMUM;
    if (!wanted && !alone) {
      this.stop();
      return [];
    }
    const own = wanted ? expires : Math.max(longest, least);
    this.#agree({ expires: own, refresher: 'us', peerSupports: false });
    return expiresHeader(own, 'uas');
  }

  /** The 2xx to an INVITE or UPDATE of ours came (RFC 4028 §7.2). */
  answered(response: SipResponse): void {
    const said = expiresOf(response);
    if (said !== undefined) {
      const expires = Math.max(LEAST_INTERVAL, Math.min(said.seconds, LONGEST_INTERVAL));
      this.#agree({ expires, refresher: said.refresher === 'uas' ? 'peer' : 'us', peerSupports: true });
    } else if (this.#policy.alone) {
      this.#agree({ expires: this.#policy.expires, refresher: 'us', peerSupports: false });
    } else this.stop();
  }

  /** The peer wants a longer interval than we offered; true when another request can offer it. */
  refused(response: SipResponse): boolean {
    const least = leastOf(response);
    if (least === undefined || least <= this.#least) return false;
    this.#least = least;
    return true;
  }

  /** Our refresh was refused, though not because the dialog is gone: the peer is there, and asked again later (RFC 4028 §10). */
  refreshFailed(): void {
    const { expires = 0 } = this.#agreed ?? {};
    if (expires > 0) this.#run(Math.max(RETRY_MS, (expires * 1_000) / 8), () => this.#host.refresh());
  }

  stop(): void {
    this.#stopTimer();
    this.#stopTimer = () => {};
    this.#agreed = undefined;
  }

  #agree(facts: SessionTimerFacts): void {
    this.#agreed = facts;
    const { expires, refresher } = facts;
    // RFC 4028 §10: half of it for who refreshes; who waits hangs up a little before it is over.
    if (refresher === 'us') this.#run(expires * 500, () => this.#host.refresh());
    else this.#run((expires - Math.min(32, expires / 3)) * 1_000, () => this.#host.expired());
  }

  #run(milliseconds: number, then: () => void): void {
    this.#stopTimer();
    this.#stopTimer = this.#context.clock.after(milliseconds, then);
  }
}

export function supportsTimer(message: SipMessage): boolean {
  return names(message.supported, TIMER) || names(message.require, TIMER);
}

/** Whether a list of option tags names this one; they are tokens, whose case says nothing. */
export function names(tags: readonly string[], tag: string): boolean {
  return tags.some((each) => each.toLowerCase() === tag);
}

/** What cannot be read counts as not said: a call is worth more than its timer. */
function expiresOf(message: SipMessage): SessionExpires | undefined {
  const text = message.value('Session-Expires');
  const read = text === undefined ? undefined : parseSessionExpires(text);
  return read?.ok ? read.value : undefined;
}

function headersOf(expires: number, refresher: 'uac' | 'uas', minimum: number): readonly HeaderField[] {
  return [...expiresHeader(expires, refresher), ['Min-SE', `${minimum}`]];
}

function expiresHeader(expires: number, refresher: 'uac' | 'uas'): HeaderField[] {
  return [['Session-Expires', `${expires};refresher=${refresher}`]];
}
