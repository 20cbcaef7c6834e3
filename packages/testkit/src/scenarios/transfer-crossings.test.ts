import { recordOf } from '@vats/calls';
import { describe, expect } from 'vitest';
import { SWITCH } from '../cast.ts';
import type { PhoneCall } from '../phone/phone-call.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';
import { fragment, holds, refers, replacesOf, typesOf } from './transfer-acts.ts';

const AT = `@${SWITCH.address}`;
const COMPANY_OF = { pbx: COMPANY, users: pbxUser() };
const THREE = { cast: ['alice', 'bob', 'carol'] } as const;

/** Whom the newest call of the phone holds is put through to whom an older one does. */
function joins(calls: readonly PhoneCall[], number: string): void {
  const [first, second] = calls as [PhoneCall, PhoneCall];
  first.request('REFER', { headers: [['Refer-To', `<sip:${number}${AT}?Replaces=${replacesOf(second)}>`]] });
}

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

describe('crossings', () => {
  scenario(
    'a REFER that crosses a re-INVITE of the other side is 491, and is obeyed after it',
    { ...THREE, ends: 'caller-hung-up' },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      alice.holds();
      bob.expects('INVITE');
      refers(bob, carol);
      bob.hears('491 REFER');
      bob.answers();
      bob.expects('ACK');
      alice.hears('200 INVITE');
      refers(bob, carol);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      carol.answers();
      carol.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      end(alice, carol);
    },
  );

  scenario('a REFER that crosses a BYE finds no call', { ...THREE, ends: 'caller-hung-up', latency: 10 }, (scene) => {
    const { alice, bob, carol, world } = scene;
    talk(alice, bob);
    world.passes(100);
    alice.call.bye();
    world.passes(15);
    refers(bob, carol);
    world.passes(100);
    alice.hears('200 BYE');
    bob.expects('BYE');
    bob.hears('481 REFER');
    carol.hearsNothing();
  });

  scenario(
    'both ends order one at the same moment: the first counts',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol', 'eve'], latency: 10 },
    ({ alice, bob, carol, eve, world }) => {
      talk(alice, bob);
      world.passes(100);
      const to = (number: string) => ({ headers: [['Refer-To', `<sip:${number}${AT}>`]] as const });
      bob.call.request('REFER', to('203'));
      alice.call.request('REFER', to('205'));
      world.passes(100);
      bob.hears('202 REFER');
      alice.hears('491 REFER');
      bob.expects('NOTIFY');
      carol.answers();
      carol.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      eve.hearsNothing();
      end(alice, carol);
    },
  );

  scenario(
    'the party that waits holds and resumes meanwhile',
    { ...THREE, ends: 'caller-hung-up' },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      refers(bob, carol);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      carol.rings();
      bob.expects('NOTIFY');
      alice.holds();
      alice.hears('200 INVITE');
      alice.resumes();
      alice.hears('200 INVITE');
      bob.holds();
      bob.hears('200 INVITE');
      carol.answers();
      carol.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      end(alice, carol);
    },
  );

  scenario(
    'whom somebody was put through to sends them on again',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol', 'eve'] },
    ({ alice, bob, carol, eve, world }) => {
      talk(alice, bob);
      refers(bob, carol);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      carol.answers();
      carol.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      refers(carol, eve);
      carol.hears('202 REFER');
      carol.expects('NOTIFY');
      expect(eve.expects('INVITE').value('Referred-By')).toContain('203');
      eve.answers();
      eve.expects('ACK');
      carol.expects('NOTIFY', 'BYE');
      end(alice, eve);
      const record = recordOf(world.events);
      expect(record?.talks.map(({ party }) => party.number)).toEqual(['202', '203', '205']);
    },
  );

  scenario(
    'the caller sends the callee on, who then calls on the one that stayed: nobody is lost',
    { ...THREE, ends: 'callee-hung-up' },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      refers(alice, carol);
      alice.hears('202 REFER');
      alice.expects('NOTIFY');
      carol.answers();
      carol.expects('ACK');
      alice.expects('NOTIFY', 'BYE');
      holds(carol, bob);
      refers(carol, alice);
      carol.hears('202 REFER');
      carol.expects('NOTIFY');
      alice.answers();
      alice.expects('ACK');
      carol.expects('NOTIFY', 'BYE');
      bob.answers();
      bob.expects('ACK');
      bob.hangsUp();
      bob.hears('200 BYE');
      alice.expects('BYE');
      const record = recordOf(world.events);
      expect(record?.talks.map(({ party }) => party.number)).toEqual(['202', '203', '201']);
    },
  );
});

