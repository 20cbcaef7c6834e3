import { describe, expect } from 'vitest';
import { SWITCH } from '../cast.ts';
import type { PhoneCall } from '../phone/phone-call.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';
import { directionAt, fragment, holds, refers, replacesOf, typesOf } from './transfer-acts.ts';

describe('a blind transfer', () => {
  scenario(
    'RFC 3515 §2.4: the callee sends the caller on, is told how it goes, and is let go',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      refers(bob, carol);
      bob.hears('202 REFER');
      expect(fragment(bob.expects('NOTIFY'))).toEqual(['SIP/2.0 100 Trying', 'active;expires=300', 'refer']);
      const invite = carol.expects('INVITE');
      expect(invite.value('From')).toContain('<sip:201@');
      expect(invite.value('Referred-By')).toBe('"bobby" <sip:202@198.51.100.1>');
      carol.rings();
      expect(fragment(bob.expects('NOTIFY'))[0]).toBe('SIP/2.0 180 Ringing');
      carol.answers();
      carol.expects('ACK');
      expect(fragment(bob.expects('NOTIFY'))).toEqual(['SIP/2.0 200 OK', 'terminated;reason=noresource', 'refer']);
      bob.expects('BYE');
      alice.hearsNothing();
      end(alice, carol);
      expect(typesOf(world)).toEqual(['transfer.started', 'transfer.succeeded']);
    },
  );

  scenario(
    'RFC 3892 §2.2: the target’s phone is told who sends the caller on, and not what that one says of itself',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      refers(bob, carol, [['Referred-By', '"Director forged-7f3a" <sip:100@acme.example>']]);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      expect(carol.expects('INVITE').value('Referred-By')).toBe('"bobby" <sip:202@198.51.100.1>');
      carol.answers();
      carol.expects('ACK');
      bob.expects('NOTIFY', 'BYE');
      end(alice, carol);
      expect(JSON.stringify(world.events)).not.toContain('forged');
    },
  );

  scenario(
    'the caller sends the callee on, who was held: it is asked back from its hold',
    { ends: 'callee-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      holds(alice, bob);
      expect(directionAt(bob)).toBe('sendonly');
      refers(alice, carol);
      alice.hears('202 REFER');
      alice.expects('NOTIFY');
      expect(readSdp(carol.expects('INVITE').body.toString()).direction).toBe('sendrecv');
      carol.answers();
      carol.expects('ACK');
      alice.expects('NOTIFY', 'BYE');
      bob.expects('INVITE');
      expect(directionAt(bob)).toBe('sendrecv');
      bob.answers();
      bob.expects('ACK');
      bob.hangsUp();
      bob.hears('200 BYE');
      carol.expects('BYE');
    },
  );

  scenario(
    'the transferor hangs up before anybody answers: the others are put through',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      refers(bob, carol);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      bob.hangsUp();
      bob.hears('200 BYE');
      carol.rings();
      carol.answers();
      carol.expects('ACK');
      // RFC 5057 §4: the subscription has outlived the call, and hears its end.
      expect(fragment(bob.expects('NOTIFY'))[0]).toBe('SIP/2.0 200 OK');
      end(alice, carol);
    },
  );

  for (const [status, told] of [
    [486, 'SIP/2.0 486 Busy Here'],
    [603, 'SIP/2.0 603 Decline'],
    [404, 'SIP/2.0 404 Not Found'],
  ] as const) {
    scenario(
      `the target answers ${status}: the transferor is told, and has the call back`,
      { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
      ({ alice, bob, carol, world }) => {
        talk(alice, bob);
        refers(bob, carol);
        bob.hears('202 REFER');
        bob.expects('NOTIFY');
        carol.refuses(status);
        carol.expects('ACK');
        expect(fragment(bob.expects('NOTIFY'))[0]).toBe(told);
        world.passes(60_000);
        end(alice, bob);
        expect(typesOf(world)).toEqual(['transfer.started', 'transfer.failed']);
      },
    );
  }

  scenario(
    'nobody answers and the transferor is gone: the party is let go',
    { ends: 'no-answer', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      refers(bob, carol);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      bob.hangsUp();
      bob.hears('200 BYE');
      carol.rings();
      world.passes(200_000);
      carol.expects('CANCEL', 'ACK');
      expect(fragment(bob.expects('NOTIFY'))[0]).toBe('SIP/2.0 480 Temporarily Unavailable');
      expect(alice.expects('BYE').value('Reason')).toContain('No answer');
    },
  );

  scenario(
    'the transferee hangs up while the target rings',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      refers(bob, carol);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      carol.rings();
      bob.expects('NOTIFY');
      alice.hangsUp();
      alice.hears('200 BYE');
      carol.expects('CANCEL', 'ACK');
      expect(fragment(bob.expects('NOTIFY'))[0]).toBe('SIP/2.0 487 Request Terminated');
      bob.expects('BYE');
    },
  );

  scenario(
    'the target answers just when the transferee hangs up',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'eve'], latency: 20 },
    ({ alice, bob, eve, world }) => {
      talk(alice, bob);
      refers(bob, eve);
      bob.hears('202 REFER');
      bob.expects('NOTIFY');
      eve.rings();
      bob.expects('NOTIFY');
      eve.answers({ delayed: 100 });
      alice.hangsUp();
      alice.hears('200 BYE');
      world.passes(1_000);
      eve.expects('CANCEL', 'ACK', 'BYE');
      bob.expects('NOTIFY', 'BYE');
    },
  );
});

describe('an attended transfer', () => {
  scenario(
    'RFC 5589 §7: whom the transferor has spoken with comes into the call that is transferred',
    { ends: ['caller-hung-up', 'transferred'], cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      holds(bob, alice);
      talk(bob, carol);
      const [first, second] = bob.phone.calls as [PhoneCall, PhoneCall];
      first.request('REFER', { headers: [['Refer-To', `<sip:203@${SWITCH.address}?Replaces=${replacesOf(second)}>`]] });
      bob.hears('202 REFER');
      expect(fragment(bob.expects('NOTIFY'))[0]).toBe('SIP/2.0 100 Trying');
      // The consultation is over for Bob, and its far end is told where its sound is now.
      bob.expects('BYE');
      carol.expects('INVITE');
      carol.answers();
      carol.expects('ACK');
      expect(fragment(bob.expects('NOTIFY'))[0]).toBe('SIP/2.0 200 OK');
      bob.expects('BYE');
      // Alice was held.
      alice.expects('INVITE');
      alice.answers();
      alice.expects('ACK');
      expect([directionAt(alice), directionAt(carol)]).toEqual(['sendrecv', 'sendrecv']);
      end(alice, carol);
      expect(typesOf(world)).toEqual(['transfer.started', 'transfer.joined', 'transfer.succeeded']);
    },
  );
});
