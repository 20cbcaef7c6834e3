import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { COMPANY, pbxUser } from './company.ts';

const COMPANY_OF = { pbx: COMPANY, users: pbxUser() };

describe('an operator that names our Contact alone, as Asterisk dials who is registered', () => {
  scenario(
    'calls the number that the account is named after',
    { ends: 'callee-busy', ...COMPANY_OF },
    ({ itsp, alice, world }) => {
      itsp.invites('line-itsp');
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
      expect(world.events[1]).toMatchObject({ type: 'call.routed', direction: 'in', did: '+74951234567' });
    },
  );

  scenario(
    'calls the only number of its trunk, where the account has another name',
    {
      ends: 'callee-busy',
      ...COMPANY_OF,
      pbx: COMPANY.replace('login: "74951234567"', 'login: u18845').replace('channels: 10,', 'trunk: itsp,'),
    },
    ({ itsp, alice }) => {
      itsp.invites('line-itsp');
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
    },
  );

  scenario(
    'calls nobody where that says nothing; a number that is not ours is not taken for the account’s either',
    { ends: ['not-found', 'not-found'], ...COMPANY_OF, pbx: COMPANY.replace('login: "74951234567"', 'login: u18845') },
    ({ itsp, alice }) => {
      itsp.invites('line-itsp');
      itsp.hears('404 INVITE');
      itsp.invites('89031234567');
      itsp.hears('404 INVITE');
      alice.hearsNothing();
    },
  );
});
