import { cseqOf, firstValue, methodOf, type SipText, statusOf, tagOf, uriOf, valuesOf } from '../sip-text.ts';
import { type Challenge, challengeOf } from './digest.ts';
import type { RecordedParty, RecordedRequest } from './steps.ts';
import { transactionOf } from './steps.ts';
import type { Way } from './target.ts';

/** A message that the switch sent to a party during a replay. */
export interface Heard {
  /** Milliseconds since the replay began. */
  readonly at: number;
  readonly way: Way;
  readonly sip: SipText;
}

/** What a party knows of a dialog with the switch. */
export interface LiveDialog {
  remoteTag: string;
  remoteTarget: string;
  routes: readonly string[];
  /** The switch's INVITE when it was the switch that called. */
  readonly invite: SipText | undefined;
}

/** One party of a replay: what it has heard, and what it must therefore write into its next messages. */
export class LiveParty {
  /** Everything heard, repetitions left out, in order. */
  readonly heard: Heard[] = [];
  /** How many of the messages that came were repetitions. */
  repeats = 0;
  readonly #recorded: RecordedParty;
  readonly #requests: Heard[] = [];
  readonly #seen = new Set<string>();
  readonly #inviteFinals = new Map<string, SipText>();
  readonly #finals = new Map<string, SipText>();
  readonly #provisional = new Set<string>();
  #lastChallenge: Challenge | undefined;
  readonly #dialogs = new Map<string, LiveDialog>();
  readonly #uses = new Map<string, number>();

  constructor(recorded: RecordedParty) {
    this.#recorded = recorded;
  }

  hear(heard: Heard): void {
    const { sip } = heard;
    const same = `${heard.way.transport} ${sip.startLine} ${JSON.stringify(sip.headers)} ${sip.body.toString('latin1')}`;
    if (this.#seen.has(same)) {
      this.repeats += 1;
      return;
    }
    this.#seen.add(same);
    this.heard.push(heard);
    if (statusOf(sip) === undefined) this.#hearRequest(heard);
    else this.#hearResponse(sip);
  }

  /** The final response to a transaction of the party's. */
  finalOf(transaction: string): SipText | undefined {
    return this.#finals.get(transaction);
  }

  /** The final response to the INVITE of this Call-ID and CSeq number: what an ACK is for, whatever its branch. */
  finalOfInvite(callId: string, cseq: number): SipText | undefined {
    return this.#inviteFinals.get(`${callId} ${cseq}`);
  }

  /** True when any response came to a transaction of the party's. */
  isUnderWay(transaction: string): boolean {
    return this.#provisional.has(transaction) || this.#finals.has(transaction);
  }

  dialog(callId: string): LiveDialog | undefined {
    return this.#dialogs.get(callId);
  }

  /** The switch's counterpart of a request that the recorded server sent; undefined as long as it has not come. */
  counterpart(recorded: RecordedRequest): Heard | undefined {
    if (recorded.method === 'CANCEL') {
      const invite = this.#recorded.requests.find(
        ({ branch, method }) => branch === recorded.branch && method === 'INVITE',
      );
      const live = invite === undefined ? undefined : this.counterpart(invite);
      const branch = live === undefined ? undefined : transactionOf(live.sip).split(' ', 1)[0];
      return this.#requests.find(({ sip }) => transactionOf(sip) === `${branch} CANCEL`);
    }
    const callId = recorded.inDialog ? this.liveCallId(recorded.callId) : undefined;
    const alike = (request: RecordedRequest): boolean =>
      request.method === recorded.method &&
      request.inDialog === recorded.inDialog &&
      (!recorded.inDialog || request.callId === recorded.callId);
    const place = this.#recorded.requests.filter(alike).indexOf(recorded);
    const live = this.#requests.filter(({ sip }) => {
      const inDialog = tagOf(firstValue(sip, 'to')) !== undefined;
      if (methodOf(sip) !== recorded.method || inDialog !== recorded.inDialog) return false;
      return !inDialog || firstValue(sip, 'call-id') === callId;
    });
    return live[place];
  }

  /** The Call-ID that a recorded one has become: its own ones stay, the server's are the switch's. */
  liveCallId(recorded: string): string {
    if (this.#recorded.ownCalls.has(recorded)) return recorded;
    const first = this.#recorded.requests.find(({ callId, inDialog }) => callId === recorded && !inDialog);
    const live = first === undefined ? undefined : this.counterpart(first);
    return (live === undefined ? undefined : firstValue(live.sip, 'call-id')) ?? recorded;
  }

  /**
   * What the switch asked where the recorded server gave this nonce; where the switch asked nothing then, what it asked
   * last.
   */
  challengeFor(recordedNonce: string): Challenge | undefined {
    const refusal = this.#finals.get(this.#recorded.nonces.get(recordedNonce) ?? '');
    return (refusal === undefined ? undefined : challengeOf(refusal)) ?? this.#lastChallenge;
  }

  /** How often the nonce of the challenge is used when it is used once more. */
  countUse({ nonce }: Challenge): number {
    const count = (this.#uses.get(nonce) ?? 0) + 1;
    this.#uses.set(nonce, count);
    return count;
  }

  #hearResponse(sip: SipText): void {
    const status = statusOf(sip)!;
    const transaction = transactionOf(sip);
    if (status >= 200) this.#finals.set(transaction, sip);
    else this.#provisional.add(transaction);
    this.#lastChallenge = challengeOf(sip) ?? this.#lastChallenge;
    const remoteTag = tagOf(firstValue(sip, 'to'));
    const callId = firstValue(sip, 'call-id');
    const { number, method } = cseqOf(sip);
    if (method === 'INVITE' && status >= 200) this.#inviteFinals.set(`${callId} ${number}`, sip);
    if (method !== 'INVITE' || status >= 300 || remoteTag === undefined || callId === undefined) return;
    const known = this.#dialogs.get(callId);
    const contact = uriOf(firstValue(sip, 'contact'));
    this.#dialogs.set(callId, {
      remoteTag,
      remoteTarget: contact ?? known?.remoteTarget ?? '',
      // The route set is fixed when the dialog is (RFC 3261 §12.1.2): the caller's is the recorded routes backwards.
      routes: known?.invite !== undefined ? known.routes : valuesOf(sip, 'record-route').reverse(),
      invite: known?.invite,
    });
  }

  #hearRequest(heard: Heard): void {
    this.#requests.push(heard);
    const { sip } = heard;
    const method = methodOf(sip);
    const callId = firstValue(sip, 'call-id');
    if ((method !== 'INVITE' && method !== 'UPDATE') || callId === undefined) return;
    const contact = uriOf(firstValue(sip, 'contact'));
    const known = this.#dialogs.get(callId);
    if (known !== undefined) {
      if (contact !== undefined) known.remoteTarget = contact; // target refresh, RFC 3261 §12.2.2
      return;
    }
    this.#dialogs.set(callId, {
      remoteTag: tagOf(firstValue(sip, 'from')) ?? '',
      remoteTarget: contact ?? '',
      routes: valuesOf(sip, 'record-route'),
      invite: sip,
    });
  }
}
