import { formatEndpoint, LineBudget } from '@vats/kernel';
import { type Flow, parseUri, type ReplyDraft, type SipRequest } from '@vats/sip';
import { AccountLines } from './account-lines.ts';
import type { Binding, BindingStatus, FlowRecord } from './binding.ts';
import { BindingWriter } from './binding-writer.ts';
import { Deadlines } from './deadlines.ts';
import { decide, type Verdict } from './decide.ts';
import type { RegistrarEvent, RemovalReason } from './events.ts';
import { DEFAULT_LIMITS, type RegistrarLimits } from './limits.ts';
import { believesPath } from './path-trust.ts';
import { Presence } from './presence.ts';
import { pathUris, readRegister } from './read-register.ts';
import { type OrRefusal, refused } from './refusal.ts';
import type { RegisterIntent } from './register-intent.ts';
import type { BindingTarget, RegistrarAccount, RegistrarOptions, RespondToRegister } from './registrar-options.ts';
import { Registration } from './registration.ts';
import { accountKey } from './registration-book.ts';
import { okHeaders } from './response.ts';

/** Characters of a binding's id: some 100 bits. */
const ID_CHARACTERS = 20;

/**
 * The registrar (RFC 3261 §10.3) and location service of all domains. Memory is authoritative; a change is visible, and
 * its 200 sent, once the store has it.
 */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #limits: RegistrarLimits;
  readonly #lines = new AccountLines();
  readonly #budget: LineBudget;
  readonly #writer: BindingWriter;
  readonly #ends: Deadlines<Registration>;
  readonly #presence: Presence;
  #closed = false;

  constructor(options: RegistrarOptions) {
    const { clock, store, log, ledger } = options;
    this.#options = options;
    this.#budget = new LineBudget(clock, log);
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#presence = new Presence(options, this.#limits);
    this.#writer = new BindingWriter(store, log);
    this.#ends = new Deadlines(clock, (registration) => this.#timeIsUp(registration));
    ledger.enrol('registers', () => this.#lines.size);
  }

  /** Bindings held. */
  get size(): number {
    return this.#presence.book.size;
  }

  /** Brings back what the store kept. Call it once, when the listeners stand and before requests are let in. */
  async load(): Promise<void> {
    const { clock, store, log } = this.#options;
    const stale: string[] = [];
    for (const binding of await store.load()) {
      const left = Math.min(binding.expiresAt - clock.now(), this.#limits.maxExpires * 1000);
      const uri = parseUri(binding.contact);
      if (left <= 0 || !uri.ok || uri.value.kind !== 'sip') {
        stale.push(binding.id);
        continue;
      }
      const registration = new Registration(binding, uri.value, clock.monotonic() + left, binding.registeredAt, true);
      this.#presence.book.add(registration);
      this.#ends.set(registration, registration.endsAt);
      this.#presence.restore(registration);
    }
    log.info('registrar.loaded', { bindings: this.#presence.book.size, expired: stale.length });
    if (stale.length > 0) this.#forgetOnDisk(stale);
  }

  /**
   * Deals with a REGISTER whose sender proved to be `account`. `respond` is called in this turn for what changes
   * nothing, in a later one for what must be on disk first.
   */
  register(request: SipRequest, flow: Flow, account: RegistrarAccount, respond: RespondToRegister): void {
    const intent = this.#readFor(account, request, flow);
    const refuse = (refusal: ReplyDraft): void => this.#refuse(refusal, account, flow, respond);
    const key = accountKey(account.domain, account.login);
    if (!intent.ok) refuse(intent.refusal);
    else if (this.#closed || this.#lines.length(key) >= this.#limits.waitingPerAccount) {
      refuse({ status: 503, headers: [['Retry-After', '2']] });
    } else this.#lines.enter(key, (leave) => this.#judge(intent.value, flow, account, respond, leave));
  }

  /** The phones of an account, those preferred (q) first, among equals the newest. */
  bindingsOf(domain: string, login: string): readonly BindingTarget[] {
    return this.#presence.book
      .of(domain, login)
      .sort(
        (one, other) =>
          (other.binding.q ?? 1) - (one.binding.q ?? 1) || other.binding.registeredAt - one.binding.registeredAt,
      )
      .map((registration) => this.#presence.target(registration));
  }

  /** Whether an account has a phone that a request would be sent to. */
  isReachable(domain: string, login: string): boolean {
    return this.#presence.book.of(domain, login).some((registration) => this.#presence.isReachable(registration));
  }

  /** All bindings, or those of one domain, as they stand. */
  registrations(domain?: string): readonly BindingStatus[] {
    const all = [...this.#presence.book.all()];
    return domain === undefined ? all : all.filter(({ binding }) => binding.domain === domain);
  }

  /** Any message from the far end of a flow shows that its phones are there. */
  heard(flow: Flow): void {
    this.#presence.heardOver(flow);
  }

  /** A keep-alive came over the flow (RFC 5626 §3.5): what a phone that promised to send them is known to live by. */
  keptAlive(flow: Flow): void {
    this.#presence.keptAlive(flow);
  }

  /**
   * Throws an account's bindings out, or one of them: the account is gone, an operator or a new policy says so. Resolves with
   * their number when the disk has forgotten them; rejects, with all of them still there, when it cannot.
   */
  remove(domain: string, login: string, id?: string, reason: 'operator' | 'policy' = 'operator'): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#lines.enter(accountKey(domain, login), (leave) => {
        const meant = this.#presence.book
          .of(domain, login)
          .filter(({ binding }) => id === undefined || binding.id === id);
        this.#writer.write({ save: [], remove: meant.map(({ binding }) => binding.id) }, (failure) => {
          leaving(leave, () => {
            if (failure !== undefined) return reject(failure);
            for (const registration of meant) this.#unregister(registration, reason);
            resolve(meant.length);
          });
        });
      });
    });
  }

  /** Stops every timer and lets the writes under way end. What REGISTERs still wait are answered; new ones get 503. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writer.idle();
    this.#ends.clear();
    this.#presence.close();
  }

  #readFor(account: RegistrarAccount, request: SipRequest, flow: Flow): OrRefusal<RegisterIntent> {
    const { requestUri, to } = request;
    const { serves, isProxy = () => false, isNameOf = () => false } = this.#options;
    if (!requestUri.ok || requestUri.value.kind !== 'sip') return refused(400, 'Bad Request-URI');
    if (!to.ok || to.value.uri.kind !== 'sip') return refused(400, 'Address-of-Record Is No SIP URI');
    if (!serves(requestUri.value.host, account.domain)) return refused(404);
    const { user, host } = to.value.uri;
    // RFC 3261 §10.3 item 4: an account may register itself only.
    const itself = user === account.login || (user !== undefined && account.alsoKnownAs?.includes(user));
    if (!itself || !serves(host, account.domain)) return refused(403);
    const intent = readRegister(request);
    if (!intent.ok) return intent;
    const { path, wantsOutbound, firstHopKeepsFlow } = intent.value;
    const seen = {
      observed: flow.observed.address,
      ...(account.client !== undefined && { client: account.client.address }),
      isProxy,
      isOwnName: (host: string) => isNameOf(host, account.domain),
    };
    if (!believesPath(pathUris(path) ?? [], seen)) return refused(403, 'Path Of An Unknown Proxy');
    if (wantsOutbound && !(firstHopKeepsFlow && (path.length > 0 || account.client === undefined))) return refused(439);
    return intent;
  }

  #judge(intent: RegisterIntent, flow: Flow, account: RegistrarAccount, respond: RespondToRegister, leave: () => void) {
    const { domain, login, maxBindings, client } = account;
    const { clock, random, log } = this.#options;
    const verdict = decide(this.#presence.book.of(domain, login), intent, {
      domain,
      login,
      flow: recordOf(flow),
      ...(client !== undefined && { client }),
      now: clock.now(),
      limits: { ...this.#limits, ...(maxBindings !== undefined && { bindingsPerAccount: maxBindings }) },
      newId: () => random.token(ID_CHARACTERS),
    });
    if (!verdict.ok) return leaving(leave, () => this.#refuse(verdict.refusal, account, flow, respond));
    const { saved, removed } = verdict.value;
    if (saved.length === 0 && removed.length === 0) {
      return leaving(leave, () => respond(this.#ok(account, intent, verdict.value, flow)));
    }
    const change = { save: saved.map(({ binding }) => binding), remove: removed.map(({ binding }) => binding.id) };
    this.#writer.write(change, (failure) => {
      leaving(leave, () => {
        if (failure !== undefined) {
          log.error('registrar.not-saved', { domain, login, failure: String(failure) });
          return respond({ status: 500, reason: 'Binding Not Saved', headers: [['Retry-After', '30']] });
        }
        this.#carryOut(verdict.value, flow, intent);
        respond(this.#ok(account, intent, verdict.value, flow));
      });
    });
  }

  /** Its password is right, so whoever looks after the phone wants to know what is wrong with it. */
  #refuse(refusal: ReplyDraft, { domain, login }: RegistrarAccount, flow: Flow, respond: RespondToRegister): void {
    if (this.#budget.allows(accountKey(domain, login))) {
      const { status, reason } = refusal;
      const source = formatEndpoint(flow.observed);
      this.#options.log.warn('registrar.refused', { domain, login, source, status, reason });
    }
    respond(refusal);
  }

  #carryOut(verdict: Verdict, flow: Flow, { wantsOutbound, path }: RegisterIntent): void {
    for (const { binding, reason } of verdict.removed) {
      const registration = this.#find(binding);
      if (registration !== undefined) this.#unregister(registration, reason);
    }
    const { clock } = this.#options;
    for (const { binding, uri, granted } of verdict.saved) {
      // From now on, because from now on the phone counts too.
      const endsAt = clock.monotonic() + granted * 1000;
      const known = this.#find(binding);
      const registration = known ?? new Registration(binding, uri, endsAt, clock.now(), false);
      const previous = registration.binding;
      const keepsFlow = wantsOutbound && mayKeep(flow, path) && binding.regId !== undefined;
      Object.assign(registration, { binding, uri, endsAt, restored: false, keepsFlow });
      if (known === undefined) {
        this.#presence.book.add(registration);
        this.#emit({ type: 'registered', binding });
      } else this.#emit({ type: 'refreshed', binding, previous });
      this.#ends.set(registration, endsAt);
      this.#presence.arrive(registration, flow);
    }
  }

  #ok({ domain, login }: RegistrarAccount, intent: RegisterIntent, verdict: Verdict, flow: Flow): ReplyDraft {
    const { clock } = this.#options;
    const own = new Set(verdict.saved.map(({ binding }) => binding.id));
    const registrations = this.#presence.book
      .of(domain, login)
      .sort((one, other) => Number(own.has(other.binding.id)) - Number(own.has(one.binding.id)));
    const { path, supportsPath, wantsOutbound: outbound } = intent;
    const flowTimer = outbound && mayKeep(flow, path) ? this.#presence.flowTimer(flow) : undefined;
    const agreement = { path: supportsPath ? path : [], outbound, flowTimer };
    return { status: 200, headers: okHeaders(registrations, agreement, clock) };
  }

  /** A refresh may be on its way to the disk: only the account's turn knows whether time is really up. */
  #timeIsUp(registration: Registration): void {
    const { domain, login } = registration.binding;
    this.#lines.enter(accountKey(domain, login), (leave) => {
      leaving(leave, () => {
        const { clock } = this.#options;
        if (!this.#presence.book.has(registration) || registration.endsAt > clock.monotonic()) return;
        const { binding } = registration;
        this.#drop(registration);
        this.#forgetOnDisk([binding.id]);
        this.#emit({ type: 'expired', binding });
      });
    });
  }

  /** Nobody waits for it: what the disk keeps too long is past its time when it is read again. */
  #forgetOnDisk(ids: readonly string[]): void {
    this.#writer.write({ save: [], remove: ids }, (failure) => {
      if (failure !== undefined)
        this.#options.log.warn('registrar.not-forgotten', { bindings: ids.length, failure: String(failure) });
    });
  }

  #unregister(registration: Registration, reason: RemovalReason): void {
    if (!this.#presence.book.has(registration)) return;
    const { binding } = registration;
    this.#drop(registration);
    this.#emit({ type: 'unregistered', binding, reason });
  }

  #drop(registration: Registration): void {
    this.#presence.leave(registration);
    this.#ends.delete(registration);
  }

  #find(binding: Binding): Registration | undefined {
    return this.#presence.book.of(binding.domain, binding.login).find((one) => one.binding.id === binding.id);
  }

  #emit(event: RegistrarEvent): void {
    this.#options.onEvent(event);
  }
}

/** Whatever happens in the turn, the next one gets its own. */
function leaving(leave: () => void, act: () => void): void {
  try {
    act();
  } finally {
    leave();
  }
}

function recordOf(flow: Flow): FlowRecord {
  return { transport: flow.transport, bound: flow.bound, observed: flow.observed, id: flow.id };
}

/** Whether a phone can keep its flow alive itself: none behind a proxy, and no page in a browser, which has no pings of its own. */
function mayKeep({ transport }: Flow, path: readonly unknown[]): boolean {
  return path.length === 0 && transport !== 'ws' && transport !== 'wss';
}
