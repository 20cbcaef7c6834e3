import { inspect } from 'node:util';
import type { CallEnded, CallEvent, FailureCode } from '@vats/calls';
import { formatEndpoint, Ledger } from '@vats/kernel';
import { MemoryLog } from '@vats/kernel/testing';
import type { MediaPlane } from '@vats/media';
import { FakeMediaPlane } from '@vats/media/testing';
import { SpendingAccounts, type SpendingRules, type SpendingStore } from '@vats/pbx';
import { MemorySpendingStore } from '@vats/pbx/testing';
import type { RegistrarEvent } from '@vats/registrar';
import { type FakeDns, MemoryTls } from '@vats/sip/testing';
import type { Store } from '@vats/store';
import { MemoryStore } from '@vats/store/testing';
import { checkSettings, createSwitch, type Settings, type Switch, type SwitchParts } from '@vats/vats';
import { Actor } from './actor.ts';
import {
  type Actors,
  PHONES,
  pbxYaml,
  type Role,
  SWITCH,
  SWITCH_IPV6,
  SWITCH_TLS,
  SWITCH_WS,
  SYSTEMS,
} from './cast.ts';
import { Stage } from './stage.ts';
import { TestTrunks } from './test-trunks.ts';

/** Longer than any transaction, dialog or retransmission lives on: 64*T1 (RFC 3261 §17), with a margin. */
export const AFTERMATH_MS = 40_000;

/** What may be alive when nobody calls: sockets, and the timers that watch over connections. */
const ALIVE_AT_REST = ['listeners', 'connections', 'transport timers'];

/** And what trunks wait for: the next refresh, the next OPTIONS, the end of what the DNS said. */
const ALIVE_WITH_TRUNKS = ['trunk timers', 'server lists', 'server list timers', 'transactions', 'transaction timers'];

type AccessEvent = Parameters<NonNullable<SwitchParts['onAccessEvent']>>[0];
type LoadEvent = Parameters<NonNullable<SwitchParts['onLoadEvent']>>[0];

export interface WorldOptions {
  /** Who is registered when the scenario begins. */
  readonly cast?: readonly Role[];
  /** One-way delay of the network, in ms. */
  readonly latency?: number;
  readonly settings?: Partial<Settings>;
  /** More of the PBX file, at its top level. */
  readonly pbx?: string;
  /** More of its users. */
  readonly users?: string;
  /** Limits on what calls outside may use up; nothing is counted unless given. */
  readonly limitsOf?: SpendingRules['limitsOf'];
  /** What calls outside cost; no rate is known unless given. */
  readonly rateOf?: SpendingRules['rateOf'];
  /** Where what was used is kept: in memory unless given. */
  readonly spendingStore?: SpendingStore;
  /** Pairs of media ports that there are. */
  readonly mediaPairs?: number;
  /** A media plane in the place of the fake one, for tests with real sound: it runs on its own clock. */
  readonly plane?: MediaPlane;
  /** The trunks are the switch's own, which register and ask by OPTIONS, in the place of ones that are always there. */
  readonly ownTrunks?: boolean;
  /** What the DNS says to the switch's own trunks. */
  readonly dns?: FakeDns;
  /** Services of companies that decide what is done with a caller. */
  readonly decide?: NonNullable<SwitchParts['decide']>;
  /** What the switch measures of its load; a loop at rest unless given. */
  readonly load?: NonNullable<SwitchParts['load']>;
  /** Events that may be logged as errors, because the scenario is about them. */
  readonly errors?: readonly string[];
}

/**
 * A whole switch on a network in memory under a fake clock, the media plane and the store faked, and the phones that play
 * with it.
 */
export class World {
  readonly stage: Stage;
  readonly actors: Actors;
  readonly events: CallEvent[] = [];
  readonly registrations: RegistrarEvent[] = [];
  readonly accessEvents: AccessEvent[] = [];
  readonly loadEvents: LoadEvent[] = [];
  readonly log = new MemoryLog();
  readonly store = new MemoryStore();
  readonly trunks: TestTrunks;
  media: FakeMediaPlane;
  ledger: Ledger;
  switch: Switch | undefined;
  readonly #options: WorldOptions;

