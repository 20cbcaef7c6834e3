import type { Endpoint } from '@vats/kernel';
import { SeededRandom } from '@vats/kernel/testing';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { AFTERMATH_MS, guardedBy, type World } from '../world.ts';
import { OUTSIDE, rawRequest, Stranger } from './stranger.ts';

/** Each from an address of its own, two a millisecond: twice of what all strangers together may send. */
const FORGED = 20_000;
const EACH_MS = 2;
const rate = { perSource: 200, burst: 1_000, total: 1_000, known: 2_000 };
const TWO_MINUTES_MS = 120_000;
/** When a phone repeats what nobody answers (RFC 3261 §17.1.2.2, Timer E), in ms from the first time. */
const REPEATED_AT = [500, 1_500, 3_500, 7_500] as const;

/** Datagrams from addresses that nobody else uses, one after the other; answers to them reach nobody. */
class Flood {
  sent = 0;
  readonly #world: World;
  readonly #random = new SeededRandom(1);

  constructor(world: World) {
    this.#world = world;
  }

  async sends(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const number = this.sent++;
      const at: Endpoint = {
        address: `100.${64 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`,
        port: 5_060,
      };
      const method = number % 3 === 0 ? 'OPTIONS' : 'REGISTER';
      const forged = await Stranger.overUdp(this.#world, at);
      forged.says(rawRequest({ method, from: '<sip:alice@acme.example>;tag=a', to: '<sip:alice@acme.example>' }));
      await forged.leaves();
    }
  }

  /** So many milliseconds of it. `meanwhile` happens before, between or behind the datagrams of its millisecond. */
  async lasts(milliseconds: number, meanwhile: (at: number) => void = () => {}): Promise<void> {
    for (let at = 0; at < milliseconds; at++) {
      const before = this.#random.below(EACH_MS + 1);
      await this.sends(before);
      meanwhile(at);
      await this.sends(EACH_MS - before);
      this.#world.passes(1);
    }
  }
}

/** What the phone sent last, once more, as its transaction would. */
function repeats(world: World, { phone }: Actor): void {
  const { address } = phone.settings.local;
  const last = world.network.sent(({ from }) => from.address === address).at(-1);
  if (last === undefined) throw new Error(`${phone.name} has sent nothing`);
  phone.wire.send(last.octets, SWITCH);
  world.passes(0);
}

describe('a flood from forged sources', () => {
  scenario(
    `security 12: ${FORGED} of them: calls go on, a registered phone calls, a new one registers, and nothing stays`,
    { ends: ['caller-hung-up', 'caller-hung-up'], cast: ['alice', 'bob', 'eve'], settings: guardedBy({ rate }) },
    async ({ alice, bob, bobMobile, eve, world }) => {
      world.passes(AFTERMATH_MS);
      const { gate } = world.running.access;
      const before = world.ledger.counts();
      const remembered = world.running.access.remembered;
      const flood = new Flood(world);
      talk(alice, bob);
      const first = alice.call;

      await flood.lasts(1_500);
      expect(gate.counters.overTotal).toBeGreaterThan(0);
      alice.sends('INFO', { body: 'x' });
      bob.expects('INFO');
      alice.hears('200 INFO');
      talk(eve, bob);
      end(eve, bob);

      const begun = world.stage.clock.monotonic();
      let tries = 0;
      const registered = (): boolean => world.registrations.some(({ binding }) => binding.login === 'bobMobile');
      await flood.lasts((FORGED - flood.sent) / EACH_MS, (at) => {
        if (at === 0) bobMobile.phone.register();
        const due = REPEATED_AT[tries];
        if (due === undefined || registered() || at < due) return;
        tries++;
        repeats(world, bobMobile);
      });
      expect(flood.sent).toBe(FORGED);
      expect(await world.stage.eventually(registered)).toBe(true);
      bobMobile.hears('200 REGISTER');
      const own = world.network.sent(
        ({ from, description }) =>
          from.address === bobMobile.phone.settings.local.address && description === 'REGISTER',
      );
      // Its first one fell among too many; with its nonce it was heard the first time.
      expect(tries).toBeGreaterThan(0);
      expect(own.map(({ octets }) => octets.includes('nonce="')).filter(Boolean)).toHaveLength(1);

      const lasted = (world.stage.clock.monotonic() - begun) / 1_000 + 1.5;
      const read = world.running.transport.counters.received;
      expect(gate.counters.overTotal).toBeGreaterThan(FORGED - rate.total * (lasted + 1) - 10);
      expect(read).toBeLessThan(rate.total * (lasted + 1) + 100);
      expect(gate.counters.banned).toBe(0);
      const { sources, failures } = world.running.access.remembered;
      expect(sources).toBeLessThanOrEqual(read);
      expect(failures).toEqual({ sources: 0, pairs: 0, accounts: 0 });
      first.bye();
      alice.hears('200 BYE');
      bob.expects('BYE');
      world.network.wire.length = 0;
      world.passes(TWO_MINUTES_MS);
      await world.stage.eventually(() => world.leftovers().length === 0);
      expect(world.ledger.counts()).toEqual(before);
      expect(world.running.access.remembered).toEqual({ ...remembered, sources: 0, good: remembered.good + 1 });
    },
  );

  scenario(
    'security 12: they cost no timer, transaction or line of the log each, and get the registered phones no answer late',
    { ends: 'caller-hung-up', cast: ['alice', 'bob'], settings: guardedBy({ rate }) },
    async ({ alice, bob, world }) => {
      world.passes(10_000);
      const rest = world.leftovers();
      const flood = new Flood(world);
      await flood.sends(5_000);
      expect(world.leftovers()).toEqual(rest);
      expect(world.log.lines.filter(({ level }) => level !== 'debug').map(({ event }) => event)).not.toContain(
        'auth.failed',
      );
      expect(world.log.lines.length).toBeLessThan(50);
      expect(world.running.access.gate.counters.overTotal).toBe(5_000 - rate.total);
      talk(alice, bob);
      end(alice, bob);
      await alice.registers();
    },
  );
});

