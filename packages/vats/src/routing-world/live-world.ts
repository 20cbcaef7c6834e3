import type { CallManager } from '@vats/calls';
import type { Clock, Log } from '@vats/kernel';
import {
  type Activity,
  type Directory,
  type Domain,
  type HistoryStore,
  IDLE,
  type LastCaller,
  type LastTalk,
  localDate,
  type NumberPlace,
  type OwnSettings,
  type QueueWait,
  setting,
  type World,
} from '@vats/pbx';
import type { Participants } from '../participants/participants.ts';
import { DaysOfWork } from './day-of-work.ts';
import { Engagements } from './engagements.ts';
import type { GroupLogins } from './group-logins.ts';
import { GroupTalks } from './group-talks.ts';
import { LastCallers } from './last-callers.ts';
import { LastTalks } from './last-talks.ts';
import type { OwnSettingsKeeper } from './own-settings.ts';

const DAY_MS = 86_400_000;
/**
 * Conversations that are read back at a start: what a known employee may be known by, in the longest window that there may be, for a
 * window may become longer after the start.
 */
const READ_BACK_MS = 365 * DAY_MS;
/** Pages of finished calls that are read back at most, and calls of each: a day of the busiest office. */
const PAGES = 100;
const PAGE_CALLS = 1_000;
const ANYWHERE = 'UTC';

/** What a plan asks of trunks and of contact lists, where those are kept. */
export interface OtherAnswers {
  readonly isTrunkUp?: World['isTrunkUp'];
  readonly responsible?: World['responsible'];
  readonly cheapestFirst?: World['cheapestFirst'];
  readonly numberPlace?: World['numberPlace'];
}

export interface LiveWorldParts extends OtherAnswers {
  readonly clock: Clock;
  readonly log: Log;
  readonly directory: () => Directory;
  /** @param domain `Domain.id` */
  readonly isReachable: (domain: string, login: string) => boolean;
  readonly calls: () => Pick<CallManager, 'channelsInUse' | 'waitingIn'>;
  readonly logins: GroupLogins;
  /** Told of each wait in a queue that ended today before the start. @param domain `Domain.id` */
  readonly onWait?: (domain: string, wait: QueueWait) => void;
  /** What employees have set by phone; nothing without it. */
  readonly own?: Pick<OwnSettingsKeeper, 'of'>;
  readonly participants: Participants;
}

/** The present moment, as plans may ask about it: the model, the registrar, the calls that are up, and what was said today. */
export class LiveWorld implements World {
  readonly #parts: LiveWorldParts;
  readonly #engagements = new Engagements();
  readonly #work: DaysOfWork;
  readonly #talks: LastTalks;
  readonly #groups = new GroupTalks();
  readonly #callers = new LastCallers();

