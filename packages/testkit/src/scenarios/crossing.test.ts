import { describe, expect } from 'vitest';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';
import { ALLOWS, answersUpdate, update } from './session-acts.ts';

const BOTH_UPDATE = { ends: 'caller-hung-up', latency: 10 } as const;

/** They talk, and both phones take UPDATE; bob leaves the next alone until he is told. */
function talkWithUpdate({ alice, bob }: Parameters<Parameters<typeof scenario>[2]>[0]): void {
  talk(alice, bob);
  update(alice, undefined);
  alice.hears('200 UPDATE');
  update(bob, undefined);
  bob.hears('200 UPDATE');
}

describe('offers within a call, by UPDATE', () => {
  scenario('RFC 3311 §5.2: one that changes the session reaches a phone that takes it as one', BOTH_UPDATE, (scene) => {
    const { alice, bob, world } = scene;
    talkWithUpdate(scene);
    update(alice, alice.call.sdp({ direction: 'sendonly' }));
    const asked = bob.expects('UPDATE');
    expect(readSdp(asked.body.toString()).direction).toBe('sendonly');
    answersUpdate(bob, asked, bob.call.sdp({ direction: 'recvonly' }));
    expect(readSdp(alice.hears('200 UPDATE').body.toString()).direction).toBe('recvonly');
    expect(world.events.map(({ type }) => type)).toContain('leg.held');
    end(alice, bob);
  });

  scenario('and another phone as a re-INVITE', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    update(alice, alice.call.sdp({ direction: 'sendonly' }));
    bob.answers();
    expect(readSdp(alice.hears('200 UPDATE').body.toString()).direction).toBe('recvonly');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario('one that says what holds already is answered here', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    update(alice, alice.call.localSdp);
    expect(alice.hears('200 UPDATE').body.length).toBeGreaterThan(0);
    bob.hearsNothing();
    end(alice, bob);
  });

  scenario('the other phone refuses', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    update(alice, alice.call.sdp({ direction: 'sendonly' }));
    bob.refuses(488);
    bob.expects('ACK');
    alice.hears('488 UPDATE');
    end(alice, bob);
  });

  scenario(
    'RFC 3311 §5.2: the other phone takes too long: 504, and it is asked no more',
    { ends: 'caller-hung-up' },
    (scene) => {
      const { alice, bob, world } = scene;
      talk(alice, bob);
      update(alice, alice.call.sdp({ direction: 'sendonly' }));
      bob.rings();
      world.passes(16_100);
      alice.hears('504 UPDATE');
      bob.expects('CANCEL', 'ACK');
      end(alice, bob);
    },
  );

  scenario('RFC 3311 §5.2: UPDATEs of both sides cross', BOTH_UPDATE, (scene) => {
    const { alice, bob } = scene;
    talkWithUpdate(scene);
    update(alice, alice.call.sdp({ direction: 'sendonly' }));
    update(bob, bob.call.sdp({ direction: 'sendonly' }));
    const asked = bob.expects('UPDATE');
    bob.hears('491 UPDATE');
    answersUpdate(bob, asked, bob.call.sdp({ direction: 'recvonly' }));
    alice.hears('200 UPDATE');
    end(alice, bob);
  });

  scenario('RFC 3311 §5.2: an UPDATE crosses a re-INVITE (RFC 5407 §3.3.2)', BOTH_UPDATE, (scene) => {
    const { alice, bob } = scene;
    talkWithUpdate(scene);
    alice.holds();
    update(bob, bob.call.sdp({ direction: 'sendonly' }));
    bob.hears('491 UPDATE');
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario('RFC 3261 §14.2: a re-INVITE crosses an UPDATE', BOTH_UPDATE, (scene) => {
    const { alice, bob } = scene;
    talkWithUpdate(scene);
    update(alice, alice.call.sdp({ direction: 'sendonly' }));
    bob.holds();
    const asked = bob.expects('UPDATE');
    bob.hears('491 INVITE');
    answersUpdate(bob, asked, bob.call.sdp({ direction: 'recvonly' }));
    alice.hears('200 UPDATE');
    end(alice, bob);
  });

  scenario('an UPDATE and a re-INVITE of one side, before the first is answered', BOTH_UPDATE, (scene) => {
    const { alice, bob } = scene;
    talkWithUpdate(scene);
    update(alice, alice.call.sdp({ direction: 'sendonly' }));
    const asked = bob.expects('UPDATE');
    alice.reinvites({ headers: [ALLOWS] });
    expect(alice.hears('500 INVITE').has('Retry-After')).toBe(true);
    update(alice, undefined);
    alice.hears('500 UPDATE');
    answersUpdate(bob, asked, bob.call.sdp({ direction: 'recvonly' }));
    alice.hears('200 UPDATE');
    end(alice, bob);
  });

  scenario('BYE crosses an UPDATE', { ...BOTH_UPDATE, ends: 'callee-hung-up' }, (scene) => {
    const { alice, bob } = scene;
    talkWithUpdate(scene);
    update(alice, alice.call.sdp({ direction: 'sendonly' }));
    const asked = bob.expects('UPDATE');
    bob.hangsUp();
    bob.hears('200 BYE');
    alice.hears('487 UPDATE');
    alice.expects('BYE');
    answersUpdate(bob, asked, bob.call.sdp());
  });

  scenario('BYE crosses a re-INVITE', { ...BOTH_UPDATE, ends: 'callee-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    alice.holds();
    bob.expects('INVITE');
    bob.hangsUp();
    bob.hears('200 BYE');
    alice.hears('487 INVITE');
    alice.expects('BYE');
    bob.answers();
    bob.expects('ACK');
  });
});
