import type { HeaderField, SipRequest, SipResponse } from '@vats/sip';
import { fits, type Heard } from './phone/inbox.ts';
import type { AnswerOptions, InviteOptions, PhoneCall } from './phone/phone-call.ts';
import type { Manners } from './phone/phone-settings.ts';
import type { RegisterOptions, RequestOptions, VirtualPhone } from './phone/virtual-phone.ts';
import type { Stage } from './stage.ts';

/** '200 INVITE', 'BYE', a status for any method, or a pattern of either. */
export type Wanted = string | number | RegExp;

/** Delays that message on the network, in ms. */
interface Delayed {
  readonly delayed?: number;
}

/**
 * A phone in a scenario, with verbs that read as sentences. Each does its act and lets the network come to rest; `hears` and
 * `expects` must name everything that reaches the phone, in order, responses and requests each in theirs.
 */
export class Actor {
  readonly phone: VirtualPhone;
  readonly #stage: Stage;

  constructor(phone: VirtualPhone, stage: Stage) {
    this.phone = phone;
    this.#stage = stage;
  }

  get name(): string {
    return this.phone.name;
  }

  get number(): string {
    return this.phone.number;
  }

  get manners(): Manners {
    return this.phone.manners;
  }

  /** The newest call. */
  get call(): PhoneCall {
    return this.phone.call;
  }

  /** Calls somebody, or a number. */
  invites(whom: Actor | string, options: InviteOptions & Delayed = {}): PhoneCall {
    return this.#acts('INVITE', options, () => this.phone.dial(typeof whom === 'string' ? whom : whom.number, options));
  }

  /** A provisional response, after the INVITE was heard. */
  rings(options: AnswerOptions & Delayed & { readonly status?: number } = {}): void {
    const { status = 180 } = options;
    this.#takes('INVITE');
    this.#acts(`${status} INVITE`, options, () => this.call.respond(status, options));
  }

  answers(options: AnswerOptions & Delayed = {}): void {
    this.#takes('INVITE');
    this.#acts('200 INVITE', options, () => this.call.respond(200, options));
  }

  refuses(status: number, options: AnswerOptions & Delayed = {}): void {
    this.#takes('INVITE');
    this.#acts(`${status} INVITE`, options, () => this.call.respond(status, options));
  }

  /** Sends its final response once more. */
  repeats(): void {
    this.#acts('', {}, () => this.call.repeatFinal());
  }

  cancels(options: Delayed & { readonly headers?: readonly HeaderField[] } = {}): void {
    this.#acts('CANCEL', options, () => this.call.cancel(options.headers));
  }

  /** The ACK to the last final response, for a phone that does not send it by itself, or again. */
  acknowledges(sdp?: string): void {
    this.#acts('ACK', {}, () => this.call.ack(sdp));
  }

  hangsUp(options: Delayed & { readonly headers?: readonly HeaderField[] } = {}): void {
    this.#acts('BYE', options, () => this.call.bye(options.headers));
  }

  /** A re-INVITE; `sdp: null` asks for an offer. */
  reinvites(options: InviteOptions & Delayed = {}): void {
    this.#acts('INVITE', options, () => this.call.invite(options));
  }

  holds(options: Delayed = {}): void {
    this.reinvites({ ...options, sdp: this.call.sdp({ direction: 'sendonly' }) });
  }

  resumes(options: Delayed = {}): void {
    this.reinvites({ ...options, sdp: this.call.sdp({ direction: 'sendrecv' }) });
  }

  /** Any request within its call. */
  sends(
    method: string,
    options: Delayed & { headers?: readonly HeaderField[]; body?: string; cseq?: number } = {},
  ): void {
    this.#acts(method, options, () => this.call.request(method, options));
  }

  /** Any request outside of a call. */
  asks(method: string, options: RequestOptions & Delayed = {}): void {
    this.#acts(method, options, () => this.phone.request(method, options));
  }

  /** Registers and hears the final response, which must be this. */
  async registers(options: RegisterOptions & { readonly status?: number } = {}): Promise<SipResponse> {
    const { status = 200 } = options;
    this.phone.register(options);
    const { responses } = this.phone.inbox;
    await this.#stage.eventually(() => responses.length > 0);
    return this.hears(`${status} REGISTER`);
  }

  /** The next responses that the phone got, 100 and repetitions left out, are these; the last is handed back. */
  hears(...wanted: readonly [Wanted, ...Wanted[]]): SipResponse {
    return this.#next('hear', this.phone.inbox.responses, wanted);
  }

  /** The next requests that the phone got, repetitions left out, are these; the last is handed back. */
  expects(...wanted: readonly [string, ...string[]]): SipRequest {
    return this.#next('get', this.phone.inbox.requests, wanted);
  }

  /** Nothing has reached the phone that was not spoken of. */
  hearsNothing(): void {
    this.#stage.settle();
    const unspoken = this.phone.inbox.unspoken();
    if (unspoken.length > 0) this.#stage.fail(`${this.name} was to hear nothing, and got ${unspoken.join(', ')}`);
  }

  /** How often this message was repeated to the phone. */
  heardAgain(label: string): number {
    return this.phone.inbox.repeats(label);
  }

  #acts<T>(what: string, { delayed }: Delayed, act: () => T): T {
    if (delayed !== undefined) {
      const from = this.phone.settings.local.address;
      const mine = (message: { from: { address: string }; description: string }): boolean =>
        message.from.address === from && message.description === what;
      this.#stage.network.delayNext(mine, delayed);
    }
    const done = act();
    this.#stage.settle();
    return done;
  }

  /** Whoever rings or answers has got the INVITE; a scenario need not say so. */
  #takes(method: string): void {
    const { requests } = this.phone.inbox;
    const unanswered = (): boolean => {
      const received = this.phone.calls.at(-1)?.received;
      return received !== undefined && received.answered === undefined;
    };
    this.#stage.until(() => requests.length > 0 || unanswered());
    if (requests[0]?.label === method) requests.shift();
  }

  #next<Message extends SipRequest | SipResponse>(
    verb: string,
    line: Heard<Message>[],
    wanted: readonly [Wanted, ...Wanted[]],
  ): Message {
    let last: Message | undefined;
    for (const one of wanted) {
      this.#stage.until(() => line.length > 0);
      const heard = line.shift();
      if (heard === undefined) return this.#stage.fail(`${this.name} was to ${verb} ${one}, and got nothing`);
      if (!fits(one, heard.label))
        return this.#stage.fail(`${this.name} was to ${verb} ${one}, and got ${heard.label}`);
      last = heard.message;
    }
    return last ?? this.#stage.fail('nothing was wanted');
  }
}
