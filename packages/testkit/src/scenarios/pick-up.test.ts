import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { connect, end } from './acts.ts';
import { mediaOf, queueOf, waits } from './queue-acts.ts';

const GROUP = 'groups: [{ extension: "600", name: Sales, members: ["202", "203", "205"], strategy: sequential }]\n';

/** Why each leg began, of those that came by themselves. */
const pickedUp = (world: World): string[] =>
  world.events.flatMap((event) =>
    event.type === 'leg.started' && event.why?.startsWith('picks') ? `${event.party.number} ${event.why}` : [],
  );

describe('a call is picked up by a code', () => {
  scenario(
    'at a colleague’s phone, whose call tells who did',
    { ends: 'caller-hung-up', pbx: GROUP, cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol, world }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      carol.invites('*8');
      carol.hears('200 INVITE');
      alice.hears('200 INVITE');
      expect(bob.expects('CANCEL', 'ACK')).toBeDefined();
      end(alice, carol);
      expect(pickedUp(world)).toEqual(['203 picks up for 202 (*8)']);
      const answered = world.events.find(({ type }) => type === 'call.answered');
      expect(answered).toMatchObject({ call: world.events[0]!.call, party: { extension: '203' } });
    },
  );

  scenario(
    'the longest ringing first, then the next',
    { ends: ['callee-hung-up', 'caller-hung-up'], pbx: GROUP, cast: ['alice', 'bob', 'carol', 'eve'] },
    ({ alice, bob, carol, eve, world }) => {
      alice.invites(eve);
      eve.rings();
      alice.hears('180 INVITE');
      world.passes(1_000);
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      carol.invites('*8');
      carol.hears('200 INVITE');
      alice.hears('200 INVITE');
      eve.expects('CANCEL', 'ACK');
      carol.hangsUp();
      carol.hears('200 BYE');
      alice.expects('BYE');
      carol.invites('*8');
      carol.hears('200 INVITE');
      alice.hears('200 INVITE');
      bob.expects('CANCEL', 'ACK');
      end(alice, carol);
      expect(pickedUp(world)).toEqual(['203 picks up for 205 (*8)', '203 picks up for 202 (*8)']);
    },
  );

  scenario(
    'at an extension that is named, by whoever is of the company',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'eve'] },
    ({ alice, bob, eve }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      eve.invites('*8202');
      eve.hears('200 INVITE');
      alice.hears('200 INVITE');
      bob.expects('CANCEL', 'ACK');
      end(alice, eve);
    },
  );

  scenario(
    'that a group rings, and no other of its members’ calls',
    { ends: ['callee-hung-up', 'caller-hung-up'], pbx: GROUP, cast: ['alice', 'bob', 'carol', 'eve'] },
    ({ alice, bob, carol, eve }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      alice.invites('600');
      // Bob has a call already.
      carol.rings();
      alice.hears('180 INVITE');
      eve.invites('*8600');
      eve.hears('200 INVITE');
      alice.hears('200 INVITE');
      carol.expects('CANCEL', 'ACK');
      connect(alice, bob);
      bob.hangsUp();
      bob.hears('200 BYE');
      alice.expects('BYE');
      end(alice, eve);
    },
  );

  scenario(
    'by one of two who dial at once; the other hears that nothing rings',
    { ends: ['caller-hung-up', 'nothing-rings'], pbx: GROUP, cast: ['alice', 'bob', 'carol', 'eve'] },
    ({ alice, bob, carol, eve }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      carol.invites('*8');
      eve.invites('*8202');
      carol.hears('200 INVITE');
      expect(eve.hears('404 INVITE').value('Reason')).toContain('No phone rings there that could be picked up');
      alice.hears('200 INVITE');
      bob.expects('CANCEL', 'ACK');
      end(alice, carol);
    },
  );

  scenario(
    'of somebody who waits in a queue, whose agents are free again',
    { ends: 'caller-hung-up', pbx: queueOf(), cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol, world }) => {
      waits(alice);
      bob.rings();
      carol.invites('*8600');
      carol.hears('200 INVITE');
      bob.expects('CANCEL', 'ACK');
      expect(mediaOf(world).commands.some(({ do: what }) => what === 'bridge')).toBe(true);
      expect(world.running.calls.queues()[0]!.agents).toMatchObject([{ state: 'free' }]);
      end(alice, carol);
    },
  );

  scenario(
    'not without an offer: it rings on',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      carol.invites('*8202', { sdp: null });
      carol.hears('488 INVITE');
      connect(alice, bob);
      end(alice, bob);
    },
  );

  scenario(
    'not one’s own, and where there is nothing to pick up the refusal says why',
    { ends: ['not-found', 'not-found', 'nothing-rings', 'caller-cancelled', 'nothing-rings'], pbx: GROUP },
    ({ alice, bob, world }) => {
      alice.invites('*8');
      alice.hears('404 INVITE');
      alice.invites('*8777');
      alice.hears('404 INVITE');
      alice.invites('*8202');
      expect(alice.hears('404 INVITE').value('Reason')).toContain('No phone rings there');
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      alice.invites('*8202');
      alice.hears('404 INVITE');
      world.actors.alice.phone.calls.at(-2)?.cancel();
      alice.hears('200 CANCEL', '487 INVITE');
      bob.expects('CANCEL', 'ACK');
    },
  );
});
