import type { SupervisionKind } from '@vats/calls';
import type { FakeMediaCall, MediaCommand } from '@vats/media/testing';
import { describe, expect } from 'vitest';
import { PHONES, pbxYaml } from '../cast.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { connect, end, talk } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';
import { update } from './session-acts.ts';

const CAST = { cast: ['alice', 'bob', 'carol'] } as const;
const RECORDED = { pbx: 'recording: all\n' };

type Join = Extract<MediaCommand, { do: 'join-room' }>;

/** The media of the call itself, and of its supervisors. */
const mediaOf = (world: World): FakeMediaCall => world.media.calls[0]!;
const mediaOfSupervisor = (world: World): FakeMediaCall => world.media.calls.at(-1)!;

function joins(media: FakeMediaCall): Join[] {
  return media.commands.filter((command) => command.do === 'join-room');
}

function presences(media: FakeMediaCall): unknown[] {
  return media.commands.flatMap((command) =>
    command.do === 'join-room'
      ? [command.order.presence]
      : command.do === 'change-in-room'
        ? [command.change.presence]
        : [],
  );
}

function supervise(world: World, kind: SupervisionKind, extension = '203'): unknown {
  const refused = world.running.calls.supervise(mediaOf(world).callId, kind, extension);
  world.passes(0);
  return refused;
}

const told = (world: World) =>
  world.events.flatMap((event) =>
    event.type === 'supervisor.joined' || event.type === 'supervisor.left'
      ? [`${event.by.number} ${event.type.slice(11)} ${event.how}`]
      : [],
  );