  private constructor(stage: Stage, actors: Actors, options: WorldOptions) {
    this.stage = stage;
    this.actors = actors;
    this.#options = options;
    this.ledger = new Ledger();
    this.media = this.#newMedia();
    this.trunks = new TestTrunks(() => this.#switch.model.directory, stage.random);
  }

  static async open(options: WorldOptions = {}): Promise<World> {
    const stage = new Stage(options.latency === undefined ? {} : { latency: options.latency });
    stage.name(SWITCH.address, 'switch');
    stage.name(SWITCH_IPV6.address, 'switch');
    const actors: Partial<Record<Role, Actor>> = {};
    for (const [role, settings] of Object.entries({ ...PHONES, ...SYSTEMS })) {
      // Only the switch's own trunks go over TCP.
      if (role === 'tcpItsp' && options.ownTrunks !== true) continue;
      actors[role as Role] = new Actor(await stage.phone(settings), stage);
    }
    const world = new World(stage, actors as Actors, options);
    if (options.ownTrunks === true) world.#systemsAnswer();
    await world.start();
    await world.applies(pbxYaml(options.pbx, options.users));
    for (const role of options.cast ?? (['alice', 'bob'] as const)) await world.actors[role].registers();
    stage.network.wire.length = 0;
    return world;
  }

  /** Makes the company what this PBX file says of it. */
  async applies(text: string, name = 'pbx.yaml'): Promise<void> {
    const applied = await this.#switch.model.applyFile({ path: `/${name}`, name, text });
    if (!applied.ok) throw new Error(`the PBX file was refused: ${JSON.stringify(applied.problems)}`);
  }

  /** The switch, which runs. */
  get running(): Switch {
    return this.#switch;
  }

  get network(): Stage['network'] {
    return this.stage.network;
  }

  /** Lets time pass, in ms. */
  passes(milliseconds: number): void {
    this.stage.passes(milliseconds);
  }

  /** Lets what waits for the store go on. */
  async written(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.passes(0);
  }

  /** Starts the switch, on what an earlier one stored. */
  async start(): Promise<void> {
    const { clock, random, network } = this.stage;
    const { store, log } = this;
    this.ledger = new Ledger();
    this.media = this.#newMedia();
    const { limitsOf, rateOf = () => undefined, spendingStore = new MemorySpendingStore() } = this.#options;
    const rules = { limitsOf: limitsOf ?? (() => undefined), timezoneOf: () => 'UTC', rateOf };
    const spending = limitsOf && (await SpendingAccounts.restored({ clock, store: spendingStore, rules }));
    if (spending !== undefined) this.ledger.enrol('calls counted', () => spending.size);
    this.switch = await createSwitch(
      { ...defaultSettings(), ...this.#options.settings },
      {
        network: network.host(SWITCH.address, SWITCH_IPV6.address),
        tls: new MemoryTls(network.host(SWITCH.address, SWITCH_IPV6.address), 'DNS:acme.example'),
        clock,
        random,
        log,
        // What it stores must outlive it.
        store: { ...withMethods(store), close: async () => {} },
        media: this.#options.plane ?? this.media,
        ledger: this.ledger,
        ...(this.#options.ownTrunks !== true && { trunks: this.trunks }),
        ...(this.#options.dns !== undefined && { dns: this.#options.dns }),
        ...(spending !== undefined && { spending }),
        ...(this.#options.decide !== undefined && { decide: this.#options.decide }),
        ...(this.#options.load !== undefined && { load: this.#options.load }),
        onCallEvent: (event) => this.events.push(event),
        onRegistrarEvent: (event) => this.registrations.push(event),
        onAccessEvent: (event) => this.accessEvents.push(event),
        onLoadEvent: (event) => this.loadEvents.push(event),
      },
    );
  }

  /** Stops the switch in good order. */
  async stop(): Promise<void> {
    const stopping = this.switch?.close();
    this.switch = undefined;
    let stopped = false;
    void stopping?.then(() => {
      stopped = true;
    });
    for (let second = 0; second < 100 && !stopped; second++) {
      await this.stage.eventually(() => stopped, 5);
      if (!stopped) this.passes(1_000);
    }
    await stopping;
  }

  /** What is alive although nobody calls: [] is what a scenario wants to see at its end. */
  leftovers(): string[] {
    const { ownTrunks } = this.#options;
    return this.ledger.leftovers(ownTrunks === true ? [...ALIVE_AT_REST, ...ALIVE_WITH_TRUNKS] : ALIVE_AT_REST);
  }

  /** The terminal events so far, one a call. */
  endings(): (CallEvent & CallEnded)[] {
    return this.events.filter((event) => event.type === 'call.ended');
  }

  /**
   * The end of a scenario: nobody got a message that it does not speak of, every fault that it ordered happened, each
   * call ended once and as it says, and nothing is left over.
   */
  async finish(ends: readonly FailureCode[]): Promise<void> {
    this.#nobodyHears();
    await this.stage.eventually(() => this.endings().length >= ends.length, 20);
    this.passes(AFTERMATH_MS);
    await this.stage.eventually(() => this.leftovers().length === 0, 20);
    this.#nobodyHears();
    const { stage } = this;
    if (stage.network.unserved > 0) stage.fail(`${stage.network.unserved} orders to the network met no message`);
    this.#endedOnce(ends);
    this.#noFaults();
    if (this.leftovers().length > 0) stage.fail(`left over: ${this.leftovers().join(', ')}`);
  }

  /** Takes everything down, and sees that nothing stays up. */
  async close(): Promise<void> {
    await this.stop();
    await this.stage.close();
    this.passes(AFTERMATH_MS);
    const left = [...this.ledger.leftovers(), ...this.network.leftovers()];
    if (this.stage.clock.pending > 0) left.push(`timers: ${this.stage.clock.pending}`);
    if (left.length > 0) this.stage.fail(`left over after the switch was closed: ${left.join(', ')}`);
  }

  /** Operators take our registrations, and say that they are there. */
  #systemsAnswer(): void {
    for (const role of Object.keys(SYSTEMS) as (keyof typeof SYSTEMS)[]) {
      const { manners, phone } = this.actors[role];
      manners.replies.REGISTER = 200;
      for (const method of ['REGISTER', 'OPTIONS']) phone.inbox.unnoticed.add(method);
    }
  }

  get #switch(): Switch {
    if (this.switch === undefined) throw new Error('the switch is stopped');
    return this.switch;
  }

  #newMedia(): FakeMediaPlane {
    const { mediaPairs } = this.#options;
    return new FakeMediaPlane({
      clock: this.stage.clock,
      ledger: this.ledger,
      addresses: { 4: SWITCH.address, 6: SWITCH_IPV6.address },
      ...(mediaPairs !== undefined && { pairs: mediaPairs }),
    });
  }

  #nobodyHears(): void {
    for (const actor of Object.values(this.actors)) actor.hearsNothing();
  }

  /** Faults of ours cost one message or one call and never the process; here they must not happen at all. */
  #noFaults(): void {
    const faults = this.log.lines.filter(
      ({ level, event }) => level === 'error' && !this.#options.errors?.includes(event),
    );
    if (faults.length > 0) this.stage.fail(`logged as errors: ${faults.map((line) => inspect(line)).join('\n')}`);
  }

  #endedOnce(ends: readonly FailureCode[]): void {
    const { stage, events } = this;
    const calls = [...new Set(events.map(({ call }) => call))];
    const outcomes = calls.map((call) => {
      const story = events.filter((event) => event.call === call);
      const terminal = story.filter((event) => event.type === 'call.ended');
      const last = story.at(-1);
      if (terminal.length !== 1 || last?.type !== 'call.ended') {
        return stage.fail(
          `a call's events do not end in one 'call.ended': ${story.map(({ type }) => type).join(', ')}`,
        );
      }
      story.forEach(({ seq }, at) => {
        if (seq !== at + 1) stage.fail(`a call's events are not numbered in order: ${story.map((event) => event.seq)}`);
      });
      return last.failure;
    });
    if (outcomes.join() !== ends.join()) stage.fail(`calls were to end [${ends}], and ended [${outcomes}]`);
  }
}

