import { describe, expect } from 'vitest';
import { PHONES } from '../cast.ts';
import { type Scene, scenario } from '../scenario.ts';
import { end } from './acts.ts';

const ALICE = PHONES.alice.local.address;
const BOB = PHONES.bob.local.address;

const CANCELLED = { ends: 'caller-cancelled' } as const;

type Cut = Pick<Scene, 'world'>;

const lostFromBob = ({ world }: Cut, what: string) =>
  world.network.dropNext(({ description, from }) => description === what && from.address === BOB);
const lostToBob = ({ world }: Cut, what: string) =>
  world.network.dropNext(({ description, to }) => description === what && to.address === BOB);
const lostToAlice = ({ world }: Cut, what: string) =>
  world.network.dropNext(({ description, to }) => description === what && to.address === ALICE);

/** Bob's phone rings, and Alice hears it. */
function rings({ alice, bob }: Scene): void {
  alice.invites(bob);
  bob.rings();
  alice.hears(180);
}

/** Alice gives up; on her leg the call is over at once, whatever becomes of the other. */
function givesUp({ alice }: Scene): void {
  alice.cancels();
  alice.hears('200 CANCEL', '487 INVITE');
}

describe('RFC 3261 §9.1: the CANCEL to the phone, when what the phone said was lost', () => {
  scenario('its 180: it waits for the next one', CANCELLED, (scene) => {
    const { alice, bob, world } = scene;
    lostFromBob(scene, '180 INVITE');
    alice.invites(bob);
    bob.rings();
    givesUp(scene);
    bob.hearsNothing();
    // Our INVITE comes again, and the phone rings again.
    world.passes(600);
    bob.expects('CANCEL', 'ACK');
  });

  scenario('its 180, and it answers: no CANCEL, but ACK and BYE', CANCELLED, (scene) => {
    const { alice, bob } = scene;
    lostFromBob(scene, '180 INVITE');
    alice.invites(bob);
    bob.rings();
    givesUp(scene);
    bob.answers();
    bob.expects('ACK', 'BYE');
  });

  scenario('its 486, and nothing before: no CANCEL, the 486 comes again and gets its ACK', CANCELLED, (scene) => {
    const { alice, bob, world } = scene;
    lostFromBob(scene, '486 INVITE');
    alice.invites(bob);
    bob.refuses(486);
    givesUp(scene);
    world.passes(600);
    bob.expects('ACK');
  });

  scenario('its 486, behind a 180: the CANCEL changes nothing, the 486 gets its ACK', CANCELLED, (scene) => {
    const { bob } = scene;
    rings(scene);
    lostFromBob(scene, '486 INVITE');
    bob.refuses(486);
    givesUp(scene);
    bob.expects('CANCEL');
    bob.repeats();
    bob.expects('ACK');
  });

  scenario('its 200, behind a 180: the CANCEL comes too late, the 200 gets ACK and BYE', CANCELLED, (scene) => {
    const { bob } = scene;
    rings(scene);
    lostFromBob(scene, '200 INVITE');
    bob.answers();
    givesUp(scene);
    bob.expects('CANCEL');
    bob.repeats();
    bob.expects('ACK', 'BYE');
  });

  scenario('its 487: it comes again and gets its ACK', CANCELLED, (scene) => {
    const { bob } = scene;
    rings(scene);
    lostFromBob(scene, '487 INVITE');
    givesUp(scene);
    bob.expects('CANCEL');
    bob.repeats();
    bob.expects('ACK');
  });

  scenario('its 200 to the CANCEL: that is repeated once, though the INVITE is over', CANCELLED, (scene) => {
    const { bob, world } = scene;
    rings(scene);
    lostFromBob(scene, '200 CANCEL');
    givesUp(scene);
    bob.expects('CANCEL', 'ACK');
    world.passes(5_000);
    expect(bob.heardAgain('CANCEL')).toBe(1);
  });

  scenario('both its 200 and its 487, and our ACK to that', CANCELLED, (scene) => {
    const { bob, world } = scene;
    rings(scene);
    lostFromBob(scene, '200 CANCEL');
    lostFromBob(scene, '487 INVITE');
    lostToBob(scene, 'ACK');
    givesUp(scene);
    bob.expects('CANCEL');
    world.passes(600);
    expect(bob.heardAgain('CANCEL')).toBe(1);
    bob.repeats();
    bob.hearsNothing();
    bob.repeats();
    bob.expects('ACK');
  });
});

