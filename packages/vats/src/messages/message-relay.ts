import { KeyRates } from '@vats/access';
import { type ReachablePhone, tlsAsked, waysTo } from '@vats/calls';
import type { Cancel, Clock, Ledger, Log, Random } from '@vats/kernel';
import type { Directory, Domain, User } from '@vats/pbx';
import {
  type Flow,
  formatNameAddr,
  type HeaderField,
  NameAddr,
  type ReplyDraft,
  refusedHops,
  type SipRequest,
  SipUri,
  type TransactionLayer,
} from '@vats/sip';
import type { Authenticated } from '../front-door/authenticator.ts';
import { dialledOf } from '../front-door/dialled.ts';
import { forkMessage } from './message-fork.ts';
import { messageTargets } from './message-targets.ts';
import type { MessageWay } from './message-ways.ts';

export interface MessageRelayParts {
  readonly transactions: TransactionLayer;
  readonly directory: () => Directory;
  /** The phones of an account that can be reached now. */
  readonly locate: (domain: Domain, login: string) => readonly ReachablePhone[];
  readonly hostOf: (flow: Flow, domain: Domain) => { readonly host: string; readonly port?: number };
  readonly userAgent: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly ledger: Ledger;
}

/** What the messages since the start came to. */
export interface MessageCounters {
  /** Taken by a phone. */
  delivered: number;
  /** Taken by none. */
  undelivered: number;
  /** Sent to no phone: too large, too many, to nobody. */
  refused: number;
}

/** RFC 3428 §8: what may be larger than this goes over a transport that heeds congestion, or not at all. */
const DATAGRAM_OCTETS = 1_300;
/** Of one account: what a fast typist and the notes that somebody is typing need. */
const RATE = { perKey: 2, burst: 30 };
const RETRY_AFTER_S = 5;
/** Phones that one message goes to. */
const BRANCHES = 400;
/** Phones whose answers are waited for at once: each is a transaction, and one message to a group is many. */
const MOST_AWAITED = 5_000;

/** Headers that say what the message is; all else belongs to one leg. Each is passed as it came. */
const PASSED = [
  'Content-Type',
  'Content-Disposition',
  'Content-Encoding',
  'Content-Language',
  'MIME-Version',
  'Date',
  'Expires',
  'Subject',
  'Priority',
] as const;

/**
 * Carries MESSAGE between employees (RFC 3428): to all phones of whom it names, as the account that sent it. It is told to phones
 * that can be reached now and kept nowhere; the sender hears what came of it.
 */
export class MessageRelay {
  readonly counters: MessageCounters = { delivered: 0, undelivered: 0, refused: 0 };
  readonly #parts: MessageRelayParts;
  readonly #rates: KeyRates;
  readonly #underWay = new Set<Cancel>();
  /** Phones whose answers are waited for, of all messages. */
  #awaited = 0;

