import { recordOf } from '@vats/calls';
import { describe, expect } from 'vitest';
import { pbxYaml } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end } from './acts.ts';
import { mediaOf, playEnds, queueOf, takes, waits } from './queue-acts.ts';

describe('an agent', () => {
  scenario(
    'logs in and out by a code, and is rung as long as they are',
    { ends: ['plan-ended', 'caller-hung-up', 'plan-ended', 'unreachable'], pbx: queueOf('', 'login: true') },
    ({ alice, bob, world }) => {
      const dials = (code: string, nth: number): void => {
        bob.invites(code);
        bob.hears('200 INVITE');
        playEnds(world, mediaOf(world, nth));
        bob.expects('BYE');
      };
      dials('*45', 0);
      // Nobody was looked for, so nobody has missed it.
      expect(recordOf(world.events)).toMatchObject({
        result: 'served',
        story: expect.arrayContaining([expect.objectContaining({ type: 'order.done', what: 'login', of: '600' })]),
      });
      waits(alice);
      takes(bob);
      end(alice, bob);
      dials('*46600', 2);
      alice.invites('600');
      alice.hears(480);
    },
  );

  scenario(
    'has a pause, in which no group rings them',
    { ends: ['plan-ended', 'caller-hung-up', 'plan-ended'], pbx: queueOf() },
    ({ alice, bob, world }) => {
      bob.invites('*47');
      bob.hears('200 INVITE');
      playEnds(world, mediaOf(world));
      bob.expects('BYE');
      waits(alice);
      world.passes(60_000);
      expect(world.running.calls.queues()[0]!.agents).toMatchObject([{ state: 'paused' }]);
      bob.invites('*48');
      bob.hears('200 INVITE');
      playEnds(world, mediaOf(world, 2));
      bob.expects('BYE');
      takes(bob);
      end(alice, bob);
    },
  );

  scenario(
    'leaves neither pause nor log-in to whoever gets the extension later',
    { ends: [], pbx: queueOf('', 'login: true') },
    async ({ world }) => {
      const { logins, model } = world.running;
      const { id } = model.directory.model.domains[0]!;
      const text = pbxYaml(queueOf('', 'login: true', '["202", "203"]'));
      await world.applies(text);
      for (const extension of ['202', '203']) {
        logins.set(id, '600', extension, true);
        logins.setPause(id, extension, { since: 0 });
      }
      const bobs = /\n {2}- extension: "202"[\s\S]*?(?=\n {2}- extension: )/;
      expect(text).toMatch(bobs);
      const file = { path: '/pbx.yaml', name: 'pbx.yaml', prune: true };
      const without = pbxYaml(queueOf('', 'login: true', '["203"]')).replace(bobs, '');
      expect(await model.applyFile({ ...file, text: without })).toMatchObject({ ok: true });
      expect(model.directory.findUser(model.directory.model.domains[0]!, '202')).toBeUndefined();
      await world.applies(text);
      const told = ['202', '203'].map((extension) => [
        logins.has(id, '600', extension),
        logins.pauseOf(id, extension) !== undefined,
      ]);
      expect(told).toEqual([
        [false, false],
        [true, true],
      ]);
    },
  );

  scenario(
    'who may not log in hears that there is no such thing',
    { ends: 'not-found', pbx: queueOf() },
    ({ alice }) => {
      alice.invites('*45');
      alice.hears(404);
    },
  );
});
