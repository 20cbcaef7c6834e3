import type { Directory } from '../model/directory.ts';
import type { Domain } from '../model/model.ts';
import type { NumberPlace } from '../numbering/number-place.ts';
import type { OwnSettings } from './own-settings.ts';
import type { Activity, LastCaller, LastTalk, World } from './plan.ts';

/** Who has done nothing yet. */
export const IDLE: Activity = { talking: 0, ringing: 0, lastTalkEnd: 0, answered: 0, talkMs: 0 };

/**
 * What a world answered to one decision, plain data. Only what is out of the ordinary is there: an account that can be reached, a
 * member who is logged in, a trunk that is up, an employee who has done nothing, and channels that are free are not.
 */
export interface WorldNotes {
  /** Wall time in ms. */
  readonly now: number;
  /** Logins. */
  readonly unreachable?: readonly string[];
  /** By extension. */
  readonly activity?: Readonly<Record<string, Activity>>;
  /** By group and extension, a space between them. */
  readonly groupTalks?: Readonly<Record<string, number>>;
  /** Group and extension, a space between them. */
  readonly loggedOut?: readonly string[];
  /** Extensions. */
  readonly paused?: readonly string[];
  /** By extension. */
  readonly own?: Readonly<Record<string, OwnSettings>>;
  /** By extension. */
  readonly callers?: Readonly<Record<string, LastCaller>>;
  /** By group. */
  readonly waiting?: Readonly<Record<string, number>>;
  /** By number. */
  readonly talks?: Readonly<Record<string, readonly LastTalk[]>>;
  readonly responsible?: Readonly<Record<string, string>>;
  /** By kind and key, a space between them. */
  readonly channels?: Readonly<Record<string, number>>;
  readonly trunksDown?: readonly string[];
  /** By number and the trunks that were asked about, spaces between them. */
  readonly cheapest?: Readonly<Record<string, readonly string[]>>;
  /** By number. */
  readonly places?: Readonly<Record<string, NumberPlace>>;
  /** More was asked than is kept. */
  readonly more?: true;
}

