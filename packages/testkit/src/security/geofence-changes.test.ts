import { describe, expect } from 'vitest';
import { PHONES, pbxYaml } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { AFTERMATH_MS } from '../world.ts';
import { hears } from './fenced.ts';
import { withCountries } from './geography.ts';
import { rawRequest } from './stranger.ts';

describe('when a policy changes', () => {
  scenario(
    'security geofence: the binding, the connection and the call of whom it shuts out end at once',
    { ends: 'shut-out', cast: ['alice', 'carol'], settings: withCountries() },
    async ({ alice, carol, world }) => {
      talk(alice, carol);
      await world.applies(pbxYaml('access: { mode: any, deny: [192.0.2.30] }'));
      alice.expects('BYE');
      world.passes(0);
      expect(world.running.registrar.registrations().map(({ binding }) => binding.login)).toEqual(['alice']);
      expect(world.registrations.at(-1)).toMatchObject({ type: 'unregistered', reason: 'policy' });
      expect(world.ledger.counts().connections).toBe(0);
      expect(world.log.lines.filter(({ event }) => event === 'access.connections-dropped')).toMatchObject([
        { fields: { connections: 1 } },
      ]);
      carol.phone.register();
      world.passes(AFTERMATH_MS);
      carol.phone.inbox.requests.length = 0; // its BYE, if that was faster than the reset
      carol.hearsNothing();
    },
  );

  scenario(
    'security geofence: whoever may still come notices nothing',
    { ends: 'caller-hung-up', cast: ['alice', 'carol'], settings: withCountries() },
    async ({ alice, carol, world }) => {
      talk(alice, carol);
      await world.applies(pbxYaml('access: russia'));
      expect(world.registrations.map(({ type }) => type)).toEqual(['registered', 'registered']);
      end(alice, carol);
    },
  );

  scenario(
    'security geofence: the machine’s, by a reload of the settings, as well',
    { ends: ['shut-out', 'unreachable'], cast: ['alice', 'bob'], settings: withCountries() },
    async ({ alice, bob, world }) => {
      talk(alice, bob);
      const { access } = world.running.settings;
      world.running.reloadAccess({ ...access, policy: { mode: 'list', allow: [PHONES.alice.local.address] } });
      alice.expects('BYE');
      bob.expects('BYE');
      await world.stage.eventually(() => world.running.registrar.size === 1);
      expect(world.running.registrar.registrations().map(({ binding }) => binding.login)).toEqual(['alice']);
      alice.invites(bob);
      alice.hears('480 INVITE');
      world.running.reloadAccess(access);
      await bob.registers();
    },
  );

  scenario(
    'security geofence: an operator’s ban ends them too, and one of the switch does not',
    { ends: ['caller-hung-up', 'shut-out'], cast: ['alice', 'bob'], settings: withCountries() },
    async ({ alice, bob, world }) => {
      const { bans } = world.running.access.gate;
      const ban = (by: 'switch' | 'operator'): void => {
        bans.add({ network: PHONES.bob.local.address }, { by, reason: 'test' });
        world.running.sweepAccess();
      };
      ban('switch');
      talk(alice, bob);
      end(alice, bob);
      talk(alice, bob);
      ban('operator');
      alice.expects('BYE');
      bob.expects('BYE');
      expect(await hears(world, { ...PHONES.bob.local, port: 5_099 }, rawRequest())).toEqual([]);
    },
  );

  scenario(
    'security geofence: a binding that an earlier run kept and a stricter policy forbids is not brought back',
    { ends: 'unreachable', cast: ['alice', 'bob'], settings: withCountries() },
    async ({ alice, bob, world }) => {
      await world.stop();
      const { model } = world.store.models;
      const [domain] = model.domains;
      if (domain === undefined) throw new Error('no domain');
      const settings = { ...domain.settings, access: { mode: 'any', deny: [PHONES.bob.local.address] } } as const;
      await world.store.models.save({ ...model, domains: [{ ...domain, settings }] });
      await world.start();
      expect(await world.stage.eventually(() => world.running.registrar.size === 1)).toBe(true);
      alice.invites(bob);
      alice.hears('480 INVITE');
    },
  );
});
