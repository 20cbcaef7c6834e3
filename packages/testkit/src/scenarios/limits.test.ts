import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { limitedTo } from '../world.ts';
import { end, talk } from './acts.ts';

describe('the switch ends a call', () => {
  scenario(
    'its time is over',
    { ends: 'time-limit', settings: limitedTo({ timeLimit: 3_600_000 }) },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      world.passes(3_599_000);
      alice.hearsNothing();
      world.passes(1_000);
      alice.expects('BYE');
      bob.expects('BYE');
    },
  );

  scenario('nobody has said anything for too long', { ends: 'media-silent' }, ({ alice, bob, world }) => {
    talk(alice, bob);
    world.media.calls[0]?.emit({ kind: 'silence', milliseconds: 60_000 });
    world.passes(0);
    alice.expects('BYE');
    bob.expects('BYE');
  });

  scenario('held for too long', { ends: 'held-too-long' }, ({ alice, bob, world }) => {
    talk(alice, bob);
    world.media.calls[0]?.emit({ kind: 'hold-expired', milliseconds: 1_800_000 });
    world.passes(0);
    alice.expects('BYE');
    bob.expects('BYE');
  });

  scenario('an operator says so', { ends: 'operator-hung-up' }, ({ alice, bob, world }) => {
    talk(alice, bob);
    const [call] = world.switch?.calls.snapshots() ?? [];
    expect(world.switch?.calls.hangUp(call?.id ?? '')).toBe(true);
    world.passes(0);
    alice.expects('BYE');
    bob.expects('BYE');
  });

  scenario('it is stopped', { ends: 'switch-stopped' }, async ({ alice, bob, world }) => {
    talk(alice, bob);
    await world.stop();
    alice.expects('BYE');
    bob.expects('BYE');
    await world.start();
  });

  scenario(
    'it is full',
    {
      errors: ['call.refused'],
      ends: 'caller-hung-up',
      settings: limitedTo({ max: 1 }),
      cast: ['alice', 'bob', 'carol'],
    },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      carol.invites(bob);
      expect(carol.hears('503 INVITE').value('Retry-After')).toMatch(/^\d+$/);
      end(alice, bob);
    },
  );

  scenario(
    'a recording that fails ends no call',
    { errors: ['recording.failed'], ends: 'caller-hung-up', pbx: 'recording: { mode: all }' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      const [media] = world.media.calls;
      const path = media?.recording?.path ?? '';
      media?.emit({
        kind: 'recording-failed',
        path,
        reason: 'no-space',
        detail: 'disk full',
        durationMs: 900,
        octets: 14_000,
      });
      world.passes(1_000);
      alice.hearsNothing();
      end(alice, bob);
      expect(world.events).toContainEqual(expect.objectContaining({ type: 'recording.failed', reason: 'no-space' }));
    },
  );
});
