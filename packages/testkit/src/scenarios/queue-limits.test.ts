import { recordOf } from '@vats/calls';
import { describe, expect } from 'vitest';
import { PHONES, pbxYaml } from '../cast.ts';
import type { PhoneCall } from '../phone/phone-call.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';
import { mediaOf, playing, queueOf, queueStory, takes, waits } from './queue-acts.ts';
import { holds, refers, replacesOf } from './transfer-acts.ts';

const THREE = ['alice', 'bob', 'carol'] as const;
const OVERFLOW = 'max: 1, wait: 20s, rest: 60s, overflow: { full: "205", waited: "203", nobody: "203" }';

describe('a queue', () => {
  scenario(
    'without a place sends callers on before they are answered',
    { ends: ['caller-cancelled', 'caller-hung-up'], cast: [...THREE, 'eve'], pbx: queueOf(OVERFLOW) },
    ({ alice, bob, carol, eve, world }) => {
      waits(alice);
      bob.rings();
      carol.invites('600');
      eve.rings();
      carol.hears(180);
      eve.answers();
      carol.hears('200 INVITE');
      eve.expects('ACK');
      end(carol, eve);
      alice.hangsUp();
      alice.hears('200 BYE');
      bob.expects('CANCEL', 'ACK');
      const record = recordOf(world.events.filter(({ call }) => call === world.events.at(-1)!.call))!;
      expect(record.explain.join()).not.toContain('places');
      expect(world.events.flatMap((event) => (event.type === 'call.routed' ? event.explain : [])).join('\n')).toContain(
        'queue of Sales: all 1 places are taken\ngroup Sales (600) is busy, so the call goes on to 205',
      );
    },
  );

  scenario(
    'without a way for that tells them that it is busy',
    { ends: ['caller-cancelled', 'callee-busy'], cast: THREE, pbx: queueOf('max: 1') },
    ({ alice, bob, carol }) => {
      waits(alice);
      bob.rings();
      carol.invites('600');
      carol.hears(486);
      alice.hangsUp();
      alice.hears('200 BYE');
      bob.expects('CANCEL', 'ACK');
    },
  );

  scenario(
    'whose time is over sends the caller on, but not while an agent rings',
    { ends: 'caller-hung-up', cast: THREE, pbx: queueOf('wait: 5s, rest: 60s, overflow: { waited: "203" }') },
    ({ alice, bob, carol, world }) => {
      waits(alice);
      bob.rings();
      world.passes(9_999);
      carol.hearsNothing();
      world.passes(1);
      bob.expects('CANCEL', 'ACK');
      carol.rings();
      takes(carol);
      end(alice, carol);
      expect(queueStory(world)).toEqual(['entered 600 at 1', 'missed by 202: no-answer', 'left: waited after 10000']);
    },
  );

  scenario(
    'in which nobody can be waited for sends them on at once',
    {
      ends: 'caller-hung-up',
      cast: ['alice', 'eve'],
      pbx: queueOf('overflow: { nobody: "205" }'),
    },
    ({ alice, eve, world }) => {
      alice.invites('600');
      takes(eve);
      alice.hears('200 INVITE');
      end(alice, eve);
      expect(queueStory(world)).toEqual([]);
    },
  );

  scenario(
    'whose agents all log out while callers wait sends them on',
    {
      ends: 'caller-hung-up',
      cast: THREE,
      pbx: queueOf('overflow: { nobody: "203" }', 'login: true, ring: 10s, wrapUp: 30s'),
    },
    ({ alice, bob, carol, world }) => {
      const { logins, model } = world.running;
      const [domain] = model.directory.model.domains;
      logins.set(domain!.id, '600', '202', true);
      waits(alice);
      world.passes(0);
      bob.refuses(486);
      bob.expects('ACK');
      world.passes(1_000);
      logins.set(domain!.id, '600', '202', false);
      world.passes(0);
      takes(carol);
      end(alice, carol);
      expect(queueStory(world)).toEqual(['entered 600 at 1', 'missed by 202: callee-busy', 'left: nobody after 1000']);
    },
  );

  scenario(
    'serves priority callers first, the others in the order in which they came',
    {
      ends: ['caller-cancelled', 'caller-cancelled', 'callee-hung-up', 'caller-cancelled'],
      cast: [...THREE, 'eve'],
      pbx: `${queueOf('', 'login: true')}
trunks: [{ name: itsp, proxy: "sip:192.0.2.70:5060", allow: [192.0.2.70] }]
numbers: [{ number: "+74951234567", to: "600", priority: 2 }]`,
    },
    ({ alice, bob, carol, eve, itsp, world }) => {
      const { logins, model, calls } = world.running;
      const domain = model.directory.model.domains[0]!;
      logins.set(domain.id, '600', '202', true);
      // Nobody takes a call yet.
      logins.setPause(domain.id, '202', { since: 0 });
      for (const caller of [alice, carol]) waits(caller);
      itsp.invites('74951234567');
      itsp.hears('200 INVITE');
      waits(eve);
      expect(calls.queues()[0]!.waiting.map(({ from }) => from.number)).toEqual(['+79161112233', '201', '203', '205']);
      expect(calls.queues()[0]!.agents).toMatchObject([{ to: '202', state: 'paused' }]);
      logins.setPause(domain.id, '202', undefined);
      expect(bob.expects('INVITE').value('From')).toContain('+79161112233');
      takes(bob);
      for (const caller of [alice, carol, eve]) {
        caller.hangsUp();
        caller.hears('200 BYE');
      }
      bob.hangsUp();
      bob.hears('200 BYE');
      itsp.expects('BYE');
    },
  );
});