  constructor(parts: LiveWorldParts) {
    this.#parts = parts;
    this.#talks = new LastTalks(parts.clock);
    this.#work = new DaysOfWork((domain, at) => localDate(at, this.#zoneOf(domain)));
    parts.participants.tell(this.#engagements);
    parts.participants.tell(this.#callers);
    parts.participants.tell({
      conversationEnded: (conversation) => {
        this.#work.note(conversation);
        this.#groups.note(conversation);
        this.#talks.note(conversation);
      },
    });
  }

  /** Employees who have to do with a call now: for the ledger. */
  get size(): number {
    return this.#engagements.size;
  }

  get now(): number {
    return this.#parts.clock.now();
  }

  get directory(): Directory {
    return this.#parts.directory();
  }

  /** Knows again what was known before the start. A store that fails costs that knowledge and nothing else. */
  async restore(history: Pick<HistoryStore, 'list' | 'conversationsSince'>): Promise<void> {
    const { clock, log } = this.#parts;
    const now = clock.now();
    try {
      const conversations = await history.conversationsSince(now - READ_BACK_MS);
      // The oldest make room where there are more than are remembered.
      for (const conversation of [...conversations].sort((one, other) => one.endedAt - other.endedAt)) {
        this.#talks.restore(conversation);
        this.#work.lastTalkEnded(conversation.domain, conversation.extension, conversation.endedAt);
      }
      await this.#restoreToday(history, now);
    } catch (error) {
      log.error('world.not-restored', { error: error instanceof Error ? error.message : String(error) });
    }
  }

  isReachable(domain: Domain, login: string): boolean {
    return this.#parts.isReachable(domain.id, login);
  }

  activity(domain: Domain, extension: string): Activity {
    const { talking, ringing } = this.#engagements.of(domain.id, extension);
    const work = this.#work.of(domain.id, extension, this.now);
    if (talking + ringing + work.lastTalkEnd === 0) return IDLE;
    // A PBX takes many calls at once, so none of them makes it busy.
    if (this.#isPbx(domain, extension)) return { talking: 0, ringing: 0, ...work };
    return { talking, ringing, ...work };
  }

  lastTalkOf(domain: Domain, group: string, extension: string): number {
    return this.#groups.of(domain.id, group, extension);
  }

  isLoggedIn(domain: Domain, group: string, extension: string): boolean {
    return this.#parts.logins.has(domain.id, group, extension);
  }

  isPaused(domain: Domain, extension: string): boolean {
    return this.#parts.logins.pauseOf(domain.id, extension) !== undefined;
  }

  ownSettings(domain: Domain, extension: string): OwnSettings | undefined {
    return this.#parts.own?.of(domain.id, extension);
  }

  waitingIn(domain: Domain, group: string): number {
    return this.#parts.calls().waitingIn(domain.id, group);
  }

  lastTalks(domain: Domain, number: string): readonly LastTalk[] {
    return this.#talks.of(domain.id, number);
  }

  lastCaller(domain: Domain, extension: string): LastCaller | undefined {
    return this.#callers.of(domain.id, extension);
  }

  responsible(domain: Domain, number: string): string | undefined {
    return this.#parts.responsible?.(domain, number);
  }

  channelsInUse(domain: Domain, kind: 'number' | 'trunk', key: string): number {
    return this.#parts.calls().channelsInUse(domain.id, kind, key);
  }

  isTrunkUp(domain: Domain, trunk: string): boolean {
    return this.#parts.isTrunkUp?.(domain, trunk) ?? true;
  }

  cheapestFirst(domain: Domain, number: string, trunks: readonly string[]): readonly string[] {
    return this.#parts.cheapestFirst?.(domain, number, trunks) ?? trunks;
  }

  numberPlace(number: string): NumberPlace | undefined {
    return this.#parts.numberPlace?.(number);
  }

  async #restoreToday(history: Pick<HistoryStore, 'list'>, now: number): Promise<void> {
    const since = now - DAY_MS;
    let after: Parameters<HistoryStore['list']>[0] = {};
    for (let page = 0; page < PAGES; page++) {
      const { calls, next } = await history.list({ since, limit: PAGE_CALLS, ...after });
      // Newest first, and days are counted upwards.
      for (const { domain, from, talks, legs, queues = [] } of calls) {
        for (const wait of queues) {
          const zone = this.#zoneOf(domain);
          if (localDate(wait.at, zone) === localDate(now, zone)) this.#parts.onWait?.(domain, wait);
        }
        for (const { party } of legs.slice(1)) this.#callers.restore(domain, party.extension, from);
        for (const { leg, party: by, from: startedAt, to: endedAt } of talks) {
          const group = legs.find((each) => each.leg === leg)?.group;
          this.#groups.note({ domain, by, endedAt, ...(group !== undefined && { group }) });
          const today = localDate(now, this.#zoneOf(domain));
          if (localDate(endedAt, this.#zoneOf(domain)) === today) {
            this.#work.note({ domain, from, by, startedAt, endedAt });
          }
        }
      }
      if (next === undefined) return;
      after = { after: next };
    }
  }

  #zoneOf(domainId: string): string {
    const domain = this.directory.domainById(domainId);
    return domain === undefined ? ANYWHERE : setting(domain, 'timezone');
  }

  #isPbx(domain: Domain, extension: string): boolean {
    return this.directory.findUser(domain, extension)?.devices.some(({ trunk }) => trunk === true) ?? false;
  }
}
