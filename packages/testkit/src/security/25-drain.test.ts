import { expect } from 'vitest';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';

scenario(
  'security 25: a switch that drains refuses new calls with 503 and a time to try again; the live one goes on and ends it',
  { ends: 'caller-hung-up', errors: ['call.refused'], cast: ['alice', 'bob', 'carol'] },
  async ({ alice, bob, carol, world }) => {
    talk(alice, bob);
    let drained = false;
    void world.switch?.drain(60_000).then(() => {
      drained = true;
    });
    carol.invites(bob);
    expect(carol.hears('503 INVITE').value('Retry-After')).toMatch(/^\d+$/);
    bob.hearsNothing();
    const { call } = alice;
    alice.holds();
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    expect(readSdp(bob.call.remoteSdp ?? '').direction).toBe('sendonly');
    alice.sends('INFO', { body: 'x' });
    bob.expects('INFO');
    alice.hears('200 INFO');
    world.passes(30_000);
    await world.stage.eventually(() => false, 2);
    expect([drained, call.ended]).toEqual([false, false]);
    end(alice, bob);
    expect(await world.stage.eventually(() => drained)).toBe(true);
  },
);

scenario(
  'security 25: a call that is only ringing when the drain begins is let finish as well',
  { ends: 'callee-hung-up' },
  async ({ alice, bob, world }) => {
    alice.invites(bob);
    bob.rings();
    alice.hears(180);
    let drained = false;
    void world.switch?.drain(60_000).then(() => {
      drained = true;
    });
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(bob, alice);
    expect(await world.stage.eventually(() => drained)).toBe(true);
  },
);

scenario(
  'security 25: at the deadline what is left is hung up, and its record says why',
  { ends: 'switch-stopped' },
  async ({ alice, bob, world }) => {
    talk(alice, bob);
    let drained = false;
    void world.switch?.drain(60_000).then(() => {
      drained = true;
    });
    world.passes(59_999);
    alice.hearsNothing();
    expect(drained).toBe(false);
    world.passes(1);
    for (const phone of [alice, bob]) expect(phone.expects('BYE').has('Reason')).toBe(true);
    expect(await world.stage.eventually(() => drained)).toBe(true);
  },
);

scenario(
  'security 25: a restart without a drain loses no binding of a phone on UDP',
  { ends: ['switch-stopped', 'caller-hung-up'] },
  async ({ alice, bob, world }) => {
    talk(alice, bob);
    await world.stop();
    alice.expects('BYE');
    bob.expects('BYE');
    await world.start();
    talk(alice, bob);
    end(alice, bob);
  },
);
