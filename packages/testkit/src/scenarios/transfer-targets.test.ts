import { describe, expect } from 'vitest';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { connect, end, talk } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';
import { fragment, holds, joins, refers } from './transfer-acts.ts';

const COMPANY_OF = { pbx: COMPANY, users: pbxUser() };
const THREE = { cast: ['alice', 'bob', 'carol'] } as const;

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

describe('what the target of a transfer sees of the INVITE that began the call', () => {
  scenario(
    'a stranger’s is judged as a stranger’s, whoever sends them on: no order how to ring',
    { cast: ['alice', 'bob'], ends: 'caller-hung-up', ...COMPANY_OF },
    ({ alice, bob, itsp }) => {
      itsp.invites('+74951234567', {
        headers: [
          ['Alert-Info', '<http://tones.example/internal.wav>'],
          ['Subject', 'an offer'],
        ],
      });
      connect(itsp, alice);
      refers(alice, '202');
      alice.hears('202 REFER');
      const invite = bob.expects('INVITE');
      expect([invite.value('Alert-Info'), invite.value('Subject')]).toEqual([undefined, 'an offer']);
      bob.call.respond(200);
      alice.expects('NOTIFY', 'NOTIFY', 'BYE');
      bob.expects('ACK');
      end(itsp, bob);
    },
  );

  scenario(
    'a caller who sends the other side on says nothing in their name; Info Packages are those of who waits',
    { ...THREE, ends: 'callee-hung-up' },
    ({ alice, bob, carol }) => {
      alice.invites(bob, {
        headers: [
          ['Alert-Info', '<http://tones.example/internal.wav>'],
          ['Subject', 'about Bob'],
          ['User-to-User', '56a390;encoding=hex'],
          ['Recv-Info', 'of-alice'],
        ],
      });
      bob.answers({ headers: [['Recv-Info', 'of-bob']] });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      refers(alice, carol);
      alice.hears('202 REFER');
      const invite = carol.expects('INVITE');
      expect(['Alert-Info', 'Subject', 'User-to-User', 'Recv-Info'].map((name) => invite.value(name))).toEqual([
        ...[undefined, undefined, undefined],
        'of-bob',
      ]);
      carol.call.respond(200);
      alice.expects('NOTIFY', 'NOTIFY', 'BYE');
      carol.expects('ACK');
      end(bob, carol);
    },
  );
});