describe('an agent', () => {
  scenario(
    'who does not answer rests, and is rung again',
    { ends: 'caller-hung-up', pbx: queueOf('rest: 5s') },
    ({ alice, bob, world }) => {
      waits(alice);
      bob.rings();
      world.passes(10_000);
      bob.expects('CANCEL', 'ACK');
      expect(world.running.calls.queues()[0]!.agents).toMatchObject([{ to: '202', state: 'rests' }]);
      world.passes(4_999);
      bob.hearsNothing();
      world.passes(1);
      bob.refuses(603);
      bob.expects('ACK');
      world.passes(5_000);
      takes(bob);
      end(alice, bob);
      expect(queueStory(world)).toEqual([
        'entered 600 at 1',
        'missed by 202: no-answer',
        'missed by 202: callee-declined',
        'left: answered after 20000',
      ]);
    },
  );

  scenario(
    'is left in peace after a conversation',
    { ends: ['caller-hung-up', 'caller-hung-up'], cast: THREE, pbx: queueOf('', 'wrapUp: 15s') },
    ({ alice, bob, carol, world }) => {
      waits(alice);
      takes(bob);
      waits(carol);
      end(alice, bob);
      world.passes(14_999);
      bob.hearsNothing();
      expect(world.running.calls.queues()[0]!.agents).toMatchObject([{ state: 'wrap-up' }]);
      world.passes(1);
      takes(bob);
      end(carol, bob);
    },
  );

  scenario(
    'rings as soon as their phone is there',
    { ends: 'caller-hung-up', cast: ['alice', 'carol'], pbx: queueOf('', 'strategy: sequential', '["202", "203"]') },
    async ({ alice, bob, carol, world }) => {
      waits(alice);
      carol.refuses(486);
      carol.expects('ACK');
      world.passes(1_000);
      await bob.registers();
      takes(bob);
      end(alice, bob);
    },
  );

  scenario(
    'of two queues has one call at a time',
    {
      ends: ['caller-cancelled', 'caller-hung-up'],
      cast: THREE,
      pbx: `groups:
  - { extension: "600", name: Sales, members: ["202"], ring: 10s, queue: {} }
  - { extension: "601", name: Support, members: ["202"], ring: 10s, queue: {} }`,
    },
    ({ alice, bob, carol, world }) => {
      waits(alice);
      bob.rings();
      waits(carol, '601');
      world.passes(5_000);
      bob.hearsNothing();
      alice.hangsUp();
      alice.hears('200 BYE');
      bob.expects('CANCEL');
      // Rung for the next one before the first INVITE is over.
      bob.expects('INVITE', 'ACK');
      takes(bob);
      end(carol, bob);
    },
  );

  scenario(
    'whose phone has vanished is passed by until it is back',
    {
      ends: 'caller-hung-up',
      cast: THREE,
      pbx: queueOf('rest: 60s', 'strategy: sequential, ring: 60s', '["202", "203"]'),
    },
    ({ alice, carol, world }) => {
      world.network.vanish(PHONES.bob.local.address);
      waits(alice);
      world.passes(35_000);
      takes(carol);
      end(alice, carol);
      expect(queueStory(world)).toEqual([
        'entered 600 at 1',
        'missed by 202: unreachable',
        'left: answered after 35000',
      ]);
    },
  );
});

