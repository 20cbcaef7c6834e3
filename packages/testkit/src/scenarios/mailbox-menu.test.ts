import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { type Scene, scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { leavesMessage, Sounds, voicemailOf } from './voicemail-acts.ts';

/** Alice leaves messages for Bob, who is away from his phone. */
const BOBS = {
  pbx: `${voicemailOf().pbx}`,
  users: voicemailOf().users,
};

/** Dials the code, and is in the mailbox, or is asked for its PIN. */
function opens(world: World, actor: Actor, code = '*98'): Sounds {
  actor.invites(code);
  actor.hears('200 INVITE');
  return new Sounds(world);
}

/** Puts messages into Alice's own mailbox, which she leaves herself: her group is called and she does not answer. */
async function messagesFor(scene: Scene, ...lengths: readonly number[]): Promise<void> {
  const { bob, alice, world } = scene;
  for (const length of lengths) {
    bob.invites('600');
    alice.rings();
    bob.hears('180 INVITE');
    world.passes(5_000);
    alice.expects('CANCEL', 'ACK');
    bob.hears('200 INVITE');
    const sounds = new Sounds(world);
    sounds.ends();
    sounds.ends();
    world.passes(length);
    bob.hangsUp();
    bob.hears('200 BYE');
    world.passes(60_000);
    await world.written();
  }
}

const leaves = (actor: Actor): void => {
  actor.hangsUp();
  actor.hears('200 BYE');
};

describe('a mailbox by phone', () => {
  scenario(
    'an empty one says so, and hangs up on who presses nothing',
    { ends: 'plan-ended', ...BOBS },
    ({ alice, world }) => {
      const sounds = opens(world, alice);
      expect(sounds.playing).toEqual(['mailbox-empty', 'mailbox-menu']);
      sounds.keys('1');
      expect(sounds.playing).toEqual(['no-messages']);
      sounds.ends();
      expect(sounds.playing).toEqual(['mailbox-empty', 'mailbox-menu']);
      sounds.waits();
      sounds.keys('9');
      expect(sounds.playing).toEqual(['wrong-choice', 'mailbox-menu']);
      sounds.waits();
      expect(sounds.playing).toEqual(['goodbye']);
      sounds.ends();
      alice.expects('BYE');
    },
  );

  scenario(
    'tells how many there are, who left each and when, and plays it; what is heard is new no more',
    { ends: ['caller-cancelled', 'caller-cancelled', 'caller-hung-up'], ...BOBS },
    async (scene) => {
      const { alice, world } = scene;
      await messagesFor(scene, 4_000, 6_000);
      const sounds = opens(world, alice, '*98600');
      expect(sounds.playing).toEqual(['new-messages-', '2', 'mailbox-menu']);
      sounds.keys('1');
      expect(sounds.playing.slice(0, 5)).toEqual(['message-from-', '2', '0', '2', 'today']);
      expect(sounds.playing.at(-1)).toBe('SOUND');
      sounds.ends();
      expect(sounds.playing).toEqual(['message-menu']);
      expect(counts(world, '600')).toMatchObject({ newMessages: 1, oldMessages: 1 });
      sounds.keys('5');
      expect(sounds.playing.at(-1)).toBe('SOUND');
      sounds.keys('6');
      expect(sounds.playing.at(-1)).toBe('SOUND');
      sounds.keys('6');
      expect(sounds.playing).toEqual(['no-more-messages']);
      expect(counts(world, '600')).toMatchObject({ newMessages: 0, oldMessages: 2 });
      sounds.ends();
      expect(sounds.playing).toEqual(['old-messages-', '2', 'mailbox-menu']);
      leaves(alice);
    },
  );

  scenario(
    'goes back and forth, deletes and restores; what is deleted goes when the caller does',
    { ends: ['caller-cancelled', 'caller-cancelled', 'caller-hung-up'], ...BOBS },
    async (scene) => {
      const { alice, world } = scene;
      await messagesFor(scene, 4_000, 6_000);
      const sounds = opens(world, alice, '*98600');
      sounds.keys('1');
      sounds.keys('7');
      expect(sounds.playing).toEqual(['message-deleted', 'message-menu']);
      sounds.keys('6');
      sounds.keys('4');
      sounds.keys('7');
      expect(sounds.playing).toEqual(['message-restored', 'message-menu']);
      sounds.keys('4');
      expect(sounds.playing[0]).toBe('no-more-messages');
      sounds.keys('6');
      sounds.keys('7');
      expect(counts(world, '600')).toMatchObject({ newMessages: 0, oldMessages: 2 });
      leaves(alice);
      await world.written();
      expect(counts(world, '600')).toMatchObject({ newMessages: 0, oldMessages: 1 });
      expect(world.store.messages).toMatchObject([{ durationMs: 4_000 }]);
    },
  );

  scenario(
    'a message that is deleted by somebody else meanwhile is passed over, and one that is being heard is heard to its end',
    { ends: ['caller-cancelled', 'caller-cancelled', 'caller-hung-up'], ...BOBS },
    async (scene) => {
      const { alice, world } = scene;
      await messagesFor(scene, 4_000, 6_000);
      const sounds = opens(world, alice, '*98600');
      sounds.keys('1');
      for (const { id } of world.store.messages) expect(world.running.voicemail.remove(id)).toBe(true);
      expect(sounds.playing.at(-1)).toBe('SOUND');
      sounds.ends();
      sounds.keys('7');
      expect(sounds.playing).toEqual(['no-more-messages']);
      sounds.ends();
      expect(sounds.playing).toEqual(['mailbox-empty', 'mailbox-menu']);
      leaves(alice);
    },
  );

  scenario(
    'a message goes to no mailbox that there is not',
    { ends: ['caller-cancelled', 'caller-hung-up'], ...BOBS },
    async (scene) => {
      const { alice, world } = scene;
      await messagesFor(scene, 4_000);
      const sounds = opens(world, alice, '*98600');
      sounds.keys('1');
      sounds.keys('8');
      expect(sounds.playing).toEqual(['enter-mailbox']);
      sounds.keys('999');
      expect(sounds.playing).toEqual(['no-such-mailbox', 'message-menu']);
      leaves(alice);
    },
  );

  scenario(
    'calls back who left a message, as if the employee had dialled',
    { ends: ['caller-cancelled', 'caller-hung-up'], ...BOBS },
    async (scene) => {
      const { alice, bob, world } = scene;
      await messagesFor(scene, 4_000);
      const sounds = opens(world, alice, '*98600');
      sounds.keys('1');
      sounds.keys('2');
      bob.rings();
      bob.answers();
      world.passes(0);
      expect(world.events.findLast(({ type }) => type === 'call.answered')).toMatchObject({
        party: { extension: '202' },
      });
      leaves(alice);
      bob.expects('ACK', 'BYE');
    },
  );

  scenario(
    'keys that come faster than anybody listens do no harm',
    { ends: ['caller-cancelled', 'caller-hung-up'], ...BOBS },
    async (scene) => {
      const { alice, world } = scene;
      await messagesFor(scene, 4_000);
      const sounds = opens(world, alice, '*98600');
      for (const key of '1579*1#*0123456789*4477'.split('').slice(0, 5)) sounds.keys(key);
      for (let nth = 0; nth < 200; nth++) sounds.media.emit({ kind: 'dtmf', leg: 'a', key: '5', milliseconds: 60 });
      leaves(alice);
      expect(counts(world, '600')?.newMessages).toBe(0);
    },
  );
});

describe('the PIN of a mailbox', () => {
  scenario(
    'is set at an own phone, asked for from then on, and never kept or told',
    { ends: ['caller-hung-up', 'caller-hung-up', 'caller-hung-up', 'wrong-pin'], ...BOBS },
    async (scene) => {
      const { alice, bob, world } = scene;
      const sounds = opens(world, alice);
      sounds.keys('3');
      expect(sounds.playing).toEqual(['new-pin']);
      sounds.keys('1111');
      expect(sounds.playing).toEqual(['pin-not-good', 'new-pin']);
      sounds.keys('48213');
      sounds.keys('48214');
      expect(sounds.playing).toEqual(['pins-differ', 'new-pin']);
      sounds.keys('48213');
      sounds.keys('48213');
      expect(sounds.playing).toEqual(['pin-changed']);
      sounds.ends();
      leaves(alice);
      const again = opens(world, alice);
      expect(again.playing).toEqual(['enter-pin']);
      again.keys('48213');
      expect(again.playing).toEqual(['mailbox-empty', 'mailbox-menu']);
      leaves(alice);
      const elsewhere = opens(world, bob, '*98201');
      expect(elsewhere.playing).toEqual(['enter-pin']);
      elsewhere.keys('48213');
      expect(elsewhere.playing).toEqual(['mailbox-empty', 'mailbox-menu']);
      leaves(bob);
      await world.written();
      expect(JSON.stringify([world.events, world.log.lines, await world.store.voicemail.load()])).not.toContain(
        '48213',
      );
      const wrong = opens(world, bob, '*98201');
      for (const digits of ['1234', '4321', '0000']) wrong.keys(digits);
      expect(wrong.playing).toEqual(['wrong-pin', 'goodbye']);
      wrong.ends();
      bob.expects('BYE');
    },
  );

  scenario(
    'who guesses again and again is not asked any more',
    { ends: ['caller-hung-up', 'wrong-pin', 'wrong-pin', 'wrong-pin', 'wrong-pin'], ...BOBS },
    ({ alice, bob, world }) => {
      const sounds = opens(world, alice);
      sounds.keys('3');
      sounds.keys('48213');
      sounds.keys('48213');
      leaves(alice);
      for (let call = 0; call < 3; call++) {
        const wrong = opens(world, bob, '*98201');
        for (const digits of ['1234', '4321', '0000']) wrong.keys(digits);
        wrong.ends();
        bob.expects('BYE');
      }
      const last = opens(world, bob, '*98201');
      last.keys('1234');
      expect(last.playing).toEqual(['too-many-guesses', 'goodbye']);
      last.ends();
      bob.expects('BYE');
    },
  );

  scenario('a mailbox without one opens at an own phone alone', { ends: 'wrong-pin', ...BOBS }, ({ bob, world }) => {
    const sounds = opens(world, bob, '*98201');
    expect(sounds.playing).toEqual(['pin-not-set', 'goodbye']);
    sounds.ends();
    bob.expects('BYE');
  });

  scenario(
    'is not asked for at an own phone where the company says so',
    { ends: ['caller-hung-up', 'caller-hung-up'], ...voicemailOf(', pin: elsewhere') },
    ({ alice, world }) => {
      const sounds = opens(world, alice);
      sounds.keys('3');
      sounds.keys('48213');
      sounds.keys('48213');
      leaves(alice);
      expect(opens(world, alice).playing).toEqual(['mailbox-empty', 'mailbox-menu']);
      leaves(alice);
    },
  );

  scenario(
    'opens a mailbox from a greeting, where the company lets callers in; whether there is one is told nobody',
    { ends: ['caller-hung-up', 'caller-cancelled', 'wrong-pin'], ...voicemailOf(', fromOutside: true') },
    ({ alice, bob, world }) => {
      const own = opens(world, alice);
      own.keys('3');
      own.keys('48213');
      own.keys('48213');
      leaves(alice);
      bob.invites('220');
      bob.hears('200 INVITE');
      const sounds = new Sounds(world);
      sounds.keys('*');
      expect(sounds.playing).toEqual(['enter-mailbox']);
      sounds.keys('201');
      expect(sounds.playing).toEqual(['enter-pin']);
      sounds.keys('48213');
      expect(sounds.playing).toEqual(['mailbox-empty', 'mailbox-menu']);
      leaves(bob);
      bob.invites('220');
      bob.hears('200 INVITE');
      const guess = new Sounds(world);
      guess.keys('*');
      guess.keys('999');
      expect(guess.playing).toEqual(['enter-pin']);
      for (const digits of ['1234', '4321', '0000']) guess.keys(digits);
      guess.ends();
      bob.expects('BYE');
    },
  );
});

describe('the greeting of a mailbox', () => {
  scenario(
    'is recorded by phone, heard, kept, and heard by callers; the standard one comes back',
    {
      ends: ['caller-hung-up', 'caller-cancelled'],
      ...voicemailOf(),
      pbx: `${voicemailOf().pbx.replace('members: ["201"]', 'members: ["201", "203"]')}`,
    },
    async ({ alice, bob, world }) => {
      const sounds = opens(world, alice, '*98600');
      sounds.keys('2');
      expect(sounds.playing).toEqual(['greeting-menu']);
      sounds.keys('2');
      expect(sounds.playing).toEqual(['unavailable', 'leave-message']);
      sounds.ends();
      sounds.keys('1');
      expect(sounds.playing).toEqual(['record-greeting', 'beep']);
      sounds.ends();
      const first = sounds.recording;
      expect(first).toContain('/600/greeting-');
      world.passes(3_000);
      sounds.keys('#');
      expect(sounds.playing).toEqual(['greeting-review']);
      sounds.keys('2');
      expect(sounds.playing).toEqual(['SOUND']);
      sounds.ends();
      sounds.keys('1');
      expect(sounds.playing).toEqual(['greeting-saved']);
      sounds.ends();
      leaves(alice);
      await world.written();
      bob.invites('600');
      alice.rings();
      bob.hears('180 INVITE');
      world.passes(5_000);
      alice.expects('CANCEL', 'ACK');
      bob.hears('200 INVITE');
      expect(new Sounds(world).playing).toEqual(['SOUND']);
      leaves(bob);
    },
  );

  scenario(
    'one that the caller did not say to keep is none',
    { ends: ['caller-hung-up', 'caller-cancelled'], ...voicemailOf() },
    async ({ alice, world }) => {
      const sounds = opens(world, alice);
      sounds.keys('2');
      sounds.keys('1');
      sounds.ends();
      world.passes(3_000);
      leaves(alice);
      await world.written();
      expect((await world.store.voicemail.load()).boxes).toEqual([]);
      leavesMessage(world, alice);
    },
  );
});

function counts(world: World, extension: string) {
  const [domain] = world.running.model.directory.model.domains;
  return world.running.voicemail.watched.of(domain!.id, extension);
}
