import { recordOf } from '@vats/calls';
import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { connect, end, refuse, talk } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';
import { fragment, holds, joins, refers, typesOf } from './transfer-acts.ts';

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

describe('what is told of a call after a transfer', () => {
  scenario(
    'who is in it now; its answer is the first one, in the history, in `call.ended` and in `vats calls`',
    { ...THREE, ends: 'caller-hung-up' },
    async ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      const now = () => world.running.calls.snapshots()[0];
      const answeredAt = now()?.answeredAt;
      world.passes(5_000);
      refers(bob, carol);
      bob.hears('202 REFER');
      expect(now()).toMatchObject({ from: { number: '201' }, dialled: '203' });
      expect(now()?.talksWith).toBeUndefined();
      carol.answers();
      carol.expects('ACK');
      bob.expects('NOTIFY', 'NOTIFY', 'BYE');
      expect(now()).toMatchObject({
        ...{ from: { number: '201' }, dialled: '203', talksWith: { number: '203' } },
        ...{ answeredAt, answeredBy: { number: '202' } },
      });
      world.passes(5_000);
      end(alice, carol);
      await world.stage.eventually(() => world.events.some(({ type }) => type === 'call.ended'));
      const ended = world.events.find(({ type }) => type === 'call.ended');
      const first = { answeredAt, answeredBy: { number: '202' }, talkMs: 10_000 };
      expect(ended).toMatchObject(first);
      expect(recordOf(world.events)).toMatchObject(first);
    },
  );

  scenario(
    'a caller who sends the other side on is in it no more',
    { ...THREE, ends: 'callee-hung-up' },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      refers(alice, carol);
      alice.hears('202 REFER');
      carol.answers();
      carol.expects('ACK');
      alice.expects('NOTIFY', 'NOTIFY', 'BYE');
      const [call] = world.running.calls.snapshots();
      expect(call).toMatchObject({ from: { number: '202' }, dialled: '203', talksWith: { number: '203' } });
      end(bob, carol);
    },
  );

  scenario(
    'a transfer of which nothing comes gives the two back',
    { ...THREE, ends: 'caller-hung-up' },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      refers(bob, carol);
      bob.hears('202 REFER');
      refuse(carol, 486);
      bob.expects('NOTIFY', 'NOTIFY');
      const [call] = world.running.calls.snapshots();
      expect(call).toMatchObject({ from: { number: '201' }, dialled: '202', talksWith: { number: '202' } });
      end(alice, bob);
    },
  );

  scenario(
    'whom it brings from outside talks by their trunk, and comes from the other call',
    { cast: ['alice', 'bob'], ends: ['caller-hung-up', 'transferred'], pbx: COMPANY, users: pbxUser() },
    ({ alice, bob, itsp, world }) => {
      talk(alice, bob);
      holds(bob, alice);
      bob.invites('+79991112233');
      connect(bob, itsp);
      joins(bob.phone.calls, '+79991112233');
      world.passes(0);
      bob.hears('202 REFER');
      itsp.answers();
      itsp.expects('ACK');
      alice.answers();
      alice.expects('ACK');
      bob.expects('NOTIFY', 'BYE', 'NOTIFY', 'BYE');
      const [first, second] = world.events.filter(({ type }) => type === 'call.started');
      const come = world.events.find(
        (event) => event.call === first?.call && event.type === 'leg.started' && event.leg === 'b2',
      );
      expect(come).toMatchObject({ trunk: 'itsp', joined: second?.call, party: { number: '+79991112233' } });
      end(alice, itsp);
    },
  );
});
