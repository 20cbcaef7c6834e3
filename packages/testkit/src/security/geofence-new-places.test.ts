import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { BarePhone } from './accounts.ts';
import { registers } from './fenced.ts';
import { GERMANY, RUSSIA, withCountries } from './geography.ts';
import { Stranger } from './stranger.ts';

describe('an account that is used from elsewhere than before', () => {
  const places = (world: World): unknown[] =>
    world.log.lines
      .filter(({ event }) => event === 'account.new-place')
      .map(({ level, fields }) => [level, fields.login, fields.address, fields.country]);

  scenario(
    'security geofence: is an alarm in a new country, a note in a new network, and neither at first',
    { ends: [], cast: [], settings: withCountries() },
    async ({ world }) => {
      await registers(world, RUSSIA);
      await registers(world, { ...RUSSIA, address: '192.0.2.67' });
      expect(places(world)).toEqual([]);
      await registers(world, GERMANY);
      expect(places(world)).toEqual([['warn', 'alice', GERMANY.address, 'DE']]);
      expect(world.accessEvents).toMatchObject([
        { type: 'new-place', newCountry: true, place: { login: 'alice', address: GERMANY.address, country: 'DE' } },
      ]);
      await registers(world, GERMANY);
      expect(places(world)).toHaveLength(1);
      await registers(world, { address: '2001:db8::66', port: 5066 });
      expect(places(world).slice(1)).toEqual([['info', 'alice', '2001:db8::66', 'RU']]);
      await registers(world, GERMANY, 'bobby');
      expect(places(world)).toHaveLength(2);
    },
  );

  scenario(
    'security geofence: what was known before a restart is known after it, for thirty days',
    { ends: [], cast: [], settings: withCountries() },
    async ({ world }) => {
      await registers(world, RUSSIA);
      await registers(world, GERMANY);
      await world.stop();
      await world.start();
      await registers(world, GERMANY);
      expect(places(world)).toHaveLength(1);
      world.passes(20 * 86_400_000);
      await registers(world, RUSSIA);
      world.passes(20 * 86_400_000);
      await registers(world, GERMANY);
      expect(places(world)).toHaveLength(2);
    },
  );

  scenario(
    'security geofence: a wrong password is no use of the account',
    { ends: [], cast: ['alice'], settings: withCountries() },
    async ({ world }) => {
      const stranger = await Stranger.overUdp(world, GERMANY);
      const phone = new BarePhone(world, stranger);
      await phone.registers({ nonce: await phone.nonce(), password: 'Wr0ngWrong' });
      await stranger.leaves();
      expect([places(world), world.accessEvents]).toEqual([[], []]);
      expect([...world.running.access.gate.places.all()].map(({ address }) => address)).toEqual(['192.0.2.10']);
    },
  );
});
