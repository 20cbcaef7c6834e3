import { describe, expect } from 'vitest';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';

describe('less usual ways', () => {
  scenario('two calls between the same two', { ends: ['caller-hung-up', 'caller-hung-up'] }, ({ alice, bob }) => {
    talk(alice, bob);
    const [first, firstAtBob] = [alice.call, bob.call];
    talk(alice, bob);
    end(alice, bob);
    expect(firstAtBob.ended).toBe(false);
    first.bye();
    alice.hears('200 BYE');
    bob.expects('BYE');
  });

  scenario(
    'they call each other at the same moment',
    { ends: ['caller-hung-up', 'caller-hung-up'] },
    ({ alice, bob }) => {
      const fromAlice = alice.invites(bob);
      const fromBob = bob.invites(alice);
      bob.expects('INVITE');
      alice.expects('INVITE');
      bob.phone.calls.find((call) => call !== fromBob)?.respond(200);
      alice.phone.calls.find((call) => call !== fromAlice)?.respond(200);
      alice.hears('200 INVITE');
      bob.hears('200 INVITE');
      alice.expects('ACK');
      bob.expects('ACK');
      fromAlice.bye();
      fromBob.bye();
      alice.hears('200 BYE');
      bob.hears('200 BYE');
      alice.expects('BYE');
      bob.expects('BYE');
    },
  );

  scenario('a number as tel URI (RFC 3261 §19.1.6)', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    alice.invites('tel:202');
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario('with one domain any host means it', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    alice.invites('sip:202@198.51.100.1');
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario('hung up while held', { ends: 'callee-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    alice.holds();
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(bob, alice);
  });

  scenario(
    'requests to a phone behind a NAT go over its flow, not to its Contact',
    { ends: 'callee-hung-up', cast: ['bob', 'dave'] },
    async ({ bob, dave }) => {
      talk(dave, bob);
      bob.holds();
      dave.answers();
      bob.hears('200 INVITE');
      dave.expects('ACK');
      end(bob, dave);
      await dave.registers({ expires: 0 });
    },
  );

  scenario(
    'a caller on TCP whose connection broke hangs up over another',
    { ends: 'caller-hung-up', cast: ['bob', 'carol'] },
    ({ bob, carol, world }) => {
      talk(carol, bob);
      carol.phone.wire.hangUp();
      world.passes(10);
      end(carol, bob);
    },
  );

  scenario(
    'early media of two phones: the first is heard',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'bobMobile'] },
    ({ alice, bob, bobMobile, world }) => {
      alice.invites(bob);
      bob.rings({ status: 183, sdp: bob.phone.sdp() });
      alice.hears(183);
      bobMobile.rings({ status: 183, sdp: bobMobile.phone.sdp() });
      alice.hearsNothing();
      expect(world.media.calls[0]?.heardBy('a')).toBe('b1');
      bobMobile.answers();
      alice.hears('200 INVITE');
      expect(world.media.calls[0]?.heardBy('a')).toBe('b2');
      bobMobile.expects('ACK');
      bob.expects('CANCEL', 'ACK');
      end(alice, bobMobile);
    },
  );

  scenario('forwarding and queueing are told as they are', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.rings({ status: 181 });
    bob.rings({ status: 182 });
    bob.answers();
    alice.hears(181, 182, '200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario('a large INVITE stays on its flow', { ends: 'caller-hung-up' }, ({ alice, bob, world }) => {
    const codecs = Array.from({ length: 60 }, (_, i) => `${i + 35} odd-codec-${i}/8000`);
    alice.phone.codecs = ['8 PCMA/8000', ...codecs];
    talk(alice, bob);
    const [large] = world.network.sent(
      (message) => message.description === 'INVITE' && message.to.address === '192.0.2.20',
    );
    expect([large?.transport, (large?.octets.length ?? 0) > 1_400]).toEqual(['udp', true]);
    end(alice, bob);
  });

  scenario(
    'the media plane dies',
    { ends: 'internal-error', errors: ['call.ended', 'media.lost'] },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      world.media.calls[0]?.emit({ kind: 'lost', detail: 'worker died' });
      world.passes(0);
      alice.expects('BYE');
      bob.expects('BYE');
    },
  );

  scenario(
    'draining: what is up goes on, what is new is refused',
    { ends: 'caller-hung-up', errors: ['call.refused'] },
    async ({ alice, bob, world }) => {
      talk(alice, bob);
      let drained = false;
      void world.switch?.drain(60_000).then(() => {
        drained = true;
      });
      const { call } = alice;
      alice.invites('202');
      expect(alice.hears('503 INVITE').has('Retry-After')).toBe(true);
      call.bye();
      alice.hears('200 BYE');
      bob.expects('BYE');
      expect(await world.stage.eventually(() => drained)).toBe(true);
    },
  );

  scenario('each leg keeps its own payload type numbers', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    alice.phone.codecs = ['8 PCMA/8000', '100 telephone-event/8000'];
    bob.phone.codecs = ['8 PCMA/8000', '110 telephone-event/8000'];
    talk(alice, bob);
    bob.reinvites({ sdp: bob.call.sdp({ direction: 'sendonly' }) });
    alice.answers();
    expect(readSdp(alice.call.remoteSdp ?? '').codecs).toContain('100 telephone-event/8000');
    bob.hears('200 INVITE');
    expect(readSdp(bob.call.remoteSdp ?? '').codecs).toContain('110 telephone-event/8000');
    alice.expects('ACK');
    end(alice, bob);
  });
});
