import { describe, expect } from 'vitest';
import { PHONES } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from '../scenarios/acts.ts';
import { limitedTo } from '../world.ts';

const CAROL = PHONES.carol.local.address;

describe('a phone on TCP', () => {
  for (const way of ['hangs up', 'is reset'] as const) {
    scenario(
      `security 18: that ${way} is unreachable at once, and rings again as soon as it is back`,
      { ends: ['unreachable', 'caller-hung-up'], cast: ['alice', 'carol'] },
      async ({ alice, carol, world }) => {
        const now = world.stage.clock.monotonic();
        if (way === 'hangs up') carol.phone.wire.hangUp();
        else world.network.breakStreams(CAROL);
        world.passes(0);
        expect(world.registrations.at(-1)).toMatchObject({ type: 'unreachable', reason: 'connection-closed' });
        alice.invites(carol);
        alice.hears('480 INVITE');
        expect(world.stage.clock.monotonic()).toBe(now);
        await carol.registers();
        talk(alice, carol);
        end(alice, carol);
      },
    );
  }

  scenario(
    'security 18: whose connection breaks while it rings has not answered: the caller hears so at once',
    { ends: 'unreachable', cast: ['alice', 'carol'] },
    ({ alice, carol, world }) => {
      alice.invites(carol);
      carol.expects('INVITE');
      const now = world.stage.clock.monotonic();
      world.network.breakStreams(CAROL);
      world.passes(0);
      alice.hears('480 INVITE');
      expect(world.stage.clock.monotonic()).toBe(now);
    },
  );

  scenario(
    'security 18: that vanished without a word fails the call when its time is over, and leaves nothing',
    { ends: 'unreachable', cast: ['alice', 'carol'] },
    ({ alice, carol, world }) => {
      world.network.vanish(CAROL);
      alice.invites(carol);
      world.passes(32_100);
      alice.hears('480 INVITE');
      carol.hearsNothing();
    },
  );
});

describe('sound', () => {
  scenario(
    'security 18: none from either side for a minute ends the call, and says why on the wire, in the record and in the log',
    { ends: 'media-silent' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      expect(world.media.calls[0]?.commands.map((command) => command.do)).toContain('supervise');
      world.media.calls[0]?.emit({ kind: 'silence', milliseconds: 60_000 });
      world.passes(0);
      for (const phone of [alice, bob]) expect(phone.expects('BYE').value('Reason')).toMatch(/cause=127/);
      expect(world.log.lines).toContainEqual(
        expect.objectContaining({
          level: 'warn',
          event: 'call.ended',
          fields: expect.objectContaining({ ended: 'media-silent' }),
        }),
      );
    },
  );

  scenario('security 18: while it rings nobody need speak', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    alice.invites(bob);
    bob.rings();
    alice.hears(180);
    expect(world.media.calls[0]?.commands.map((command) => command.do)).not.toContain('supervise');
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });
});

scenario(
  'security 18: phones that both vanish in a call do not hold it for ever: the time limit ends it',
  { ends: 'time-limit', settings: limitedTo({ timeLimit: 3_600_000 }) },
  ({ alice, bob, world }) => {
    talk(alice, bob);
    for (const { phone } of [alice, bob]) world.network.vanish(phone.settings.local.address);
    world.passes(3_600_000);
    world.passes(32_000);
    expect(world.leftovers()).toEqual(['calls being written: 1']); // in a later turn
  },
);
