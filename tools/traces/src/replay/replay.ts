import type { Cancel, Clock, Endpoint } from '@vats/kernel';
import { formatEndpoint } from '@vats/kernel';
import {
  branchOf,
  cseqOf,
  firstValue,
  methodOf,
  readSipText,
  type SipText,
  statusOf,
  tagOf,
  writeSipText,
} from '../sip-text.ts';
import type { Story } from '../story.ts';
import type { Trace, TraceMessage } from '../trace.ts';
import { type Heard, LiveParty } from './live-party.ts';
import { ackOfRefusal, type Readdress, requestInside, requestOutside, responseTo } from './rewrite.ts';
import { type Step, scriptOf, transactionOf } from './steps.ts';
import type { ReplayTarget, Way } from './target.ts';

export interface ReplayOptions {
  readonly trace: Trace;
  readonly story: Story;
  readonly target: ReplayTarget;
  readonly clock: Clock;
  /** Where the switch is; without it, where the recorded server was. */
  readonly switchAt?: Endpoint;
  /** How long a party waits for what it had heard in the trace, in ms, before it goes on without. */
  readonly patience?: number;
  /** How long the replay listens on after its last message, in ms. */
  readonly linger?: number;
}

/** What came of a replay. */
export interface ReplayOutcome {
  /** What each party heard, repetitions left out. */
  readonly heard: ReadonlyMap<string, readonly Heard[]>;
  /** Messages that could not be played, and why: the replay has failed. */
  readonly failures: readonly string[];
  /** What went otherwise than in the trace without being wrong by itself. */
  readonly notes: readonly string[];
}

const PATIENCE_MS = 5_000;
const LINGER_MS = 2_000;

/**
 * Plays a trace's parties against a switch. Each says what it said, at the pace at which it said it, but never before it
 * has heard what it had heard then; tags, targets, nonces and branches of the recorded server give way to the switch's.
 */
export class Replay {
  readonly #options: ReplayOptions;
  readonly #steps: readonly Step[];
  readonly #parties = new Map<string, LiveParty>();
  /** What was sent for recorded octets: a repetition is the same octets again. */
  readonly #sent = new Map<string, Buffer>();
  /** Transactions that were played: nobody waits for the answer to another. */
  readonly #played = new Set<string>();
  readonly #failures: string[] = [];
  readonly #notes: string[] = [];
  readonly #done: (outcome: ReplayOutcome) => void;
  readonly #began: number;
  #next = 0;
  #due: number;
  #wake: Cancel = () => {};
  #ending = false;
  #finished = false;

  /** Begins at once. @param done told once, when the last message is out and its answers had their time */
  constructor(options: ReplayOptions, done: (outcome: ReplayOutcome) => void) {
    const { trace, story, target, clock } = options;
    const script = scriptOf(trace, story);
    this.#options = options;
    this.#steps = script.steps;
    this.#done = done;
    this.#began = clock.monotonic();
    this.#due = this.#began;
    for (const [name, recorded] of script.parties) this.#parties.set(name, new LiveParty(recorded));
    target.onHear = (way, octets) => this.#hear(way, octets);
    this.#wake = clock.after(0, () => this.#goOn());
  }