describe('a supervisor', () => {
  scenario(
    'is rung, hears both in a room, whispers, barges in, and leaves: the call goes on as it was',
    { ...CAST, ends: 'caller-hung-up' },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      const media = mediaOf(world);
      expect(media.heardBy('a')).toBe('b1');
      expect(supervise(world, 'listen')).toBeUndefined();
      expect(media.heardBy('a')).toBe('b1');
      carol.answers();
      carol.expects('ACK');
      expect(media.heardBy('a')).toBeUndefined();
      expect(joins(media).map(({ leg, order }) => [leg, order.presence])).toEqual([
        ['a', 'talk'],
        ['b1', 'talk'],
      ]);
      const supervisor = mediaOfSupervisor(world);
      expect(joins(supervisor)[0]?.order).toMatchObject({
        room: joins(media)[0]!.order.room,
        party: { number: '203' },
      });
      expect(supervise(world, 'whisper')).toBeUndefined();
      expect(supervise(world, 'barge')).toBeUndefined();
      expect(presences(supervisor)).toEqual(['listen', { whisperTo: ['b1'] }, 'talk']);
      carol.hearsNothing();
      carol.hangsUp();
      carol.hears('200 BYE');
      expect(media.heardBy('a')).toBe('b1');
      expect(supervisor.commands.at(-1)).toEqual({ do: 'close' });
      end(alice, bob);
      expect(told(world)).toEqual(['203 joined listen', '203 joined whisper', '203 joined barge', '203 left barge']);
    },
  );

  scenario(
    'who barges in is recorded with whoever the caller hears, and the recording is one',
    { ...CAST, ...RECORDED, ends: 'caller-hung-up' },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      supervise(world, 'whisper');
      carol.answers();
      carol.expects('ACK');
      const media = mediaOf(world);
      const from = () => media.commands.filter((command) => command.do === 'record-from');
      expect(from()).toEqual([]);
      supervise(world, 'barge');
      const room = joins(media)[0]!.order.room;
      expect(from()).toEqual([{ do: 'record-from', channel: 'right', source: { room, without: 'a' } }]);
      carol.hangsUp();
      carol.hears('200 BYE');
      expect(from().at(-1)).toMatchObject({ channel: 'right', source: { leg: 'b1', party: { number: '202' } } });
      expect(media.commands.filter((command) => command.do === 'record')).toHaveLength(1);
      end(alice, bob);
    },
  );

  scenario(
    'leaves the video of the call as it is, on coming, amid changes, and on going',
    { ...CAST, ends: 'caller-hung-up' },
    ({ alice, bob, carol, world }) => {
      const video = (text: string) => `${text}m=video 6000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n`;
      alice.invites(bob, { sdp: video(alice.phone.sdp()) });
      bob.answers({ sdp: video(bob.phone.sdp()) });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      const last = () => mediaOf(world).commands.map((command) => command.do);
      supervise(world, 'listen');
      carol.answers();
      carol.expects('ACK');
      expect(last().lastIndexOf('bridge-streams')).toBeGreaterThan(last().lastIndexOf('join-room'));
      carol.hangsUp();
      carol.hears('200 BYE');
      expect(last().lastIndexOf('bridge-streams')).toBeGreaterThan(last().lastIndexOf('bridge'));
      end(alice, bob);
    },
  );

  scenario(
    'is offered what the settings of their phone say of encryption',
    { ...CAST, ends: 'caller-hung-up' },
    async ({ alice, bob, carol, world }) => {
      const devices = 'devices: [{ login: carol, password: Vf5kNm7Z, srtp: required }]';
      await world.applies(
        `domain: acme.example\nusers: [{ extension: "203", name: carol, ${devices} }]\n`,
        'srtp.yaml',
      );
      talk(alice, bob);
      supervise(world, 'listen');
      expect(carol.call.remoteSdp).toContain('RTP/SAVP');
      carol.refuses(486);
      carol.expects('ACK');
      end(alice, bob);
    },
  );

  scenario(
    'has what any leg has: the session timer of their account, and answers to an UPDATE',
    { ...CAST, ends: 'caller-hung-up' },
    async ({ alice, bob, carol, world }) => {
      await world.applies(pbxYaml().replace('login: carol,', 'sessionTimer: { mode: off }, login: carol,'));
      talk(alice, bob);
      supervise(world, 'listen');
      expect(carol.call.received?.request.value('Session-Expires')).toBeUndefined();
      carol.answers();
      carol.expects('ACK');
      update(carol, carol.call.sdp({ codecs: ['0 PCMU/8000'] }));
      expect(readSdp(carol.hears('200 UPDATE').body.toString()).codecs).toEqual(['0 PCMU/8000']);
      expect(joins(mediaOfSupervisor(world)).at(-1)?.order.format.encoding).toBe('pcmu/8000/1');
      end(alice, bob);
      carol.expects('BYE');
    },
  );

  scenario(
    'whose connection is gone and who has registered again hears over the new one that the call has ended',
    { ...CAST, ends: 'caller-hung-up' },
    async ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      supervise(world, 'listen');
      carol.answers();
      carol.expects('ACK');
      world.network.breakStreams(PHONES.carol.local.address);
      world.passes(1_000);
      await carol.registers();
      end(alice, bob);
      carol.expects('BYE');
    },
  );

  scenario(
    'whose phone takes encrypted sound only is asked again, encrypted',
    { ...CAST, ends: 'caller-hung-up' },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      supervise(world, 'listen');
      expect(carol.call.remoteSdp).not.toContain('RTP/SAVP');
      carol.refuses(488);
      carol.expects('ACK');
      carol.expects('INVITE');
      expect(carol.call.remoteSdp).toContain('RTP/SAVP');
      carol.refuses(488);
      carol.expects('ACK');
      expect(supervise(world, 'listen')).toBeUndefined();
      carol.expects('INVITE');
      carol.refuses(486);
      carol.expects('ACK');
      end(alice, bob);
    },
  );

  scenario(
    'is hung up on when there is no place for the sound of the call, which goes on as it was',
    { ...CAST, ends: 'caller-hung-up' },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      supervise(world, 'listen');
      carol.answers();
      carol.expects('ACK');
      const media = mediaOf(world);
      media.emit({ kind: 'room-refused', leg: 'b1', room: joins(media)[0]!.order.room });
      world.passes(0);
      carol.expects('BYE');
      expect(media.heardBy('a')).toBe('b1');
      end(alice, bob);
    },
  );

  scenario('is hung up on when the call ends', { ...CAST, ends: 'caller-hung-up' }, ({ alice, bob, carol, world }) => {
    talk(alice, bob);
    supervise(world, 'listen');
    carol.answers();
    carol.expects('ACK');
    end(alice, bob);
    carol.expects('BYE');
  });

  scenario(
    'for whom the media plane has no room leaves: the two of the call hear each other again',
    { ...CAST, ends: 'caller-hung-up' },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      supervise(world, 'listen');
      carol.answers();
      carol.expects('ACK');
      const media = mediaOf(world);
      expect(media.heardBy('a')).toBeUndefined();
      media.emit({ kind: 'room-refused', leg: 'a', room: joins(media)[0]!.order.room });
      world.passes(0);
      carol.expects('BYE');
      expect(media.heardBy('a')).toBe('b1');
      end(alice, bob);
    },
  );

  scenario(
    'who still rings when the call ends is left in peace',
    { ...CAST, ends: 'caller-hung-up' },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      supervise(world, 'listen');
      carol.rings();
      end(alice, bob);
      carol.expects('CANCEL', 'ACK');
    },
  );

  scenario(
    'who does not answer, or declines, leaves the call as it is',
    { ...CAST, ends: 'caller-hung-up' },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      supervise(world, 'listen');
      carol.refuses(603);
      carol.expects('ACK');
      supervise(world, 'listen');
      carol.rings();
      world.passes(60_000);
      carol.expects('CANCEL', 'ACK');
      expect(joins(mediaOf(world))).toEqual([]);
      end(alice, bob);
      expect(told(world)).toEqual([]);
    },
  );

  scenario(
    'of an employee who has called outside is heard by the caller, who is the employee',
    { cast: ['alice', 'carol'], ends: 'caller-hung-up', pbx: COMPANY, users: pbxUser() },
    ({ alice, itsp, carol, world }) => {
      alice.invites('89161112233');
      connect(alice, itsp);
      supervise(world, 'whisper');
      carol.answers();
      carol.expects('ACK');
      expect(presences(mediaOfSupervisor(world))).toEqual([{ whisperTo: ['a'] }]);
      end(alice, itsp);
      carol.expects('BYE');
    },
  );

  scenario(
    'a re-INVITE meanwhile leaves all three in the room, and keys reach the other side',
    { ...CAST, ends: 'caller-hung-up' },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      supervise(world, 'listen');
      carol.answers();
      carol.expects('ACK');
      alice.reinvites({ sdp: alice.call.sdp({ codecs: ['0 PCMU/8000', '101 telephone-event/8000'] }) });
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      const media = mediaOf(world);
      expect(media.heardBy('a')).toBeUndefined();
      expect(joins(media).at(-2)?.order.format.encoding).toBe('pcmu/8000/1');
      media.emit({ kind: 'dtmf', leg: 'a', key: '5', milliseconds: 100 });
      expect(media.commands.at(-1)).toMatchObject({ do: 'send-digit', leg: 'b1', press: { key: '5' } });
      end(alice, bob);
      carol.expects('BYE');
    },
  );

  scenario(
    'can’t be had for a call in which nobody talks, that they are in, for an unknown one, or without a phone',
    { ...CAST, ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears(180);
      expect(supervise(world, 'listen')).toBe('nobody-talks');
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect(supervise(world, 'listen', '201')).toBe('takes-part');
      expect(supervise(world, 'listen', '202')).toBe('takes-part');
      expect(supervise(world, 'listen', '999')).toBe('nobody');
      expect(supervise(world, 'listen', '204')).toBe('unreachable');
      expect(world.running.calls.supervise('none', 'listen', '203')).toBe('no-call');
      end(alice, bob);
    },
  );

  scenario(
    'a call in a codec that can not be mixed stays as it is',
    { ...CAST, ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      const codecs = ['18 G729/8000'];
      alice.invites(bob, { sdp: alice.phone.sdp({ codecs }) });
      bob.answers({ sdp: bob.phone.sdp({ codecs }) });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect(supervise(world, 'listen')).toBe('codec');
      end(alice, bob);
    },
  );
});
