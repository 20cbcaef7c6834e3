import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import { adding, tampers } from '../security/tamper.ts';
import { connect, end } from './acts.ts';
import { ASSERTED, companyOf, NUMBER, REMOTE, SENT_ON, TRUSTED } from './identity-company.ts';
import { refers } from './transfer-acts.ts';

/** What a phone's display is made of. */
function shownAt(phone: Actor): string {
  return (phone.call.received?.request.value('From') ?? '').replace(/@.*/, '');
}

const NAMES_OF_IDENTITY = [
  'P-Asserted-Identity',
  'P-Preferred-Identity',
  'Remote-Party-ID',
  'Privacy',
  'Diversion',
  'History-Info',
];

describe('who calls by a trunk', () => {
  for (const [title, identity, headers, shown] of [
    [
      'RFC 3325 §5: who is asserted by one that is not trusted is who From says',
      'trust: false',
      [ASSERTED],
      '"itsp" <sip:+79161112233',
    ],
    [
      'RFC 3325 §5: who is asserted by one that is trusted is believed (RFC 3325 §8)',
      TRUSTED,
      [ASSERTED],
      '"Boss" <sip:+78121234567',
    ],
    [
      'Remote-Party-ID of one that is not trusted says nothing',
      'connected: false',
      [REMOTE],
      '"itsp" <sip:+79161112233',
    ],
    ['Remote-Party-ID of one that is trusted is believed', TRUSTED, [REMOTE], '"Old" <sip:+78127654321'],
    [
      'RFC 3323 §4.2: who hides is hidden, trusted or not',
      'trust: false',
      [['Privacy', 'id'], ASSERTED],
      '<sip:anonymous',
    ],
    [
      'RFC 3325 §7: and whatever else is asserted (RFC 3325 §9.3)',
      TRUSTED,
      [['Privacy', 'id;critical'], ASSERTED, REMOTE],
      '<sip:anonymous',
    ],
    [
      'who hides in Remote-Party-ID is hidden as well',
      'trust: false',
      [['Remote-Party-ID', '<sip:+7812@x>;privacy=full']],
      '<sip:anonymous',
    ],
    [
      'RFC 3325 §9.1: a tel URI names somebody too',
      TRUSTED,
      [['P-Asserted-Identity', '<tel:+7-812-123-45-67>']],
      '"itsp" <sip:+78121234567',
    ],
    [
      'RFC 5876 §4.5: of several values the first of a scheme counts',
      TRUSTED,
      [ASSERTED, ['P-Asserted-Identity', '<sip:+7999@x>']],
      '"Boss" <sip:+78121234567',
    ],
    [
      'nonsense is nobody',
      TRUSTED,
      [
        ['P-Asserted-Identity', '<<>>, "x" <urn:x:y>, <sip:unknown@x>'],
        ['Privacy', ';;'],
        ['Remote-Party-ID', '?'],
      ],
      '"itsp" <sip:+79161112233',
    ],
  ] as const) {
    scenario(title, { ends: 'callee-busy', ...companyOf(identity) }, ({ itsp, alice }) => {
      itsp.invites('84951234567', { headers });
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
      expect(shownAt(alice)).toBe(shown);
      for (const name of NAMES_OF_IDENTITY) expect(alice.call.received?.request.value(name), name).toBeUndefined();
    });
  }

  scenario(
    'who was called first stands in the story, if the trunk is trusted, and reaches no phone',
    { ends: 'callee-busy', ...companyOf(TRUSTED) },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567', {
        headers: [['Diversion', '<sip:+78120000002@x>;reason=user-busy;privacy=full'], SENT_ON],
      });
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
      expect(alice.call.received?.request.value('Diversion')).toBeUndefined();
      expect(world.events[0]).toMatchObject({
        type: 'call.started',
        diverted: [
          { from: '+78120000001', reason: 'no-answer' },
          { from: 'anonymous', reason: 'user-busy' },
        ],
      });
    },
  );

  scenario(
    'of one that is not trusted it is no story',
    { ends: 'callee-busy', ...companyOf('trust: false') },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567', { headers: [SENT_ON] });
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
      expect(world.events[0]).not.toHaveProperty('diverted');
    },
  );

  for (const line of [
    `P-Asserted-Identity: "a%0d%0aX-Evil: 1" <sip:+7812%0d%0aX-Evil:1@x>`,
    `P-Asserted-Identity: "\\\r\n X-Evil: 1" <sip:+78121234567@x>`,
    `P-Asserted-Identity: "${'n'.repeat(8_000)}" <sip:+78121234567@x>`,
    `Remote-Party-ID: "a\tb" <sip:${'7'.repeat(5_000)}@x>;party=calling`,
    `Diversion: <sip:+7812@x;a=%0d%0aX-Evil:1>;reason="x\r\n X-Evil: 1";counter=999999999999`,
    `History-Info: ${Array.from({ length: 100 }, (_, i) => `<sip:+7812${i}@x;cause=302>;index=1.${i}`).join(', ')}`,
    `History-Info: <sip:a@x?Reason=%0d%0aX-Evil%3A1&Privacy=%ff>;index=1${'.1'.repeat(200)}`,
    `Privacy: ${'id;'.repeat(2_000)}none`,
  ]) {
    scenario(
      `security 19: ${JSON.stringify(line.slice(0, 60))} changes nobody's line and ends no call`,
      { ends: 'callee-busy', ...companyOf(`${TRUSTED}, forwarded: [diversion, history-info]`) },
      ({ itsp, world }) => {
        tampers(itsp, adding('INVITE', `${line}\r\n`));
        itsp.invites(NUMBER);
        itsp.expects('INVITE');
        itsp.refuses(486);
        itsp.expects('ACK');
        itsp.hears('486 INVITE');
        const written = world.network.sent(({ from }) => from.address === '198.51.100.1');
        for (const { octets } of written) {
          expect(octets.toString('latin1')).not.toMatch(/^x-evil/im);
          expect(octets.length).toBeLessThan(4_000);
        }
        for (const text of JSON.stringify(world.events).match(/"[^"]*"/g) ?? []) expect(text.length).toBeLessThan(400);
      },
    );
  }
});

