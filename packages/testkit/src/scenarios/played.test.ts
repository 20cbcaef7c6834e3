import { recordOf, replay } from '@vats/calls';
import { say } from '@vats/media';
import type { FakeMediaCall } from '@vats/media/testing';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { connect, end } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';

const withScheme = (...steps: readonly string[]) => ({
  users: pbxUser(),
  pbx: `${COMPANY.replace('channels: 10, to: "201"', 'scheme: main')}schemes: [{ name: main, open: [${steps.join(', ')}] }]\n`,
});
const GREETED = withScheme('{ play: greeting }', '{ ring: "201" }');
const EARLY = withScheme('{ play: { prompt: greeting, answer: false } }', '{ ring: "201" }');

const mediaOf = (world: World): FakeMediaCall => world.media.calls.at(-1)!;

/** What is being played to the caller, in short. */
function playing(world: World): string {
  const order = mediaOf(world).commands.findLast(({ do: what }) => what === 'play' || what === 'stop-playing');
  if (order?.do !== 'play') return '';
  const [item] = order.order.items;
  if (item === undefined) return '';
  return 'file' in item
    ? item.file.replace(/^.*\/prompts\//, '')
    : 'tone' in item
      ? `${item.tone} ${item.country}`
      : '?';
}

/** What is being played comes to its end. */
function ends(world: World, why: 'ended' | 'failed' = 'ended'): void {
  const media = mediaOf(world);
  const order = media.commands.findLast((command) => command.do === 'play')!;
  const detail = why === 'failed' ? { detail: 'it is no file' } : {};
  media.emit({ kind: 'played', leg: order.leg, play: order.order.id, why, playedMs: 2_000, ...detail });
  world.passes(0);
}

const answeredWith = (actor: Actor): readonly string[] => readSdp(actor.call.remoteSdp ?? '').codecs;
const typesIn = (world: World): string[] => world.events.map(({ type }) => type);

describe('a value in a scheme', () => {
  scenario(
    'is said in recorded words of the domain’s language: the time, the caller’s number, a number, digits',
    {
      ends: 'callee-busy',
      ...withScheme(
        '{ say: time }',
        '{ say: caller }',
        '{ say: { number: 22 } }',
        '{ say: { digits: "8 *" } }',
        '{ ring: "201" }',
      ),
    },
    ({ itsp, alice, world }) => {
      const words = (): string[] => {
        const order = mediaOf(world).commands.findLast((command) => command.do === 'play')!;
        return order.order.items.map((item) => ('file' in item ? item.file.replace(/^.*\/|\.wav$/g, '') : '?'));
      };
      itsp.invites('84951234567');
      itsp.hears('200 INVITE');
      const local = new Date(world.events[0]!.at + 3 * 3_600_000);
      expect(words()).toEqual(say('ru', { hours: local.getUTCHours(), minutes: local.getUTCMinutes() }));
      ends(world);
      expect(words()).toEqual(['plus', ...'79161112233']);
      ends(world);
      expect(words()).toEqual(['20', '2']);
      ends(world);
      expect(words()).toEqual(['8', 'star']);
      ends(world);
      alice.refuses(486);
      alice.expects('ACK');
      itsp.expects('BYE');
      expect(recordOf(world.events)?.explain).toContain('scheme main says the digits 8 *');
    },
  );

  scenario(
    'the number of a caller who shows none is not said',
    { ends: 'callee-busy', ...withScheme('{ say: caller }', '{ ring: "201" }') },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567', { headers: [['Privacy', 'id']] });
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
      expect(recordOf(world.events)?.explain).toContain('scheme main: the caller shows no number that could be said');
    },
  );
});

describe('a prefix in a scheme', () => {
  scenario(
    'stands before the caller’s name on phones, and not on what leaves by a trunk',
    {
      ends: 'callee-busy',
      ...withScheme('{ prefix: "Sales: " }', '{ ring: { to: ["+79165550102", "201"], order: in-turn } }'),
    },
    ({ itsp, alice }) => {
      itsp.invites('84951234567');
      itsp.refuses(486);
      itsp.expects('ACK');
      expect(itsp.phone.calls.at(-1)?.received?.request.value('From')).toMatch(/^<sip:74951234567@/);
      expect(alice.call.received?.request.value('From')).toMatch(/^"Sales: itsp" <sip:\+79161112233@/);
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
    },
  );
});

