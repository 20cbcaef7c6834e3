import { CONNECTION_BOUNDS, CONNECTION_LIMITS } from '@vats/sip';
import { describe, expect } from 'vitest';
import { PHONES } from '../cast.ts';
import { labelOf } from '../phone/inbox.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { guardedBy, type World } from '../world.ts';
import { BarePhone } from './accounts.ts';
import { OUTSIDE, rawRequest, Stranger } from './stranger.ts';

const CAROL = PHONES.carol.local.address;
const PROXY = '203.0.113.5';
const TRUSTED = '203.0.113.8';

function connect(world: World, count: number, address: string): Stranger[] {
  return Array.from({ length: count }, () => Stranger.overTcp(world, address));
}

function openOf(strangers: readonly Stranger[]): number {
  return strangers.filter(({ gone }) => !gone).length;
}

async function allLeave(strangers: readonly Stranger[]): Promise<void> {
  for (const stranger of strangers) await stranger.leaves();
}

describe('connections that somebody holds open', () => {
  scenario(
    'security 12: a stranger may have few, an office where somebody registered as many as it needs',
    { ends: [], cast: ['carol'] },
    async ({ world }) => {
      const { perStranger } = CONNECTION_BOUNDS;
      const strangers = connect(world, perStranger + 10, OUTSIDE.address);
      expect(openOf(strangers)).toBe(perStranger);
      const colleagues = connect(world, perStranger + 10, CAROL);
      expect(openOf(colleagues)).toBe(colleagues.length);
      await allLeave([...strangers, ...colleagues]);
    },
  );

  scenario(
    'security 12: who shares the address of a phone keeps no phone out, nor holds a connection for long',
    { ends: 'caller-hung-up', cast: ['alice', 'carol'] },
    async ({ alice, carol, world }) => {
      const { perSource } = CONNECTION_BOUNDS;
      const held = connect(world, perSource + 10, CAROL);
      expect(openOf(held)).toBe(perSource - 1);
      const [late] = connect(world, 1, CAROL);
      const phone = new BarePhone(world, late!, 'nobody');
      expect(labelOf(await phone.registers({ nonce: await phone.nonce() }))).toBe('200 REGISTER');
      held.push(...connect(world, perSource, CAROL));
      for (const each of held) if (!each.gone) each.says(rawRequest({ transport: 'TCP' }));
      world.passes(CONNECTION_LIMITS.stranger);
      expect([openOf(held), late!.gone]).toEqual([0, false]);
      talk(alice, carol);
      end(alice, carol);
      await allLeave([...held, late!]);
    },
  );

  scenario(
    'security 12: pings alone hold none, and requests without credentials none for long; a registered phone keeps its own',
    { ends: 'caller-hung-up', cast: ['alice', 'carol'] },
    async ({ alice, carol, world }) => {
      const pinger = Stranger.overTcp(world);
      const asker = Stranger.overTcp(world);
      for (let passed = 0; passed < CONNECTION_LIMITS.stranger; passed += 5_000) {
        if (passed === CONNECTION_LIMITS.firstMessage) expect([pinger.gone, asker.gone]).toEqual([true, false]);
        if (!pinger.gone) pinger.says('\r\n\r\n');
        asker.says(rawRequest({ transport: 'TCP' }));
        world.passes(5_000);
      }
      expect(asker.gone).toBe(true);
      expect(asker.hears()).toHaveLength(12);
      talk(alice, carol);
      end(alice, carol);
      expect(world.registrations.filter(({ type }) => type === 'unreachable')).toEqual([]);
      await allLeave([pinger, asker]);
    },
  );

  scenario(
    'security 12: a known proxy and a trusted network need show nothing',
    { ends: [], cast: [], settings: guardedBy({ proxies: { [PROXY]: 'X-Client' }, trusted: [TRUSTED] }) },
    async ({ world }) => {
      const known = [PROXY, TRUSTED].map((address) => Stranger.overTcp(world, address));
      for (const stranger of known) stranger.says(rawRequest({ transport: 'TCP' }));
      world.passes(CONNECTION_LIMITS.stranger);
      expect(openOf(known)).toBe(2);
      await allLeave(known);
    },
  );
});

describe('connections that were open when a ban began', () => {
  /** Guesses from there until nobody answers, over UDP. */
  async function isBanned(world: World, address: string): Promise<void> {
    const guesser = await Stranger.overUdp(world, { address, port: 5_099 });
    const phone = new BarePhone(world, guesser, 'alice');
    const nonce = await phone.nonce();
    for (let i = 0; i < 10; i++) await phone.registers({ nonce, password: 'Wr0ngWrong' });
    await guesser.leaves();
    expect(world.running.access.gate.bans.isBanned(address)).toMatchObject({ by: 'switch' });
  }

  scenario('security 22: end within a second, those of others stay', { ends: [], cast: [] }, async ({ world }) => {
    const mallory = connect(world, 3, OUTSIDE.address);
    const others = connect(world, 3, '203.0.113.67');
    await isBanned(world, OUTSIDE.address);
    expect(openOf(mallory)).toBe(3);
    world.passes(1_000);
    expect([openOf(mallory), openOf(others)]).toEqual([0, 3]);
    const lines = world.log.lines.filter(({ event }) => event === 'access.connections-dropped');
    expect(lines.map(({ fields }) => fields)).toEqual([{ connections: 3 }]);
    await allLeave([...mallory, ...others]);
  });

  scenario(
    'security 22: the last wrong password is answered as those before it, then the connection ends',
    { ends: [], cast: [] },
    async ({ world }) => {
      const mallory = Stranger.overTcp(world);
      const phone = new BarePhone(world, mallory, 'alice');
      const nonce = await phone.nonce();
      for (let i = 0; i < 10; i++) {
        expect(labelOf(await phone.registers({ nonce, password: 'Wr0ngWrong' }))).toBe('401 REGISTER');
      }
      expect(mallory.gone).toBe(false);
      world.passes(1_000);
      expect(mallory.gone).toBe(true);
      expect(world.running.transport.counters.connectionsMade).toBe(0);
      await mallory.leaves();
    },
  );

  scenario(
    'security 22: that of a phone that is registered from there stays, and rings',
    { ends: 'caller-hung-up', cast: ['alice', 'carol'] },
    async ({ alice, carol, world }) => {
      const guests = connect(world, 2, CAROL);
      // As when nothing is left of what made the address a good one: else only accounts are banned there.
      world.running.access.gate.bans.add({ network: CAROL }, { by: 'switch', reason: 'guessed' });
      world.passes(1_000);
      expect(openOf(guests)).toBe(0);
      talk(alice, carol);
      end(alice, carol);
      await allLeave(guests);
    },
  );

  scenario(
    'security 22: a ban of one account, or of an address behind a proxy, ends none',
    { ends: [], cast: [], settings: guardedBy({ proxies: { [PROXY]: 'X-Client' } }) },
    async ({ world }) => {
      const { bans } = world.running.access.gate;
      const kept = [...connect(world, 1, OUTSIDE.address), ...connect(world, 1, PROXY)];
      bans.add({ network: OUTSIDE.address, user: 'x\nalice' }, { by: 'switch', reason: 'guessed' });
      bans.add({ network: PROXY }, { by: 'switch', reason: 'guessed' });
      world.passes(1_000);
      expect(openOf(kept)).toBe(2);
      await allLeave(kept);
    },
  );
});
