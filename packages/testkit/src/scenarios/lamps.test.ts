import type { SipRequest } from '@vats/sip';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import { connect, end, talk } from './acts.ts';
import { COLLEAGUES, DIALOG, forgets, gathered, told, watches } from './watch-acts.ts';

describe('a busy lamp', () => {
  scenario(
    'RFC 4235 §3.7: shows a call that rings, is answered, and ends (RFC 4235 §3.1, §3.5, §3.7.1)',
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
    'RFC 3323 §4.2: who asks not to be named in their answer is named in nobody’s lamp; the operator knows who it was',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'], ...COLLEAGUES },
    (scene) => {
      const { alice, bob, carol, world } = scene;
      watches(carol, '201');
      alice.invites(bob);
      bob.answers({ headers: [['Privacy', 'id']] });
      expect(alice.hears('200 INVITE').value('P-Asserted-Identity')).toBeUndefined();
      bob.expects('ACK');
      gathered(scene);
      const notify = carol.expects('NOTIFY');
      expect(told(notify)).toBe('active 1: initiator confirmed');
      expect(notify.body.toString()).not.toContain('202');
      expect(world.events.find(({ type }) => type === 'call.answered')).toMatchObject({
        ...{ party: { extension: '202' }, hides: true },
      });
      end(alice, bob);
      gathered(scene);
      carol.expects('NOTIFY');
      forgets(scene, carol);
    },
  );

  scenario(
    'shows somebody in no group with the watched one that there is a call, and not with whom (RFC 4235 §3.6)',
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
    'RFC 6665 §4.2.1.3: a mailbox and a registration are shown their own employee alone; who is nobody is 404 (RFC 3842 §3.7)',
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
