import { recordOf } from '@vats/calls';
import { describe, expect } from 'vitest';
import { pbxYaml } from '../cast.ts';
import { type Scene, scenario } from '../scenario.ts';
import { talk } from './acts.ts';
import { refers } from './transfer-acts.ts';
import { leavesMessage, Sounds, speaksTo, voicemailOf } from './voicemail-acts.ts';

const typesIn = ({ world }: Pick<Scene, 'world'>): string[] => world.events.map(({ type }) => type);

/** What lies in a mailbox, as phones are told. */
async function box({ world }: Pick<Scene, 'world'>, extension = '220') {
  await world.written();
  const [domain] = world.running.model.directory.model.domains;
  return world.running.voicemail.watched.of(domain!.id, extension);
}

describe('leaving a message', () => {
  scenario(
    'the caller is greeted, hears the tone, speaks and hangs up: it lies in the mailbox, and nobody has answered',
    { ends: 'caller-cancelled', ...voicemailOf() },
    async (scene) => {
      const { alice, world } = scene;
      alice.invites('220');
      alice.hears('200 INVITE');
      const sounds = new Sounds(world);
      expect(sounds.playing).toEqual(['unavailable', 'leave-message']);
      sounds.ends();
      expect(sounds.playing).toEqual(['beep']);
      expect(sounds.recording).toBeUndefined();
      sounds.ends();
      const [domain] = world.running.model.directory.model.domains;
      expect(sounds.recording).toMatch(new RegExp(`^/scenario/voicemail/${domain!.id}/220/[A-Za-z0-9_-]{12}\\.wav$`));
      expect(sounds.media.commands.find((each) => each.do === 'record')).toMatchObject({
        mix: { room: expect.stringContaining('message ') },
        quietMs: 10_000,
      });
      world.passes(4_000);
      alice.hangsUp();
      alice.hears('200 BYE');
      world.passes(0);
      expect(await box(scene)).toMatchObject({ newMessages: 1, oldMessages: 0, newUrgent: 0 });
      expect(typesIn(scene).slice(-2)).toEqual(['message.left', 'call.ended']);
      const record = recordOf(world.events);
      expect(record).toMatchObject({
        ...{ result: 'missed', talkMs: 0, message: { box: '220', durationMs: 4_000 } },
        forwards: [{ by: '220', to: 'voicemail', when: 'always' }],
      });
      expect(record?.answeredBy).toBeUndefined();
      expect(world.store.messages).toMatchObject([{ box: '220', state: 'new', from: { number: '201' } }]);
    },
  );

  scenario(
    'who presses # may hear it, record it again and mark it, and keeps it',
    { ends: 'plan-ended', ...voicemailOf() },
    async (scene) => {
      const { alice, world } = scene;
      const sounds = speaksTo(world, alice);
      const first = sounds.recording;
      world.passes(3_000);
      sounds.keys('#');
      expect(sounds.playing).toEqual(['message-review']);
      sounds.keys('2');
      expect(sounds.playing).toEqual(['SOUND']);
      sounds.ends();
      sounds.keys('4');
      expect(sounds.playing).toEqual(['message-urgent', 'message-review']);
      sounds.keys('3');
      expect(sounds.playing).toEqual(['beep']);
      sounds.ends();
      expect(sounds.recording).not.toBe(first);
      world.passes(6_000);
      sounds.keys('#');
      sounds.keys('8');
      expect(sounds.playing).toEqual(['wrong-choice', 'message-review']);
      sounds.keys('1');
      expect(sounds.playing).toEqual(['message-saved', 'goodbye']);
      sounds.ends();
      alice.expects('BYE');
      expect(await box(scene)).toMatchObject({ newMessages: 1, newUrgent: 1 });
      expect(recordOf(world.events)?.message).toMatchObject({ durationMs: 6_000, urgent: true });
      expect(world.store.messages).toHaveLength(1);
    },
  );

  scenario(
    'a message ends in silence, and one that is as long as it may become',
    { ends: ['plan-ended', 'plan-ended'], ...voicemailOf(', longest: 20s') },
    async (scene) => {
      const { alice, world } = scene;
      const sounds = speaksTo(world, alice);
      world.passes(15_000);
      sounds.fallsSilent(5_500);
      expect(sounds.playing).toEqual(['message-saved', 'goodbye']);
      sounds.ends();
      alice.expects('BYE');
      const second = speaksTo(world, alice);
      world.passes(20_000);
      expect(second.playing).toEqual(['message-saved', 'goodbye']);
      second.ends();
      alice.expects('BYE');
      expect(world.events.filter(({ type }) => type === 'message.left')).toMatchObject([
        { durationMs: 5_500 },
        { durationMs: 20_000 },
      ]);
      expect(await box(scene)).toMatchObject({ newMessages: 2 });
    },
  );

  scenario(
    'one that is too short is none: who pressed # may begin anew, who said nothing is hung up on',
    { ends: ['caller-cancelled', 'no-answer'], ...voicemailOf() },
    async (scene) => {
      const { alice, world } = scene;
      const sounds = speaksTo(world, alice);
      world.passes(1_000);
      sounds.keys('#');
      expect(sounds.playing).toEqual(['message-too-short']);
      sounds.ends();
      expect(sounds.playing).toEqual(['beep']);
      sounds.ends();
      world.passes(1_500);
      alice.hangsUp();
      alice.hears('200 BYE');
      const second = speaksTo(world, alice);
      second.fallsSilent(0);
      expect(second.playing).toEqual(['message-too-short', 'goodbye']);
      second.ends();
      alice.expects('BYE');
      expect(await box(scene)).toMatchObject({ newMessages: 0 });
      expect(world.store.messages).toEqual([]);
      expect(world.events).toContainEqual(expect.objectContaining({ type: 'message.refused', why: 'too-short' }));
    },
  );

  scenario(
    'a mailbox that is full says so before the call costs anything, and records nobody',
    { ends: ['caller-cancelled', 'no-answer'], ...voicemailOf(', messages: 1') },
    async (scene) => {
      const { alice, world } = scene;
      leavesMessage(world, alice);
      await world.written();
      alice.invites('220');
      alice.hears('183 INVITE');
      const sounds = new Sounds(world);
      expect(sounds.playing).toEqual(['mailbox-full']);
      sounds.ends();
      alice.hears('480 INVITE');
      expect(sounds.media.commands.some((each) => each.do === 'record')).toBe(false);
      expect(world.events).toContainEqual(
        expect.objectContaining({ type: 'message.refused', box: '220', why: 'full' }),
      );
    },
  );

  scenario(
    'a caller who hangs up during the greeting or at the tone leaves none',
    { ends: ['caller-cancelled', 'caller-cancelled'], ...voicemailOf() },
    async (scene) => {
      const { alice, world } = scene;
      for (const heard of [0, 1]) {
        alice.invites('220');
        alice.hears('200 INVITE');
        const sounds = new Sounds(world);
        if (heard === 1) sounds.ends();
        alice.hangsUp();
        alice.hears('200 BYE');
      }
      expect(await box(scene)).toMatchObject({ newMessages: 0 });
      expect(world.store.messages).toEqual([]);
    },
  );

  scenario(
    'a key during the greeting leads to the tone, and a greeting that can not be played does as well',
    { ends: ['caller-cancelled', 'caller-cancelled'], errors: [], ...voicemailOf() },
    ({ alice, world }) => {
      for (const how of ['key', 'fault']) {
        alice.invites('220');
        alice.hears('200 INVITE');
        const sounds = new Sounds(world);
        if (how === 'key') sounds.keys('#');
        else sounds.ends('failed');
        expect(sounds.playing).toEqual(['beep']);
        alice.hangsUp();
        alice.hears('200 BYE');
      }
    },
  );

  scenario(
    'a caller who changes codec or holds while they speak is recorded on',
    { ends: 'caller-cancelled', ...voicemailOf() },
    async (scene) => {
      const { alice, world } = scene;
      const sounds = speaksTo(world, alice);
      world.passes(1_000);
      alice.holds();
      alice.hears('200 INVITE');
      alice.resumes();
      alice.hears('200 INVITE');
      expect(sounds.media.commands.filter((each) => each.do === 'record')).toHaveLength(1);
      world.passes(2_000);
      alice.hangsUp();
      alice.hears('200 BYE');
      world.passes(0);
      expect(await box(scene)).toMatchObject({ newMessages: 1 });
    },
  );

  scenario(
    'a mailbox whose user is removed while a message is left keeps it, and has it again when they come back',
    { ends: 'caller-cancelled', ...voicemailOf() },
    async (scene) => {
      const { alice, world } = scene;
      speaksTo(world, alice);
      world.passes(3_000);
      const text = pbxYaml(voicemailOf().pbx, '');
      await world.applies(`${text}\n`, 'pbx.yaml');
      alice.hangsUp();
      alice.hears('200 BYE');
      world.passes(0);
      await world.written();
      expect(world.store.messages).toMatchObject([{ box: '220', state: 'new' }]);
    },
  );

  scenario(
    'a store that fails holds the message back until it takes it',
    {
      ends: 'caller-cancelled',
      errors: ['voicemail.not-saved', 'history.not-written', 'store.outage'],
      ...voicemailOf(),
    },
    async (scene) => {
      const { alice, world } = scene;
      speaksTo(world, alice);
      world.passes(3_000);
      await world.written();
      world.store.fail();
      alice.hangsUp();
      alice.hears('200 BYE');
      world.passes(0);
      expect(await box(scene)).toMatchObject({ newMessages: 0 });
      world.store.recover();
      world.passes(2_000);
      await world.written();
      world.passes(2_000);
      expect(await box(scene)).toMatchObject({ newMessages: 1 });
    },
  );

  scenario(
    'whoever is transferred to a mailbox leaves a message there; what was recorded of the conversation ends before',
    { ends: 'caller-cancelled', users: voicemailOf().users, pbx: `recording: all\n${voicemailOf().pbx}` },
    async (scene) => {
      const { alice, bob, world } = scene;
      talk(alice, bob);
      const sounds = new Sounds(world);
      const conversation = sounds.recording;
      expect(conversation).toContain('/recordings/');
      refers(bob, '220');
      bob.hears('202 REFER');
      bob.expects('NOTIFY', 'NOTIFY', 'BYE');
      expect(sounds.playing).toEqual(['unavailable', 'leave-message']);
      sounds.ends();
      sounds.ends();
      world.passes(0);
      expect(sounds.recording).toContain('/voicemail/');
      world.passes(5_000);
      alice.hangsUp();
      alice.hears('200 BYE');
      world.passes(0);
      expect(await box(scene)).toMatchObject({ newMessages: 1 });
      expect(world.events).toContainEqual(expect.objectContaining({ type: 'recording.finished', path: conversation }));
      expect(world.events.filter(({ type }) => type.startsWith('recording.'))).toHaveLength(2);
    },
  );
});