  #hear(way: Way, octets: Buffer): void {
    const sip = readSipText(octets);
    const party = this.#partyAt(way.phone);
    if (sip === undefined || party === undefined || this.#finished) return;
    party.hear({ at: this.#options.clock.monotonic() - this.#began, way, sip });
    this.#goOn();
  }

  #partyAt(phone: Endpoint): LiveParty | undefined {
    const key = formatEndpoint(phone);
    for (const [name, { at }] of Object.entries(this.#options.story.parties)) {
      if (at.some((each) => formatEndpoint(each) === key)) return this.#parties.get(name);
    }
    return undefined;
  }

  #goOn(): void {
    if (this.#ending) return;
    const { clock, patience = PATIENCE_MS, linger = LINGER_MS } = this.#options;
    this.#wake();
    for (let step = this.#steps[this.#next]; step !== undefined; step = this.#steps[this.#next]) {
      const now = clock.monotonic();
      const wait = this.#due - now;
      const lacking = this.#lacks(step);
      if (wait > 0 || (lacking !== undefined && wait > -patience)) {
        // Whole milliseconds: a remainder too small to move a clock on would be waited for without end.
        this.#wake = clock.after(Math.ceil(wait > 0 ? wait : patience + wait), () => this.#goOn());
        return;
      }
      this.#play(step, lacking);
      this.#next += 1;
      const following = this.#steps[this.#next];
      if (following !== undefined) this.#due = now + (following.message.at - step.message.at);
    }
    this.#ending = true;
    clock.after(linger, () => this.#finish());
  }

  #finish(): void {
    this.#finished = true;
    const heard = new Map([...this.#parties].map(([name, party]) => [name, party.heard]));
    for (const [name, { repeats }] of this.#parties) {
      if (repeats > 0) this.#notes.push(`${name} heard ${repeats} messages again`);
    }
    this.#done({ heard, failures: this.#failures, notes: this.#notes });
  }

  /** What a step still waits for; undefined when nothing. */
  #lacks(step: Step): { readonly what: string; readonly needed: boolean } | undefined {
    const party = this.#parties.get(step.party)!;
    const { sip } = step.message;
    if (sip === undefined || this.#sent.has(keyOf(step))) return undefined;
    if (statusOf(sip) !== undefined) {
      if (step.answers === undefined) return { what: 'answers a request that is not in the trace', needed: true };
      if (party.counterpart(step.answers) !== undefined) return undefined;
      return { what: `answers ${describe(step.answers.method)} that ${step.party} never got`, needed: true };
    }
    const method = methodOf(sip);
    const callId = party.liveCallId(firstValue(sip, 'call-id') ?? '');
    const invite = `${branchOf(sip)} INVITE`;
    const acknowledges = method === 'ACK' && party.finalOfInvite(callId, cseqOf(sip).number) !== undefined;
    const inDialog = tagOf(firstValue(sip, 'to')) !== undefined;
    if (inDialog && !acknowledges && party.dialog(callId) === undefined) {
      return { what: 'belongs to a dialog that never began', needed: true };
    }
    if (method === 'CANCEL' && !party.isUnderWay(invite)) {
      return { what: 'cancels an INVITE that nothing was heard of', needed: false };
    }
    const unanswered = step.answered.find((each) => this.#played.has(`${step.party} ${each}`) && !party.finalOf(each));
    if (unanswered !== undefined) {
      return { what: `was sent after the answer to ${unanswered.split(' ')[1]}, which never came`, needed: false };
    }
    return undefined;
  }

  #play(step: Step, lacking: { readonly what: string; readonly needed: boolean } | undefined): void {
    const { message } = step;
    if (lacking !== undefined) {
      (lacking.needed ? this.#failures : this.#notes).push(`message ${message.number} ${lacking.what}`);
      if (lacking.needed) return;
    }
    const key = keyOf(step);
    const octets = this.#sent.get(key) ?? this.#write(step);
    this.#sent.set(key, octets);
    if (message.sip !== undefined && methodOf(message.sip) !== undefined) {
      this.#played.add(`${step.party} ${transactionOf(message.sip)}`);
    }
    this.#options.target.send(this.#wayOf(step), this.#options.switchAt ?? serverEnd(message), octets);
  }

  #write(step: Step): Buffer {
    const { message } = step;
    const { sip } = message;
    const party = this.#parties.get(step.party)!;
    if (sip === undefined) return message.octets;
    if (statusOf(sip) !== undefined) return writeSipText(responseTo(party.counterpart(step.answers!)!.sip, sip));
    const { typed, password = '' } = this.#options.story.parties[step.party]!;
    const readdress = this.#readdress(serverEnd(message));
    const rewritten = this.#rewrite(sip, party, typed ?? password, readdress);
    // What nothing had to be changed in goes out as it was, with all its faults.
    return sameText(rewritten, sip) ? message.octets : writeSipText(rewritten);
  }

  #rewrite(sip: SipText, party: LiveParty, password: string, readdress: Readdress): SipText {
    if (methodOf(sip) === 'ACK') {
      const final = party.finalOfInvite(firstValue(sip, 'call-id') ?? '', cseqOf(sip).number);
      if (final !== undefined && statusOf(final)! >= 300) return ackOfRefusal(sip, final, readdress);
    }
    const inDialog = tagOf(firstValue(sip, 'to')) !== undefined;
    return (inDialog ? requestInside : requestOutside)(sip, party, password, readdress);
  }

  /** The way of a message: an answer goes back where its request came from, all else the way it went in the trace. */
  #wayOf({ message, party, answers }: Step): Way {
    const asked = answers === undefined ? undefined : this.#parties.get(party)!.counterpart(answers);
    if (asked !== undefined) return asked.way;
    const { from: phone, transport, connection } = message;
    return transport === 'udp' ? { transport, phone } : { transport, phone, id: `connection ${connection}` };
  }

  #readdress(server: Endpoint): Readdress {
    const { switchAt } = this.#options;
    if (switchAt === undefined) return (text) => text;
    const host = (at: Endpoint): string => formatEndpoint(at).replace(/:\d+$/, '');
    const from = formatEndpoint(server);
    const to = formatEndpoint(switchAt);
    // With its port first; then the host alone, unless another port follows.
    const alone = new RegExp(`(?<![\\w.])${host(server).replace(/[.[\]]/g, '\\$&')}(?![\\d.]*\\d|:\\d)`, 'g');
    return (text) => text.replaceAll(from, to).replace(alone, switchAt.port === 5060 ? host(switchAt) : to);
  }
}

function keyOf({ party, message }: Step): string {
  return `${party} ${message.connection} ${message.octets.toString('latin1')}`;
}

function serverEnd(message: TraceMessage): Endpoint {
  return message.to;
}

function sameText(
  one: { startLine: string; headers: unknown },
  other: { startLine: string; headers: unknown },
): boolean {
  return one.startLine === other.startLine && JSON.stringify(one.headers) === JSON.stringify(other.headers);
}

function describe(method: string): string {
  return /^[AEIOU]/.test(method) ? `an ${method}` : `a ${method}`;
}
