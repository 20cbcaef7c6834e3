import { expect, test } from 'vitest';
import { AFTERMATH_MS, limitedTo, World } from '../world.ts';
import { queueOf } from './queue-acts.ts';

const PLACES = 1_000;
const TIME_LIMIT_MS = 120_000;

test(
  '1,000 callers wait, the next one hears that it is busy, and nothing is left of them',
  async () => {
    const world = await World.open({
      pbx: queueOf(`max: ${PLACES}, wait: 1h, announcePosition: true`, 'ring: 10s', '["202"]'),
      settings: limitedTo({ max: 2_000 }),
      mediaPairs: 3_000,
    });
    const { alice, bob } = world.actors;
    for (let caller = 0; caller <= PLACES; caller++) {
      alice.phone.inbox.responses.length = 0;
      alice.invites('600');
      alice.hears(caller < PLACES ? '200 INVITE' : 486);
    }
    // One agent rings for the first of them alone.
    expect(bob.phone.calls).toHaveLength(1);
    const [queue] = world.running.calls.queues();
    expect(queue!.waiting).toHaveLength(PLACES);
    expect(queue!.waiting.filter(({ rings }) => rings)).toHaveLength(1);
    bob.phone.calls[0]!.respond(200);
    world.passes(0);
    expect(world.running.calls.waitingIn(world.running.model.directory.model.domains[0]!.id, '600')).toBe(PLACES - 1);
    bob.phone.calls[0]!.bye();
    world.passes(0);
    expect(bob.phone.calls).toHaveLength(2);
    expect(world.running.calls.queues()[0]!.waiting.filter(({ rings }) => rings)).toHaveLength(1);
    world.running.calls.hangUpAll('switch-stopped');
    for (const { phone } of [alice, bob]) phone.inbox.requests.length = 0;
    world.passes(AFTERMATH_MS);
    await world.stage.eventually(() => world.leftovers().length === 0, 20);
    expect(world.leftovers()).toEqual([]);
    await world.close();
  },
  TIME_LIMIT_MS,
);