describe('where to', () => {
  scenario(
    'a group: its members ring as if it had been dialled',
    { ...THREE, ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      refers(bob, '600');
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      // 201 and 202 are those who talk.
      carol.answers();
      carol.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      end(alice, carol);
    },
  );

  scenario(
    'security: a number outside, by the rules and at the cost of who transfers; a limit is theirs',
    {
      cast: ['alice', 'bob'],
      ends: ['caller-hung-up', 'caller-hung-up'],
      ...COMPANY_OF,
      limitsOf: (subject) => (subject.kind === 'user' && subject.extension === '202' ? { callsPerHour: 1 } : undefined),
    },
    async ({ alice, bob, itsp, world }) => {
      talk(alice, bob);
      refers(bob, '+79031234567');
      await world.written();
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      const invite = itsp.expects('INVITE');
      expect(invite.value('From')).toContain('74951234567');
      expect(invite.value('Referred-By')).toBeUndefined();
      itsp.answers();
      itsp.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      end(alice, itsp);

      talk(alice, bob);
      refers(bob, '+79031234567');
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      expect(fragment(bob.expects('NOTIFY'))[0]).toBe('SIP/2.0 403 Forbidden');
      itsp.hearsNothing();
      end(alice, bob);
    },
  );

  scenario(
    'security: a call outside goes on being counted in the call that its far side has come into, and is cut off there',
    {
      cast: ['alice', 'bob'],
      ends: ['limit-reached', 'transferred'],
      ...COMPANY_OF,
      limitsOf: ({ kind }) => (kind === 'domain' ? { minutesPerHour: 3 } : undefined),
    },
    async ({ alice, bob, itsp, world }) => {
      talk(alice, bob);
      bob.invites('+79031234567');
      await world.written();
      itsp.answers();
      itsp.expects('ACK');
      bob.hears('200 INVITE');
      world.passes(60_000);
      joins(bob.phone.calls, '203');
      bob.hears('202 REFER');
      bob.expects('NOTIFY', 'BYE');
      itsp.answers();
      itsp.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      world.passes(110_000);
      alice.hearsNothing();
      world.passes(20_000);
      alice.expects('BYE');
      itsp.expects('BYE');
    },
  );

  scenario(
    'security: a number that the rules deny to who transfers, whoever is transferred',
    { cast: ['alice', 'bob'], ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, bob }) => {
      talk(alice, bob);
      refers(bob, '+77011234567');
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      expect(fragment(bob.expects('NOTIFY'))[0]).toBe('SIP/2.0 403 Forbidden');
      end(alice, bob);
    },
  );

  scenario(
    'security: a trunk sends nobody on',
    { cast: ['alice', 'bob'], ends: 'callee-hung-up', ...COMPANY_OF },
    ({ alice, bob, itsp }) => {
      alice.invites('+79031234567');
      itsp.answers();
      alice.hears('200 INVITE');
      itsp.expects('ACK');
      refers(itsp, '202');
      itsp.hears('403 REFER');
      bob.hearsNothing();
      itsp.hangsUp();
      itsp.hears('200 BYE');
      alice.expects('BYE');
    },
  );

  scenario(
    'an echo: the one who waits hears itself, and is asked back from its hold',
    { cast: ['alice', 'bob'], ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      talk(alice, bob);
      holds(bob, alice);
      refers(bob, '*43');
      bob.hears('202 REFER');
      bob.expects('NOTIFY', 'NOTIFY', 'BYE');
      alice.expects('INVITE');
      alice.answers();
      alice.expects('ACK');
      alice.hangsUp();
      alice.hears('200 BYE');
    },
  );

  scenario(
    'a conference: the one who waits comes into the room, its sound with it',
    { cast: ['alice', 'bob'], ends: 'caller-hung-up', pbx: 'conferences: [{ extension: "700", name: Weekly }]' },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      refers(bob, '700');
      bob.hears('202 REFER');
      bob.expects('NOTIFY', 'NOTIFY', 'BYE');
      world.passes(0);
      expect(world.running.calls.conferences()).toMatchObject([{ people: [{ number: '201' }] }]);
      alice.hangsUp();
      alice.hears('200 BYE');
    },
  );

  scenario(
    'a conference whose room is in another thread: the one who waits is told where its sound is from now on',
    {
      ...{ cast: ['alice', 'bob'], ends: 'caller-hung-up' },
      pbx: 'conferences: [{ extension: "700", name: Weekly }]\nrecording: { mode: all }',
    },
    ({ alice, bob, world }) => {
      const { media } = world;
      const statistics = media.statistics.bind(media);
      media.statistics = () => ({ ...statistics(), workers: 2 });
      talk(alice, bob);
      const before = readSdp(alice.call.remoteSdp ?? '').port;
      refers(bob, '700');
      bob.hears('202 REFER');
      bob.expects('NOTIFY', 'NOTIFY', 'BYE');
      alice.expects('INVITE');
      alice.answers();
      alice.expects('ACK');
      world.passes(0);
      expect(readSdp(alice.call.remoteSdp ?? '').port).not.toBe(before);
      // The third is the conference's recording.
      const own = media.calls.slice(0, 2);
      expect(own.map(({ ended, callId }) => [ended, callId === own[0]?.callId])).toEqual([
        [true, true],
        [false, true],
      ]);
      expect(world.running.calls.conferences()).toMatchObject([{ people: [{ number: '201' }] }]);
      alice.hangsUp();
      alice.hears('200 BYE');
    },
  );

  scenario(
    'a call that is supervised: who comes is heard by the supervisor as well',
    { cast: ['alice', 'bob', 'carol', 'eve'], ends: 'caller-hung-up' },
    ({ alice, bob, carol, eve, world }) => {
      talk(alice, bob);
      const media = world.media.calls[0]!;
      world.running.calls.supervise(media.callId, 'listen', '205');
      world.passes(0);
      eve.answers();
      eve.expects('ACK');
      refers(bob, carol);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      carol.answers();
      carol.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      const joined = media.commands.flatMap((each) => (each.do === 'join-room' ? [each.leg] : []));
      expect(joined.slice(-2).sort()).toEqual(['a', 'b2']);
      end(alice, carol);
      eve.expects('BYE');
    },
  );
});
