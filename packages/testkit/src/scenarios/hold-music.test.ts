import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { end, talk } from './acts.ts';

/** Who hears which music now. */
function music(world: World): Record<string, string> {
  const now: Record<string, string> = {};
  for (const command of world.media.calls.at(-1)?.commands ?? []) {
    if (command.do === 'stop-playing') delete now[command.leg];
    if (command.do !== 'play') continue;
    const [item] = command.order.items;
    expect(command.order).toMatchObject({ times: 0, yields: true });
    now[command.leg] = item !== undefined && 'file' in item ? item.file.replace(/^.*\/prompts\//, '') : '?';
  }
  return now;
}

/** The other side agrees to whatever it is asked. */
function agrees(asker: Actor, asked: Actor): void {
  asked.answers();
  asker.hears('200 INVITE');
  asked.expects('ACK');
}

describe('music on hold', () => {
  for (const [holder, other, leg] of [
    ['alice', 'bob', 'b1'],
    ['bob', 'alice', 'a'],
  ] as const) {
    scenario(`${holder} holds, and the other side hears it until the resume`, { ends: 'caller-hung-up' }, (scene) => {
      const { alice, bob, world } = scene;
      talk(alice, bob);
      expect(music(world)).toEqual({});
      scene[holder].holds();
      agrees(scene[holder], scene[other]);
      expect(music(world)).toEqual({ [leg]: 'music.wav' });
      scene[holder].resumes();
      agrees(scene[holder], scene[other]);
      expect(music(world)).toEqual({});
      end(alice, bob);
    });
  }

  scenario(
    'a phone that holds by inactive: the other side is told that there is something to hear',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      alice.reinvites({ sdp: alice.call.sdp({ direction: 'inactive' }) });
      agrees(alice, bob);
      expect(readSdp(bob.call.remoteSdp ?? '').direction).toBe('sendonly');
      expect(readSdp(alice.call.remoteSdp ?? '').direction).toBe('inactive');
      expect(music(world)).toEqual({ b1: 'music.wav' });
      end(alice, bob);
    },
  );

  scenario(
    'whoever is on hold asks for another codec meanwhile, and is still told that there is something to hear',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      const inactive = { sdp: alice.call.sdp({ direction: 'inactive' }) };
      alice.reinvites(inactive);
      agrees(alice, bob);
      bob.reinvites({ sdp: bob.call.sdp({ codecs: ['8 PCMA/8000'] }) });
      alice.answers(inactive);
      bob.hears('200 INVITE');
      alice.expects('ACK');
      expect(readSdp(bob.call.remoteSdp ?? '').direction).toBe('sendonly');
      expect(music(world)).toEqual({ b1: 'music.wav' });
      end(alice, bob);
    },
  );

  scenario(
    'goes on when the announcement that stood in its place is stopped',
    { ends: 'caller-hung-up', pbx: 'recording: { mode: all, announce: true }' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      alice.holds();
      agrees(alice, bob);
      const { calls } = world.running;
      expect(calls.record(world.media.calls.at(-1)!.callId, 'stop')).toBeUndefined();
      const last = world.media.calls.at(-1)!.commands.findLast((command) => command.do === 'play');
      expect(last).toMatchObject({ leg: 'b1', order: { times: 0, yields: true } });
      end(alice, bob);
    },
  );

  scenario('in the old way, c=0.0.0.0', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    talk(alice, bob);
    alice.reinvites({ sdp: alice.call.sdp({ address: '0.0.0.0' }) });
    agrees(alice, bob);
    expect(music(world)).toEqual({ b1: 'music.wav' });
    end(alice, bob);
  });

  scenario(
    'a hold that is offered by whoever is asked for an offer',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      alice.reinvites({ sdp: null });
      bob.answers({ sdp: bob.call.sdp({ direction: 'sendonly' }) });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect(music(world)).toEqual({ a: 'music.wav' });
      end(alice, bob);
    },
  );

  scenario('both hold: nobody hears anything', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    talk(alice, bob);
    alice.holds();
    agrees(alice, bob);
    bob.reinvites({ sdp: bob.call.sdp({ direction: 'inactive' }) });
    alice.answers({ sdp: alice.call.sdp({ direction: 'inactive' }) });
    bob.hears('200 INVITE');
    alice.expects('ACK');
    expect(music(world)).toEqual({});
    end(alice, bob);
  });

  scenario(
    'none, where the company wants none: inactive stays so',
    { ends: 'caller-hung-up', pbx: 'holdMusic: none' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      alice.reinvites({ sdp: alice.call.sdp({ direction: 'inactive' }) });
      agrees(alice, bob);
      expect(readSdp(bob.call.remoteSdp ?? '').direction).toBe('inactive');
      expect(music(world)).toEqual({});
      end(alice, bob);
    },
  );

  scenario(
    'a prompt in its place',
    { ends: 'caller-hung-up', pbx: 'holdMusic: please-wait' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      alice.holds();
      agrees(alice, bob);
      expect(music(world)).toEqual({ b1: 'ru/please-wait.wav' });
      end(alice, bob);
    },
  );

  scenario('whose file can not be read is told once a hold', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    talk(alice, bob);
    alice.holds();
    agrees(alice, bob);
    const media = world.media.calls.at(-1)!;
    const order = media.commands.findLast((command) => command.do === 'play')!;
    media.emit({ kind: 'played', leg: 'b1', play: order.order.id, why: 'failed', playedMs: 0, detail: 'gone' });
    alice.reinvites({ sdp: alice.call.sdp({ direction: 'inactive' }) });
    agrees(alice, bob);
    expect(world.events.filter(({ type }) => type === 'prompt.failed')).toMatchObject([
      { prompt: 'default', leg: 'b1', why: 'unreadable', detail: 'gone' },
    ]);
    end(alice, bob);
  });
});
