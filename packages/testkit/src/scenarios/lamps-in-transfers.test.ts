import type { SipRequest } from '@vats/sip';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { type Scene, scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';
import { holds, joins } from './transfer-acts.ts';
import { forgets, gathered, told, watches } from './watch-acts.ts';

/** Colleagues of one group see with whom each other talk. */
const SALES = 'groups: [{ extension: "600", name: Sales, members: ["201", "202", "203", "205"] }]';
const CAST = { cast: ['alice', 'bob', 'carol', 'eve'], pbx: SALES } as const;

/** What the watcher has been told since, without state and version. */
function seen(scene: Pick<Scene, 'world'>, watcher: Actor): string {
  gathered(scene);
  return told(watcher.expects('NOTIFY') as SipRequest).replace(/^active \d+: /, '');
}

/** Bob talks with Alice, holds her, and calls Carol, whom Eve watches. */
function consults(scene: Scene): void {
  const { alice, bob, carol, eve } = scene;
  watches(eve, '203');
  talk(alice, bob);
  holds(bob, alice);
  bob.invites(carol);
  carol.rings();
  bob.hears('180 INVITE');
  expect(seen(scene, eve)).toBe('recipient early sip:202@acme.example');
}

/** Carol, who has answered, learns where the sound is now, and so does Alice. */
function areJoined({ alice, carol }: Scene): void {
  carol.answers();
  carol.expects('ACK');
  alice.answers();
  alice.expects('ACK');
}

describe('a lamp of whom an attended transfer goes to', () => {
  scenario(
    'who has answered is on the phone all the time, with whom they get',
    { ...CAST, ends: ['caller-hung-up', 'transferred'] },
    (scene) => {
      const { alice, bob, carol, eve } = scene;
      consults(scene);
      carol.call.respond(200);
      scene.world.passes(0);
      bob.hears('200 INVITE');
      carol.expects('ACK');
      expect(seen(scene, eve)).toBe('recipient confirmed sip:202@acme.example');
      joins(bob.phone.calls, '203');
      scene.world.passes(0);
      // Before Carol's phone has said where its sound is.
      expect(seen(scene, eve)).toBe('recipient confirmed sip:201@acme.example');
      bob.hears('202 REFER');
      bob.expects('NOTIFY', 'BYE');
      areJoined(scene);
      bob.expects('NOTIFY', 'BYE');
      gathered(scene);
      eve.hearsNothing();
      end(alice, carol);
      expect(seen(scene, eve)).toBe('terminated');
      forgets(scene, eve);
    },
  );

  scenario(
    'who rings goes on ringing, and is on the phone with whom they get',
    { ...CAST, ends: ['caller-hung-up', 'transferred'] },
    (scene) => {
      const { alice, bob, carol, eve } = scene;
      consults(scene);
      joins(bob.phone.calls, '203');
      scene.world.passes(0);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      gathered(scene);
      eve.hearsNothing();
      carol.call.respond(200);
      scene.world.passes(0);
      expect(seen(scene, eve)).toBe('recipient confirmed sip:201@acme.example');
      carol.expects('ACK');
      bob.hears('487 INVITE');
      areJoined(scene);
      bob.expects('NOTIFY', 'BYE');
      gathered(scene);
      eve.hearsNothing();
      end(alice, carol);
      expect(seen(scene, eve)).toBe('terminated');
      forgets(scene, eve);
    },
  );

  scenario(
    'who is busy goes out, and the two have each other back',
    { ...CAST, ends: ['caller-hung-up', 'callee-busy'] },
    (scene) => {
      const { alice, bob, carol, eve, world } = scene;
      consults(scene);
      joins(bob.phone.calls, '203');
      world.passes(0);
      bob.hears('202 REFER');
      carol.call.respond(486);
      world.passes(0);
      carol.expects('ACK');
      bob.hears('486 INVITE');
      bob.expects('NOTIFY', 'NOTIFY');
      expect(seen(scene, eve)).toBe('terminated');
      const lamps = (number: string): unknown =>
        world.running.watching.lamps
          .of(`${world.running.model.directory.model.domains[0]!.id}\nemployee\n${number}`)
          .map(({ state, remote }) => `${state} ${remote?.number}`);
      expect([lamps('201'), lamps('202')]).toEqual([['confirmed 202'], ['confirmed 201']]);
      end(alice, bob);
      forgets(scene, eve);
    },
  );

  scenario(
    'who rings for a transferor who has hung up is lit until nobody wants them any more',
    { ...CAST, ends: ['caller-hung-up', 'transferred'] },
    (scene) => {
      const { alice, bob, carol, eve, world } = scene;
      consults(scene);
      joins(bob.phone.calls, '203');
      world.passes(0);
      bob.hears('202 REFER');
      bob.phone.calls[0]!.bye();
      world.passes(0);
      bob.hears('200 BYE');
      bob.expects('NOTIFY');
      gathered(scene);
      eve.hearsNothing();
      carol.call.respond(200);
      world.passes(0);
      expect(seen(scene, eve)).toBe('recipient confirmed sip:201@acme.example');
      carol.expects('ACK');
      bob.hears('487 INVITE');
      areJoined(scene);
      bob.expects('NOTIFY');
      end(alice, carol);
      expect(seen(scene, eve)).toBe('terminated');
      forgets(scene, eve);
    },
  );
});
