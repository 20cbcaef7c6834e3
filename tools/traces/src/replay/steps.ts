import { branchOf, cseqOf, firstValue, methodOf, type SipText, statusOf, tagOf } from '../sip-text.ts';
import { partyAt, type Story } from '../story.ts';
import type { Trace, TraceMessage } from '../trace.ts';
import { challengeOf } from './digest.ts';

/** A request that the recorded server sent to a party. */
export interface RecordedRequest {
  readonly sip: SipText;
  readonly method: string;
  readonly branch: string;
  readonly callId: string;
  /** It had a tag in To. */
  readonly inDialog: boolean;
}

/** One message that a party of the trace sent: what a replay sends again. */
export interface Step {
  readonly message: TraceMessage;
  readonly party: string;
  /** What the party had heard before it sent this: branches of its own requests that were finally answered. */
  readonly answered: readonly string[];
  /** The request that this response answers. */
  readonly answers: RecordedRequest | undefined;
}

/** Both sides of a trace as one party saw it. */
export interface RecordedParty {
  /** Requests that came to it, each once however often it was repeated. */
  readonly requests: RecordedRequest[];
  /** Call-IDs of its own making. */
  readonly ownCalls: Set<string>;
  /** Nonces it was given, and the transaction whose refusal brought each. */
  readonly nonces: Map<string, string>;
}

export interface Script {
  readonly steps: readonly Step[];
  readonly parties: ReadonlyMap<string, RecordedParty>;
}

/** Turns a trace into what its parties do, and what each waits for before it does it. */
export function scriptOf(trace: Trace, story: Story): Script {
  const omitted = new Set(story.omit?.map(({ message }) => message));
  const parties = new Map<string, RecordedParty>();
  const answered = new Map<string, Set<string>>();
  const steps: Step[] = [];
  for (const name of Object.keys(story.parties)) {
    parties.set(name, { requests: [], ownCalls: new Set(), nonces: new Map() });
    answered.set(name, new Set());
  }
  for (const message of trace.messages) {
    const sender = partyAt(story, message.from);
    const receiver = partyAt(story, message.to);
    const { sip } = message;
    if (receiver !== undefined && sip !== undefined) {
      const status = statusOf(sip);
      if (status === undefined) note(parties.get(receiver)!, requestOf(sip));
      else if (status >= 200) answered.get(receiver)!.add(transactionOf(sip));
      const nonce = challengeOf(sip)?.nonce;
      if (nonce !== undefined) parties.get(receiver)!.nonces.set(nonce, transactionOf(sip));
    }
    if (sender === undefined || omitted.has(message.number)) continue;
    const party = parties.get(sender)!;
    if (sip !== undefined && methodOf(sip) !== undefined && tagOf(firstValue(sip, 'to')) === undefined) {
      party.ownCalls.add(firstValue(sip, 'call-id') ?? '');
    }
    const answers = sip === undefined || statusOf(sip) === undefined ? undefined : requestAnswered(party, sip);
    steps.push({ message, party: sender, answered: [...answered.get(sender)!], answers });
  }
  return { steps, parties };
}

/** A transaction's name as both its ends write it: branch of the topmost Via and the method of CSeq. */
export function transactionOf(sip: SipText): string {
  return `${branchOf(sip)} ${cseqOf(sip).method}`;
}

function requestOf(sip: SipText): RecordedRequest {
  return {
    sip,
    method: methodOf(sip) ?? '',
    branch: branchOf(sip) ?? '',
    callId: firstValue(sip, 'call-id') ?? '',
    inDialog: tagOf(firstValue(sip, 'to')) !== undefined,
  };
}

function note({ requests }: RecordedParty, request: RecordedRequest): void {
  const again = requests.some(({ branch, method }) => branch === request.branch && method === request.method);
  if (!again) requests.push(request);
}

function requestAnswered({ requests }: RecordedParty, response: SipText): RecordedRequest | undefined {
  const transaction = transactionOf(response);
  return requests.find(({ sip }) => transactionOf(sip) === transaction);
}
