import type { HeaderField, SipRequest } from '@vats/sip';
import { describe, expect } from 'vitest';
import { pbxYaml } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';
import { COLLEAGUES, forgets, gathered, watches } from './watch-acts.ts';

describe('other packages', () => {
  scenario(
    'RFC 4235 §3.4, RFC 3856 §6.4, RFC 3842 §3.4, RFC 3680 §4.4: who says not how long gets the time of the package',
    { ends: [] },
    (scene) => {
      const { alice } = scene;
      const lasts = ['dialog', 'presence', 'message-summary', 'reg'].map((event) => {
        alice.asks('SUBSCRIBE', { uri: 'sip:201@acme.example', headers: [['Event', event]] });
        const granted = alice.hears('200 SUBSCRIBE').value('Expires');
        alice.expects('NOTIFY');
        return granted;
      });
      expect(lasts).toEqual(['3600', '3600', '3600', '3761']);
      forgets(scene, alice, alice, alice, alice);
    },
  );

  scenario(
    'RFC 6665 §4.4.1: who leaves a group is told that its mailbox is none of theirs any more, and nothing of what lies in it',
    { ends: [], ...COLLEAGUES },
    async (scene) => {
      const { alice, bob, world } = scene;
      for (const actor of [alice, bob]) {
        actor.asks('SUBSCRIBE', { uri: 'sip:600@acme.example', headers: [['Event', 'message-summary']] });
        actor.hears('200 SUBSCRIBE');
        actor.expects('NOTIFY');
      }
      watches(alice, '202');
      await world.applies(pbxYaml(COLLEAGUES.pbx.replace('"201", ', '')));
      const notify = alice.expects('NOTIFY');
      expect(notify.value('Subscription-State')).toBe('terminated;reason=rejected');
      expect([notify.value('Event'), notify.body.length]).toEqual(['message-summary', 0]);
      alice.hearsNothing();
      bob.hearsNothing();
      alice.asks('SUBSCRIBE', { uri: 'sip:600@acme.example', headers: [['Event', 'message-summary']] });
      alice.hears('403 SUBSCRIBE');
      forgets(scene, alice, bob);
    },
  );

  scenario(
    'RFC 6665 §4.1.3: a phone that is another employee’s now is told to subscribe anew, as that one',
    { ends: [], cast: ['alice', 'bob'] },
    async ({ alice, world }) => {
      watches(alice, '202');
      const moved = pbxYaml().replace('login: alice,', 'login: successor,').replace('login: nobody,', 'login: alice,');
      await world.applies(moved);
      const notify = alice.expects('NOTIFY');
      expect(notify.value('Subscription-State')).toBe('terminated;reason=deactivated');
      alice.hearsNothing();
    },
  );

  scenario(
    'RFC 3842 §5.2: an empty mailbox says so, the own one and that of a group (RFC 3842 §3.1, §3.5, §3.7, §3.8)',
    { ends: [], ...COLLEAGUES },
    (scene) => {
      const { alice } = scene;
      for (const number of ['201', '600']) {
        alice.asks('SUBSCRIBE', { uri: `sip:${number}@acme.example`, headers: [['Event', 'message-summary']] });
        alice.hears('200 SUBSCRIBE');
        const notify = alice.expects('NOTIFY');
        expect(notify.value('Content-Type')).toBe('application/simple-message-summary');
        expect(notify.body.toString()).toBe(
          `Messages-Waiting: no\r\nMessage-Account: sip:${number}@acme.example\r\nVoice-Message: 0/0 (0/0)\r\n`,
        );
      }
      forgets(scene, alice, alice);
    },
  );

  scenario(
    'RFC 3680 §5.1: an account sees where it is registered, and when that changes (RFC 3680 §4.1, §4.5, §4.7)',
    { ends: [], cast: ['bob'] },
    async (scene) => {
      const { bob, bobMobile } = scene;
      bob.asks('SUBSCRIBE', { uri: 'sip:202@acme.example', headers: [['Event', 'reg']] });
      bob.hears('200 SUBSCRIBE');
      const contacts = (notify: SipRequest) =>
        [...notify.body.toString().matchAll(/<uri>([^<]*)</g)].map(([, uri]) => uri);
      expect(contacts(bob.expects('NOTIFY'))).toEqual(['sip:bobby@192.0.2.20:5060']);
      await bobMobile.registers();
      gathered(scene);
      expect(contacts(bob.expects('NOTIFY'))).toEqual(['sip:bobby@192.0.2.20:5060', 'sip:bobMobile@192.0.2.21:5060']);
      await bobMobile.registers({ expires: 0 });
      gathered(scene);
      expect(contacts(bob.expects('NOTIFY'))).toEqual(['sip:bobby@192.0.2.20:5060']);
      forgets(scene, bob);
    },
  );

  scenario(
    'RFC 3863 §4.1: presence is open while a phone is registered, and on the phone while it talks (RFC 3856 §6.1, §6.5, §6.7)',
    { ends: 'caller-hung-up', cast: ['alice', 'bob'] },
    async (scene) => {
      const { alice, bob, carol, world } = scene;
      alice.asks('SUBSCRIBE', { uri: 'sip:203@acme.example', headers: [['Event', 'presence']] });
      alice.hears('200 SUBSCRIBE');
      const first = alice.expects('NOTIFY');
      expect(first.value('Content-Type')).toBe('application/pidf+xml');
      expect(first.body.toString()).toContain('<basic>closed</basic>');
      await carol.registers();
      gathered(scene);
      expect(alice.expects('NOTIFY').body.toString()).toContain('<basic>open</basic>');
      talk(carol, bob);
      gathered(scene);
      expect(alice.expects('NOTIFY').body.toString()).toContain('<r:on-the-phone/>');
      end(carol, bob);
      gathered(scene);
      expect(alice.expects('NOTIFY').body.toString()).not.toContain('on-the-phone');
      carol.phone.wire.hangUp();
      world.passes(25);
      expect(alice.expects('NOTIFY').body.toString()).toContain('<basic>closed</basic>');
      forgets(scene, alice);
    },
  );
});

