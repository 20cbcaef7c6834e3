import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { connect, end } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';

describe('whoever called an employee last is called by a code', () => {
  scenario(
    'a colleague who gave up',
    { ends: ['caller-cancelled', 'caller-hung-up'], cast: ['alice', 'bob'] },
    ({ alice, bob }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
      bob.expects('CANCEL', 'ACK');
      bob.invites('*69');
      connect(bob, alice);
      end(bob, alice);
    },
  );

  scenario(
    'a number outside, with the employee’s rights',
    {
      ends: ['callee-busy', 'caller-hung-up', 'callee-busy', 'forbidden'],
      ...{ pbx: COMPANY.replace('+7[67]*', '+7[67]*", deny: true }\n  - { match: "+7903*'), users: pbxUser() },
    },
    ({ alice, itsp, reserve, world }) => {
      itsp.invites('84951234567');
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
      alice.invites('*69');
      connect(alice, itsp);
      end(alice, itsp);
      const routed = world.events.filter(({ type }) => type === 'leg.started').at(-1);
      expect(routed).toMatchObject({ trunk: 'itsp', party: { number: '+79161112233' } });
      reserve.invites('84951234567');
      alice.refuses(486);
      alice.expects('ACK');
      reserve.hears('486 INVITE');
      alice.invites('*69');
      alice.hears('403 INVITE');
    },
  );

  scenario('whom nobody has called hears so', { ends: 'not-found', cast: ['alice'] }, ({ alice }) => {
    alice.invites('*69');
    alice.hears('404 INVITE');
  });

  scenario(
    'who showed no number is not called, and nobody else in their place',
    { ends: ['callee-busy', 'callee-busy', 'not-found'], pbx: COMPANY, users: pbxUser() },
    ({ alice, bob, itsp }) => {
      bob.invites(alice);
      alice.refuses(486);
      alice.expects('ACK');
      bob.hears('486 INVITE');
      itsp.invites('84951234567', {
        headers: [
          ['Privacy', 'id'],
          ['P-Asserted-Identity', '<sip:+79161112233@sip.itsp.example>'],
        ],
      });
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
      alice.invites('*69');
      alice.hears('404 INVITE');
    },
  );
});
