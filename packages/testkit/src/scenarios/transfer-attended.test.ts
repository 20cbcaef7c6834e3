import { recordOf } from '@vats/calls';
import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';
import { fragment, holds, joins, typesOf } from './transfer-acts.ts';

const THREE = { cast: ['alice', 'bob', 'carol'] } as const;

describe('an attended transfer to somebody who still rings', () => {
  scenario(
    'the ringing goes on for who waits, and whoever answers comes over',
    { ...THREE, ends: ['caller-hung-up', 'transferred'] },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      holds(bob, alice);
      bob.invites(carol);
      carol.rings();
      bob.hears('180 INVITE');
      joins(bob.phone.calls, '203');
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      expect(world.media.calls[0]?.commands.some((each) => each.do === 'play' && each.leg === 'a')).toBe(true);
      carol.answers();
      carol.expects('ACK', 'INVITE');
      bob.hears('487 INVITE');
      carol.answers();
      carol.expects('ACK');
      expect(fragment(bob.expects('NOTIFY'))[0]).toBe('SIP/2.0 200 OK');
      bob.expects('BYE');
      alice.expects('INVITE');
      alice.answers();
      alice.expects('ACK');
      end(alice, carol);
      expect(typesOf(world)).toEqual(['transfer.started', 'transfer.joined', 'transfer.succeeded']);
    },
  );

  scenario(
    'the transferor cancels its call there, which changes nothing; nobody answers: it has the first call back',
    { ...THREE, ends: ['caller-hung-up', 'no-answer'] },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      bob.invites(carol);
      carol.rings();
      bob.hears('180 INVITE');
      joins(bob.phone.calls, '203');
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      bob.phone.calls[1]?.cancel();
      bob.hears('200 CANCEL', '487 INVITE');
      carol.hearsNothing();
      world.passes(90_000);
      carol.expects('CANCEL', 'ACK');
      expect(fragment(bob.expects('NOTIFY'))[0]).toBe('SIP/2.0 480 Temporarily Unavailable');
      end(alice, bob);
    },
  );

  scenario(
    'who waits hangs up: the ringing ends',
    { ...THREE, ends: ['caller-hung-up', 'caller-cancelled'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      bob.invites(carol);
      carol.rings();
      bob.hears('180 INVITE');
      joins(bob.phone.calls, '203');
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      alice.hangsUp();
      alice.hears('200 BYE');
      carol.expects('CANCEL', 'ACK');
      bob.hears('487 INVITE');
      bob.expects('NOTIFY', 'BYE');
    },
  );
});

describe('an attended transfer', () => {
  scenario(
    'whom it was for hangs up before they are joined: the transferor has the first call back',
    { ...THREE, ends: ['caller-hung-up', 'transferred'] },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      talk(bob, carol);
      joins(bob.phone.calls, '203');
      bob.hears('202 REFER');
      bob.expects('NOTIFY', 'BYE');
      carol.expects('INVITE');
      carol.hangsUp();
      carol.hears('200 BYE');
      world.passes(100);
      expect(fragment(bob.expects('NOTIFY'))[0]).toMatch(/^SIP\/2\.0 [456]/);
      carol.refuses(481);
      carol.expects('ACK');
      end(alice, bob);
    },
  );

  scenario(
    'whom it was for refuses to be told where their sound is: the transferor has the first call back',
    { ...THREE, ends: ['caller-hung-up', 'transferred'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      talk(bob, carol);
      joins(bob.phone.calls, '203');
      bob.hears('202 REFER');
      bob.expects('NOTIFY', 'BYE');
      carol.refuses(488);
      carol.expects('ACK', 'BYE');
      bob.expects('NOTIFY');
      end(alice, bob);
    },
  );

  scenario(
    'the callee of both calls puts their callers through to each other',
    { ...THREE, ends: ['caller-hung-up', 'transferred'] },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      talk(carol, bob);
      joins(bob.phone.calls, '203');
      bob.hears('202 REFER');
      bob.expects('NOTIFY', 'BYE');
      carol.answers();
      carol.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      end(alice, carol);
      const [first] = world.events;
      const record = recordOf(world.events.filter(({ call }) => call === first?.call));
      expect(record?.talks.map(({ party }) => party.number)).toEqual(['202', '203']);
    },
  );

  scenario(
    'a recorded call keeps its one recording, the other call its own',
    { ...THREE, ends: ['caller-hung-up', 'transferred'], pbx: 'recording: { mode: all }' },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      talk(bob, carol);
      joins(bob.phone.calls, '203');
      bob.hears('202 REFER');
      bob.expects('NOTIFY', 'BYE');
      carol.answers();
      carol.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      end(alice, carol);
      world.passes(0);
      const told = world.events.filter(({ type }) => type.startsWith('recording.'));
      expect(told.map(({ call, type }) => `${call === told[0]?.call ? 1 : 2} ${type}`)).toEqual([
        '1 recording.started',
        '2 recording.started',
        '2 recording.finished',
        '1 recording.finished',
      ]);
      const channels = world.media.calls[0]?.commands.flatMap((each) =>
        each.do === 'record-from' ? [[each.channel, each.source !== undefined]] : [],
      );
      expect(channels).toEqual([
        ['right', false],
        ['right', true],
      ]);
    },
  );
});
