import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';

function talkAndEnd(caller: Actor, callee: Actor): void {
  talk(caller, callee);
  end(caller, callee);
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

  scenario(
    'RFC 3665 §2.1: a phone registers through the challenge',
    { ends: [], cast: [] },
    async ({ alice, world }) => {
      await alice.registers();
      expect(world.network.wire.map(({ description }) => description)).toEqual([
        'REGISTER',
        '401 REGISTER',
        'REGISTER',
        '200 REGISTER',
      ]);
    },
  );

  scenario(
    'a REGISTER that is repeated is one REGISTER, and its answer the same',
    { ends: [], cast: [] },
    async ({ alice, world }) => {
      world.network.repeatNext(({ description, octets }) => description === 'REGISTER' && octets.includes('nonce='));
      await alice.registers();
      const sent = world.network.sent('REGISTER').at(-1);
      if (sent !== undefined) alice.phone.wire.send(sent.octets, sent.to);
      world.passes(0);
      expect(alice.heardAgain('200 REGISTER')).toBe(1);
      expect(world.registrations.map(({ type }) => type)).toEqual(['registered']);
    },
  );

  scenario(
    'a REGISTER for nobody is answered as one with a wrong password (RFC 3665 §2.5)',
    { ends: [], cast: [] },
    async ({ alice, world }) => {
      Object.assign(alice.phone.settings, { password: 'wrong' });
      await alice.registers({ status: 401 });
      Object.assign(alice.phone.settings, { login: 'nosuchuser' });
      await alice.registers({ status: 401 });
      const varying = /(nonce=")[^"]*|(tag=|branch=)\w+|(Call-ID: |CSeq: )\w+|alice|nosuchuser/g;
      const [, known, , unknown] = world.network
        .sent('401 REGISTER')
        .map(({ octets }) => octets.toString().replace(varying, '$1$2$3'));
      expect(unknown).toBe(known);
      expect(world.switch?.registrar.size).toBe(0);
    },
  );

  scenario(
    'what the disk cannot keep is not promised',
    { ends: 'unreachable', cast: ['alice'], errors: ['registrar.not-saved'] },
    async ({ alice, bob, world }) => {
      world.store.fail();
      await bob.registers({ status: 500 });
      world.store.recover();
      alice.invites(bob);
      alice.hears('480 INVITE');
    },
  );

  scenario('an account may name itself by its extension', { ends: [], cast: [] }, async ({ alice, world }) => {
    await alice.registers({ as: '201' });
    expect(world.switch?.registrar.size).toBe(1);
  });
});
