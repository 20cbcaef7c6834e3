import { describe, expect } from 'vitest';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { end, talk } from './acts.ts';

const ALL = 'recording: { mode: all }';
const commandsOf = (world: World): string[] =>
  (world.media.calls[0]?.commands ?? []).map(({ do: what }) => what).filter((what) => what.includes('record'));
const told = (world: World): string[] =>
  world.events.map(({ type }) => type).filter((type) => type.startsWith('recording.'));
const idOf = (world: World): string => world.running.calls.snapshots()[0]?.id ?? '';

describe('a recorded call', () => {
  scenario('hold and resume are one recording', { ends: 'caller-hung-up', pbx: ALL }, ({ alice, bob, world }) => {
    talk(alice, bob);
    alice.holds();
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    world.passes(5_000);
    alice.resumes();
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
    world.passes(0);
    expect(commandsOf(world)).toEqual(['record']);
    expect(told(world)).toEqual(['recording.started', 'recording.finished']);
  });

  scenario(
    'a re-INVITE from one law to the other is one recording, told from then on in which it comes',
    { ends: 'caller-hung-up', pbx: ALL },
    ({ alice, bob, world }) => {
      alice.phone.codecs = ['8 PCMA/8000'];
      talk(alice, bob);
      const lawOf = (leg: string): unknown => {
        const updates = world.media.calls[0]!.commands.filter((each) => each.do === 'update' && each.leg === leg);
        const last = updates.at(-1);
        return last?.do === 'update' ? last.media.laws[0] : undefined;
      };
      expect(lawOf('a')).toEqual([8, 'PCMA']);
      alice.reinvites({ sdp: alice.call.sdp({ codecs: ['0 PCMU/8000'] }) });
      bob.answers({ sdp: bob.call.sdp({ codecs: ['0 PCMU/8000'] }) });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect([lawOf('a'), lawOf('b1')]).toEqual([
        [0, 'PCMU'],
        [0, 'PCMU'],
      ]);
      end(alice, bob);
      world.passes(0);
      expect(commandsOf(world)).toEqual(['record']);
      expect(told(world)).toEqual(['recording.started', 'recording.finished']);
    },
  );

  scenario('an operator pauses, stops and starts it', { ends: 'caller-hung-up', pbx: ALL }, ({ alice, bob, world }) => {
    talk(alice, bob);
    const { calls } = world.running;
    const state = (): unknown => calls.snapshots()[0]?.recording;
    const id = idOf(world);
    expect([calls.record('nobody', 'stop'), calls.record(id, 'start'), state()]).toEqual(['no-call', 'running', 'on']);
    expect([calls.record(id, 'pause'), state()]).toEqual([undefined, 'paused']);
    expect([calls.record(id, 'resume'), state()]).toEqual([undefined, 'on']);
    expect([calls.record(id, 'stop'), state()]).toEqual([undefined, 'off']);
    world.passes(1);
    expect([calls.record(id, 'start'), state()]).toEqual([undefined, 'on']);
    world.passes(2_000);
    end(alice, bob);
    world.passes(0);
    expect(told(world)).toEqual([
      'recording.started',
      'recording.paused',
      'recording.resumed',
      'recording.finished',
      'recording.started',
      'recording.finished',
    ]);
  });

  scenario(
    'a disk that is too full ends it, not the call',
    { ends: 'caller-hung-up', pbx: ALL },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      expect(world.running.calls.stopRecordings('low-disk')).toBe(1);
      world.passes(1_000);
      expect(world.running.calls.stopRecordings('low-disk')).toBe(0);
      expect(world.events.findLast(({ type }) => type === 'recording.finished')).toMatchObject({ why: 'low-disk' });
      expect(world.running.calls.size).toBe(1);
      end(alice, bob);
    },
  );

  scenario(
    'one that nobody records is, when an operator wants it, but not in a codec that is no G.711',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.phone.codecs = ['96 opus/48000/2'];
      bob.phone.codecs = ['96 opus/48000/2'];
      talk(alice, bob);
      expect(world.running.calls.record(idOf(world), 'start')).toBe('codec');
      end(alice, bob);
    },
  );

  scenario('nor where the other side’s is converted', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    bob.phone.codecs = ['96 opus/48000/2'];
    talk(alice, bob);
    expect(world.running.calls.record(idOf(world), 'start')).toBe('codec');
    end(alice, bob);
  });

  scenario('nor where both could talk in G.711, and do not', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    alice.phone.codecs = ['96 opus/48000/2', '8 PCMA/8000'];
    bob.phone.codecs = ['96 opus/48000/2', '8 PCMA/8000'];
    talk(alice, bob);
    expect(world.running.calls.record(idOf(world), 'start')).toBe('codec');
    end(alice, bob);
  });

  scenario(
    'one begun by hand stays in G.711, whatever a re-INVITE offers',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      expect(world.running.calls.record(idOf(world), 'start')).toBeUndefined();
      const codecs = ['96 opus/48000/2', '8 PCMA/8000'];
      alice.phone.codecs = codecs;
      bob.phone.codecs = codecs;
      alice.reinvites({ sdp: alice.call.sdp({ codecs }) });
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect(readSdp(alice.call.remoteSdp ?? '').codecs).toEqual(['8 PCMA/8000']);
      end(alice, bob);
      world.passes(0);
    },
  );

  scenario('not while a re-INVITE decides what will be heard', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    talk(alice, bob);
    const codecs = ['96 opus/48000/2', '8 PCMA/8000'];
    alice.phone.codecs = codecs;
    bob.phone.codecs = codecs;
    alice.reinvites({ sdp: alice.call.sdp({ codecs }) });
    expect(world.running.calls.record(idOf(world), 'start')).toBe('negotiating');
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    expect(world.running.calls.record(idOf(world), 'start')).toBe('codec');
    end(alice, bob);
    expect(told(world)).toEqual([]);
  });

  scenario('by hand', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    talk(alice, bob);
    expect(world.running.calls.record(idOf(world), 'start')).toBeUndefined();
    end(alice, bob);
    world.passes(0);
    expect(told(world)).toEqual(['recording.started', 'recording.finished']);
  });
});
