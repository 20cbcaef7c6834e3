import { recordOf } from '@vats/calls';
import { describe, expect } from 'vitest';
import { SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';
import { holds, refers } from './transfer-acts.ts';

const AT = `@${SWITCH.address}`;
const THREE = { cast: ['alice', 'bob', 'carol'] } as const;

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

  scenario(
    'a REFER that crosses a BYE finds no call (RFC 5407 §3.3.3)',
    { ...THREE, ends: 'caller-hung-up', latency: 10 },
    (scene) => {
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
    },
  );

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
