import type { HeaderField, SipRequest } from '@vats/sip';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { type Scene, scenario } from '../scenario.ts';
import { connect, end, talk } from './acts.ts';

const DIALOG: HeaderField = ['Event', 'dialog'];

/** What a NOTIFY says: its state, and of each dialog direction, state and the other's URI. */
function told(notify: SipRequest): string {
  const dialogs = [...notify.body.toString().matchAll(/<dialog ([^>]*)><state>(\w+)<\/state>(.*?)<\/dialog>/g)];
  const lines = dialogs.map(([, attributes = '', state, parties = '']) => {
    const direction = /direction="(\w+)"/.exec(attributes)?.[1];
    const remote = /<remote><identity[^>]*>([^<]*)</.exec(parties)?.[1];
    return [direction, state, remote].filter((each) => each !== undefined).join(' ');
  });
  const version = /version="(\d+)"/.exec(notify.body.toString())?.[1];
  return `${notify.value('Subscription-State')?.split(';')[0]} ${version}: ${lines.join(', ')}`;
}

/** Watches somebody, and hears that nothing goes on. */
function watches(watcher: Actor, number: string, headers: readonly HeaderField[] = []): SipRequest {
  watcher.asks('SUBSCRIBE', { uri: `sip:${number}@acme.example`, headers: [DIALOG, ['Expires', '600'], ...headers] });
  watcher.hears('200 SUBSCRIBE');
  return watcher.expects('NOTIFY');
}

/** Lets the time pass in which changes are gathered. */
function gathered({ world }: Pick<Scene, 'world'>): void {
  world.passes(25);
}

/** Ends what somebody watches: the scenario's end must find nothing. */
function forgets(scene: Pick<Scene, 'world'>, ...watchers: readonly Actor[]): void {
  scene.world.running.watching.notifier.end('rejected', () => true);
  scene.world.passes(0);
  for (const watcher of watchers) expect(watcher.expects('NOTIFY').value('Subscription-State')).toContain('terminated');
}

const COLLEAGUES = { pbx: 'groups: [{ extension: "600", name: Sales, members: ["201", "202", "203"] }]' };

describe('a busy lamp', () => {
  scenario(
    'RFC 4235 §3.7: shows a call that rings, is answered, and ends',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'], ...COLLEAGUES },
    (scene) => {
      const { alice, bob, carol } = scene;
      const first = watches(carol, '202');
      expect(told(first)).toBe('active 0: terminated');
      expect(first.value('Content-Type')).toBe('application/dialog-info+xml');
      expect(first.body.toString()).toContain('entity="sip:202@acme.example"');
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      gathered(scene);
      expect(told(carol.expects('NOTIFY'))).toBe('active 1: recipient early sip:201@acme.example');
      connect(alice, bob);
      gathered(scene);
      expect(told(carol.expects('NOTIFY'))).toBe('active 2: recipient confirmed sip:201@acme.example');
      end(alice, bob);
      gathered(scene);
      expect(told(carol.expects('NOTIFY'))).toBe('active 3: terminated');
      forgets(scene, carol);
    },
  );

  scenario(
    'shows who calls as well, and both parties’ lamps go out whoever hangs up',
    { ends: ['callee-hung-up', 'caller-cancelled'], cast: ['alice', 'bob', 'carol'], ...COLLEAGUES },
    (scene) => {
      const { alice, bob, carol } = scene;
      watches(carol, '201');
      talk(alice, bob);
      gathered(scene);
      expect(told(carol.expects('NOTIFY'))).toBe('active 1: initiator confirmed sip:202@acme.example');
      bob.hangsUp();
      bob.hears('200 BYE');
      alice.expects('BYE');
      gathered(scene);
      expect(told(carol.expects('NOTIFY'))).toBe('active 2: terminated');
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      gathered(scene);
      expect(told(carol.expects('NOTIFY'))).toBe('active 3: initiator early sip:202@acme.example');
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
      bob.expects('CANCEL', 'ACK');
      gathered(scene);
      expect(told(carol.expects('NOTIFY'))).toBe('active 4: terminated');
      forgets(scene, carol);
    },
  );

  scenario(
    'shows somebody in no group with the watched one that there is a call, and not with whom',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'eve'], ...COLLEAGUES },
    (scene) => {
      const { alice, bob, eve } = scene;
      watches(eve, '202');
      talk(alice, bob);
      gathered(scene);
      const notify = eve.expects('NOTIFY');
      expect(told(notify)).toBe('active 1: recipient confirmed');
      expect(notify.body.toString()).not.toContain('201');
      end(alice, bob);
      gathered(scene);
      eve.expects('NOTIFY');
      forgets(scene, eve);
    },
  );

  scenario(
    'shows several calls at once, and goes out with the last',
    { ends: ['caller-hung-up', 'caller-hung-up'], cast: ['alice', 'bob', 'carol', 'eve'], ...COLLEAGUES },
    (scene) => {
      const { alice, bob, carol, eve } = scene;
      watches(carol, '202');
      talk(alice, bob);
      gathered(scene);
      carol.expects('NOTIFY');
      talk(eve, bob);
      gathered(scene);
      expect(told(carol.expects('NOTIFY'))).toBe(
        'active 2: recipient confirmed sip:201@acme.example, recipient confirmed sip:205@acme.example',
      );
      end(alice, bob);
      gathered(scene);
      expect(told(carol.expects('NOTIFY'))).toBe('active 3: recipient confirmed sip:205@acme.example');
      end(eve, bob);
      gathered(scene);
      expect(told(carol.expects('NOTIFY'))).toBe('active 4: terminated');
      forgets(scene, carol);
    },
  );

  scenario(
    'a lamp whose NOTIFY was lost is right again with its repetition, and with the refresh',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'], ...COLLEAGUES },
    (scene) => {
      const { alice, bob, carol, world } = scene;
      carol.manners.replies.NOTIFY = undefined;
      const first = watches(carol, '202');
      talk(alice, bob);
      end(alice, bob);
      gathered(scene);
      // One NOTIFY is under way, which Carol's phone has not answered: nothing else is told.
      carol.hearsNothing();
      carol.manners.replies.NOTIFY = 200;
      world.passes(40_000);
      expect(first.toTag).toBeDefined();
      expect(world.running.watching.notifier.counters.ended).toEqual({ 'notify-unanswered': 1 });
      watches(carol, '202');
      forgets(scene, carol);
    },
  );

  scenario(
    'a phone whose connection is gone watches nothing any more',
    { ends: [], cast: ['bob', 'carol'] },
    ({ carol, world }) => {
      watches(carol, '202');
      expect(world.running.watching.notifier.size).toBe(1);
      carol.phone.wire.hangUp();
      world.passes(0);
      expect(world.running.watching.notifier.counters.ended).toEqual({ 'flow-lost': 1 });
    },
  );

  scenario(
    'an employee who is removed is watched by nobody any more, and watches nobody',
    { ends: [], cast: ['alice', 'carol'] },
    async ({ alice, carol, world }) => {
      watches(carol, '209');
      watches(alice, '201');
      const removed = await world.running.model.removeUser('209');
      expect(removed.ok).toBe(true);
      world.passes(0);
      expect(carol.expects('NOTIFY').value('Subscription-State')).toBe('terminated;reason=noresource');
      await world.running.model.setPassword('alice', 'Other5Pass');
      world.passes(0);
      expect(alice.expects('NOTIFY').value('Subscription-State')).toBe('terminated;reason=rejected');
    },
  );
});

