import { describe } from 'vitest';
import { scenario } from '../scenario.ts';
import { COMPANY, pbxUser } from './company.ts';

/** Rules of a company whose employees dial 9 before a number outside. */
const WITH_NINE = `outbound:
  - { match: "+7809*", deny: true }
  - { match: "+7840*", deny: true }
  - { match: "+4*", deny: true }
  - { match: "98xxxxxxxxxx", trunk: itsp, send: "8$1" }
  - { match: "9*", trunk: itsp, send: "$1", international: true }
  - { match: "7xxxxxx", trunk: itsp, send: "810$1" }
`;
const OFFICE = { pbx: `${COMPANY.split('outbound:')[0]}${WITH_NINE}`, users: pbxUser() };

/** Premium numbers, Abkhazia, Great Britain, a satellite: as an operator of Russia reads what the rules send. */
const COSTLY = [
  '988095051234',
  '988405051234',
  '981049123456',
  '9810449011123456',
  '98108811234567',
  '900449011123456',
  '9449011123456',
  '7491234',
];

describe('whose number a rule writes anew', () => {
  for (const dialled of COSTLY) {
    scenario(`${dialled} hears 403, and nothing leaves`, { ends: 'forbidden', ...OFFICE }, ({ alice, itsp }) => {
      alice.invites(dialled);
      alice.hears('403 INVITE');
      itsp.hearsNothing();
    });
  }

  scenario('an ordinary number goes out', { ends: 'callee-busy', ...OFFICE }, ({ alice, itsp }) => {
    alice.invites('989031234567');
    itsp.refuses(486);
    itsp.expects('ACK');
    alice.hears('486 INVITE');
  });

  scenario(
    'a call abroad that the rule allows counts as costly',
    {
      ends: 'limit-reached',
      ...OFFICE,
      limitsOf: ({ kind }) => (kind === 'domain' ? { costly: { calls: 0 } } : undefined),
    },
    ({ alice, itsp }) => {
      alice.invites('9810331234567');
      alice.hears('403 INVITE');
      itsp.hearsNothing();
    },
  );
});