/** Settings in which the switch asks for digests of this kind, the others as they are. */
export function challengingWith(digest: Settings['sip']['digest']): Partial<Settings> {
  return { sip: { ...defaultSettings().sip, digest } };
}

/** Settings in which sessions are refreshed like this, the others as they are. */
export function refreshedBy(sessionTimer: Partial<Settings['sip']['sessionTimer']>): Partial<Settings> {
  const { sip } = defaultSettings();
  return { sip: { ...sip, sessionTimer: { ...sip.sessionTimer, ...sessionTimer } } };
}

/** Settings with these for media, the others as they are. */
export function relayingWith(media: Partial<Settings['media']>): Partial<Settings> {
  return { media: { ...defaultSettings().media, ...media } };
}

/** Settings with these limits on calls, the others as they are. */
export function limitedTo(limits: Partial<Settings['calls']>): Partial<Settings> {
  return { calls: { ...defaultSettings().calls, ...limits } };
}

/** Settings of who may talk to the switch, the others as they are. */
export function guardedBy(access: Partial<Settings['access']>): Partial<Settings> {
  return { access: { ...defaultSettings().access, ...access } };
}

/** The settings of a switch that takes TLS and WebSockets, too. */
export function secureSettings(): Partial<Settings> {
  const { sip } = defaultSettings();
  const more = [
    { transport: 'tls', endpoint: SWITCH_TLS },
    { transport: 'ws', endpoint: SWITCH_WS },
  ] as const;
  return { sip: { ...sip, listen: [...sip.listen, ...more] } };
}

function defaultSettings(): Settings {
  const listen = [SWITCH, SWITCH_IPV6].flatMap((at) => ['udp', 'tcp'].map((name) => `${name}://${formatEndpoint(at)}`));
  const read = checkSettings(JSON.stringify({ data: '/scenario', sip: { listen } }), 'scenario.yaml', 0);
  if (!read.ok) throw new Error(`the scenario's settings: ${JSON.stringify(read.problems)}`);
  return read.value;
}

/** A copy of an object whose methods sit on its class. */
function withMethods(store: Store): Store {
  return {
    models: store.models,
    bindings: store.bindings,
    history: store.history,
    recordings: store.recordings,
    recordingKeys: store.recordingKeys,
    bans: store.bans,
    places: store.places,
    spending: store.spending,
    rates: store.rates,
    contacts: store.contacts,
    numbering: store.numbering,
    voicemail: store.voicemail,
    health: () => store.health(),
    seal: (text) => store.seal(text),
    unseal: (sealed) => store.unseal(sealed),
    keyFor: (purpose) => store.keyFor(purpose),
    close: () => store.close(),
  };
}