describe('RFC 3261 §13.2.2.4: several phones behind the one that is cancelled', () => {
  scenario('ring under To tags of their own: one CANCEL is for all', CANCELLED, (scene) => {
    const { alice, bob } = scene;
    alice.invites(bob);
    bob.rings({ fork: 'desk' });
    bob.rings({ fork: 'soft' });
    alice.hears(180);
    givesUp(scene);
    bob.expects('CANCEL', 'ACK');
  });

  scenario('answer both, crossing it: each gets ACK and BYE', { ...CANCELLED, latency: 10 }, (scene) => {
    const { alice, bob, world } = scene;
    alice.invites(bob);
    bob.rings({ fork: 'desk' });
    bob.rings({ fork: 'soft' });
    alice.hears(180);
    alice.cancels();
    // Ours is on its way to them by now.
    world.passes(15);
    bob.answers({ fork: 'desk' });
    bob.call.respond(200, { fork: 'soft' });
    world.passes(200);
    alice.hears('200 CANCEL', '487 INVITE');
    bob.expects('CANCEL', 'ACK', 'BYE', 'ACK', 'BYE');
  });
});

describe('RFC 3261 §9.2: the CANCEL from the caller, when what we said was lost', () => {
  scenario('our 180: she may give up all the same', CANCELLED, (scene) => {
    const { alice, bob } = scene;
    lostToAlice(scene, '180 INVITE');
    alice.invites(bob);
    bob.rings();
    givesUp(scene);
    bob.expects('CANCEL', 'ACK');
  });

  scenario(
    'our 200 to it: it comes again and is answered again, and the phone is cancelled once',
    CANCELLED,
    (scene) => {
      const { alice, bob } = scene;
      rings(scene);
      lostToAlice(scene, '200 CANCEL');
      alice.cancels();
      alice.hears('487 INVITE');
      alice.cancels();
      alice.hears('200 CANCEL');
      bob.expects('CANCEL', 'ACK');
      expect(bob.heardAgain('CANCEL')).toBe(0);
    },
  );

  scenario('our 487: it is repeated until its ACK', CANCELLED, (scene) => {
    const { alice, bob, world } = scene;
    rings(scene);
    lostToAlice(scene, '487 INVITE');
    alice.cancels();
    alice.hears('200 CANCEL');
    bob.expects('CANCEL', 'ACK');
    world.passes(600);
    alice.hears('487 INVITE');
    world.passes(40_000);
    expect(alice.heardAgain('487 INVITE')).toBe(0);
  });

  scenario('the ACK to our 487: it is repeated once', CANCELLED, (scene) => {
    const { alice, bob, world } = scene;
    rings(scene);
    // The number of the INVITE with credentials: the ACK before it is that to the challenge.
    world.network.dropNext(({ octets }) => octets.includes('CSeq: 2 ACK'));
    givesUp(scene);
    bob.expects('CANCEL', 'ACK');
    world.passes(40_000);
    expect(alice.heardAgain('487 INVITE')).toBe(1);
  });

  scenario('our 200 to the INVITE: too late, she is in a call and hangs up', { ends: 'caller-hung-up' }, (scene) => {
    const { alice, bob, world } = scene;
    rings(scene);
    lostToAlice(scene, '200 INVITE');
    bob.answers();
    bob.expects('ACK');
    alice.cancels();
    alice.hears('200 CANCEL');
    world.passes(600);
    alice.hears('200 INVITE');
    end(alice, bob);
  });

  scenario('our 486: it stays, and is repeated until its ACK', { ends: 'callee-busy' }, (scene) => {
    const { alice, bob, world } = scene;
    rings(scene);
    lostToAlice(scene, '486 INVITE');
    bob.refuses(486);
    bob.expects('ACK');
    alice.cancels();
    alice.hears('200 CANCEL');
    world.passes(600);
    alice.hears('486 INVITE');
  });
});
