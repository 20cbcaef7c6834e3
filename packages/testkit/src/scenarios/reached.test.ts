import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end } from './acts.ts';
import { changed } from './company.ts';
import { companyOf, MOBILE, TRUSTED } from './identity-company.ts';

describe('whom the caller reaches', () => {
  scenario(
    'RFC 3325 §9.1: its phone is told while it rings and when it is answered',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      alice.invites(bob);
      bob.rings();
      expect(alice.hears('180 INVITE').value('P-Asserted-Identity')).toBe('"bobby" <sip:202@198.51.100.1>');
      bob.answers({ headers: [['P-Asserted-Identity', '"Forged" <sip:100@x>']] });
      expect(alice.hears('200 INVITE').value('P-Asserted-Identity')).toBe('"bobby" <sip:202@198.51.100.1>');
      bob.expects('ACK');
      end(alice, bob);
    },
  );

  scenario(
    'of several people who ring it is told whoever answers',
    { ends: 'caller-hung-up', ...companyOf('trust: false'), cast: ['alice', 'bob', 'carol'] },
    async ({ carol, alice, bob, world }) => {
      await world.applies(
        'domain: acme.example\ngroups: [{ extension: "600", name: Sales, members: ["201", "202"] }]\n',
        'g.yaml',
      );
      carol.invites('600');
      alice.rings();
      expect(carol.hears('180 INVITE').value('P-Asserted-Identity')).toBeUndefined();
      bob.answers();
      expect(carol.hears('200 INVITE').value('P-Asserted-Identity')).toBe('"bobby" <sip:202@198.51.100.1>');
      alice.expects('CANCEL', 'ACK');
      bob.expects('ACK');
      end(carol, bob);
    },
  );

  scenario(
    'RFC 3323 §4.2: who answers and does not want to be known is not told',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      alice.invites(bob);
      bob.answers({ headers: [['Privacy', 'id']] });
      expect(alice.hears('200 INVITE').value('P-Asserted-Identity')).toBeUndefined();
      bob.expects('ACK');
      end(alice, bob);
    },
  );

  scenario(
    'the number that a colleague’s calls are forwarded to stays theirs',
    { ends: 'caller-hung-up', ...companyOf('trust: false') },
    async ({ bob, itsp, world }) => {
      await world.applies(changed('201', 'alice', `forward: { always: "${MOBILE}" }`), 'forward.yaml');
      bob.invites('201');
      itsp.answers();
      itsp.expects('ACK');
      expect(bob.hears('200 INVITE').value('P-Asserted-Identity')).toBeUndefined();
      end(bob, itsp);
    },
  );

  for (const [title, identity, told] of [
    [
      'a trunk that is trusted is told by a number of ours, if it wants',
      `${TRUSTED}, connected: true`,
      '<sip:74951234567@sip.itsp.example>',
    ],
    ['and not told otherwise', TRUSTED, undefined],
  ] as const) {
    scenario(title, { ends: 'caller-hung-up', ...companyOf(identity) }, ({ itsp, alice }) => {
      itsp.invites('84951234567');
      alice.answers();
      expect(itsp.hears('200 INVITE').value('P-Asserted-Identity')).toBe(told);
      alice.expects('ACK');
      end(itsp, alice);
    });
  }
});

describe('why a call ends', () => {
  scenario(
    'RFC 3326 §2: the cause by which one side hangs up reaches the other, in our words',
    { ends: ['callee-hung-up', 'callee-hung-up', 'callee-hung-up'] },
    ({ alice, bob, world }) => {
      const told = (reason: string): string | undefined => {
        alice.invites(bob);
        bob.answers();
        alice.hears('200 INVITE');
        bob.expects('ACK');
        bob.hangsUp({ headers: [['Reason', reason]] });
        bob.hears('200 BYE');
        return alice.expects('BYE').value('Reason');
      };
      expect(told('SIP;cause=500, Q.850;cause=38;text="x"')).toBe(
        'Q.850;cause=38;text="A phone stopped answering during the call"',
      );
      expect(told('Q.850;cause=16')).toBe('Q.850;cause=16;text="The called party hung up"');
      expect(told('Q.850;cause=999, Q.850')).toBe('Q.850;cause=16;text="The called party hung up"');
      const ended = world.events.filter((event) => event.type === 'leg.ended' && event.cause !== undefined);
      expect(ended.map((event) => 'cause' in event && event.cause)).toEqual([38, 16]);
    },
  );

  scenario(
    'RFC 3326 §3.1: who is told that the call was answered elsewhere tells its phones',
    { ends: 'caller-cancelled' },
    ({ alice, bob }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      alice.cancels({ headers: [['Reason', 'SIP;cause=200;text="Call completed elsewhere"']] });
      alice.hears('200 CANCEL', '487 INVITE');
      expect(bob.expects('CANCEL').value('Reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
      bob.expects('ACK');
    },
  );

  scenario(
    'RFC 3326 §2: a PBX’s 480 says in its Reason what it means',
    { ends: ['callee-busy', 'unreachable'], ...companyOf('trust: false'), cast: ['alice', 'pbx'] },
    ({ alice, pbx }) => {
      alice.invites('210');
      pbx.refuses(480, { headers: [['Reason', 'Q.850;cause=17']] });
      pbx.expects('ACK');
      expect(alice.hears('486 INVITE').value('Reason')).toMatch(/cause=17/);
      alice.invites('210');
      pbx.refuses(480, { headers: [['Reason', 'Q.850;cause=41']] });
      pbx.expects('ACK');
      alice.hears('480 INVITE');
    },
  );
});
