import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import { talk } from '../scenarios/acts.ts';
import { AFTERMATH_MS, type World } from '../world.ts';
import { pbxWithDevicePolicy } from './geography.ts';

/** Longer than an answered request waits for its repetitions (timers I and K, RFC 3261 §17); one without answer takes 32 s. */
const ANSWERED_MS = 5_500;
/** Longer than a REGISTER waits for its repetitions (timer J), or an INVITE for those of its 2xx (L and M, RFC 6026). */
const SETTLED_MS = 33_000;

/** From now on nothing that these phones send is read. */
function shutsOut(world: World, ...phones: readonly Actor[]): void {
  for (const { phone } of phones) {
    const { address } = phone.settings.local;
    world.running.access.gate.bans.add({ network: address }, { by: 'operator', reason: 'test' });
  }
  world.running.sweepAccess();
}

/** Nothing but what is being written this very moment. */
async function nothingIsLeft(world: World): Promise<void> {
  await world.stage.eventually(() => world.leftovers().length === 0);
  expect(world.leftovers()).toEqual([]);
}

/** Whoever is not heard is told once. */
function isToldOnce(world: World, phone: Actor, ...labels: readonly string[]): void {
  world.passes(AFTERMATH_MS);
  for (const label of labels) expect(phone.heardAgain(label), label).toBe(0);
  phone.hearsNothing();
}

describe('whoever is shut out of a call is told once, and nothing waits for an answer that would not be read', () => {
  scenario('security shut-out: a callee that talks', { ends: 'shut-out' }, async ({ alice, bob, world }) => {
    talk(alice, bob);
    world.passes(SETTLED_MS);
    shutsOut(world, bob);
    alice.expects('BYE');
    bob.expects('BYE');
    expect(world.ledger.counts().dialogs).toBe(0);
    world.passes(ANSWERED_MS);
    await nothingIsLeft(world);
    isToldOnce(world, bob, 'BYE');
  });

  scenario('security shut-out: both, soon after the answer', { ends: 'shut-out' }, async ({ alice, bob, world }) => {
    talk(alice, bob);
    shutsOut(world, alice, bob);
    alice.expects('BYE');
    bob.expects('BYE');
    await nothingIsLeft(world);
    isToldOnce(world, alice, 'BYE');
    isToldOnce(world, bob, 'BYE');
  });

  scenario(
    'security shut-out: a caller whose ACK has not come, and cannot any more',
    { ends: 'shut-out' },
    async ({ alice, bob, world }) => {
      alice.manners.acknowledges = false;
      alice.invites(bob);
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      shutsOut(world, alice, bob);
      alice.expects('BYE');
      bob.expects('BYE');
      await nothingIsLeft(world);
      isToldOnce(world, alice, 'BYE', '200 INVITE');
    },
  );

  scenario('security shut-out: a callee that rings', { ends: 'shut-out' }, async ({ alice, bob, world }) => {
    world.passes(SETTLED_MS);
    alice.invites(bob);
    bob.rings();
    alice.hears('180 INVITE');
    shutsOut(world, bob);
    alice.hears('480 INVITE');
    bob.expects('CANCEL');
    expect(world.ledger.counts().dialogs).toBe(0);
    world.passes(ANSWERED_MS);
    await nothingIsLeft(world);
    isToldOnce(world, bob, 'CANCEL', 'INVITE');
  });

  scenario(
    'security shut-out: a callee that has not answered at all, so that a CANCEL would be too early',
    { ends: 'shut-out' },
    async ({ alice, bob, world }) => {
      world.passes(SETTLED_MS);
      alice.invites(bob);
      bob.expects('INVITE');
      shutsOut(world, bob);
      alice.hears('480 INVITE');
      world.passes(ANSWERED_MS);
      await nothingIsLeft(world);
      isToldOnce(world, bob, 'INVITE');
    },
  );

  scenario('security shut-out: a caller that hears it ring', { ends: 'shut-out' }, async ({ alice, bob, world }) => {
    world.passes(SETTLED_MS);
    alice.invites(bob);
    bob.rings();
    alice.hears('180 INVITE');
    shutsOut(world, alice, bob);
    alice.hears('480 INVITE');
    bob.expects('CANCEL');
    await nothingIsLeft(world);
    isToldOnce(world, alice, '480 INVITE');
  });

  scenario('security shut-out: in the midst of a re-INVITE', { ends: 'shut-out' }, async ({ alice, bob, world }) => {
    talk(alice, bob);
    world.passes(SETTLED_MS);
    bob.holds();
    alice.expects('INVITE');
    shutsOut(world, alice, bob);
    alice.expects('BYE');
    bob.hears('487 INVITE');
    bob.expects('BYE');
    await nothingIsLeft(world);
    isToldOnce(world, alice, 'BYE', 'INVITE');
    isToldOnce(world, bob, 'BYE', '487 INVITE');
  });

  scenario(
    'security shut-out: over TCP too, where the connection goes with the call',
    { ends: 'shut-out', cast: ['alice', 'carol'] },
    async ({ alice, carol, world }) => {
      world.passes(SETTLED_MS);
      carol.invites(alice);
      alice.rings();
      carol.hears('180 INVITE');
      shutsOut(world, alice, carol);
      alice.expects('CANCEL');
      await nothingIsLeft(world);
      carol.phone.inbox.responses.length = 0; // its 480, if that was faster than the reset
    },
  );
});

scenario(
  'security shut-out: whoever may not use his account there, but is heard for others’ sake, is waited for as ever',
  { ends: 'shut-out' },
  async ({ alice, bob, world }) => {
    talk(alice, bob);
    bob.manners.replies.BYE = undefined;
    await world.applies(pbxWithDevicePolicy('bobby', '{ mode: list, allow: [198.51.100.0/24] }'));
    alice.expects('BYE');
    bob.expects('BYE');
    world.passes(ANSWERED_MS);
    expect(bob.heardAgain('BYE')).toBeGreaterThan(0);
  },
);