describe('who calls outside', () => {
  scenario(
    'RFC 3325 §9.2: a phone may prefer a number that its user may show, and no other',
    { ends: ['callee-busy', 'callee-busy', 'callee-busy'], ...companyOf('trust: false') },
    ({ alice, itsp }) => {
      const shows = (...headers: (readonly [string, string])[]): string | undefined => {
        alice.invites('89031234567', { headers });
        itsp.refuses(486);
        itsp.expects('ACK');
        alice.hears('486 INVITE');
        return itsp.call.received?.request.value('From')?.replace(/@.*/, '');
      };
      // Her number is that of the domain's that leads to her, which the domain shows as well.
      expect(shows(['P-Preferred-Identity', '<sip:84951234567@acme.example>'])).toBe('<sip:74951234567');
      expect(shows(['P-Preferred-Identity', '<sip:+74950000210@acme.example>'])).toBe('<sip:74951234567');
      expect(shows(['P-Asserted-Identity', `<sip:${NUMBER}@x>`], ['Remote-Party-ID', `<sip:${NUMBER}@x>`])).toBe(
        '<sip:74951234567',
      );
    },
  );

  scenario(
    'the number that somebody’s group shows, or that leads to them, is theirs to prefer',
    { ends: ['callee-busy', 'callee-busy'], ...companyOf('trust: false') },
    async ({ alice, bob, itsp, world }) => {
      await world.applies(
        `domain: acme.example\nnumbers: [{ number: "+74950000202", to: "202" }]\ngroups: [{ extension: "600", name: Sales, callerId: "${NUMBER}", members: ["201"] }]\n`,
        'more.yaml',
      );
      const shown = (phone: Actor, number: string): string | undefined => {
        phone.invites('89031234567', { headers: [['P-Preferred-Identity', `<tel:${number}>`]] });
        itsp.refuses(486);
        itsp.expects('ACK');
        phone.hears('486 INVITE');
        return itsp.call.received?.request.value('P-Asserted-Identity');
      };
      expect(shown(bob, '+74950000202')).toBe('<sip:74950000202@sip.itsp.example>');
      expect(shown(alice, NUMBER)).toBe('<sip:74957654321@sip.itsp.example>');
    },
  );

  scenario(
    'RFC 3323 §5.1: who asks for privacy of headers has no name in any of them',
    { ends: 'callee-busy', ...companyOf('send: [p-asserted-identity]') },
    ({ alice, itsp, world }) => {
      const headers: [string, string][] = [
        ['Privacy', 'header'],
        ['Call-Info', '<http://alice.example/>'],
        ['Reply-To', '<sip:alice@acme.example>'],
        ['User-Agent', 'alice'],
      ];
      alice.invites('89031234567', { headers });
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
      const invite = String(world.network.sent('INVITE').at(-1)?.octets);
      expect(invite).toContain('From: "Anonymous" <sip:anonymous@anonymous.invalid>');
      expect(invite).not.toContain('alice');
    },
  );

  scenario(
    'RFC 3323 §4.2: a phone that hides is anonymous outside, and the operator alone is told who it is (RFC 3323 §4.1)',
    { ends: 'callee-busy', ...companyOf('send: [p-asserted-identity, remote-party-id]') },
    ({ alice, itsp }) => {
      alice.invites('89031234567', { headers: [['Privacy', 'id']] });
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.hears('486 INVITE');
      const invite = itsp.call.received?.request;
      expect(invite?.value('From')).toMatch(/^"Anonymous" <sip:anonymous@anonymous\.invalid>/);
      expect(invite?.value('Privacy')).toBe('id');
      expect(invite?.value('P-Asserted-Identity')).toBe('<sip:74951234567@sip.itsp.example>');
      expect(invite?.value('Remote-Party-ID')).toMatch(/;privacy=full$/);
      expect(invite?.value('Contact')).not.toMatch(/alice|201/);
    },
  );

  scenario(
    'RFC 3323 §4.2: who hides does so in what they send on as well',
    { ends: 'caller-hung-up', ...companyOf('trust: false'), cast: ['alice', 'bob'] },
    ({ alice, bob, itsp }) => {
      alice.invites(bob, { headers: [['Privacy', 'id']] });
      connect(alice, bob);
      refers(alice, '89031234567');
      alice.hears('202 REFER');
      alice.expects('NOTIFY');
      const invite = itsp.expects('INVITE');
      expect(invite.value('From')).toMatch(/^"Anonymous" <sip:anonymous@anonymous\.invalid>/);
      expect(invite.value('Privacy')).toBe('id');
      itsp.refuses(486);
      itsp.expects('ACK');
      alice.expects('NOTIFY');
      end(alice, bob);
    },
  );

  scenario(
    'RFC 3323 §4.2: a PBX that hides is anonymous outside, by the number that it says it calls from',
    { ends: ['callee-busy', 'callee-busy'], ...companyOf('trust: false'), cast: ['alice', 'pbx'] },
    ({ pbx, alice, itsp }) => {
      pbx.manners.showsAs = 'anonymous';
      const headers = [
        ['Privacy', 'id'],
        ['P-Asserted-Identity', `<sip:${NUMBER}@pbx>`],
      ] as const;
      pbx.invites('89031234567', { headers });
      itsp.refuses(486);
      itsp.expects('ACK');
      pbx.hears('486 INVITE');
      const invite = itsp.call.received?.request;
      expect(invite?.value('From')).toMatch(/^"Anonymous" <sip:anonymous@anonymous\.invalid>/);
      expect(invite?.value('P-Asserted-Identity')).toBe(`<sip:${NUMBER.slice(1)}@sip.itsp.example>`);
      pbx.invites('201', { headers });
      alice.refuses(486);
      alice.expects('ACK');
      pbx.hears('486 INVITE');
      expect(shownAt(alice)).toMatch(new RegExp(`<sip:\\${NUMBER}$`));
    },
  );

  scenario(
    'RFC 3323 §4.2: a wish that nobody here knows, and that must be met, is refused',
    { ends: [], ...companyOf('trust: false') },
    ({ alice, bob, itsp }) => {
      alice.invites('89031234567', { headers: [['Privacy', 'id;shadow;critical']] });
      expect(alice.hears('500 INVITE').value('Warning')).toMatch(/Privacy/);
      itsp.invites('84951234567', { headers: [['Privacy', 'shadow;critical']] });
      itsp.hears('500 INVITE');
      bob.hearsNothing();
    },
  );
});
