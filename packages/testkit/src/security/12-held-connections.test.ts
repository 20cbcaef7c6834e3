import { CONNECTION_BOUNDS, CONNECTION_LIMITS } from '@vats/sip';
import { describe, expect } from 'vitest';
import { PHONES } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { guardedBy, type World } from '../world.ts';
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