describe('PUBLISH', () => {
  const pidf = (basic: string, note: string): string =>
    `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:201@acme.example"><tuple id="a"><status><basic>${basic}</basic></status></tuple><note>${note}</note></presence>`;

  scenario(
    'RFC 3903 §6: makes, refreshes, changes and removes what is published, by entity-tags (RFC 3903 §4.1, §11.3.1, §11.3.2)',
    { ends: [] },
    (scene) => {
      const { alice, bob } = scene;
      bob.asks('SUBSCRIBE', { uri: 'sip:201@acme.example', headers: [['Event', 'presence']] });
      bob.hears('200 SUBSCRIBE');
      bob.expects('NOTIFY');
      const publishes = (headers: readonly HeaderField[], body?: string, to = '201') => {
        alice.asks('PUBLISH', {
          uri: `sip:${to}@acme.example`,
          headers: [
            ['Event', 'presence'],
            ...headers,
            ...(body === undefined ? [] : [['Content-Type', 'application/pidf+xml'] as const]),
          ],
          ...(body !== undefined && { body }),
        });
      };
      publishes([['Expires', '600']], pidf('open', 'at lunch'));
      const made = alice.hears('200 PUBLISH');
      const tag = made.value('SIP-ETag') ?? '';
      expect([tag.length, made.value('Expires')]).toEqual([16, '600']);
      gathered(scene);
      expect(bob.expects('NOTIFY').body.toString()).toContain('<note>at lunch</note>');
      publishes([
        ['SIP-If-Match', tag],
        ['Expires', '600'],
      ]);
      const refreshed = alice.hears('200 PUBLISH').value('SIP-ETag') ?? '';
      gathered(scene);
      bob.expects('NOTIFY');
      publishes([['SIP-If-Match', tag]]);
      alice.hears('412 PUBLISH');
      publishes([['SIP-If-Match', refreshed]], pidf('closed', 'gone'));
      const changed = alice.hears('200 PUBLISH').value('SIP-ETag') ?? '';
      gathered(scene);
      expect(bob.expects('NOTIFY').body.toString()).toContain('<basic>closed</basic>');
      publishes([
        ['SIP-If-Match', changed],
        ['Expires', '0'],
      ]);
      alice.hears('200 PUBLISH');
      gathered(scene);
      expect(bob.expects('NOTIFY').body.toString()).toContain('<basic>open</basic>');
      publishes([['Expires', '5']], pidf('open', ''));
      expect(alice.hears('423 PUBLISH').value('Min-Expires')).toBe('60');
      publishes([], pidf('open', ''), '202');
      alice.hears('403 PUBLISH');
      publishes([]);
      alice.hears('400 PUBLISH');
      publishes([], '<!DOCTYPE a><presence/>');
      alice.hears('400 PUBLISH');
      alice.asks('PUBLISH', { uri: 'sip:201@acme.example', headers: [['Event', 'dialog']] });
      expect(alice.hears('489 PUBLISH').value('Allow-Events')).toBe('presence');
      alice.asks('PUBLISH', {
        uri: 'sip:201@acme.example',
        headers: [
          ['Event', 'presence'],
          ['Content-Type', 'text/plain'],
        ],
        body: 'x',
      });
      expect(alice.hears('415 PUBLISH').value('Accept')).toBe('application/pidf+xml');
      forgets(scene, bob);
    },
  );

  scenario('RFC 3903 §6: what is published ends with its time', { ends: [] }, (scene) => {
    const { alice, bob, world } = scene;
    alice.asks('PUBLISH', {
      uri: 'sip:201@acme.example',
      headers: [
        ['Event', 'presence'],
        ['Expires', '60'],
        ['Content-Type', 'application/pidf+xml'],
      ],
      body: pidf('closed', 'away'),
    });
    alice.hears('200 PUBLISH');
    bob.asks('SUBSCRIBE', { uri: 'sip:201@acme.example', headers: [['Event', 'presence']] });
    bob.hears('200 SUBSCRIBE');
    expect(bob.expects('NOTIFY').body.toString()).toContain('away');
    world.passes(61_000);
    expect(bob.expects('NOTIFY').body.toString()).not.toContain('away');
    forgets(scene, bob);
  });
});