describe('a flood from one source', () => {
  scenario(
    'security 12: uses up its own share, and nobody else’s',
    { ends: 'caller-hung-up', cast: ['alice'], settings: guardedBy({ rate: { ...rate, total: 3_000 } }) },
    async ({ alice, bob, world }) => {
      world.passes(TWO_MINUTES_MS);
      const mallory = await Stranger.overUdp(world);
      for (let i = 0; i < 10_000; i++) mallory.says(rawRequest({ method: 'REGISTER' }));
      expect(mallory.hears()).toHaveLength(rate.burst);
      expect(world.running.access.gate.counters).toMatchObject({ overRate: 10_000 - rate.burst, overTotal: 0 });
      expect(world.running.access.remembered.sources).toBe(1);
      await bob.registers();
      talk(alice, bob);
      end(alice, bob);
      world.passes(TWO_MINUTES_MS);
      expect(world.running.access.remembered.sources).toBe(0);
      await mallory.leaves();
    },
  );

  scenario(
    'security 12: over TCP it is held to the same, and its connection torn down',
    { ends: 'caller-hung-up', cast: ['alice', 'bob'], settings: guardedBy({ rate: { ...rate, burst: 100 } }) },
    async ({ alice, bob, world }) => {
      const mallory = Stranger.overTcp(world);
      for (let i = 0; i < 500 && !mallory.gone; i++) mallory.says(rawRequest({ transport: 'TCP' }));
      // The connection costs what a request does.
      expect(mallory.hears()).toHaveLength(99);
      expect(mallory.gone).toBe(true);
      expect(world.ledger.counts().connections).toBe(0);
      talk(alice, bob);
      end(alice, bob);
    },
  );

  scenario(
    'security 12: a phone that is registered behind the same address goes on',
    { ends: 'caller-hung-up', cast: ['alice', 'bob'], settings: guardedBy({ rate: { ...rate, burst: 100 } }) },
    async ({ alice, bob, world }) => {
      world.passes(1_000);
      const mallory = await Stranger.overUdp(world, { ...alice.phone.settings.local, port: OUTSIDE.port });
      for (let i = 0; i < 1_000; i++) mallory.says(rawRequest());
      expect(mallory.hears()).toHaveLength(100);
      talk(alice, bob);
      end(alice, bob);
      await alice.registers();
      await mallory.leaves();
    },
  );
});

scenario(
  'security 12: a flood with the forged source of a phone is read up to a bound; the phone’s call goes on and ends, and a second later it calls again',
  {
    ends: ['caller-hung-up', 'caller-hung-up', 'caller-hung-up'],
    cast: ['alice', 'bob', 'carol'],
    settings: guardedBy({ rate: { ...rate, burst: 100, known: 200 } }),
  },
  async ({ alice, bob, carol, world }) => {
    talk(alice, bob);
    world.passes(10_000);
    const { counters } = world.running.transport;
    const before = counters.received;
    for (let i = 0; i < 5_000; i++) alice.phone.wire.send(Buffer.from(rawRequest()), SWITCH);
    world.passes(0);
    expect(counters.received - before).toBe(5 * 200 + 100);
    expect(world.running.access.gate.counters).toMatchObject({ overKnown: 4_000, overRate: 3_900 });
    expect(world.log.events).toContain('access.known-over-rate');
    for (let i = 0; i < 5 * 200 + 100; i++) alice.hears('200 OPTIONS');
    talk(carol, bob);
    end(carol, bob);
    end(alice, bob);
    world.passes(1_000);
    talk(alice, bob);
    end(alice, bob);
  },
);
