import { type FakeMediaCall, keyPackets } from '@vats/media/testing';
import { describe, expect } from 'vitest';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { end } from './acts.ts';
import { companyWithKeys, KEYS, talkFromOutside, talkOutside } from './company-keys.ts';

const COMPANY_OF = companyWithKeys('inband');

const tonesTo = (media: FakeMediaCall, leg: string): string =>
  media.commands
    .flatMap((command) => (command.do === 'send-tone' && command.leg === leg ? [command.press.key] : []))
    .join('');

const eventsTo = (media: FakeMediaCall, leg: string): string =>
  media.commands
    .flatMap((command) => (command.do === 'send-digit' && command.leg === leg ? [command.press.key] : []))
    .join('');

describe('keys of a trunk that has them as tones', () => {
  scenario(
    'it is offered no telephone events, the phone has them; what it says is listened to',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const media = talkOutside(alice, itsp, world);
      expect(readSdp(itsp.call.remoteSdp ?? '').codecs).toEqual(['8 PCMA/8000']);
      expect(readSdp(alice.call.remoteSdp ?? '').codecs).toEqual(['8 PCMA/8000', '101 telephone-event/8000']);
      expect(media.commands).toContainEqual({ do: 'hear-tones', leg: 'b1', sources: [[8, 'pcma/8000/1']] });
      expect(media.commands.filter((command) => command.do === 'hear-tones' && command.leg === 'a')).toEqual([]);
      end(alice, itsp);
    },
  );

  scenario(
    '100 presses at the phone are 100 tones for the trunk',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const media = talkOutside(alice, itsp, world);
      const keys = Array.from({ length: 100 }, (_, i) => KEYS[(3 * i) % 16]!);
      for (const [i, key] of keys.entries()) {
        for (const packet of keyPackets({ key, sequence: i * 10, timestamp: i * 2_000 })) media.says('a', packet);
        world.passes(250);
      }
      expect(tonesTo(media, 'b1')).toBe(keys.join(''));
      expect(media.heardAt('b1')).toEqual([]);
      const sent = media.commands.find((command) => command.do === 'send-tone');
      expect(sent).toMatchObject({
        press: { milliseconds: 100, format: { payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 } },
      });
      end(alice, itsp);
      expect(world.events.filter(({ type }) => type === 'keys.dropped')).toEqual([]);
    },
  );

  scenario(
    'music on hold is not cut short by a press of whoever holds',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const media = talkOutside(alice, itsp, world);
      alice.holds();
      itsp.answers();
      alice.hears('200 INVITE');
      itsp.expects('ACK');
      expect(media.commands.at(-1)).toMatchObject({ do: 'play', leg: 'b1' });
      for (const packet of keyPackets({ key: '5', sequence: 10, timestamp: 2_000 })) media.says('a', packet);
      expect(tonesTo(media, 'b1')).toBe('');
      expect(world.events).toContainEqual(expect.objectContaining({ type: 'keys.dropped', leg: 'a', why: 'held' }));
      end(alice, itsp);
    },
  );

  scenario(
    'a tone that the trunk sends is an event for the phone',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const media = talkOutside(alice, itsp, world);
      for (const key of KEYS) {
        media.emit({ kind: 'dtmf', leg: 'b1', key, milliseconds: 80 });
        world.passes(200);
      }
      expect(eventsTo(media, 'a')).toBe(KEYS.join(''));
      end(alice, itsp);
    },
  );

  scenario(
    'a call that it brings is answered without telephone events, though it offers them, and has its keys turned both ways',
    { ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      const media = talkFromOutside(itsp, alice, world);
      expect(readSdp(itsp.call.remoteSdp ?? '').codecs).toEqual(['8 PCMA/8000']);
      media.emit({ kind: 'dtmf', leg: 'a', key: '7', milliseconds: 80 });
      for (const packet of keyPackets({ key: '#', sequence: 1, timestamp: 1 })) media.says('b1', packet);
      world.passes(500);
      expect([eventsTo(media, 'b1'), tonesTo(media, 'a')]).toEqual(['7', '#']);
      end(itsp, alice);
    },
  );

  scenario(
    'a machine that asks for keys before it answers gets them',
    { ends: 'caller-cancelled', ...COMPANY_OF },
    ({ alice, itsp, world }) => {
      alice.invites('+79031234567');
      itsp.rings({ status: 183, sdp: itsp.phone.sdp() });
      alice.hears('183 INVITE');
      const media = world.media.calls.at(-1)!;
      for (const packet of keyPackets({ key: '4', sequence: 1, timestamp: 1 })) media.says('a', packet);
      media.emit({ kind: 'dtmf', leg: 'b1', key: '2', milliseconds: 80 });
      world.passes(300);
      expect([tonesTo(media, 'b1'), eventsTo(media, 'a')]).toEqual(['4', '2']);
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
      itsp.expects('CANCEL', 'ACK');
    },
  );
});
