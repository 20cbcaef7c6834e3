import type { Party } from '@vats/calls';
import { type LastCaller, normaliseNumber } from '@vats/pbx';
import type { Participant, ParticipantsUser } from '../participants/participant.ts';

/** Who called each employee last, taken or not. Keys are extensions at whose phones a call rang. */
export class LastCallers implements ParticipantsUser {
  readonly #callers = new Map<string, LastCaller>();

  participantChanged(before: Participant | undefined, after: Participant | undefined): void {
    // A leg that begins: neither whoever dials nor who comes into a call by themselves is called.
    if (before !== undefined || after === undefined || after.dialled || after.state !== 'trying') return;
    const { domain, party, remote, trunk } = after;
    if (trunk === undefined) this.#keep(domain, party.extension, remote);
  }

  /** Of a finished call, the newest first: what is known of later calls stands. @param domain `Domain.id` */
  restore(domain: string, called: string | undefined, from: Party): void {
    if (called !== undefined && !this.#callers.has(keyOf(domain, called))) this.#keep(domain, called, from);
  }

  /** @param domain `Domain.id` */
  of(domain: string, extension: string): LastCaller | undefined {
    return this.#callers.get(keyOf(domain, extension));
  }

  #keep(domain: string, called: string | undefined, from: Party | undefined): void {
    if (called === undefined || from?.extension === called) return;
    this.#callers.set(keyOf(domain, called), shownBy(from));
  }
}

/** What can be called back: a colleague, or a public number. A short number of a trunk's is not one of ours. */
function shownBy(from: Party | undefined): LastCaller {
  if (from?.extension !== undefined) return { number: from.extension };
  const { kind, number } = normaliseNumber(from?.number ?? '');
  return kind === 'e164' ? { number } : {};
}

function keyOf(domain: string, extension: string): string {
  return `${domain}\n${extension}`;
}
