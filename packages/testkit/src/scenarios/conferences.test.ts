import { recordOf } from '@vats/calls';
import type { FakeMediaCall } from '@vats/media/testing';
import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { COMPANY, pbxUser } from './company.ts';
import { dialsIn, ends, joinOf, leaves, mediaOf, playing, weekly } from './conference-acts.ts';

describe('a conference', () => {
  scenario(
    'takes whoever dials its number into one room, and is told in the history',
    { ends: ['caller-hung-up', 'caller-hung-up'], pbx: weekly() },
    ({ alice, bob, world }) => {
      dialsIn(alice);
      const first = mediaOf(world);
      expect(playing(first)).toEqual(['conference-first']);
      dialsIn(bob);
      const second = mediaOf(world, 1);
      expect(playing(second)).toEqual(['conference-welcome']);
      const [one, other] = [joinOf(first)!, joinOf(second)!];
      expect(one.room).toBe(other.room);
      expect(one).toMatchObject({
        presence: 'talk',
        party: { number: '201' },
        sources: [[8, 'pcma/8000/1']],
      });
      expect(one.as).not.toBe(other.as);
      expect(world.running.calls.conferences()).toMatchObject([
        { extension: '700', name: 'Weekly', recorded: false, people: [{ number: '201' }, { number: '202' }] },
      ]);
      first.emit({ kind: 'dtmf', leg: 'a', key: '5', milliseconds: 100 });
      expect(world.events.map(({ type }) => type)).not.toContain('keys.dropped');
      leaves(alice);
      leaves(bob);
      expect(world.running.calls.conferences()).toEqual([]);
      const record = recordOf(world.events.filter(({ call }) => call === world.events[0]!.call))!;
      expect(record).toMatchObject({ result: 'served', answeredBy: { number: '700', name: 'Weekly' } });
      expect(record.explain).toEqual(['700 is conference Weekly']);
    },
  );

  scenario(
    'whose seats are taken is busy; a seat is free again when somebody hangs up',
    {
      cast: ['alice', 'bob', 'carol'],
      ends: ['caller-hung-up', 'caller-hung-up', 'conference-full', 'caller-hung-up'],
      pbx: weekly(', seats: 2'),
    },
    ({ alice, bob, carol, world }) => {
      dialsIn(alice);
      dialsIn(bob);
      carol.invites('700');
      carol.hears('486 INVITE');
      leaves(alice);
      world.passes(0);
      dialsIn(carol);
      leaves(bob);
      leaves(carol);
    },
  );

  scenario(
    'whoever is alone hears its music, until somebody comes, and again when they have left',
    { ends: ['caller-hung-up', 'caller-hung-up'], pbx: weekly(', music: please-wait, announce: voice') },
    ({ alice, bob, world }) => {
      dialsIn(alice);
      const media = mediaOf(world);
      ends(world, media);
      expect(playing(media)).toEqual(['please-wait']);
      expect(media.commands.findLast((command) => command.do === 'play')?.order.times).toBe(0);
      dialsIn(bob);
      expect(playing(media)).toEqual(['conference-joined']);
      ends(world, media);
      expect(media.commands.filter((command) => command.do === 'play')).toHaveLength(3);
      leaves(bob);
      expect(playing(media)).toEqual(['conference-left']);
      ends(world, media);
      expect(playing(media)).toEqual(['please-wait']);
      leaves(alice);
    },
  );

  scenario(
    'music stops at once where nothing is said of who comes',
    { ends: ['caller-hung-up', 'caller-hung-up'], pbx: weekly(', music: please-wait') },
    ({ alice, bob, world }) => {
      dialsIn(alice);
      const media = mediaOf(world);
      ends(world, media);
      dialsIn(bob);
      expect(playing(media)).toEqual([]);
      leaves(bob);
      expect(playing(media)).toEqual(['please-wait']);
      leaves(alice);
    },
  );

  scenario(
    'a short tone tells of who comes',
    { ends: ['caller-hung-up', 'caller-hung-up'], pbx: weekly(', announce: tone') },
    ({ alice, bob, world }) => {
      dialsIn(alice);
      ends(world, mediaOf(world));
      dialsIn(bob);
      expect(playing(mediaOf(world))).toEqual(['beep']);
      expect(playing(mediaOf(world, 1))).toEqual(['conference-welcome']);
      leaves(alice);
      leaves(bob);
    },
  );

  scenario(
    'is recorded as one for all, from the first to the last, whoever leaves',
    { ends: ['caller-hung-up', 'caller-hung-up'], pbx: weekly(', record: true') },
    async ({ alice, bob, world }) => {
      dialsIn(alice);
      dialsIn(bob);
      const recordings = () =>
        world.media.calls.filter(({ commands }) => commands.some((command) => command.do === 'record'));
      expect(recordings()).toHaveLength(1);
      const [recording] = recordings();
      expect(recording!.commands[0]).toMatchObject({ do: 'record', mix: { room: joinOf(mediaOf(world))!.room } });
      leaves(alice);
      world.passes(1_000);
      expect(recording!.recording).toBeDefined();
      expect(world.running.calls.conferences()).toMatchObject([{ recorded: true }]);
      leaves(bob);
      world.passes(0);
      expect(recording!.ended).toBe(true);
      await world.written();
      const { recordings: listed } = world.store;
      expect(await listed.list({ limit: 10 })).toMatchObject([
        {
          call: recording!.callId,
          from: '700',
          to: 'Weekly',
          state: 'complete',
          path: expect.stringMatching(/-700-conference-/),
        },
      ]);
    },
  );

  scenario(
    'is recorded where the domain records all calls, unless it says no, and its callers’ own calls are not',
    { ends: ['caller-hung-up'], pbx: `recording: all\n${weekly()}` },
    ({ alice, world }) => {
      dialsIn(alice);
      expect(
        world.media.calls.map(({ commands }) => commands.filter((command) => command.do === 'record').length),
      ).toEqual([0, 1]);
      leaves(alice);
    },
  );

  for (const [announce, heard] of [
    ['true', 'call-is-recorded'],
    ['beep', 'beep'],
  ] as const) {
    scenario(
      `tells whoever comes that it is recorded, where the domain announces that: ${announce}`,
      { ends: ['caller-hung-up'], pbx: `recording: { mode: all, announce: ${announce} }\n${weekly()}` },
      ({ alice, world }) => {
        dialsIn(alice);
        expect(playing(mediaOf(world))).toEqual([heard, 'conference-first']);
        leaves(alice);
      },
    );
  }

  scenario(
    'nobody is heard in it who has not heard that it is recorded, whoever comes at the same time',
    {
      cast: ['alice', 'bob'],
      ends: ['caller-hung-up', 'caller-hung-up'],
      pbx: `recording: { mode: all, announce: true }\n${weekly(', announce: tone')}`,
    },
    ({ alice, bob, world }) => {
      const presence = (media: FakeMediaCall) => {
        const changed = media.commands.findLast((command) => command.do === 'change-in-room');
        return changed?.change.presence ?? joinOf(media)?.presence;
      };
      dialsIn(alice);
      const media = mediaOf(world);
      expect(presence(media)).toBe('listen');
      dialsIn(bob);
      expect(playing(media)).toEqual(['call-is-recorded', 'conference-first']);
      ends(world, media);
      expect(presence(media)).toBe('talk');
      // The beep stands for an announcement that can't be read.
      const second = world.media.calls.findLast(({ commands }) => commands.some((command) => command.do === 'play'))!;
      const { order } = second.commands.findLast((command) => command.do === 'play')!;
      second.emit({ kind: 'played', leg: 'a', play: order.id, why: 'failed', playedMs: 0, detail: 'gone' });
      world.passes(0);
      expect([playing(second), presence(second)]).toEqual([['beep'], 'listen']);
      ends(world, second);
      expect(presence(second)).toBe('talk');
      leaves(bob);
      expect(playing(media)).toEqual(['beep']);
      leaves(alice);
    },
  );

  scenario(
    'is waited for by a switch that stops, until its recording is finished',
    { ends: 'caller-hung-up', pbx: weekly(', record: true') },
    ({ alice, world }) => {
      dialsIn(alice);
      const recording = world.media.calls.find((call) => call.recording !== undefined)!;
      // A disk that is slow.
      recording.close = () => {};
      let drained = false;
      world.running.calls.drain(() => {
        drained = true;
      });
      leaves(alice);
      world.passes(0);
      expect([world.running.calls.size, drained]).toEqual([0, false]);
      recording.emit({ kind: 'closed', legs: [] });
      expect(drained).toBe(true);
    },
  );

  scenario(
    'a call from outside comes to it by a number or a scheme',
    {
      ends: ['caller-hung-up', 'caller-hung-up'],
      users: pbxUser(),
      pbx: `${COMPANY.replace('to: "600"', 'to: "700"').replace('channels: 10, to: "201"', 'scheme: main')}schemes: [{ name: main, open: [{ play: greeting }, { conference: "700" }] }]\n${weekly()}`,
    },
    ({ itsp, world }) => {
      itsp.invites('84951234567');
      itsp.hears('200 INVITE');
      expect(playing(mediaOf(world))).toEqual(['greeting']);
      ends(world, mediaOf(world));
      expect(joinOf(mediaOf(world))).toMatchObject({ presence: 'talk' });
      leaves(itsp);
      itsp.invites('84957654321');
      itsp.hears('200 INVITE');
      expect(joinOf(mediaOf(world, 1))).toMatchObject({ presence: 'talk' });
      leaves(itsp);
    },
  );

  scenario(
    'a caller whose codec changes takes its seat anew; hold is only told to the media plane',
    { ends: 'caller-hung-up', pbx: weekly() },
    ({ alice, world }) => {
      dialsIn(alice);
      const media = mediaOf(world);
      const joins = () => media.commands.filter((command) => command.do === 'join-room').length;
      alice.reinvites({ sdp: alice.call.sdp({ codecs: ['0 PCMU/8000'] }) });
      alice.hears('200 INVITE');
      expect(joins()).toBe(2);
      expect(joinOf(media)?.format.encoding).toBe('pcmu/8000/1');
      alice.holds();
      alice.hears('200 INVITE');
      expect(media.leg('a').media?.held).toBe(true);
      leaves(alice);
    },
  );

  scenario(
    'a caller with no codec that can be mixed is refused',
    { ends: 'no-common-codec', pbx: weekly() },
    ({ alice }) => {
      alice.invites('700', { sdp: alice.phone.sdp({ codecs: ['18 G729/8000'] }) });
      alice.hears('488 INVITE');
    },
  );

  scenario(
    'the room that the media plane refuses ends the call',
    { ends: 'conference-full', pbx: weekly() },
    ({ alice, world }) => {
      dialsIn(alice);
      const media = mediaOf(world);
      media.emit({ kind: 'room-refused', leg: 'a', room: joinOf(media)!.room });
      alice.expects('BYE');
    },
  );
});
