import { expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';

scenario(
  'security faults: a timer of ours that throws ends neither the process nor a call, and is told once a second',
  { ends: ['caller-hung-up'], cast: ['alice', 'bob'], errors: ['timer.failed'] },
  ({ alice, bob, world }) => {
    talk(alice, bob);
    for (let i = 0; i < 1_000; i++) {
      world.running.clock.after(i % 10, () => {
        throw new Error(`fault ${i}`);
      });
    }
    world.passes(100);
    expect(world.log.events.filter((event) => event === 'timer.failed')).toHaveLength(1);
    end(alice, bob);
  },
);
