import type { SipRequest } from '@vats/sip';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { leavesMessage, Sounds, voicemailOf } from './voicemail-acts.ts';

/** A group that Alice is in and that never rings her, as she is not logged in. */
const GROUP = {
  users: voicemailOf().users,
  pbx: [
    'language: en',
    'groups: [{ extension: "600", name: Sales, members: ["201"], login: true, noAnswer: voicemail }]',
    '',
  ].join('\n'),
};

/** What a NOTIFY tells of a mailbox. */
const told = (notify: SipRequest): string[] => notify.body.toString().trimEnd().split('\r\n');

function watches(watcher: Actor, box: string): SipRequest {
  const headers = [
    ['Event', 'message-summary'],
    ['Expires', '600'],
  ] as const;
  watcher.asks('SUBSCRIBE', { uri: `sip:${box}@acme.example`, headers: [...headers] });
  watcher.hears('200 SUBSCRIBE');
  return watcher.expects('NOTIFY');
}

const lit = (counts: string): string[] => [
  `Messages-Waiting: ${counts.startsWith('0') ? 'no' : 'yes'}`,
  'Message-Account: sip:600@acme.example',
  `Voice-Message: ${counts}`,
];

function forget(world: World, watcher: Actor): void {
  world.running.watching.notifier.end('rejected', () => true);
  world.passes(0);
  watcher.expects('NOTIFY');
}

describe('the lamp of a mailbox', () => {
  scenario(
    'RFC 3842 §3.5: is lit by a message, and goes out when it was heard or deleted',
    { ends: ['caller-cancelled', 'caller-hung-up'], cast: ['alice', 'bob'], ...GROUP },
    async ({ alice, bob, world }) => {
      expect(told(watches(alice, '600'))).toEqual(lit('0/0 (0/0)'));
      leavesMessage(world, bob, 5_000, '600');
      await world.written();
      world.passes(25);
      expect(told(alice.expects('NOTIFY'))).toEqual(lit('1/0 (0/0)'));
      alice.invites('*98600');
      alice.hears('200 INVITE');
      const sounds = new Sounds(world);
      sounds.keys('1');
      sounds.ends();
      world.passes(25);
      expect(told(alice.expects('NOTIFY'))).toEqual(lit('0/1 (0/0)'));
      sounds.keys('7');
      alice.hangsUp();
      alice.hears('200 BYE');
      world.passes(25);
      expect(told(alice.expects('NOTIFY'))).toEqual(lit('0/0 (0/0)'));
      forget(world, alice);
    },
  );

  scenario(
    'is as it was after a restart, and tells of urgent ones',
    { ends: 'plan-ended', cast: ['alice', 'bob'], ...GROUP },
    async ({ alice, bob, world }) => {
      bob.invites('600');
      bob.hears('200 INVITE');
      const sounds = new Sounds(world);
      sounds.ends();
      sounds.ends();
      world.passes(5_000);
      sounds.keys('#');
      sounds.keys('4');
      sounds.keys('1');
      sounds.ends();
      bob.expects('BYE');
      world.passes(60_000);
      await world.written();
      await world.stop();
      await world.start();
      await alice.registers();
      expect(told(watches(alice, '600'))).toEqual(lit('1/0 (1/0)'));
      forget(world, alice);
    },
  );
});