/** Answers kept of one call; whose plan asks more (a group of hundreds of busy members) has the first ones. */
export const NOTES_LIMIT = 500;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** A world that keeps what it answered, so that the same decision can be made again later. It is for one call's domain. */
export class NotedWorld implements World {
  readonly now: number;
  readonly directory: Directory;
  readonly #world: World;
  readonly #lists = {
    unreachable: new Set<string>(),
    loggedOut: new Set<string>(),
    paused: new Set<string>(),
    trunksDown: new Set<string>(),
  };
  readonly #maps = {
    activity: new Map<string, Activity>(),
    groupTalks: new Map<string, number>(),
    own: new Map<string, OwnSettings>(),
    callers: new Map<string, LastCaller>(),
    waiting: new Map<string, number>(),
    talks: new Map<string, readonly LastTalk[]>(),
    responsible: new Map<string, string>(),
    channels: new Map<string, number>(),
    cheapest: new Map<string, readonly string[]>(),
    places: new Map<string, NumberPlace>(),
  };
  readonly #room: number;
  #kept = 0;
  #more = false;

  /** @param room how many answers may be kept at most: what the call's earlier decisions left over */
  constructor(world: World, room = NOTES_LIMIT) {
    this.#world = world;
    this.#room = room;
    this.now = world.now;
    this.directory = world.directory;
  }

  isReachable(domain: Domain, login: string): boolean {
    const reachable = this.#world.isReachable(domain, login);
    if (!reachable) this.#list(this.#lists.unreachable, login);
    return reachable;
  }

  activity(domain: Domain, extension: string): Activity {
    const activity = this.#world.activity(domain, extension);
    if (!isIdle(activity)) this.#map(this.#maps.activity, extension, activity);
    return activity;
  }

  lastTalkOf(domain: Domain, group: string, extension: string): number {
    const endedAt = this.#world.lastTalkOf(domain, group, extension);
    if (endedAt > 0) this.#map(this.#maps.groupTalks, `${group} ${extension}`, endedAt);
    return endedAt;
  }

  isLoggedIn(domain: Domain, group: string, extension: string): boolean {
    const loggedIn = this.#world.isLoggedIn(domain, group, extension);
    if (!loggedIn) this.#list(this.#lists.loggedOut, `${group} ${extension}`);
    return loggedIn;
  }

  isPaused(domain: Domain, extension: string): boolean {
    const paused = this.#world.isPaused(domain, extension);
    if (paused) this.#list(this.#lists.paused, extension);
    return paused;
  }

  ownSettings(domain: Domain, extension: string): OwnSettings | undefined {
    const own = this.#world.ownSettings(domain, extension);
    if (own !== undefined) this.#map(this.#maps.own, extension, own);
    return own;
  }

  waitingIn(domain: Domain, group: string): number {
    const waiting = this.#world.waitingIn(domain, group);
    if (waiting > 0) this.#map(this.#maps.waiting, group, waiting);
    return waiting;
  }

  lastTalks(domain: Domain, number: string): readonly LastTalk[] {
    const talks = this.#world.lastTalks(domain, number);
    if (talks.length > 0) this.#map(this.#maps.talks, number, talks);
    return talks;
  }

  lastCaller(domain: Domain, extension: string): LastCaller | undefined {
    const caller = this.#world.lastCaller(domain, extension);
    if (caller !== undefined) this.#map(this.#maps.callers, extension, caller);
    return caller;
  }

  responsible(domain: Domain, number: string): string | undefined {
    const responsible = this.#world.responsible(domain, number);
    if (responsible !== undefined) this.#map(this.#maps.responsible, number, responsible);
    return responsible;
  }

  channelsInUse(domain: Domain, kind: 'number' | 'trunk', key: string): number {
    const used = this.#world.channelsInUse(domain, kind, key);
    if (used > 0) this.#map(this.#maps.channels, `${kind} ${key}`, used);
    return used;
  }

  isTrunkUp(domain: Domain, trunk: string): boolean {
    const up = this.#world.isTrunkUp(domain, trunk);
    if (!up) this.#list(this.#lists.trunksDown, trunk);
    return up;
  }

  cheapestFirst(domain: Domain, number: string, trunks: readonly string[]): readonly string[] {
    const sorted = this.#world.cheapestFirst(domain, number, trunks);
    this.#map(this.#maps.cheapest, [number, ...trunks].join(' '), sorted);
    return sorted;
  }

  numberPlace(number: string): NumberPlace | undefined {
    const place = this.#world.numberPlace(number);
    if (place !== undefined) this.#map(this.#maps.places, number, place);
    return place;
  }

  /** How many answers are kept. */
  get kept(): number {
    return this.#kept;
  }

  /** What was answered so far. */
  notes(): WorldNotes {
    const notes: Writable<WorldNotes> & Record<string, unknown> = { now: this.now };
    for (const [key, list] of Object.entries(this.#lists)) if (list.size > 0) notes[key] = [...list];
    // No prototype: a number or a login may be called `__proto__`.
    for (const [key, map] of Object.entries(this.#maps)) {
      if (map.size > 0) notes[key] = Object.assign(Object.create(null), Object.fromEntries(map));
    }
    if (this.#more) notes.more = true;
    return notes;
  }

  #list(list: Set<string>, entry: string): void {
    if (!list.has(entry) && this.#hasRoom()) list.add(entry);
  }

  #map<T>(map: Map<string, T>, key: string, answer: T): void {
    if (!map.has(key) && this.#hasRoom()) map.set(key, answer);
  }

  #hasRoom(): boolean {
    if (this.#kept < this.#room) {
      this.#kept++;
      return true;
    }
    this.#more = true;
    return false;
  }
}

/** The world that the notes tell of, with the model of now: what is not in them is as it ordinarily is. */
export function replayedWorld(notes: WorldNotes, directory: Directory): World {
  const listed = (list: readonly string[] = [], entry: string): boolean => list.includes(entry);
  const of = <T>(map: Readonly<Record<string, T>> | undefined, key: string): T | undefined =>
    map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
  return {
    now: notes.now,
    directory,
    isReachable: (_domain, login) => !listed(notes.unreachable, login),
    activity: (_domain, extension) => of(notes.activity, extension) ?? IDLE,
    lastTalkOf: (_domain, group, extension) => of(notes.groupTalks, `${group} ${extension}`) ?? 0,
    isLoggedIn: (_domain, group, extension) => !listed(notes.loggedOut, `${group} ${extension}`),
    isPaused: (_domain, extension) => listed(notes.paused, extension),
    ownSettings: (_domain, extension) => of(notes.own, extension),
    waitingIn: (_domain, group) => of(notes.waiting, group) ?? 0,
    lastTalks: (_domain, number) => of(notes.talks, number) ?? [],
    lastCaller: (_domain, extension) => of(notes.callers, extension),
    responsible: (_domain, number) => of(notes.responsible, number),
    channelsInUse: (_domain, kind, key) => of(notes.channels, `${kind} ${key}`) ?? 0,
    isTrunkUp: (_domain, trunk) => !listed(notes.trunksDown, trunk),
    cheapestFirst: (_domain, number, trunks) => of(notes.cheapest, [number, ...trunks].join(' ')) ?? trunks,
    numberPlace: (number) => of(notes.places, number),
  };
}

function isIdle({ talking, ringing, lastTalkEnd, answered, talkMs }: Activity): boolean {
  return talking === 0 && ringing === 0 && lastTalkEnd === 0 && answered === 0 && talkMs === 0;
}