describe('while callers wait', () => {
  scenario(
    'a member who is none any more is not rung, and a group that is gone lets them go',
    { ends: 'unreachable', cast: THREE, pbx: queueOf('rest: 5s', 'strategy: sequential, ring: 5s', '["202", "203"]') },
    async ({ alice, bob, carol, world }) => {
      waits(alice);
      bob.rings();
      await world.applies(pbxYaml(queueOf('rest: 5s', 'strategy: sequential, ring: 5s', '["203"]')));
      world.passes(5_000);
      bob.expects('CANCEL', 'ACK');
      carol.rings();
      world.passes(5_000);
      carol.expects('CANCEL', 'ACK');
      const { model } = world.running;
      await model.applyFile({ path: '/pbx.yaml', name: 'pbx.yaml', text: pbxYaml(), prune: true });
      alice.expects('BYE');
      expect(queueStory(world).at(-1)).toBe('left: nobody after 10000');
    },
  );

  scenario(
    'fewer places put nobody out',
    { ends: ['caller-hung-up', 'caller-hung-up', 'callee-busy'], cast: [...THREE, 'eve'], pbx: queueOf('max: 2') },
    async ({ alice, bob, carol, eve, world }) => {
      waits(alice);
      bob.rings();
      waits(carol);
      await world.applies(pbxYaml(queueOf('max: 1')));
      eve.invites('600');
      eve.hears(486);
      takes(bob);
      end(alice, bob);
      takes(bob);
      end(carol, bob);
    },
  );

  scenario('a caller may hold and come back', { ends: 'caller-hung-up', pbx: queueOf() }, ({ alice, bob, world }) => {
    waits(alice);
    bob.rings();
    alice.holds();
    alice.hears('200 INVITE');
    alice.resumes();
    alice.hears('200 INVITE');
    takes(bob);
    expect(playing(mediaOf(world))).toEqual([]);
    end(alice, bob);
  });
});

describe('a transfer', () => {
  scenario(
    'takes somebody into the queue, and lets go who ordered it',
    { ends: 'caller-hung-up', cast: [...THREE, 'eve'], pbx: queueOf() },
    ({ alice, bob, carol, world }) => {
      talk(alice, carol);
      carol.sends('REFER', { headers: [['Refer-To', '<sip:600@198.51.100.1>']] });
      carol.hears('202 REFER');
      carol.expects('NOTIFY', 'NOTIFY', 'BYE');
      bob.rings();
      world.passes(1_000);
      takes(bob);
      end(alice, bob);
      expect(queueStory(world)).toEqual(['entered 600 at 1', 'left: answered after 1000']);
    },
  );

  scenario(
    'puts through whom the transferor waited for, who waits in their place',
    { ends: ['callee-hung-up', 'transferred'], cast: THREE, pbx: queueOf('max: 1') },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      holds(alice, bob);
      waits(alice);
      const [first, second] = alice.phone.calls as [PhoneCall, PhoneCall];
      first.request('REFER', { headers: [['Refer-To', `<sip:600@198.51.100.1?Replaces=${replacesOf(second)}>`]] });
      alice.hears('202 REFER');
      alice.expects('NOTIFY', 'BYE', 'NOTIFY', 'BYE');
      bob.expects('INVITE');
      bob.answers();
      bob.expects('ACK');
      expect(queueStory(world)).toEqual(['entered 600 at 1', 'left: abandoned after 0', 'entered 600 at 1']);
      carol.hearsNothing();
      bob.hangsUp();
      bob.hears('200 BYE');
    },
  );

  scenario(
    'by an agent makes them free for the next caller, though the first call goes on',
    { ends: ['caller-hung-up', 'caller-hung-up'], cast: [...THREE, 'eve'], pbx: queueOf() },
    ({ alice, bob, carol, eve, world }) => {
      waits(alice);
      takes(bob);
      expect(world.running.calls.queues()[0]!.agents).toMatchObject([{ to: '202', state: 'talking' }]);
      waits(eve);
      refers(bob, carol);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      takes(carol);
      bob.expects('NOTIFY', 'BYE');
      takes(bob);
      end(alice, carol);
      end(eve, bob);
    },
  );
});
