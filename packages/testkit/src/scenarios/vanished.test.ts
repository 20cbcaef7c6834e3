import { describe, expect } from 'vitest';
import { PHONES } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { talk } from './acts.ts';

const CAROL = PHONES.carol.local.address;
const OVER_TCP = { cast: ['alice', 'carol'] } as const;

/** What becomes of a call whose phone is on TCP, and whose connection breaks. */
describe('a phone on TCP whose connection breaks', () => {
  scenario(
    'before it has answered at all: the caller hears so at once',
    { ends: 'unreachable', ...OVER_TCP },
    ({ alice, carol, world }) => {
      alice.invites(carol);
      carol.expects('INVITE');
      world.network.breakStreams(CAROL);
      world.passes(0);
      alice.hears('480 INVITE');
      expect(world.registrations.at(-1)).toMatchObject({ type: 'unreachable', reason: 'connection-closed' });
    },
  );

  scenario(
    'while it rings: its caller may go on waiting, and is free to hang up',
    { ends: 'caller-cancelled', ...OVER_TCP },
    ({ alice, carol, world }) => {
      alice.invites(carol);
      carol.rings();
      alice.hears(180);
      world.network.breakStreams(CAROL);
      world.passes(5_000);
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
    },
  );

  scenario(
    'while it calls somebody: who answers is told when the caller can not be reached with the answer',
    { ends: 'leg-lost', ...OVER_TCP },
    ({ alice, carol, world }) => {
      carol.invites(alice);
      alice.rings();
      carol.hears(180);
      world.network.breakStreams(CAROL);
      world.passes(0);
      alice.answers();
      alice.expects('ACK');
      world.passes(33_000);
      alice.expects('BYE');
    },
  );

  scenario(
    'in a call: the sound goes on, and whoever hangs up is done with it',
    { ends: 'caller-hung-up', ...OVER_TCP },
    ({ alice, carol, world }) => {
      talk(alice, carol);
      world.network.breakStreams(CAROL);
      world.passes(10_000);
      expect(world.endings()).toEqual([]);
      alice.hangsUp();
      alice.hears('200 BYE');
    },
  );

  scenario(
    'RFC 5626 §4.3: in a call, and it comes back: what is to be said goes over the new connection',
    { ends: 'caller-hung-up', ...OVER_TCP },
    async ({ alice, carol, world }) => {
      talk(alice, carol);
      world.network.breakStreams(CAROL);
      world.passes(1_000);
      await carol.registers();
      alice.holds();
      carol.expects('INVITE');
      carol.answers();
      alice.hears('200 INVITE');
      carol.expects('ACK');
      alice.hangsUp();
      alice.hears('200 BYE');
      carol.expects('BYE');
    },
  );

  scenario(
    'RFC 5626 §4.3: as the caller, and it comes back',
    { ends: 'callee-hung-up', ...OVER_TCP },
    async ({ alice, carol, world }) => {
      talk(carol, alice);
      world.network.breakStreams(CAROL);
      world.passes(1_000);
      await carol.registers();
      alice.hangsUp();
      alice.hears('200 BYE');
      carol.expects('BYE');
    },
  );

  scenario(
    'while it hangs up: the other side is told all the same',
    { ends: 'callee-hung-up', ...OVER_TCP },
    ({ alice, carol, world }) => {
      talk(alice, carol);
      world.network.breakNext('200 BYE');
      carol.hangsUp();
      alice.expects('BYE');
      world.passes(1_000);
    },
  );

  scenario(
    'while it is being hung up on: nothing is left of it',
    { ends: 'caller-hung-up', ...OVER_TCP },
    ({ alice, carol, world }) => {
      talk(alice, carol);
      world.network.vanish(CAROL);
      alice.hangsUp();
      alice.hears('200 BYE');
      world.network.breakStreams(CAROL);
      carol.hearsNothing();
    },
  );
});
