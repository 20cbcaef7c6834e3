import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { PHONES, pbxYaml } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { talk } from '../scenarios/acts.ts';
import type { World } from '../world.ts';
import { pbxWithDevicePolicy, withCountries } from './geography.ts';

const HEADER = 'X-Client-Address';
/** Dave is at a proxy: what he sends comes from there, and says that it is of this client. */
const PROXY = PHONES.dave.local.address;
const CLIENT = '192.0.2.70';
const BY_HIS_PROXY = { headers: [[HEADER, CLIENT]] } as const;
const BEHIND_PROXY = { cast: ['alice'], settings: withCountries({ proxies: { [PROXY]: HEADER } }) } as const;

/** Shuts this address out. */
function denies(world: World, address: string): Promise<void> {
  return world.applies(pbxYaml(`access: { mode: any, deny: [${address}] }`));
}

/** The clients that a call's peers are, where they are behind a proxy. */
function clientsOf(world: World): (string | undefined)[] {
  return world.running.calls.snapshots().flatMap(({ legs }) => legs.map(({ client }) => client));
}

async function survivesOthers(world: World, ...phones: readonly Actor[]): Promise<void> {
  for (const address of ['192.0.2.71', PROXY]) {
    await denies(world, address);
    for (const phone of phones) phone.hearsNothing();
  }
}

describe('a call through a known proxy ends when its client may not come any more, and not for another’s sake', () => {
  scenario(
    'security 15: the client that called',
    { ...BEHIND_PROXY, ends: 'shut-out' },
    async ({ alice, dave, world }) => {
      dave.invites(alice, BY_HIS_PROXY);
      alice.rings();
      alice.answers();
      dave.hears('180 INVITE', '200 INVITE');
      alice.expects('ACK');
      expect(clientsOf(world)).toEqual([CLIENT, undefined]);
      await survivesOthers(world, alice, dave);
      await denies(world, CLIENT);
      alice.expects('BYE');
      dave.expects('BYE');
    },
  );

  scenario(
    'security 15: the client that was called',
    { ...BEHIND_PROXY, ends: 'shut-out' },
    async ({ alice, dave, world }) => {
      await dave.registers(BY_HIS_PROXY);
      talk(alice, dave);
      expect(clientsOf(world)).toEqual([undefined, CLIENT]);
      await survivesOthers(world, alice, dave);
      await denies(world, CLIENT);
      alice.expects('BYE');
      dave.expects('BYE');
    },
  );

  scenario(
    'security 15: the client of a device with a policy of its own',
    { ...BEHIND_PROXY, ends: 'shut-out' },
    async ({ alice, dave, world }) => {
      await dave.registers(BY_HIS_PROXY);
      talk(alice, dave);
      const denied = `{ mode: any, deny: [${CLIENT}] }`;
      await world.applies(pbxWithDevicePolicy('alice', denied));
      for (const phone of [alice, dave]) phone.hearsNothing();
      await world.applies(pbxWithDevicePolicy('dave', denied));
      alice.expects('BYE');
      dave.expects('BYE');
    },
  );
});