/** A SUBSCRIBE in the dialog that this NOTIFY came in. */
function refreshes(watcher: Actor, notify: SipRequest, expires: number): void {
  const { settings, wire, contactUri } = watcher.phone;
  wire.request({
    method: 'SUBSCRIBE',
    uri: notify.contacts.ok && !notify.contacts.value.star ? String(notify.contacts.value.list[0]?.uri) : '',
    to: settings.server,
    headers: [
      ['From', notify.value('To') ?? ''],
      ['To', notify.value('From') ?? ''],
      ['Call-ID', notify.value('Call-ID') ?? ''],
      ['CSeq', '10 SUBSCRIBE'],
      ['Contact', `<${contactUri}>`],
      DIALOG,
      ['Expires', `${expires}`],
    ],
  });
}

describe('a refresh', () => {
  scenario(
    'RFC 6665 §4.1.2.3: without credentials, in its dialog: a new time and the whole state, and at last the end',
    { ends: [], cast: ['alice', 'carol'] },
    ({ carol, world }) => {
      const notify = watches(carol, '201');
      world.passes(300_000);
      refreshes(carol, notify, 600);
      carol.hears('200 SUBSCRIBE');
      expect(carol.expects('NOTIFY').value('Subscription-State')).toBe('active;expires=600');
      world.passes(500_000);
      expect(world.running.watching.notifier.size).toBe(1);
      world.passes(100_000);
      expect(carol.expects('NOTIFY').value('Subscription-State')).toBe('terminated;reason=timeout');
    },
  );

  scenario(
    'RFC 6665 §4.1.2.2: after a restart of the switch gets 481, so that the phone subscribes anew at once',
    { ends: [], cast: ['alice'] },
    async ({ alice, bob, world }) => {
      await bob.registers();
      const notify = watches(alice, '202');
      await world.stop();
      await world.start();
      refreshes(alice, notify, 600);
      alice.hears('481 SUBSCRIBE');
      watches(alice, '202');
      forgets({ world }, alice);
    },
  );
});

describe('who may watch whom', () => {
  const asks = (who: Actor, event: string, number: string, status: string): void => {
    who.asks('SUBSCRIBE', { uri: `sip:${number}@acme.example`, headers: [['Event', event]] });
    who.hears(`${status} SUBSCRIBE`);
  };

  scenario(
    'RFC 6665 §4.2.1.3: a mailbox and a registration are shown their own employee alone; who is nobody is 404',
    { ends: [], cast: ['alice', 'bob'], ...COLLEAGUES },
    ({ alice }) => {
      asks(alice, 'dialog', '299', '404');
      asks(alice, 'presence', '299', '404');
      asks(alice, 'message-summary', '202', '403');
      asks(alice, 'message-summary', '299', '404');
      asks(alice, 'reg', '202', '403');
      asks(alice, 'reg', 'bobby', '403');
    },
  );

  scenario('RFC 6665 §8.3.2: an unknown package is 489 with those that there are', { ends: [] }, ({ alice }) => {
    alice.asks('SUBSCRIBE', { uri: 'sip:202@acme.example', headers: [['Event', 'weather']] });
    expect(alice.hears('489 SUBSCRIBE').value('Allow-Events')).toBe('dialog, message-summary, presence, reg');
    alice.asks('SUBSCRIBE', { uri: 'sip:202@acme.example', headers: [DIALOG, ['Require', 'eventlist']] });
    expect(alice.hears('420 SUBSCRIBE').value('Unsupported')).toBe('eventlist');
  });
});

describe('other packages', () => {
  scenario(
    'RFC 3842 §5.1: an empty mailbox says so, the own one and that of a group',
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
    'RFC 3680 §5.1: an account sees where it is registered, and when that changes',
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
    'RFC 3863 §4.1: presence is open while a phone is registered, and on the phone while it talks',
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
    'RFC 3903 §6: makes, refreshes, changes and removes what is published, by entity-tags',
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
