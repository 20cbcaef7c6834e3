import { TOLD } from '@vats/media';
import { type FakeMediaCall, isEnd, keyPackets, rtpPacket } from '@vats/media/testing';
import type { SipRequest } from '@vats/sip';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { end, talk } from './acts.ts';
import { companyWithKeys, KEYS, talkFromOutside, talkOutside } from './company-keys.ts';

const COMPANY_OF = companyWithKeys('info');
const RELAY = ['Content-Type', 'application/dtmf-relay'] as const;

const info = (actor: Actor, body: string, type = 'application/dtmf-relay'): void =>
  actor.sends('INFO', { headers: [['Content-Type', type]], body });

const told = (request: SipRequest): string[] => [request.value('Content-Type') ?? '', request.body.toString()];

/** Event codes of the keys that a leg was sent, by their first packets. */
const keysHeard = (media: FakeMediaCall, leg: string): number[] =>
  media
    .heardAt(leg)
    .filter((packet) => (packet[1]! & 0x7f) === 101 && packet[1]! >= 0x80)
    .map((packet) => packet[12]!);

const noted = (world: World) => world.events.filter(({ type }) => type === 'keys.dropped');

describe('keys of a trunk that has them by INFO', () => {
  scenario(
    'it is offered no telephone events; the phone that calls has them',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const media = talkOutside(alice, itsp, world);
      expect(readSdp(itsp.call.remoteSdp ?? '').codecs).toEqual(['8 PCMA/8000']);
      expect(readSdp(alice.call.remoteSdp ?? '').codecs).toEqual(['8 PCMA/8000', '101 telephone-event/8000']);
      expect(media.commands.findLast((command) => command.do === 'bridge')).toMatchObject({
        aToB: [[101, TOLD, 8_000]],
      });
      end(alice, itsp);
    },
  );

  scenario(
    'it is answered none when it calls, though it offers them; the phone that is rung has them',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      talkFromOutside(itsp, alice, world);
      expect(itsp.call.localSdp).toContain('telephone-event');
      expect(readSdp(itsp.call.remoteSdp ?? '').codecs).toEqual(['8 PCMA/8000']);
      expect(readSdp(alice.call.remoteSdp ?? '').codecs).toContain('101 telephone-event/8000');
      end(itsp, alice);
    },
  );

  scenario(
    '100 presses at the phone are 100 INFO, with 20 % of what is no end lost on the way',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const media = talkOutside(alice, itsp, world);
      for (let i = 0; i < 100; i++) {
        const key = KEYS[i % 16]!;
        for (const packet of keyPackets({ key, sequence: i * 10, timestamp: i * 2_000, milliseconds: 120 })) {
          if (isEnd(packet) || world.stage.random.below(5) > 0) media.says('a', packet);
        }
        world.passes(250);
        expect(told(itsp.expects('INFO'))).toEqual([RELAY[1], `Signal=${key}\r\nDuration=120\r\n`]);
      }
      itsp.hearsNothing();
      expect(media.heardAt('b1')).toEqual([]);
      media.says('a', rtpPacket({ sequence: 2_000 }));
      expect(media.heardAt('b1')).toEqual([rtpPacket({ sequence: 2_000 })]);
      end(alice, itsp);
      expect(noted(world)).toEqual([]);
    },
  );

  scenario(
    '100 INFO of the trunk are 100 presses for the phone, in the sound that it hears',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const media = talkOutside(alice, itsp, world);
      let sequence = 500;
      for (let i = 0; i < 100; i++) {
        info(
          itsp,
          i % 2 === 0 ? `Signal=${KEYS[i % 16]}\r\nDuration=100\r\n` : `Signal= ${KEYS[i % 16]}\nduration=100`,
        );
        itsp.hears('200 INFO');
        for (let packet = 0; packet < 10; packet++) {
          media.says('b1', rtpPacket({ sequence: sequence++ }));
          world.passes(20);
        }
      }
      alice.hearsNothing();
      expect(keysHeard(media, 'a')).toEqual(Array.from({ length: 100 }, (_, i) => i % 16));
      const numbers = media
        .heardAt('a')
        .filter((packet) => packet.readUInt32BE(8) === 0x1234)
        .map((packet) => packet.readUInt16BE(2));
      expect(numbers).toEqual(numbers.map((_, i) => numbers[0]! + i));
      end(alice, itsp);
    },
  );

  scenario(
    'a call that it brings has its keys turned both ways as well',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const media = talkFromOutside(itsp, alice, world);
      for (const packet of keyPackets({ key: '#', sequence: 1, timestamp: 1 })) media.says('b1', packet);
      expect(told(itsp.expects('INFO'))).toEqual([RELAY[1], 'Signal=#\r\nDuration=100\r\n']);
      info(itsp, '11\r\n', 'Application/DTMF');
      itsp.hears('200 INFO');
      world.passes(500);
      expect(keysHeard(media, 'b1')).toEqual([11]);
      end(itsp, alice);
    },
  );

  scenario(
    'INFO of keys that can not be read are refused, and nobody hears a key',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const media = talkOutside(alice, itsp, world);
      for (const [body, reason] of [
        ['', 'No key'],
        ['Duration=100', 'No key'],
        ['Signal=x', 'Unknown key'],
        ['Signal=5\r\nDuration=soon', 'Bad duration'],
        [`Signal=5\r\n${'x'.repeat(300)}`, 'Body too long'],
      ] as const) {
        info(itsp, body);
        expect(itsp.hears('400 INFO').reason).toBe(reason);
      }
      itsp.sends('INFO', { headers: [RELAY, ['Content-Encoding', 'gzip']], body: 'Signal=5' });
      expect(itsp.hears('415 INFO').value('Accept-Encoding')).toBe('identity');
      alice.hearsNothing();
      expect(media.commands.filter((command) => command.do === 'send-digit')).toEqual([]);
      // What tells no key goes through as ever.
      info(itsp, 'x', 'text/odd');
      alice.expects('INFO');
      itsp.hears('200 INFO');
      end(alice, itsp);
    },
  );

  scenario(
    'a storm of INFO is bounded, and said',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const media = talkOutside(alice, itsp, world);
      for (let i = 0; i < 60; i++) {
        info(itsp, 'Signal=1\r\nDuration=100\r\n');
        if (i < 50) itsp.hears('200 INFO');
        else expect(itsp.hears('500 INFO').value('Retry-After')).toBe('1');
      }
      world.passes(50 * 160 + 100);
      info(itsp, 'Signal=2\r\nDuration=100\r\n');
      itsp.hears('200 INFO');
      world.passes(200);
      expect(keysHeard(media, 'a')).toEqual([...Array.from({ length: 50 }, () => 1), 2]);
      end(alice, itsp);
      expect(noted(world)).toMatchObject([{ leg: 'b1', why: 'too-many' }]);
    },
  );

  scenario(
    'keys that nobody can have are told in the story, once, and not which',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      alice.invites('+79031234567', { sdp: withoutEvents(alice) });
      itsp.answers();
      alice.hears('200 INVITE');
      itsp.expects('ACK');
      for (let i = 0; i < 3; i++) {
        info(itsp, 'Signal=9');
        itsp.hears('200 INFO');
      }
      end(alice, itsp);
      expect(noted(world)).toMatchObject([{ leg: 'b1', why: 'not-negotiated' }]);
      expect(JSON.stringify(noted(world))).not.toContain('9"');
    },
  );

  scenario(
    'keys before the answer, and those that the trunk refuses, are told too',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      alice.invites('+79031234567');
      itsp.rings({ status: 183, sdp: withoutEvents(itsp) });
      alice.hears('183 INVITE');
      const media = world.media.calls.at(-1)!;
      for (const packet of keyPackets({ key: '1', sequence: 1, timestamp: 1 })) media.says('a', packet);
      itsp.answers();
      alice.hears('200 INVITE');
      itsp.expects('ACK');
      itsp.manners.replies.INFO = 415;
      for (const packet of keyPackets({ key: '2', sequence: 30, timestamp: 9_000 })) media.says('a', packet);
      itsp.expects('INFO');
      end(alice, itsp);
      expect(noted(world)).toMatchObject([
        { leg: 'a', why: 'not-answered' },
        { leg: 'a', why: 'refused', status: 415 },
      ]);
    },
  );

  scenario(
    'what a phone tells by INFO itself goes through as INFO, and no event with it',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const media = talkOutside(alice, itsp, world);
      info(alice, 'Signal=5\r\nDuration=160\r\n');
      expect(told(itsp.expects('INFO'))).toEqual([RELAY[1], 'Signal=5\r\nDuration=160\r\n']);
      alice.hears('200 INFO');
      itsp.hearsNothing();
      expect(media.commands.filter((command) => command.do === 'send-digit')).toEqual([]);
      end(alice, itsp);
    },
  );
});

scenario(
  'between two phones events stay events: nothing is told',
  { ends: 'caller-hung-up' },
  ({ alice, bob, world }) => {
    talk(alice, bob);
    const media = world.media.calls.at(-1)!;
    const packets = keyPackets({ key: '5', sequence: 1, timestamp: 800 });
    for (const packet of packets) media.says('a', packet);
    expect(media.heardAt('b1')).toEqual(packets);
    bob.hearsNothing();
    end(alice, bob);
  },
);

/** A body of a phone that knows no telephone events. */
function withoutEvents({ phone }: Actor): string {
  const { address } = phone.settings.local;
  return [
    'v=0',
    `o=- 7 1 IN IP4 ${address}`,
    's=phone',
    `c=IN IP4 ${address}`,
    't=0 0',
    'm=audio 4000 RTP/AVP 8',
    '',
  ].join('\r\n');
}
