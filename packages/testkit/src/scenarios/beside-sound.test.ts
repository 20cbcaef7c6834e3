import type { FakeMediaCall } from '@vats/media/testing';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { relayingWith } from '../world.ts';
import { end, talk } from './acts.ts';

const VIDEO = ['m=video 6000 RTP/AVPF 96', 'b=AS:512', 'a=rtpmap:96 H264/90000', 'a=rtcp-fb:96 nack pli'];
const T38 = ['m=image 6100 udptl t38', 'a=T38FaxVersion:0', 'a=T38MaxBitRate:14400', 'a=T38FaxUdpEC:t38UDPRedundancy'];
const SOUND_REFUSED = 'm=audio 0 RTP/AVP 8';

/** The phone's usual words, with more m-lines behind. */
const beside = (actor: Actor, lines: readonly string[]): string =>
  `${actor.phone.sdp()}${lines.map((line) => `${line}\r\n`).join('')}`;

/** The phone's words with these m-lines in place of its own. */
function instead(actor: Actor, lines: readonly string[], version: number): string {
  const head = actor.phone
    .sdp()
    .split('\r\nm=')[0]!
    .replace(/^(o=\S+ \d+) \d+/m, `$1 ${version}`);
  return `${head}\r\n${lines.map((line) => `${line}\r\n`).join('')}`;
}

const said = (actor: Actor): string => actor.call.remoteSdp ?? '';
const mLines = (actor: Actor): string[] => said(actor).match(/^m=\S+ \d+/gm) ?? [];
const media = (world: World): FakeMediaCall => world.media.calls.at(-1)!;
const joined = (world: World): number =>
  media(world).commands.filter((command) => command.do === 'bridge-streams').length;

describe('beside the sound', () => {
  scenario('video is offered, answered and joined', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    alice.invites(bob, { sdp: beside(alice, VIDEO) });
    bob.answers({ sdp: beside(bob, VIDEO) });
    alice.hears('200 INVITE');
    bob.expects('ACK');
    for (const actor of [alice, bob]) for (const line of VIDEO.slice(1)) expect(said(actor)).toContain(line);
    expect(mLines(alice)[1]).not.toBe(mLines(bob)[1]);
    expect(joined(world)).toBe(1);
    expect(world.media.statistics().pairs.leased).toBe(4);
    end(alice, bob);
    const { streams } = media(world).leg('a');
    expect(streams.map(({ media: told }) => told?.claimed?.port)).toEqual([6000]);
  });

  scenario(
    'video that the callee has not is refused to the caller',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.invites(bob, { sdp: beside(alice, VIDEO) });
      bob.answers();
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect(mLines(alice)[1]).toBe('m=video 0');
      expect(joined(world)).toBe(0);
      end(alice, bob);
    },
  );

  scenario(
    'video is refused where it is switched off, a fax is not',
    { ends: 'caller-hung-up', settings: relayingWith({ video: false }) },
    ({ alice, bob }) => {
      alice.invites(bob, { sdp: beside(alice, [...VIDEO, ...T38]) });
      bob.answers({ sdp: beside(bob, T38) });
      expect(mLines(bob).map((line) => line.split(' ')[0])).toEqual(['m=audio', 'm=image']);
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect(mLines(alice)[1]).toBe('m=video 0');
      expect(mLines(alice)[2]).toMatch(/^m=image [1-9]/);
      end(alice, bob);
    },
  );

  scenario(
    'video may come and go in a call (RFC 3264 §8.1, §8.2)',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      bob.reinvites({ sdp: instead(bob, ['m=audio 4000 RTP/AVP 8', ...VIDEO], 2) });
      alice.answers({ sdp: instead(alice, ['m=audio 4000 RTP/AVP 8', ...VIDEO], 2) });
      bob.hears('200 INVITE');
      alice.expects('ACK');
      expect(world.media.statistics().pairs.leased).toBe(4);
      alice.reinvites({ sdp: instead(alice, ['m=audio 4000 RTP/AVP 8', 'm=video 0 RTP/AVPF 96'], 3) });
      bob.answers({ sdp: instead(bob, ['m=audio 4000 RTP/AVP 8', 'm=video 0 RTP/AVPF 96'], 3) });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect(world.media.statistics().pairs.leased).toBe(2);
      end(alice, bob);
    },
  );
});

describe('a fax', () => {
  for (const [form, lines] of [
    ['in the place of the sound', T38],
    ['behind sound that is refused', [SOUND_REFUSED, ...T38]],
  ] as const) {
    for (const who of ['caller', 'callee'] as const) {
      scenario(
        `${form}, begun by the ${who}, and back to sound`,
        { ends: 'caller-hung-up' },
        ({ alice, bob, world }) => {
          talk(alice, bob);
          const [from, to] = who === 'caller' ? [alice, bob] : [bob, alice];
          from.reinvites({ sdp: instead(from, lines, 2) });
          to.answers({ sdp: instead(to, lines, 2) });
          from.hears('200 INVITE');
          to.expects('ACK');
          for (const line of T38.slice(1))
            expect([said(from), said(to)].every((text) => text.includes(line))).toBe(true);
          expect(joined(world)).toBe(1);
          expect(media(world).leg('a').media).toMatchObject({ noSound: true });
          const back = lines === T38 ? ['m=audio 4000 RTP/AVP 8'] : ['m=audio 4000 RTP/AVP 8', 'm=image 0 udptl t38'];
          from.reinvites({ sdp: instead(from, back, 3) });
          to.answers({ sdp: instead(to, back, 3) });
          from.hears('200 INVITE');
          to.expects('ACK');
          expect(media(world).leg('a').media).not.toHaveProperty('noSound');
          expect(world.media.statistics().pairs.leased).toBe(2);
          end(alice, bob);
          expect(world.events.map(({ type }) => type)).not.toContain('leg.held');
        },
      );
    }
  }

  scenario(
    'that is refused with 488 leaves the sound as it was',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      const before = media(world).commands.length;
      bob.reinvites({ sdp: instead(bob, T38, 2) });
      alice.refuses(488);
      alice.expects('ACK');
      bob.hears('488 INVITE');
      const after = media(world).commands.slice(before);
      expect(after.map((command) => command.do)).toEqual(['open-stream', 'close-stream']);
      expect(world.media.statistics().pairs.leased).toBe(2);
      bob.holds();
      alice.answers();
      bob.hears('200 INVITE');
      alice.expects('ACK');
      end(alice, bob);
    },
  );

  scenario('to the echo test is refused, and the test goes on', { ends: 'caller-hung-up' }, ({ alice }) => {
    alice.invites('*43');
    alice.hears('200 INVITE');
    alice.reinvites({ sdp: instead(alice, T38, 2) });
    alice.hears('488 INVITE');
    alice.hangsUp();
    alice.hears('200 BYE');
  });
});

describe('more than anybody needs', () => {
  const many = Array.from({ length: 31 }, (_, i) => [
    `m=video ${6000 + 2 * i} RTP/AVP 96`,
    'a=rtpmap:96 H264/90000',
  ]).flat();

  scenario(
    'of 32 m-lines a few have ports, and the call its sound',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.invites(bob, { sdp: beside(alice, many) });
      bob.answers({ sdp: beside(bob, many.slice(0, 8)) });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      expect(mLines(bob)).toHaveLength(5);
      expect(mLines(alice).filter((line) => line.endsWith(' 0'))).toHaveLength(27);
      expect(world.media.statistics().pairs.leased).toBe(10);
      end(alice, bob);
    },
  );
});
