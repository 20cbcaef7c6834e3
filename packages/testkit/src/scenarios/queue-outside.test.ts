import { describe, expect } from 'vitest';
import type { PhoneCall } from '../phone/phone-call.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { talk } from './acts.ts';
import { queueOf, takes, waits } from './queue-acts.ts';
import { refers, replacesOf } from './transfer-acts.ts';

const OUTSIDE = '+79165550102';
const TRUNK = `trunks: [{ name: itsp, proxy: "sip:192.0.2.70:5060", allow: [192.0.2.70] }]
outbound: [{ match: "+7*", trunk: itsp }]
`;

/** What each agent of the first queue does. */
const agents = (world: World) => world.running.calls.queues()[0]!.agents.map(({ state }) => state);

describe('a number outside that took a caller', () => {
  scenario(
    'is free when its own leg is over, though the caller was put through to another queue',
    {
      ends: 'callee-hung-up',
      pbx: `groups:
  - { extension: "600", name: Sales, members: ["${OUTSIDE}"], queue: {} }
  - { extension: "601", name: Support, members: ["202"], queue: {} }
${TRUNK}`,
    },
    ({ alice, bob, itsp, world }) => {
      waits(alice);
      takes(itsp);
      refers(alice, '601');
      alice.hears('202 REFER');
      alice.expects('NOTIFY', 'NOTIFY', 'BYE');
      takes(bob);
      expect(agents(world)).toEqual(['talking']);
      bob.hangsUp();
      bob.hears('200 BYE');
      itsp.expects('BYE');
      expect(agents(world)).toEqual(['free']);
    },
  );

  scenario(
    'is not rung again while it talks on in the call into which the caller has put it through',
    {
      ends: ['callee-hung-up', 'transferred'],
      pbx: queueOf('', 'ring: 10s', `["${OUTSIDE}"]`) + TRUNK,
    },
    ({ alice, bob, itsp, world }) => {
      talk(alice, bob);
      waits(alice);
      takes(itsp);
      const [first, second] = alice.phone.calls as [PhoneCall, PhoneCall];
      first.request('REFER', { headers: [['Refer-To', `<sip:600@198.51.100.1?Replaces=${replacesOf(second)}>`]] });
      world.passes(500);
      itsp.answers();
      world.passes(500);
      expect(agents(world)).toEqual(['talking']);
      for (const { phone } of [alice, bob, itsp]) {
        phone.inbox.requests.length = 0;
        phone.inbox.responses.length = 0;
      }
      bob.hangsUp();
      bob.hears('200 BYE');
      itsp.expects('BYE');
      expect(agents(world)).toEqual(['free']);
    },
  );
});
