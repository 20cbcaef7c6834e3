import type { Cancel } from '@vats/kernel';
import type { Flow } from '@vats/sip';
import type { Registration } from './registration.ts';

interface FlowEntry {
  readonly registrations: Set<Registration>;
  readonly stopListening: Cancel;
}

/** Every registration, found by address-of-record and by flow. Listens for the end of each flow once. */
export class RegistrationBook {
  readonly #byAccount = new Map<string, Set<Registration>>();
  readonly #byFlow = new Map<string, FlowEntry>();
  readonly #lost: (registration: Registration) => void;
  #size = 0;

  /** `lost` is told of each registration whose flow was closed; the registration has none any more then. */
  constructor(lost: (registration: Registration) => void) {
    this.#lost = lost;
  }

  get size(): number {
    return this.#size;
  }

  of(domain: string, login: string): Registration[] {
    return [...(this.#byAccount.get(accountKey(domain, login)) ?? [])];
  }

  over(flow: Flow): readonly Registration[] {
    return [...(this.#byFlow.get(flow.id)?.registrations ?? [])];
  }

  *all(): IterableIterator<Registration> {
    for (const registrations of this.#byAccount.values()) yield* registrations;
  }

  has(registration: Registration): boolean {
    const { domain, login } = registration.binding;
    return this.#byAccount.get(accountKey(domain, login))?.has(registration) ?? false;
  }

  add(registration: Registration): void {
    const { domain, login } = registration.binding;
    const key = accountKey(domain, login);
    const registrations = this.#byAccount.get(key);
    if (registrations === undefined) this.#byAccount.set(key, new Set([registration]));
    else registrations.add(registration);
    this.#size++;
  }

  delete(registration: Registration): void {
    const { domain, login } = registration.binding;
    const key = accountKey(domain, login);
    const registrations = this.#byAccount.get(key);
    if (!registrations?.delete(registration)) return;
    if (registrations.size === 0) this.#byAccount.delete(key);
    this.#size--;
    this.#detach(registration);
  }

  /** Puts the registration on this flow, off its earlier one. A flow that is closed already is lost at once. */
  attach(registration: Registration, flow: Flow): void {
    if (registration.flow?.id === flow.id) return;
    this.#detach(registration);
    if (!flow.open) {
      this.#lost(registration);
      return;
    }
    registration.flow = flow;
    const entry = this.#byFlow.get(flow.id);
    if (entry !== undefined) entry.registrations.add(registration);
    else {
      const stopListening = flow.onClose(() => this.#closed(flow));
      this.#byFlow.set(flow.id, { registrations: new Set([registration]), stopListening });
    }
  }

  clear(): void {
    for (const { stopListening } of this.#byFlow.values()) stopListening();
    this.#byFlow.clear();
    this.#byAccount.clear();
    this.#size = 0;
  }

  #detach(registration: Registration): void {
    const { flow } = registration;
    registration.flow = undefined;
    const entry = flow && this.#byFlow.get(flow.id);
    if (!entry?.registrations.delete(registration) || entry.registrations.size > 0) return;
    entry.stopListening();
    this.#byFlow.delete(flow!.id);
  }

  #closed(flow: Flow): void {
    for (const registration of this.over(flow)) {
      this.#detach(registration);
      this.#lost(registration);
    }
  }
}

/** Neither a domain's id nor a login can hold a line feed. */
export function accountKey(domain: string, login: string): string {
  return `${domain}\n${login}`;
}
