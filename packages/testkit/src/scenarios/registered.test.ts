import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';

function talkAndEnd(caller: Actor, callee: Actor): void {
  caller.invites(callee);
  callee.answers();
  caller.hears('200 INVITE');
  callee.expects('ACK');
  caller.hangsUp();
  caller.hears('200 BYE');
  callee.expects('BYE');
}

describe('registrations', () => {
  scenario('a phone that left is not rung', { ends: 'unreachable' }, async ({ alice, bob }) => {
    await bob.registers({ expires: 0 });
    alice.invites(bob);
    alice.hears('480 INVITE');
  });

  scenario('a phone whose time is over is not rung', { ends: 'unreachable' }, async ({ alice, bob, world }) => {
    await bob.registers({ expires: 60 });
    world.passes(61_000);
    alice.invites(bob);
    alice.hears('480 INVITE');
  });

  scenario(
    'the switch restarts: a UDP phone is rung at once, a TCP phone when it is back',
    { ends: ['caller-hung-up', 'unreachable', 'caller-hung-up'], cast: ['alice', 'bob', 'carol'] },
    async ({ alice, bob, carol, world }) => {
      await world.stop();
      await world.start();
      talkAndEnd(alice, bob);
      alice.invites(carol);
      alice.hears('480 INVITE');
      await carol.registers();
      talkAndEnd(alice, carol);
    },
  );

  scenario(
    'a TCP phone that is gone is unreachable at once',
    { ends: 'unreachable', cast: ['alice', 'carol'] },
    ({ alice, carol, world }) => {
      carol.phone.wire.hangUp();
      world.passes(0);
      expect(world.registrations.at(-1)).toMatchObject({ type: 'unreachable', reason: 'connection-closed' });
      alice.invites(carol);
      alice.hears('480 INVITE');
    },
  );

  scenario(
    'a phone behind a NAT is pinged over its flow, and shown unreachable when it falls silent',
    { ends: [], cast: ['dave'] },
    async ({ dave, world }) => {
      world.passes(25_000);
      expect(dave.expects('OPTIONS').requestUriText).toContain('192.168.1.40');
      world.network.vanish(dave.phone.settings.local.address);
      world.passes(100_000);
      expect(world.registrations.map(({ type }) => type)).toEqual(['registered', 'unreachable']);
      world.network.comeBack(dave.phone.settings.local.address);
      world.passes(25_000);
      dave.expects('OPTIONS', 'OPTIONS');
      expect(world.registrations.map(({ type }) => type)).toEqual(['registered', 'unreachable', 'reachable']);
      await dave.registers({ expires: 0 });
    },
  );

  scenario('an account may name itself by its extension', { ends: [], cast: [] }, async ({ alice, world }) => {
    await alice.registers({ as: '201' });
    expect(world.switch?.registrar.size).toBe(1);
  });
});
