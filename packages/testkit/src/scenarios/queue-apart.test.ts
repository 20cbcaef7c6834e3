import { describe, expect } from 'vitest';
import type { PhoneCall } from '../phone/phone-call.ts';
import { scenario } from '../scenario.ts';
import { secureSettings, type World } from '../world.ts';
import { end } from './acts.ts';
import { queueOf, queueStory, takes, waits } from './queue-acts.ts';
import { joins } from './secure-acts.ts';

const THREE = ['alice', 'bob', 'carol'] as const;
const OUTSIDE = '+79165550102';
const TRUNK = `trunks: [{ name: itsp, proxy: "sip:192.0.2.70:5060", allow: [192.0.2.70] }]
outbound: [{ match: "+7*", trunk: itsp }]
`;

/** What each agent of the first queue does. */
const agents = (world: World) => world.running.calls.queues()[0]!.agents.map(({ state }) => state);

describe('a caller whom an agent can not be put through to', () => {
  scenario(
    'by their sips URI is passed over, and the agent has no rest for it',
    {
      ends: ['caller-cancelled', 'caller-hung-up'],
      cast: ['bob', 'carol'],
      pbx: queueOf(),
      settings: secureSettings(),
    },
    async ({ bob, carol, world }) => {
      const alice = await joins(world, 'alice', 'TLS');
      alice.invites('sips:600@acme.example');
      alice.hears('200 INVITE');
      world.passes(100);
      expect(agents(world)).toEqual(['free']);
      waits(carol);
      takes(bob);
      end(carol, bob);
      world.passes(30_000);
      bob.hearsNothing();
      alice.hangsUp();
      alice.hears('200 BYE');
      expect(queueStory(world).filter((line) => line.startsWith('missed'))).toEqual([]);
    },
  );

  scenario(
    'by their sips URI keeps no number outside from the next caller',
    {
      ends: ['caller-cancelled', 'callee-hung-up'],
      cast: ['carol'],
      pbx: queueOf('', 'ring: 10s', `["${OUTSIDE}"]`) + TRUNK,
      settings: secureSettings(),
    },
    async ({ carol, itsp, world }) => {
      const alice = await joins(world, 'alice', 'TLS');
      alice.invites('sips:600@acme.example');
      alice.hears('200 INVITE');
      world.passes(100);
      expect(agents(world)).toEqual(['free']);
      waits(carol);
      takes(itsp);
      alice.hangsUp();
      alice.hears('200 BYE');
      itsp.hangsUp();
      itsp.hears('200 BYE');
      carol.expects('BYE');
    },
  );

  scenario(
    'by a codec that the phone does not take leaves the agent to the next caller',
    { ends: ['caller-cancelled', 'caller-hung-up'], cast: THREE, pbx: queueOf('rest: 60s') },
    ({ alice, bob, carol, world }) => {
      waits(alice);
      // In clear, and encrypted.
      for (const _ of [1, 2]) {
        bob.refuses(488);
        bob.expects('ACK');
      }
      world.passes(0);
      expect(agents(world)).toEqual(['free']);
      waits(carol);
      takes(bob);
      end(carol, bob);
      alice.hangsUp();
      alice.hears('200 BYE');
    },
  );

  scenario(
    'because it is they themselves is passed over',
    {
      ends: ['caller-cancelled', 'caller-hung-up'],
      cast: THREE,
      pbx: queueOf('', 'skipBusy: false', '["202", "203"]'),
    },
    ({ alice, bob, carol, world }) => {
      world.running.logins.setPause(world.running.model.directory.model.domains[0]!.id, '203', { since: 0 });
      waits(bob);
      waits(alice);
      carol.hearsNothing();
      const [own, taken] = bob.phone.calls as [PhoneCall, PhoneCall];
      taken.respond(200);
      bob.expects('INVITE', 'ACK');
      alice.hangsUp();
      alice.hears('200 BYE');
      bob.expects('BYE');
      own.bye();
      bob.hears('200 BYE');
    },
  );
});
