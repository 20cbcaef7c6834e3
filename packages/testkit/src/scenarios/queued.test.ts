import { recordOf } from '@vats/calls';
import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end } from './acts.ts';
import { mediaOf, playEnds, playing, queueOf, queueStory, takes, waits } from './queue-acts.ts';

const THREE = ['alice', 'bob', 'carol'] as const;

describe('a caller of a queue', () => {
  scenario(
    'hears music until an agent answers, and is told in the history',
    { ends: 'caller-hung-up', pbx: queueOf() },
    ({ alice, bob, world }) => {
      waits(alice);
      const media = mediaOf(world);
      expect(playing(media)).toEqual(['music']);
      bob.rings();
      world.passes(2_000);
      expect(playing(media)).toEqual(['music']);
      takes(bob);
      expect(playing(media)).toEqual([]);
      end(alice, bob);
      expect(queueStory(world)).toEqual(['entered 600 at 1', 'left: answered after 2000']);
      const record = recordOf(world.events)!;
      expect(record).toMatchObject({ result: 'answered', answeredBy: { number: '202' }, group: '600' });
      expect(record.explain.at(-1)).toBe('group Sales: the caller waits in its queue, where nobody waits');
      expect(record.legs.find(({ leg }) => leg === 'b1')).toMatchObject({
        group: '600',
        why: 'queue of Sales: sequential',
      });
    },
  );

  scenario(
    'is counted in the figures of the day, also after a restart',
    { ends: 'caller-cancelled', pbx: queueOf() },
    async ({ alice, bob, world }) => {
      waits(alice);
      bob.rings();
      world.passes(3_000);
      alice.hangsUp();
      alice.hears('200 BYE');
      bob.expects('CANCEL', 'ACK');
      await world.written();
      expect(recordOf(world.events)!.queues).toMatchObject([{ group: '600', how: 'abandoned', waitedMs: 3_000 }]);
      await world.stop();
      await world.start();
      expect(world.running.calls.queues()[0]).toMatchObject({ group: '600', today: { abandoned: 1, answered: 0 } });
    },
  );

  scenario('who hangs up has given up', { ends: 'caller-cancelled', pbx: queueOf() }, ({ alice, bob, world }) => {
    waits(alice);
    bob.rings();
    world.passes(3_000);
    alice.hangsUp();
    alice.hears('200 BYE');
    bob.expects('CANCEL', 'ACK');
    expect(queueStory(world)).toEqual(['entered 600 at 1', 'left: abandoned after 3000']);
    expect(world.running.calls.queues()[0]).toMatchObject({ waiting: [], today: { answered: 0, abandoned: 1 } });
  });

  scenario(
    'waits behind who came first, and is told where',
    {
      ends: ['callee-hung-up', 'caller-hung-up'],
      cast: THREE,
      pbx: queueOf('announcePosition: true, announceWait: true, every: 20s'),
      settings: {},
    },
    ({ alice, bob, carol, world }) => {
      waits(alice);
      takes(bob);
      waits(carol);
      const media = mediaOf(world, 1);
      world.passes(2_999);
      expect(playing(media)).toEqual(['music']);
      world.passes(1);
      expect(playing(media)).toEqual(['queue-all-busy', 'queue-you-are-next']);
      playEnds(world, media);
      expect(playing(media)).toEqual(['music']);
      world.passes(20_000);
      expect(playing(media)).toEqual(['queue-you-are-next']);
      bob.hangsUp();
      bob.hears('200 BYE');
      alice.expects('BYE');
      takes(bob);
      end(carol, bob);
      expect(queueStory(world).at(-1)).toBe('left: answered after 23000');
    },
  );
});
