import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end } from './acts.ts';

describe('the caller gives up', () => {
  scenario('while it rings (RFC 3665 §3.8)', { ends: 'caller-cancelled' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.rings();
    alice.hears(180);
    alice.cancels();
    alice.hears('200 CANCEL', '487 INVITE');
    bob.expects('CANCEL', 'ACK');
  });

  scenario(
    'before the phone said anything: the CANCEL waits for a 1xx (RFC 3261 §9.1)',
    { ends: 'caller-cancelled' },
    ({ alice, bob, world }) => {
      alice.invites(bob);
      bob.expects('INVITE');
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
      world.passes(1_000);
      bob.hearsNothing();
      bob.rings();
      bob.expects('CANCEL', 'ACK');
    },
  );

  scenario(
    'before the phone said anything, and it never does',
    { ends: 'caller-cancelled' },
    ({ alice, bob, world }) => {
      bob.manners.yieldsToCancel = false;
      alice.invites(bob);
      bob.expects('INVITE');
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
      world.passes(40_000);
      expect(bob.heardAgain('INVITE')).toBeGreaterThan(3);
    },
  );

  scenario(
    'the answer crosses the CANCEL (RFC 3261 §9.1, RFC 5407 §3.1.2)',
    { ends: 'caller-cancelled' },
    ({ alice, bob }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears(180);
      bob.answers({ delayed: 30 });
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
      bob.expects('CANCEL', 'ACK', 'BYE');
    },
  );

  scenario('the refusal crosses the CANCEL', { ends: 'caller-cancelled' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.rings();
    alice.hears(180);
    bob.refuses(486, { delayed: 30 });
    alice.cancels();
    alice.hears('200 CANCEL', '487 INVITE');
    bob.expects('CANCEL', 'ACK');
  });

  scenario('after the answer: too late, the call goes on', { ends: 'callee-hung-up' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.rings();
    alice.hears(180);
    alice.manners.acknowledges = false;
    bob.answers();
    bob.expects('ACK');
    alice.cancels();
    alice.hears('200 INVITE', '200 CANCEL');
    alice.acknowledges();
    end(bob, alice);
  });

  scenario('a CANCEL that matches nothing', { ends: 'callee-busy' }, ({ alice, bob, world }) => {
    alice.invites(bob);
    bob.refuses(486);
    bob.expects('ACK');
    alice.hears('486 INVITE');
    world.passes(40_000);
    alice.cancels();
    alice.hears('481 CANCEL');
  });

  scenario('by BYE in the early dialog (RFC 3261 §15)', { ends: 'caller-cancelled' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.rings();
    alice.hears(180);
    alice.hangsUp();
    alice.hears('200 BYE', '487 INVITE');
    bob.expects('CANCEL', 'ACK');
  });

  scenario('the CANCEL gets lost once', { ends: 'caller-cancelled' }, ({ alice, bob, world }) => {
    alice.invites(bob);
    bob.rings();
    alice.hears(180);
    world.network.dropNext((message) => message.description === 'CANCEL' && message.to.address === '192.0.2.20');
    alice.cancels();
    alice.hears('200 CANCEL', '487 INVITE');
    world.passes(600);
    bob.expects('CANCEL', 'ACK');
  });

  scenario(
    'a phone that answers the CANCEL and forgets the INVITE',
    { ends: 'caller-cancelled' },
    ({ alice, bob, world }) => {
      bob.manners.yieldsToCancel = false;
      alice.invites(bob);
      bob.rings();
      alice.hears(180);
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
      bob.expects('CANCEL');
      world.passes(80_000);
    },
  );
});
