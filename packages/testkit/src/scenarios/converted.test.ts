import { type FakeMediaCall, keyPackets, rtpPacket } from '@vats/media/testing';
import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { relayingWith } from '../world.ts';
import { end, talk } from './acts.ts';

const PCMA = ['8 PCMA/8000', '101 telephone-event/8000'];
const G722 = ['9 G722/8000', '101 telephone-event/8000'];

const answeredTo = (actor: Actor): readonly string[] => readSdp(actor.call.remoteSdp ?? '').codecs;

/** Payload types and lengths of what a leg heard. */
const heardAt = (media: FakeMediaCall, leg: string) =>
  media.heardAt(leg).map((packet) => [packet[1]! & 0x7f, packet.length - 12]);

/** Both speak for 60 ms: alice in G.722, bob in G.711. */
function speak(media: FakeMediaCall, first = 1): void {
  for (let sequence = first; sequence < first + 3; sequence++) {
    media.says('a', rtpPacket({ sequence, payloadType: 9 }));
    media.says('b1', rtpPacket({ sequence, payloadType: 8 }));
  }
}

describe('phones that share no codec', () => {
  scenario(
    'are each answered in their own, and hear one another',
    { ends: 'caller-hung-up' },
    async ({ alice, bob, world }) => {
      alice.phone.codecs = G722;
      bob.phone.codecs = PCMA;
      talk(alice, bob);
      expect(answeredTo(alice)).toEqual(G722);
      const media = world.media.calls.at(-1)!;
      expect(world.running.calls.snapshots()[0]?.legs.map(({ leg, converted }) => [leg, converted])).toEqual([
        ['a', { from: 'g722', to: 'pcma' }],
        ['b1', { from: 'pcma', to: 'g722' }],
      ]);
      expect(world.media.statistics()).toMatchObject({ convertedCalls: 1, encryptedLegs: 0 });
      speak(media);
      expect(heardAt(media, 'b1')).toEqual(Array(3).fill([8, 160]));
      expect(heardAt(media, 'a')).toEqual(Array(3).fill([9, 160]));
      for (const packet of keyPackets({ key: '7', sequence: 4, timestamp: 640 })) media.says('a', packet);
      expect(
        media
          .heardAt('b1')
          .slice(3)
          .every((packet) => packet[12] === 7),
      ).toBe(true);
      expect(media.heardAt('b1').length).toBeGreaterThan(3);
      end(alice, bob);
      await world.stage.eventually(() => world.endings().length === 1, 20);
      expect(world.endings()[0]).toMatchObject({
        media: { a: { converted: { from: 'g722', to: 'pcma' } }, b1: { converted: { from: 'pcma', to: 'g722' } } },
      });
      expect(world.media.statistics()).toMatchObject({ convertedCalls: 0 });
    },
  );

  scenario('hear one another before the answer, too', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    alice.phone.codecs = G722;
    bob.phone.codecs = PCMA;
    alice.invites(bob);
    bob.rings({ status: 183, sdp: bob.phone.sdp() });
    alice.hears('183 INVITE');
    expect(answeredTo(alice)).toEqual(G722);
    const media = world.media.calls.at(-1)!;
    media.says('b1', rtpPacket({ sequence: 1, payloadType: 8 }));
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    media.says('b1', rtpPacket({ sequence: 2, payloadType: 8 }));
    expect(heardAt(media, 'a')).toEqual([
      [9, 160],
      [9, 160],
    ]);
    // The answer said nothing new: what is converted goes on as it was.
    expect(media.heardAt('a').map((packet) => packet[1]! >= 0x80)).toEqual([true, false]);
    end(alice, bob);
  });

  scenario('are converted across a hold', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    alice.phone.codecs = G722;
    bob.phone.codecs = PCMA;
    talk(alice, bob);
    const media = world.media.calls.at(-1)!;
    speak(media);
    for (const act of ['holds', 'resumes'] as const) {
      bob[act]();
      alice.answers();
      bob.hears('200 INVITE');
      alice.expects('ACK');
    }
    // Each was offered the other's first, and answered with its own.
    expect([answeredTo(alice)[0], answeredTo(bob)]).toEqual([PCMA[0], PCMA]);
    expect(readSdp(alice.call.localSdp ?? '').codecs[0]).toBe(G722[0]);
    speak(media, 4);
    expect(heardAt(media, 'b1')).toEqual(Array(6).fill([8, 160]));
    expect(heardAt(media, 'a')).toEqual(Array(6).fill([9, 160]));
    end(alice, bob);
  });

  scenario(
    'may come to share one by a re-INVITE, and part again',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.phone.codecs = G722;
      bob.phone.codecs = PCMA;
      talk(alice, bob);
      const media = world.media.calls.at(-1)!;
      speak(media);
      for (const [codecs, payloadType] of [
        [PCMA, 8],
        [G722, 9],
      ] as const) {
        alice.phone.codecs = codecs;
        alice.reinvites({ sdp: alice.call.sdp({ codecs }) });
        bob.answers();
        alice.hears('200 INVITE');
        bob.expects('ACK');
        expect(answeredTo(alice)).toEqual(codecs);
        media.says('a', rtpPacket({ sequence: 100 + payloadType, payloadType }));
        expect(heardAt(media, 'b1').at(-1)).toEqual([8, 160]);
        const bridge = media.commands.findLast(({ do: what }) => what === 'bridge');
        expect('conversions' in bridge!).toBe(payloadType === 9);
      }
      end(alice, bob);
    },
  );

  scenario(
    'and do share one that stands later in the offer: it passes',
    { ends: 'caller-hung-up' },
    ({ alice, bob, world }) => {
      alice.phone.codecs = [...G722, '8 PCMA/8000'];
      bob.phone.codecs = PCMA;
      talk(alice, bob);
      const media = world.media.calls.at(-1)!;
      const said = rtpPacket({ sequence: 9, payloadType: 8 });
      media.says('a', said);
      expect(media.heardAt('b1')).toEqual([said]);
      expect(media.commands.findLast(({ do: what }) => what === 'bridge')).not.toHaveProperty('conversions');
      end(alice, bob);
    },
  );

  for (const [name, codecs] of [
    ['G.722', G722],
    ['Opus', ['96 opus/48000/2', '97 telephone-event/48000']],
  ] as const) {
    scenario(
      `a caller without an offer reaches a phone that has ${name} alone`,
      { ends: 'caller-hung-up' },
      ({ alice, bob, world }) => {
        alice.phone.codecs = PCMA;
        bob.phone.codecs = codecs;
        alice.invites(bob, { sdp: null });
        bob.answers();
        alice.hears('200 INVITE');
        bob.expects('ACK');
        const converted = ({ legs }: { readonly legs: readonly { readonly converted?: object }[] }) =>
          legs.map((leg) => leg.converted);
        const name = codecs[0]?.split(/[ /]/)[1]?.toLowerCase();
        expect(world.running.calls.snapshots().map(converted)).toEqual([
          [
            { from: 'pcma', to: name },
            { from: name, to: 'pcma' },
          ],
        ]);
        end(alice, bob);
      },
    );
  }

  scenario(
    'G.729 and G.711: nothing can be converted, and the caller is told',
    { ends: 'no-common-codec' },
    ({ alice, bob }) => {
      alice.phone.codecs = ['18 G729/8000'];
      alice.invites(bob);
      bob.answers({ sdp: bob.call.sdp({ codecs: PCMA }) });
      bob.expects('ACK');
      bob.expects('BYE');
      expect(alice.hears('488 INVITE').value('Warning')).toBe('305 - "No codec in common, offered was G729"');
    },
  );

  scenario(
    'are refused where conversion is switched off',
    { ends: 'no-common-codec', settings: relayingWith({ transcode: false }) },
    ({ alice, bob }) => {
      alice.phone.codecs = G722;
      alice.invites(bob);
      expect(answeredTo(bob)).toEqual(G722);
      bob.answers({ sdp: bob.call.sdp({ codecs: PCMA }) });
      bob.expects('ACK');
      bob.expects('BYE');
      expect(alice.hears('488 INVITE').value('Warning')).toMatch(/^305 /);
    },
  );
});
