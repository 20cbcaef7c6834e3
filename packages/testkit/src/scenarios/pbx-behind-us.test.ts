import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';

const CAST = ['alice', 'bob', 'pbx'] as const;
const WITH_PBX = { pbx: COMPANY, users: pbxUser(), cast: CAST };

describe('a PBX that registers with us', () => {
  for (const [did, requestUri, to] of [
    ['request-uri', 'sip:+74950000210@192.0.2.80:5060', '+74950000210'],
    ['to', 'sip:user11@192.0.2.80:5060', '+74950000210'],
    ['contact', 'sip:user11@192.0.2.80:5060', '210'],
  ] as const) {
    scenario(
      `is told the number that was called: ${did}`,
      { ends: 'caller-hung-up', ...WITH_PBX, users: pbxUser(did) },
      ({ itsp, pbx }) => {
        itsp.invites('84950000210');
        pbx.answers();
        const invite = pbx.call.received?.request;
        expect(invite?.requestUri.ok && String(invite.requestUri.value)).toBe(requestUri);
        expect(invite?.value('To')).toMatch(new RegExp(`^<sip:${to.replace('+', '\\+')}@`));
        expect(invite?.value('From')).toMatch(/<sip:\+79161112233@/);
        itsp.hears('200 INVITE');
        pbx.expects('ACK');
        end(itsp, pbx);
      },
    );
  }

  scenario(
    'called by its extension, it is called by its Contact',
    { ends: 'callee-busy', ...WITH_PBX },
    ({ alice, pbx }) => {
      alice.invites('210');
      pbx.refuses(486);
      pbx.expects('ACK');
      alice.hears('486 INVITE');
      const invite = pbx.call.received?.request;
      expect(invite?.requestUri.ok && String(invite.requestUri.value)).toBe('sip:user11@192.0.2.80:5060');
    },
  );

  for (const [claims, shown] of [
    ['84957654321', '74957654321'],
    ['89037654321', '74950000210'],
    ['anonymous', '74950000210'],
  ] as const) {
    scenario(
      `it calls outside as ${claims}, and is shown as ${shown}`,
      { ends: 'callee-busy', ...WITH_PBX },
      ({ pbx, itsp }) => {
        pbx.manners.showsAs = claims;
        pbx.invites('89031234567');
        itsp.refuses(486);
        itsp.expects('ACK');
        pbx.hears('486 INVITE');
        expect(itsp.call.received?.request.value('From')).toMatch(new RegExp(`^<sip:${shown}@`));
      },
    );
  }

  scenario(
    'many of its calls do not make it busy',
    { ends: Array(3).fill('caller-hung-up'), ...WITH_PBX },
    ({ itsp, pbx }) => {
      for (let call = 0; call < 3; call++) {
        itsp.invites('84950000210');
        pbx.answers();
        itsp.hears('200 INVITE');
        pbx.expects('ACK');
      }
      for (const call of itsp.phone.calls) {
        call.bye();
        itsp.hears('200 BYE');
        pbx.expects('BYE');
      }
    },
  );
});