  constructor(parts: MessageRelayParts) {
    this.#parts = parts;
    this.#rates = new KeyRates({ clock: parts.clock, ...RATE });
    parts.ledger.enrol('messages under way', () => this.#underWay.size);
  }

  /** A MESSAGE outside a dialog, of a proven account. */
  take(request: SipRequest, flow: Flow, account: Authenticated): void {
    const { transactions, clock, log } = this.#parts;
    const transaction = transactions.accept(request, flow);
    const plan = this.#plan(request, flow, account);
    if (!Array.isArray(plan)) {
      this.counters.refused++;
      transaction.respond(plan as ReplyDraft);
      return;
    }
    const giveUp = forkMessage(plan, transactions, clock, (reply) => {
      this.#underWay.delete(giveUp);
      this.#awaited -= plan.length;
      this.counters[reply.status < 300 ? 'delivered' : 'undelivered']++;
      log.debug('message.answered', { from: account.user.extension, phones: plan.length, status: reply.status });
      transaction.respond(reply);
    });
    this.#underWay.add(giveUp);
    this.#awaited += plan.length;
  }

  /** Waits for no phone any more. */
  close(): void {
    for (const giveUp of this.#underWay) giveUp();
    this.#underWay.clear();
  }

  /** Whom it goes to, or why nowhere. */
  #plan(
    request: SipRequest,
    flow: Flow,
    { domain, user, device }: Authenticated,
  ): readonly (readonly MessageWay[])[] | ReplyDraft {
    if (!flow.reliable && request.bytes.length > DATAGRAM_OCTETS)
      return { status: 413, reason: 'Message Too Large For UDP' };
    const hops = refusedHops(request);
    if (hops !== undefined) return hops;
    if (!this.#rates.take(`${domain.id}\n${device.login}`))
      return { status: 480, reason: 'Too Many Messages', headers: [['Retry-After', `${RETRY_AFTER_S}`]] };
    const target = dialledOf(request);
    if (target === undefined) return { status: 484 };
    const directory = this.#parts.directory();
    const named = target.host === undefined ? domain : directory.findDomain(target.host);
    const isElsewhere = named !== undefined && named.id !== domain.id;
    const targets = isElsewhere ? 'outside' : messageTargets(target.dialled, user, domain, directory);
    if (targets === 'unknown') return { status: 404 };
    if (targets === 'outside') return { status: 403, reason: 'Messages Go To Colleagues Only' };
    const branches = targets.users.flatMap((each) => this.#branchesTo(each, targets.to, request, domain, user));
    const fits = (way: MessageWay): boolean => way.flow.reliable || request.body.length <= DATAGRAM_OCTETS;
    const fitting = branches.map((ways) => ways.filter(fits)).filter(({ length }) => length > 0);
    if (this.#awaited + Math.min(fitting.length, BRANCHES) > MOST_AWAITED)
      return { status: 503, headers: [['Retry-After', `${RETRY_AFTER_S}`]] };
    if (fitting.length > 0) return fitting.slice(0, BRANCHES);
    return branches.length > 0 ? { status: 413, reason: 'Message Too Large For UDP' } : { status: 480 };
  }

  /** The ways to each of their phones. */
  #branchesTo(
    to: User,
    called: string,
    request: SipRequest,
    domain: Domain,
    from: User,
  ): readonly (readonly MessageWay[])[] {
    const { locate, random } = this.#parts;
    const asked = tlsAsked(request);
    return to.devices
      .flatMap(({ login }) => waysTo(locate(domain, login), asked))
      .map((phone) => {
        const names = { tag: random.token(12), callId: random.token(24) };
        return [phone, ...(phone.otherFlows ?? [])].map((way) => ({
          flow: way.flow,
          draft: this.#draft(way, names, called, request, domain, from),
        }));
      });
  }

  #draft(
    phone: ReachablePhone,
    { tag, callId }: { readonly tag: string; readonly callId: string },
    called: string,
    request: SipRequest,
    domain: Domain,
    from: User,
  ): MessageWay['draft'] {
    const { hostOf, userAgent } = this.#parts;
    const here = hostOf(phone.flow, domain);
    const sender = NameAddr.of({ displayName: from.name, uri: SipUri.of({ user: from.extension, ...here }) });
    const { maxForwards } = request;
    const hops = maxForwards?.ok ? Math.max(0, maxForwards.value - 1) : 70;
    const headers: HeaderField[] = [
      ...phone.routes.map((route): HeaderField => ['Route', route]),
      ['Max-Forwards', `${hops}`],
      ['From', `${formatNameAddr(sender)};tag=${tag}`],
      ['To', formatNameAddr(NameAddr.of({ uri: SipUri.of({ user: called, ...here }) }))],
      ['Call-ID', callId],
      ['CSeq', '1 MESSAGE'],
      ...(userAgent === undefined ? [] : [['User-Agent', userAgent] as const]),
    ];
    for (const name of PASSED) {
      const value = request.value(name);
      if (value !== undefined) headers.push([name, value]);
    }
    return { method: 'MESSAGE', uri: phone.requestUri, headers, body: request.body };
  }
}