describe('a prompt in a scheme', () => {
  scenario(
    'answers the call, is heard, and then the phone rings, with a tone from the switch',
    { ends: 'caller-hung-up', ...GREETED },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567');
      itsp.hears('200 INVITE');
      expect(answeredWith(itsp)).toEqual(['8 PCMA/8000', '101 telephone-event/8000']);
      expect(playing(world)).toBe('ru/greeting.wav');
      alice.hearsNothing();
      ends(world);
      expect(playing(world)).toBe('ringback RU');
      alice.rings();
      // The caller is answered already: nobody can tell it that a phone rings but in its sound.
      itsp.hearsNothing();
      alice.answers();
      alice.expects('ACK');
      expect(playing(world)).toBe('');
      expect(mediaOf(world).heardBy('a')).toBe('b1');
      end(itsp, alice);
      expect(typesIn(world)).toEqual(expect.arrayContaining(['call.opened', 'prompt.played', 'call.answered']));
      const record = recordOf(world.events)!;
      expect(record.result).toBe('answered');
      expect(replay(record, world.running.model.directory)).toMatchObject({ verdict: 'same' });
    },
  );

  scenario(
    'has refused the video of the caller: the phone that rings behind it is not offered any',
    { ends: 'caller-hung-up', ...GREETED },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567', { sdp: `${itsp.phone.sdp()}m=video 6000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n` });
      itsp.hears('200 INVITE');
      expect(itsp.call.remoteSdp).toContain('m=video 0 ');
      ends(world);
      expect(alice.call.remoteSdp).not.toContain('m=video');
      alice.answers();
      alice.expects('ACK');
      end(itsp, alice);
    },
  );

  scenario(
    'is early media where the scheme says so: the call is answered by whoever takes it',
    { ends: 'caller-hung-up', ...EARLY },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567');
      itsp.hears('183 INVITE');
      expect(playing(world)).toBe('ru/greeting.wav');
      ends(world);
      alice.rings();
      expect(playing(world)).toBe('ringback RU');
      itsp.hearsNothing();
      connect(itsp, alice);
      expect(mediaOf(world).heardBy('a')).toBe('b1');
      end(itsp, alice);
    },
  );

  scenario(
    'whoever hangs up while it is heard has given up: a missed call',
    { ends: 'caller-cancelled', ...GREETED },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567');
      itsp.hears('200 INVITE');
      itsp.hangsUp();
      itsp.hears('200 BYE');
      alice.hearsNothing();
      // What the media plane says of it by then is nothing to anybody.
      ends(world);
      expect(typesIn(world)).not.toContain('prompt.played');
      expect(recordOf(world.events)).toMatchObject({ result: 'missed' });
    },
  );

  scenario(
    'whoever hangs up while the phone rings after it has given up, and the phone stops',
    { ends: 'caller-cancelled', ...GREETED },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567');
      itsp.hears('200 INVITE');
      ends(world);
      alice.rings();
      itsp.hangsUp();
      itsp.hears('200 BYE');
      alice.expects('CANCEL', 'ACK');
    },
  );

  scenario('as early media ends with a CANCEL', { ends: 'caller-cancelled', ...EARLY }, ({ itsp, alice }) => {
    itsp.invites('84951234567');
    itsp.hears('183 INVITE');
    itsp.cancels();
    itsp.hears('200 CANCEL', '487 INVITE');
    alice.hearsNothing();
  });

  scenario(
    'nobody takes the call after it: the caller, who was answered, is hung up on',
    { ends: 'callee-busy', ...GREETED },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567');
      itsp.hears('200 INVITE');
      ends(world);
      alice.refuses(486);
      alice.expects('ACK');
      expect(itsp.expects('BYE').value('Reason')).toContain('cause=17');
      expect(recordOf(world.events)).toMatchObject({ result: 'missed' });
    },
  );

  scenario(
    'with an end of the call after it',
    { ends: 'plan-ended', ...withScheme('{ play: closed }', '{ hangup: normal }') },
    ({ itsp, world }) => {
      itsp.invites('84951234567');
      itsp.hears('200 INVITE');
      ends(world);
      expect(itsp.expects('BYE').value('Reason')).toContain('cause=16');
    },
  );

  scenario(
    'that there is not is told, and the call, which is not answered for it, goes on',
    { ends: 'callee-busy', ...withScheme('{ play: none-such }', '{ ring: "201" }') },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567');
      alice.refuses(486);
      alice.expects('ACK');
      itsp.hears('486 INVITE');
      expect(world.events).toContainEqual(expect.objectContaining({ type: 'prompt.failed', why: 'unknown' }));
      expect(recordOf(world.events)?.explain).toContain('none-such could not be played');
    },
  );

  scenario(
    'whose file can not be read is told, and the call goes on',
    { ends: 'callee-busy', ...GREETED },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567');
      itsp.hears('200 INVITE');
      ends(world, 'failed');
      alice.refuses(486);
      alice.expects('ACK');
      itsp.expects('BYE');
      expect(world.events).toContainEqual(
        expect.objectContaining({ type: 'prompt.failed', why: 'unreadable', detail: 'it is no file' }),
      );
    },
  );

  scenario(
    'a caller with no codec that sound can be made in hears none, and reaches a phone that has it',
    { ends: 'caller-hung-up', ...GREETED },
    ({ itsp, alice, world }) => {
      const codecs = ['18 G729/8000'];
      itsp.invites('84951234567', { sdp: itsp.phone.sdp({ codecs }) });
      alice.answers({ sdp: alice.phone.sdp({ codecs }) });
      itsp.hears('200 INVITE');
      alice.expects('ACK');
      end(itsp, alice);
      expect(world.events).toContainEqual(expect.objectContaining({ type: 'prompt.failed', why: 'no-codec' }));
    },
  );

  scenario(
    'a caller with G.722 behind a codec that sound can not be made in hears it in G.722',
    { ends: 'caller-cancelled', ...GREETED },
    ({ itsp, world }) => {
      itsp.invites('84951234567', { sdp: itsp.phone.sdp({ codecs: ['18 G729/8000', '9 G722/8000'] }) });
      itsp.hears('200 INVITE');
      expect(answeredWith(itsp)).toEqual(['9 G722/8000']);
      expect(playing(world)).toBe('ru/greeting.wav');
      itsp.hangsUp();
      itsp.hears('200 BYE');
    },
  );

  scenario(
    'a caller without an offer hears it once it has answered ours',
    { ends: 'caller-hung-up', ...GREETED },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567', { sdp: null });
      itsp.hears('200 INVITE');
      expect(playing(world)).toBe('ru/greeting.wav');
      ends(world);
      alice.answers();
      alice.expects('ACK');
      expect(mediaOf(world).heardBy('a')).toBe('b1');
      end(itsp, alice);
    },
  );

  scenario(
    'a caller on hold meanwhile is answered by the switch, and what is heard goes on in the codec that it has then',
    { ends: 'caller-hung-up', ...GREETED },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567', { sdp: itsp.phone.sdp({ codecs: ['8 PCMA/8000', '0 PCMU/8000'] }) });
      itsp.hears('200 INVITE');
      world.passes(1_300);
      itsp.reinvites({ sdp: itsp.call.sdp({ codecs: ['0 PCMU/8000'] }) });
      itsp.hears('200 INVITE');
      const plays = mediaOf(world).commands.filter((command) => command.do === 'play');
      expect(plays.map(({ order }) => [order.format.encoding, order.fromMs])).toEqual([
        ['pcma/8000/1', undefined],
        ['pcmu/8000/1', 1_000],
      ]);
      ends(world);
      alice.rings();
      itsp.holds();
      itsp.hears('200 INVITE');
      expect(readSdp(itsp.call.remoteSdp ?? '').direction).toBe('recvonly');
      itsp.resumes();
      itsp.hears('200 INVITE');
      alice.answers();
      alice.expects('ACK');
      end(itsp, alice);
    },
  );

  scenario(
    'the phone is offered what the caller has been answered with, and what that can be converted to',
    { ends: 'caller-hung-up', ...GREETED },
    ({ itsp, alice, world }) => {
      itsp.invites('84951234567', { sdp: itsp.phone.sdp({ codecs: ['9 G722/8000', '8 PCMA/8000'] }) });
      itsp.hears('200 INVITE');
      expect(answeredWith(itsp)).toEqual(['8 PCMA/8000']);
      ends(world);
      alice.answers();
      alice.expects('ACK');
      expect(answeredWith(alice)[0]).toBe('8 PCMA/8000');
      end(itsp, alice);
    },
  );

  scenario(
    'early media of a phone takes the place of the tone, and the tone comes back when that phone is gone',
    { ends: 'caller-hung-up', ...withScheme('{ play: greeting }', '{ ring: ["201", "202"] }') },
    ({ itsp, alice, bob, world }) => {
      itsp.invites('84951234567');
      itsp.hears('200 INVITE');
      ends(world);
      bob.rings();
      alice.rings({ status: 183, sdp: alice.phone.sdp() });
      expect(playing(world)).toBe('');
      expect(mediaOf(world).heardBy('b1')).toBe('a');
      itsp.hearsNothing();
      alice.refuses(486);
      alice.expects('ACK');
      expect(playing(world)).toBe('ringback RU');
      bob.answers();
      bob.expects('ACK');
      end(itsp, bob);
    },
  );

  scenario('the switch stops', { ends: 'operator-hung-up', ...GREETED }, ({ itsp, world }) => {
    itsp.invites('84951234567');
    itsp.hears('200 INVITE');
    world.running.calls.hangUpAll('operator-hung-up');
    itsp.expects('BYE');
  });

  scenario('no call lasts for ever', { ends: 'time-limit', ...GREETED }, ({ itsp, world }) => {
    itsp.invites('84951234567');
    itsp.hears('200 INVITE');
    world.passes(world.running.settings.calls.timeLimit);
    itsp.expects('BYE');
  });
});
