import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end } from './acts.ts';
import { COMPANY, changed, pbxUser } from './company.ts';

const CHALLENGE = ['Proxy-Authenticate', 'Digest realm="itsp", nonce="n1", algorithm=MD5, qop="auth"'] as const;

const COMPANY_OF = { pbx: COMPANY, users: pbxUser() };

describe('calls outside', () => {
  scenario(
    'go out by the trunk: number, caller ID, Contact, codecs, and credentials when they are asked for',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      alice.invites('89031234567');
      itsp.refuses(407, { headers: [CHALLENGE] });
      itsp.expects('ACK');
      const invite = itsp.expects('INVITE');
      expect(invite.value('Proxy-Authorization')).toMatch(/username="74951234567".*nonce="n1".*nc=00000001/);
      expect(invite.requestUri.ok && String(invite.requestUri.value)).toBe('sip:79031234567@sip.itsp.example');
      expect(invite.value('From')).toMatch(/^<sip:74951234567@sip\.itsp\.example>;tag=/);
      expect(invite.value('P-Asserted-Identity')).toBe('<sip:74951234567@sip.itsp.example>');
      expect(invite.value('Contact')).toMatch(/^<sip:line-itsp@198\.51\.100\.1/);
      expect(invite.body.toString()).toMatch(/m=audio \d+ RTP\/AVP 8 101\r/);
      expect(invite.value('Privacy')).toBeUndefined();
      itsp.rings();
      itsp.answers();
      alice.hears('180 INVITE', '200 INVITE');
      itsp.expects('ACK');
      end(alice, itsp);
      expect(world.trunks.said).not.toContain('failed itsp');
      const started = world.events.find((event) => event.type === 'leg.started');
      expect(started).toMatchObject({ trunk: 'itsp', party: { number: '+79031234567' } });
    },
  );

  scenario(
    'an anonymous user’s show nobody, but for what the operator alone may read',
    { ends: 'callee-busy', ...COMPANY_OF },
    async ({ bob, itsp, world }) => {
      await world.applies(changed('202', 'bobby', 'anonymous: true'), 'anonymous.yaml');
      bob.invites('+79031234567');
      itsp.refuses(486);
      itsp.expects('ACK');
      bob.hears('486 INVITE');
      const invite = itsp.call.received?.request;
      expect(invite?.value('From')).toMatch(/^"Anonymous" <sip:anonymous@anonymous\.invalid>/);
      expect(invite?.value('Privacy')).toBe('id');
      expect(invite?.value('P-Asserted-Identity')).toBe('<sip:74951234567@sip.itsp.example>');
    },
  );

  for (const status of [503, 500, 401, 408, 480] as const) {
    scenario(
      `the reserve is tried when the first trunk says ${status}`,
      { ends: 'caller-hung-up', ...COMPANY_OF },
      ({ alice, itsp, reserve, world }) => {
        alice.invites('+79031234567');
        itsp.refuses(status);
        itsp.expects('ACK');
        reserve.answers();
        reserve.expects('ACK');
        alice.hears('200 INVITE');
        end(alice, reserve);
        const isTrunks = status === 503 || status === 500 || status === 401;
        expect(world.trunks.said.includes('failed itsp')).toBe(isTrunks);
        expect(
          world.events.filter(({ type }) => type === 'leg.started').map((leg) => 'trunk' in leg && leg.trunk),
        ).toEqual(['itsp', 'reserve']);
      },
    );
  }

  for (const [status, said] of [
    [486, 'callee-busy'],
    [603, 'callee-declined'],
    [404, 'not-found'],
  ] as const) {
    scenario(
      `the reserve is not tried when somebody says ${status}`,
      { ends: said, ...COMPANY_OF },
      ({ alice, itsp, reserve }) => {
        alice.invites('+79031234567');
        itsp.refuses(status);
        itsp.expects('ACK');
        alice.hears(`${status} INVITE`);
        reserve.hearsNothing();
      },
    );
  }

  scenario(
    '480 after it rang is no answer, and ends the call',
    { ends: 'no-answer', ...COMPANY_OF },
    ({ alice, itsp, reserve }) => {
      alice.invites('+79031234567');
      itsp.rings();
      alice.hears('180 INVITE');
      itsp.refuses(480);
      itsp.expects('ACK');
      alice.hears('480 INVITE');
      reserve.hearsNothing();
    },
  );

  scenario(
    'the reserve is tried at once when the first is known not to be there, and the first again when nothing else is left',
    { ends: ['caller-hung-up', 'caller-hung-up', 'trunk-failed'], ...COMPANY_OF },
    ({ alice, itsp, reserve, world }) => {
      world.trunks.away.add('itsp');
      alice.invites('+79031234567');
      reserve.answers();
      reserve.expects('ACK');
      alice.hears('200 INVITE');
      end(alice, reserve);
      world.trunks.away.add('reserve');
      alice.invites('+79031234567');
      itsp.answers();
      itsp.expects('ACK');
      alice.hears('200 INVITE');
      end(alice, itsp);
      world.trunks.gone.add('itsp').add('reserve');
      alice.invites('+79031234567');
      expect(alice.hears('503 INVITE').value('Reason')).toMatch(/cause=38/);
    },
  );

  scenario(
    'a trunk without a free channel is passed over, and with none left the caller hears busy',
    {
      ends: ['caller-hung-up', 'caller-hung-up', 'no-channel'],
      pbx: COMPANY.replace('channels: 30', 'channels: 1').replace('name: reserve,', 'name: reserve, channels: 1,'),
      users: pbxUser(),
      cast: ['alice', 'bob', 'carol'],
    },
    ({ alice, bob, carol, itsp, reserve }) => {
      alice.invites('+79031234567');
      itsp.answers();
      itsp.expects('ACK');
      alice.hears('200 INVITE');
      bob.invites('+79031234568');
      reserve.answers();
      reserve.expects('ACK');
      bob.hears('200 INVITE');
      carol.invites('+79031234569');
      expect(carol.hears('486 INVITE').value('Reason')).toMatch(/cause=17;text="Busy"/);
      end(bob, reserve);
      end(alice, itsp);
    },
  );
});
