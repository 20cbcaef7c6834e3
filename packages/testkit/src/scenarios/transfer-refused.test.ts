import { describe, expect } from 'vitest';
import { SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';
import { refers, replacesOf, typesOf } from './transfer-acts.ts';

const AT = `@${SWITCH.address}`;

describe('a REFER that can not be obeyed changes nothing', () => {
  for (const [title, headers, status] of [
    ['RFC 3515 §2.4.2: without Refer-To', [], 400],
    [
      'RFC 3515 §2.4.2: two of them',
      [
        ['Refer-To', `<sip:203${AT}>`],
        ['Refer-To', `<sip:204${AT}>`],
      ],
      400,
    ],
    ['RFC 3515 §2.4.2: two in one line', [['Refer-To', `<sip:203${AT}>, <sip:204${AT}>`]], 400],
    ['nonsense', [['Refer-To', '<<203>']], 400],
    ['a scheme that nobody calls', [['Refer-To', '<http://203.example/>']], 416],
    ['RFC 3515 §2.1: another request than a call', [['Refer-To', `<sip:203${AT};method=BYE>`]], 603],
    ['nobody', [['Refer-To', '<sip:198.51.100.1>']], 484],
    ['a line break in the number', [['Refer-To', `<sip:203%0D%0Ax${AT}>`]], 484],
    ['RFC 3891 §3: a Replaces that can not be read', [['Refer-To', `<sip:203${AT}?Replaces=x>`]], 400],
    [
      'RFC 3891 §3: a dialog that is not there',
      [['Refer-To', `<sip:203${AT}?Replaces=x%3Bto-tag%3Da%3Bfrom-tag%3Db>`]],
      481,
    ],
    [
      'an extension that nobody knows',
      [
        ['Refer-To', `<sip:203${AT}>`],
        ['Require', 'gruu'],
      ],
      420,
    ],
  ] as const) {
    scenario(
      `${title}: ${status}`,
      { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
      ({ alice, bob, carol, world }) => {
        talk(alice, bob);
        alice.sends('REFER', { headers });
        alice.hears(`${status} REFER`);
        carol.hearsNothing();
        expect(typesOf(world)).toEqual([]);
        end(alice, bob);
      },
    );
  }

  for (const host of ['elsewhere.example', 'other.example']) {
    scenario(
      `where there are several domains, ${host} is none of this one: 404`,
      { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
      async ({ alice, bob, carol, world }) => {
        await world.applies('domain: other.example\nusers: []\n', 'other.yaml');
        talk(alice, bob);
        alice.sends('REFER', { headers: [['Refer-To', `<sip:203@${host}>`]] });
        alice.hears('404 REFER');
        carol.hearsNothing();
        end(alice, bob);
      },
    );
  }

  scenario('a host of ours, by its name', { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] }, (scene) => {
    const { alice, bob, carol } = scene;
    talk(alice, bob);
    bob.sends('REFER', { headers: [['Refer-To', 'sip:203@acme.example']] });
    bob.hears('202 REFER');
    bob.expects('NOTIFY');
    carol.answers();
    carol.expects('ACK');
    bob.expects('NOTIFY', 'BYE');
    end(alice, carol);
  });

  scenario(
    'RFC 3515 §2.4.6: a second one while the first runs is 491; the next after it has an id',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      refers(bob, carol);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      refers(bob, carol);
      bob.hears('491 REFER');
      // Who waits has nobody to send on either.
      refers(alice, carol);
      alice.hears('491 REFER');
      carol.refuses(486);
      carol.expects('ACK');
      bob.expects('NOTIFY');
      refers(bob, carol);
      bob.hears('202 REFER');
      expect(bob.expects('NOTIFY').value('Event')).toMatch(/^refer;id=\d+$/);
      carol.answers();
      carol.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      end(alice, carol);
    },
  );

  scenario(
    'RFC 4488 §4: who wants no subscription is told so, and nothing after that',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      refers(bob, carol, [
        ['Refer-Sub', 'false'],
        ['Require', 'norefersub'],
      ]);
      expect(bob.hears('202 REFER').value('Refer-Sub')).toBe('false');
      carol.answers();
      carol.expects('ACK');
      bob.expects('BYE');
      end(alice, carol);
    },
  );

  scenario(
    'RFC 3515 §2.4.4: the subscription can be refreshed and ended',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      refers(bob, carol);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      bob.sends('SUBSCRIBE', {
        headers: [
          ['Event', 'refer'],
          ['Expires', '60'],
        ],
      });
      expect(bob.hears('200 SUBSCRIBE').value('Expires')).toBe('60');
      expect(bob.expects('NOTIFY').value('Subscription-State')).toBe('active;expires=60');
      bob.sends('SUBSCRIBE', {
        headers: [
          ['Event', 'refer'],
          ['Expires', '0'],
        ],
      });
      bob.hears('200 SUBSCRIBE');
      expect(bob.expects('NOTIFY').value('Subscription-State')).toBe('terminated;reason=timeout');
      carol.answers();
      carol.expects('ACK');
      bob.expects('BYE');
      end(alice, carol);
    },
  );

  scenario(
    'RFC 5057 §4: a NOTIFY that is answered 481 ends the subscription, and not the call',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol, world }) => {
      bob.manners.replies.NOTIFY = 481;
      talk(alice, bob);
      refers(bob, carol);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      carol.refuses(486);
      carol.expects('ACK');
      world.passes(1_000);
      end(alice, bob);
    },
  );

  scenario(
    'a phone that answers no NOTIFY does not keep the call from going on',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol, world }) => {
      bob.manners.replies.NOTIFY = undefined;
      talk(alice, bob);
      refers(bob, carol);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      carol.refuses(486);
      carol.expects('ACK');
      bob.expects('NOTIFY');
      world.passes(40_000);
      end(alice, bob);
    },
  );

  scenario(
    'the only phone of who transfers, to their own number: nobody can be reached',
    { ends: 'caller-hung-up', cast: ['alice', 'bob'] },
    ({ alice, bob }) => {
      talk(alice, bob);
      refers(bob, bob);
      bob.hears('202 REFER');
      const last = bob.expects('NOTIFY', 'NOTIFY');
      expect(last.body.toString()).toContain('480');
      end(alice, bob);
    },
  );

  scenario(
    'to the number of who is transferred: nobody can be reached',
    { ends: 'caller-hung-up', cast: ['alice', 'bob'] },
    ({ alice, bob }) => {
      talk(alice, bob);
      refers(bob, alice);
      bob.hears('202 REFER');
      bob.expects('NOTIFY', 'NOTIFY');
      end(alice, bob);
    },
  );

  scenario(
    'an echo has nobody who could be transferred',
    { ends: 'caller-hung-up', cast: ['alice', 'carol'] },
    ({ alice }) => {
      alice.invites('*43');
      alice.hears('200 INVITE');
      refers(alice, '203');
      alice.hears('403 REFER');
      alice.hangsUp();
      alice.hears('200 BYE');
    },
  );

  scenario(
    'security: somebody else’s consultation can not be taken',
    { ends: ['caller-hung-up', 'caller-hung-up'], cast: ['alice', 'bob', 'carol', 'eve'] },
    ({ alice, bob, carol, eve }) => {
      talk(alice, bob);
      talk(carol, eve);
      alice.sends('REFER', { headers: [['Refer-To', `<sip:205${AT}?Replaces=${replacesOf(carol.call)}>`]] });
      alice.hears('403 REFER');
      end(alice, bob);
      end(carol, eve);
    },
  );

  scenario('a call can not be put through to itself', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    alice.sends('REFER', { headers: [['Refer-To', `<sip:202${AT}?Replaces=${replacesOf(alice.call)}>`]] });
    alice.hears('481 REFER');
    end(alice, bob);
  });
});
