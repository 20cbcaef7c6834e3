import { describe, expect } from 'vitest';
import { SWITCH } from '../cast.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';

describe('an answered call', () => {
  scenario('the caller hangs up (RFC 3261 §24, RFC 3665 §3.1)', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.rings();
    alice.hears(180);
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario('the callee hangs up', { ends: 'callee-hung-up' }, ({ alice, bob }) => {
    talk(alice, bob);
    end(bob, alice);
  });

  scenario('both hang up at the same moment', { ends: 'caller-hung-up', latency: 10 }, ({ alice, bob, world }) => {
    talk(alice, bob);
    alice.hangsUp();
    bob.hangsUp();
    alice.hears('200 BYE');
    world.passes(50);
    // Our BYE and theirs crossed: whoever was first ended the call, and each gets an answer.
    bob.expects('BYE');
    bob.hears('200 BYE');
  });

  scenario('by login instead of number', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    alice.invites('bobby');
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario('early media is heard before the answer', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    alice.invites(bob);
    bob.rings({ status: 183, sdp: bob.phone.sdp() });
    const progress = alice.hears(183);
    expect(readSdp(progress.body.toString())).toMatchObject({
      address: SWITCH.address,
      codecs: ['8 PCMA/8000', '0 PCMU/8000', '101 telephone-event/8000'],
    });
    bob.answers({ sdp: bob.call.localSdp ?? null });
    alice.hears('200 INVITE');
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario(
    'over TCP, IPv6 and from behind a NAT',
    { ends: ['caller-hung-up', 'caller-hung-up'], cast: ['carol', 'dave', 'eve'] },
    async ({ carol, dave, eve }) => {
      talk(carol, dave);
      end(carol, dave);
      eve.invites(carol);
      carol.answers();
      expect(readSdp(eve.hears('200 INVITE').body.toString()).address).toContain(':');
      carol.expects('ACK');
      end(eve, carol);
      await dave.registers({ expires: 0 });
    },
  );

  scenario(
    'RFC 7433 §4: User-to-User reaches the callee as it was written',
    { ends: 'callee-busy' },
    ({ alice, bob }) => {
      alice.invites(bob, { headers: [['User-to-User', '56a390f3d2b7310023a2;encoding=hex;purpose=x']] });
      const invite = bob.expects('INVITE');
      expect(invite.value('User-to-User')).toBe('56a390f3d2b7310023a2;encoding=hex;purpose=x');
      bob.refuses(486);
      bob.expects('ACK');
      alice.hears('486 INVITE');
    },
  );

  scenario('a leg sees nothing of the other leg', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    const secret: readonly [string, string][] = [
      ['X-Secret', 'alice-only'],
      ['P-Asserted-Identity', '<sip:boss@acme.example>'],
      ['Subject', 'about us'],
    ];
    alice.invites(bob, { headers: secret });
    bob.answers();
    const answer = alice.hears('200 INVITE');
    bob.expects('ACK');
    const invite = bob.call.received?.request;
    const toBob = invite?.bytes.toString() ?? '';
    for (const foreign of [
      alice.phone.settings.local.address,
      alice.call.callId,
      alice.call.localTag,
      'alice-only',
      'boss@',
    ]) {
      expect(toBob).not.toContain(foreign);
    }
    expect(toBob).toContain(`<sip:201@`);
    expect(readSdp(bob.call.remoteSdp ?? '').address).toBe(SWITCH.address);
    const toAlice = answer.bytes.toString();
    for (const foreign of [bob.phone.settings.local.address, bob.call.callId, bob.call.localTag]) {
      expect(toAlice).not.toContain(foreign);
    }
    end(alice, bob);
  });

  scenario('hops are counted, the offer keeps its codecs', { ends: 'caller-hung-up' }, ({ alice, bob }) => {
    alice.phone.codecs = ['96 opus/48000/2', '0 PCMU/8000', '100 telephone-event/8000'];
    alice.invites(bob, { maxForwards: 10 });
    bob.answers();
    expect(bob.call.received?.request.maxForwards).toEqual({ ok: true, value: 9 });
    const codecs = readSdp(bob.call.remoteSdp ?? '').codecs.map((codec) => codec.split(' ')[1]);
    expect(codecs.slice(0, 3)).toEqual(['opus/48000/2', 'PCMU/8000', 'telephone-event/8000']);
    // Behind them stands what they can be converted to, if bob has nothing else.
    expect(codecs.slice(3)).toEqual(['G722/8000', 'PCMA/8000']);
    expect(readSdp(alice.hears('200 INVITE').body.toString()).codecs).toEqual([
      '0 PCMU/8000',
      '100 telephone-event/8000',
    ]);
    bob.expects('ACK');
    end(alice, bob);
  });

  scenario(
    'who calls the own number rings the other phones',
    { ends: 'caller-hung-up', cast: ['bob', 'bobMobile'] },
    ({ bob, bobMobile }) => {
      bob.invites('202');
      bobMobile.answers();
      bob.hears('200 INVITE');
      bobMobile.expects('ACK');
      end(bob, bobMobile);
    },
  );

  scenario('the echo test answers by itself', { ends: 'caller-hung-up' }, ({ alice, world }) => {
    alice.invites('*43');
    alice.hears('200 INVITE');
    expect(world.media.calls[0]?.heardBy('a')).toBe('a');
    alice.hangsUp();
    alice.hears('200 BYE');
  });

  scenario(
    'what is to be recorded is: the caller left, the callee right',
    { ends: 'caller-hung-up', pbx: 'recording: { mode: all }' },
    ({ alice, bob, world }) => {
      alice.phone.codecs = ['96 opus/48000/2', '8 PCMA/8000', '101 telephone-event/8000'];
      talk(alice, bob);
      expect(readSdp(bob.call.remoteSdp ?? '').codecs.join()).not.toContain('opus');
      world.passes(5_000);
      end(alice, bob);
      const record = world.media.calls[0]?.commands.find((command) => command.do === 'record');
      expect(record).toMatchObject({
        left: { leg: 'a', party: { number: '201' } },
        right: { leg: 'b1', party: { number: '202' } },
      });
      world.passes(0);
      expect(world.events.map(({ type }) => type)).toContain('recording.finished');
    },
  );
});
