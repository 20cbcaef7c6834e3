import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { pbxYaml } from '../cast.ts';
import { scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { connect, end } from './acts.ts';
import { COMPANY, changed, pbxUser } from './company.ts';
import { playEnds } from './queue-acts.ts';
import { forgets, gathered, told, watches } from './watch-acts.ts';

/** Dials a code, and hears so many tones. */
function orders(actor: Actor, world: World, code: string, tones: 1 | 2): void {
  actor.invites(code);
  actor.hears('200 INVITE');
  const media = world.media.calls.findLast(({ commands }) => commands.some((command) => command.do === 'play'))!;
  const play = media.commands.findLast((command) => command.do === 'play')!;
  expect(play.order.items).toEqual(Array.from({ length: tones }, () => ({ tone: 'beep', times: 1 })));
  playEnds(world, media);
  actor.expects('BYE');
}

describe('an employee sets by phone', () => {
  scenario(
    'that nothing is to ring, whatever is applied, and that it is to again',
    { ends: ['plan-ended', 'do-not-disturb', 'plan-ended', 'caller-hung-up'], cast: ['alice', 'bob'] },
    async ({ alice, bob, world }) => {
      orders(bob, world, '*78', 2);
      await world.applies(pbxYaml('groups: [{ extension: "600", name: Sales, members: ["202"] }]'));
      alice.invites(bob);
      alice.hears('486 INVITE');
      bob.hearsNothing();
      orders(bob, world, '*79', 1);
      alice.invites(bob);
      connect(alice, bob);
      end(alice, bob);
    },
  );

  scenario(
    'that all calls go on, and that they ring here again',
    { ends: ['plan-ended', 'caller-hung-up', 'plan-ended', 'caller-hung-up'], cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol, world }) => {
      orders(bob, world, '*72203', 2);
      alice.invites(bob);
      connect(alice, carol);
      end(alice, carol);
      expect(world.events.find((event) => event.type === 'call.routed' && event.forward !== undefined)).toMatchObject({
        forward: { by: '202', to: '203', when: 'always' },
      });
      orders(bob, world, '*73', 1);
      alice.invites(bob);
      connect(alice, bob);
      end(alice, bob);
    },
  );

  scenario(
    'where calls go that find them busy, or that they do not answer',
    {
      ends: ['plan-ended', 'plan-ended', 'caller-hung-up', 'caller-hung-up', 'plan-ended', 'plan-ended', 'callee-busy'],
      cast: ['alice', 'bob', 'carol', 'eve'],
    },
    ({ alice, bob, carol, eve, world }) => {
      orders(bob, world, '*90203', 2);
      orders(bob, world, '*92205', 2);
      alice.invites(bob);
      bob.refuses(486);
      bob.expects('ACK');
      connect(alice, carol);
      end(alice, carol);
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      world.passes(60_000);
      bob.expects('CANCEL', 'ACK');
      connect(alice, eve);
      end(alice, eve);
      orders(bob, world, '*91', 1);
      orders(bob, world, '*93', 1);
      alice.invites(bob);
      bob.refuses(486);
      bob.expects('ACK');
      alice.hears('486 INVITE');
    },
  );

  scenario(
    'a number outside, whose rule is asked at once and at each call',
    { ends: ['plan-ended', 'caller-hung-up', 'forbidden', 'forbidden'], pbx: COMPANY, users: pbxUser() },
    async ({ alice, bob, itsp, world }) => {
      orders(bob, world, '*7289161112233', 2);
      alice.invites(bob);
      connect(alice, itsp);
      end(alice, itsp);
      bob.invites('*7287612223344');
      bob.hears('403 INVITE');
      await world.applies(pbxYaml(COMPANY.replace('+7[67]*', '+7[679]*'), pbxUser()));
      alice.invites(bob);
      alice.hears('403 INVITE');
    },
  );

  scenario(
    'and a wrong number is refused, with all as it was',
    {
      ends: ['address-incomplete', 'not-found', 'loop', 'caller-hung-up'],
      cast: ['alice', 'bob'],
    },
    ({ alice, bob }) => {
      bob.invites('*72');
      bob.hears('484 INVITE');
      bob.invites('*72777');
      bob.hears('404 INVITE');
      bob.invites('*72202');
      bob.hears('482 INVITE');
      alice.invites(bob);
      connect(alice, bob);
      end(alice, bob);
    },
  );

  scenario(
    'what lamps and presence show: they do not want to be disturbed',
    { ends: ['plan-ended', 'plan-ended'], cast: ['alice', 'bob'] },
    (scene) => {
      const { alice, bob, world } = scene;
      orders(bob, world, '*78', 2);
      gathered(scene);
      expect(told(watches(alice, '202'))).toBe('active 0: recipient confirmed');
      alice.asks('SUBSCRIBE', { uri: 'sip:202@acme.example', headers: [['Event', 'presence']] });
      alice.hears('200 SUBSCRIBE');
      const shown = alice.expects('NOTIFY').body.toString();
      expect(shown).toContain('<basic>closed</basic>');
      expect(shown).toContain('<note>Do not disturb</note>');
      orders(bob, world, '*79', 1);
      gathered(scene);
      const notified = [alice.expects('NOTIFY'), alice.expects('NOTIFY')];
      while (alice.phone.inbox.unspoken().length > 0) notified.push(alice.expects('NOTIFY'));
      const last = (type: string) =>
        notified.findLast((one) => one.value('Content-Type') === `application/${type}+xml`);
      expect(told(last('dialog-info')!)).toMatch(/^active \d+: (terminated)?$/);
      expect(last('pidf')!.body.toString()).toContain('<basic>open</basic>');
      forgets(scene, alice, alice);
    },
  );

  scenario(
    'what the file says is shown by lamps when it is applied',
    { ends: [], cast: ['alice', 'bob'] },
    async (scene) => {
      const { alice, world } = scene;
      expect(told(watches(alice, '202'))).toMatch(/^active 0: (terminated)?$/);
      await world.applies(changed('202', 'bobby', 'dnd: true'));
      gathered(scene);
      expect(told(alice.expects('NOTIFY'))).toBe('active 1: recipient confirmed');
      forgets(scene, alice);
    },
  );
});
