import { recordOf } from '@vats/calls';
import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { dialsIn, ends, joinOf, keys, leaves, mediaOf, playing, WITH_PIN, weekly } from './conference-acts.ts';

describe('a conference with a PIN', () => {
  scenario(
    'asks for its PIN, and whoever keys it in is let in',
    { ends: 'caller-hung-up', pbx: WITH_PIN },
    ({ alice, world }) => {
      dialsIn(alice);
      const media = mediaOf(world);
      expect(playing(media)).toEqual(['enter-pin']);
      expect(media.commands.findLast((command) => command.do === 'collect')?.order).toMatchObject({
        ...{ most: 12, terminators: ['#'], bargeIn: true, sources: { events: [[101, 8_000]], tones: [] } },
      });
      keys(world, media, '11111');
      expect(playing(media)).toEqual(['wrong-pin', 'enter-pin']);
      expect(joinOf(media)).toBeUndefined();
      keys(world, media, '48213');
      expect(joinOf(media)).toBeDefined();
      expect(playing(media)).toEqual(['conference-first']);
      leaves(alice);
    },
  );

  scenario(
    'takes keys by INFO of whoever has agreed on no events, and of nobody else',
    { ends: ['caller-hung-up', 'caller-hung-up'], pbx: WITH_PIN },
    ({ alice, bob, world }) => {
      const relay = {
        headers: [['Content-Type', 'application/dtmf-relay']] as const,
        body: 'Signal=4\r\nDuration=160',
      };
      alice.invites('700', { sdp: alice.phone.sdp({ codecs: ['8 PCMA/8000'] }) });
      alice.hears('200 INVITE');
      alice.sends('INFO', relay);
      alice.hears('200 INFO');
      expect(mediaOf(world).commands.at(-1)).toEqual({ do: 'pressed', leg: 'a', key: '4' });
      alice.sends('INFO', { ...relay, body: 'Signal=X' });
      alice.hears('400 INFO');
      leaves(alice);
      dialsIn(bob);
      bob.sends('INFO', relay);
      bob.hears('480 INFO');
      leaves(bob);
    },
  );

  scenario(
    'goes on to ask a caller whose codec has changed meanwhile',
    { ends: 'caller-hung-up', pbx: WITH_PIN },
    ({ alice, world }) => {
      dialsIn(alice);
      const media = mediaOf(world);
      alice.reinvites({ sdp: alice.call.sdp({ codecs: ['0 PCMU/8000', '96 telephone-event/8000'] }) });
      alice.hears('200 INVITE');
      const asked = media.commands.filter((command) => command.do === 'collect');
      expect(asked.map(({ order }) => order.sources.events)).toEqual([[[101, 8_000]], [[96, 8_000]]]);
      // What was keyed in before counts.
      const { id } = asked[0]!.order;
      media.emit({ kind: 'collected', leg: 'a', collect: id, digits: '4', why: 'stopped' });
      keys(world, media, '8213');
      expect(joinOf(media)?.format.encoding).toBe('pcmu/8000/1');
      leaves(alice);
    },
  );

  scenario(
    'says goodbye to whoever has not given the PIN three times',
    { ends: 'wrong-pin', pbx: WITH_PIN },
    ({ alice, world }) => {
      dialsIn(alice);
      const media = mediaOf(world);
      for (const tried of ['48212', '', '482130']) keys(world, media, tried);
      expect(playing(media)).toEqual(['wrong-pin', 'goodbye']);
      alice.hearsNothing();
      ends(world, media);
      expect(alice.expects('BYE').value('Reason')).toContain('cause=21');
      expect(joinOf(media)).toBeUndefined();
      expect(recordOf(world.events)).toMatchObject({ result: 'missed' });
    },
  );

  scenario(
    'does not ask whoever has tried ten wrong PINs within an hour, in however many calls',
    { ends: ['wrong-pin', 'wrong-pin', 'wrong-pin', 'wrong-pin', 'wrong-pin'], pbx: WITH_PIN },
    ({ alice, world }) => {
      for (let nth = 0; nth < 4; nth++) {
        dialsIn(alice);
        const media = mediaOf(world, nth);
        for (const tried of nth < 3 ? ['1111', '2222', '3333'] : ['4444']) keys(world, media, tried);
        ends(world, media);
        alice.expects('BYE');
        world.passes(0);
      }
      alice.invites('700');
      alice.hears('403 INVITE');
    },
  );

  scenario(
    'whoever hangs up while the PIN is asked for leaves nothing behind',
    { ends: 'caller-hung-up', pbx: WITH_PIN },
    ({ alice }) => {
      dialsIn(alice);
      leaves(alice);
    },
  );

  scenario(
    'the last seat is taken while somebody keys the PIN in: they are told, and hung up on',
    {
      cast: ['alice', 'bob', 'carol'],
      ends: ['caller-hung-up', 'caller-hung-up', 'conference-full'],
      pbx: weekly(', seats: 2, pin: "48213"'),
    },
    ({ alice, bob, carol, world }) => {
      for (const actor of [alice, bob, carol]) dialsIn(actor);
      for (const nth of [0, 1, 2]) keys(world, mediaOf(world, nth), '48213');
      expect(playing(mediaOf(world, 2))).toEqual(['conference-full', 'goodbye']);
      ends(world, mediaOf(world, 2));
      carol.expects('BYE');
      leaves(alice);
      leaves(bob);
    },
  );
});
