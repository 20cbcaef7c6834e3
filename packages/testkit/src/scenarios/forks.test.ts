import { describe, expect } from 'vitest';
import { scenario } from '../scenario.ts';
import { end } from './acts.ts';

const ELSEWHERE = /^SIP;cause=200;text="Call completed elsewhere"$/;
const BOTH = ['alice', 'bob', 'bobMobile'] as const;

describe('a user with several phones', () => {
  scenario(
    'all ring, the first to answer has the call',
    { ends: 'caller-hung-up', cast: BOTH },
    ({ alice, bob, bobMobile }) => {
      alice.invites(bob);
      bob.rings();
      bobMobile.rings();
      alice.hears(180);
      bobMobile.answers();
      alice.hears('200 INVITE');
      bobMobile.expects('ACK');
      expect(bob.expects('CANCEL').value('Reason')).toMatch(ELSEWHERE);
      bob.expects('ACK');
      end(alice, bobMobile);
    },
  );

  scenario(
    'two answers cross: the loser gets ACK and BYE',
    { ends: 'caller-hung-up', cast: BOTH, latency: 10 },
    ({ alice, bob, bobMobile, world }) => {
      alice.invites(bob);
      bob.rings();
      bobMobile.rings();
      alice.hears(180);
      bob.answers();
      bobMobile.answers();
      alice.hears('200 INVITE');
      world.passes(100);
      bob.expects('ACK');
      bobMobile.expects('CANCEL', 'ACK');
      expect(bobMobile.expects('BYE').value('Reason')).toMatch(ELSEWHERE);
      end(alice, bob);
    },
  );

  scenario('one is busy, the other answers', { ends: 'caller-hung-up', cast: BOTH }, ({ alice, bob, bobMobile }) => {
    alice.invites(bob);
    bob.refuses(486);
    bob.expects('ACK');
    bobMobile.answers();
    alice.hears('200 INVITE');
    bobMobile.expects('ACK');
    end(alice, bobMobile);
  });

  scenario('both are busy', { ends: 'callee-busy', cast: BOTH }, ({ alice, bob, bobMobile }) => {
    alice.invites(bob);
    bob.refuses(486);
    bob.expects('ACK');
    alice.hearsNothing();
    bobMobile.refuses(486);
    bobMobile.expects('ACK');
    alice.hears('486 INVITE');
  });

  scenario(
    '6xx is said for all phones (RFC 3261 §16.7)',
    { ends: 'callee-declined', cast: BOTH },
    ({ alice, bob, bobMobile }) => {
      alice.invites(bob);
      bobMobile.rings();
      alice.hears(180);
      bob.refuses(603);
      bob.expects('ACK');
      bobMobile.expects('CANCEL', 'ACK');
      alice.hears('603 INVITE');
    },
  );

  scenario('the caller gives up on both', { ends: 'caller-cancelled', cast: BOTH }, ({ alice, bob, bobMobile }) => {
    alice.invites(bob);
    bob.rings();
    bobMobile.rings();
    alice.hears(180);
    alice.cancels();
    alice.hears('200 CANCEL', '487 INVITE');
    bob.expects('CANCEL', 'ACK');
    bobMobile.expects('CANCEL', 'ACK');
  });

  scenario(
    'one is dead, the other answers at once',
    { ends: 'caller-hung-up', cast: BOTH },
    ({ alice, bob, bobMobile, world }) => {
      world.network.vanish(bob.phone.settings.local.address);
      alice.invites(bob);
      bobMobile.answers();
      alice.hears('200 INVITE');
      bobMobile.expects('ACK');
      end(alice, bobMobile);
      world.passes(40_000);
    },
  );

  scenario(
    'both answer behind one binding: the second 2xx gets ACK and BYE (RFC 3261 §13.2.2.4)',
    { ends: 'caller-hung-up' },
    ({ alice, bob }) => {
      alice.invites(bob);
      bob.rings({ fork: 'deskphone' });
      bob.rings({ fork: 'softphone' });
      alice.hears(180);
      bob.answers({ fork: 'softphone' });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      const softphone = bob.call.remoteTarget;
      bob.answers({ fork: 'deskphone' });
      bob.expects('ACK');
      expect(bob.expects('BYE').toTag).toBe('deskphone');
      expect(softphone).toBe(bob.call.remoteTarget);
      alice.hangsUp();
      alice.hears('200 BYE');
      expect(bob.expects('BYE').toTag).toBe('softphone');
    },
  );
});
