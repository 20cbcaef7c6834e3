import { describe, expect } from 'vitest';
import { PHONES } from '../cast.ts';
import { type Scene, scenario } from '../scenario.ts';
import { talk } from './acts.ts';
import { ALLOWS, REQUIRES, ringsReliably, SUPPORTS } from './session-acts.ts';

const CAROL = PHONES.carol.local.address;
const OVER_TCP = { cast: ['alice', 'carol'] } as const;

const toCarol =
  (what: string) => (message: { readonly description: string; readonly to: { readonly address: string } }) =>
    message.description === what && message.to.address === CAROL;

/** Its connection is reset: both ends hear so at once. */
function breaks({ world }: Scene): void {
  world.network.breakStreams(CAROL);
  world.passes(0);
}

/** What becomes of an exchange that a phone on TCP leaves in the middle. */
describe('a phone on TCP whose connection breaks in the midst of an exchange', () => {
  scenario(
    'with its answer, which is lost: the caller hears so at once',
    { ends: 'unreachable', ...OVER_TCP },
    (scene) => {
      const { alice, carol, world } = scene;
      alice.invites(carol);
      world.network.breakNext('200 INVITE');
      carol.answers();
      alice.hears('480 INVITE');
    },
  );

  scenario(
    'behind its answer, before our ACK: the call is up until it is hung up',
    { ends: 'caller-hung-up', ...OVER_TCP },
    (scene) => {
      const { alice, carol, world } = scene;
      alice.invites(carol);
      world.network.breakNext(toCarol('ACK'));
      carol.answers();
      alice.hears('200 INVITE');
      world.passes(40_000);
      expect(world.endings()).toEqual([]);
      alice.hangsUp();
      alice.hears('200 BYE');
    },
  );

  scenario('behind our 200, before its ACK', { ends: 'leg-lost', ...OVER_TCP }, (scene) => {
    const { alice, carol, world } = scene;
    carol.manners.acknowledges = false;
    carol.invites(alice);
    alice.answers();
    alice.expects('ACK');
    carol.hears('200 INVITE');
    breaks(scene);
    world.passes(33_000);
    alice.expects('BYE');
  });

  scenario('while it is being cancelled', { ends: 'caller-cancelled', ...OVER_TCP }, (scene) => {
    const { alice, carol, world } = scene;
    alice.invites(carol);
    carol.rings();
    alice.hears(180);
    world.network.breakNext(toCarol('CANCEL'));
    alice.cancels();
    alice.hears('200 CANCEL', '487 INVITE');
    world.passes(40_000);
  });

  scenario('behind its own CANCEL', { ends: 'caller-cancelled', ...OVER_TCP }, (scene) => {
    const { alice, carol, world } = scene;
    carol.invites(alice);
    alice.rings();
    carol.hears(180);
    world.network.breakNext('200 CANCEL');
    carol.cancels();
    alice.expects('CANCEL', 'ACK');
    world.passes(40_000);
  });

  scenario(
    'before our PRACK of what it said: its caller may go on waiting',
    { ends: 'caller-cancelled', ...OVER_TCP },
    (scene) => {
      const { alice, carol, world } = scene;
      alice.invites(carol);
      world.network.breakNext(toCarol('PRACK'));
      carol.rings({ status: 183, sdp: carol.phone.sdp({}), headers: [REQUIRES, ['RSeq', '1'], ALLOWS] });
      world.passes(40_000);
      alice.hears(183);
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
    },
  );

  scenario(
    'before its PRACK of what we said: the call ends with the 504 that it can not hear',
    { ends: 'progress-not-acknowledged', ...OVER_TCP },
    (scene) => {
      const { alice, carol, world } = scene;
      carol.invites(alice, { headers: [SUPPORTS] });
      ringsReliably(alice, 1);
      carol.hears(183);
      breaks(scene);
      world.passes(33_000);
      alice.expects('CANCEL', 'ACK');
    },
  );

  scenario('behind its own re-INVITE', { ends: 'leg-lost', ...OVER_TCP }, (scene) => {
    const { alice, carol, world } = scene;
    talk(alice, carol);
    carol.holds();
    breaks(scene);
    alice.answers();
    alice.expects('ACK');
    world.passes(40_000);
    alice.expects('BYE');
  });

  scenario('while it is being asked by a re-INVITE', { ends: 'caller-hung-up', ...OVER_TCP }, (scene) => {
    const { alice, carol, world } = scene;
    talk(alice, carol);
    alice.holds();
    carol.expects('INVITE');
    breaks(scene);
    world.passes(40_000);
    alice.hears('503 INVITE');
    expect(world.endings()).toEqual([]);
    alice.hangsUp();
    alice.hears('200 BYE');
  });
});
