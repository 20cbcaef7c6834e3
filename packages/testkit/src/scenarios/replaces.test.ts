import { describe, expect } from 'vitest';
import type { PhoneCall } from '../phone/phone-call.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { scenario } from '../scenario.ts';
import { end, talk } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';
import { prack, REQUIRES } from './session-acts.ts';
import { directionAt, holds, refers, typesOf } from './transfer-acts.ts';

/** A dialog of ours with a phone, as the phone would have another one name it to us. */
function replaces({ callId, localTag, remoteTag }: PhoneCall, more = ''): [string, string] {
  return ['Replaces', `${callId};to-tag=${remoteTag};from-tag=${localTag}${more}`];
}

describe('an INVITE with Replaces', () => {
  scenario(
    'RFC 3891 §3: another phone takes the place of one that talks, which is let go',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol, world }) => {
      talk(alice, bob);
      carol.invites('202', { headers: [replaces(bob.call), ['Require', 'replaces']] });
      carol.hears('200 INVITE');
      expect(bob.expects('BYE').value('Reason')).toContain('Transferred');
      alice.hearsNothing();
      end(alice, carol);
      expect(typesOf(world)).toEqual(['transfer.started', 'transfer.succeeded']);
    },
  );

  scenario(
    'in the place of the caller, who held the other side',
    { ends: 'callee-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      holds(alice, bob);
      carol.invites('201', { headers: [replaces(alice.call)] });
      carol.hears('200 INVITE');
      alice.expects('BYE');
      bob.expects('INVITE');
      bob.answers();
      bob.expects('ACK');
      expect([directionAt(bob), directionAt(carol)]).toEqual(['sendrecv', 'sendrecv']);
      bob.hangsUp();
      bob.hears('200 BYE');
      carol.expects('BYE');
    },
  );

  scenario(
    'RFC 3891 §4: without an offer',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      carol.phone.manners.acknowledges = false;
      carol.invites('202', { sdp: null, headers: [replaces(bob.call)] });
      carol.hears('200 INVITE');
      carol.acknowledges(carol.call.sdp());
      bob.expects('BYE');
      carol.phone.manners.acknowledges = true;
      end(alice, carol);
    },
  );

  scenario(
    'RFC 3891 §3: in the place of a phone that rings',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      carol.invites('202', { headers: [replaces(bob.call, ';early-only')] });
      carol.hears('200 INVITE');
      alice.hears('200 INVITE');
      expect(bob.expects('CANCEL', 'ACK')).toBeDefined();
      end(alice, carol);
    },
  );

  scenario(
    'RFC 3891 §3: of a caller without an offer who has ours already (RFC 3262 §5)',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      alice.invites(bob, { sdp: null, headers: [REQUIRES] });
      bob.rings();
      prack(alice, alice.hears('180 INVITE'), alice.phone.sdp({ codecs: ['0 PCMU/8000'] }));
      alice.hears('200 PRACK');
      carol.invites('202', { headers: [replaces(bob.call)] });
      expect(readSdp(carol.hears('200 INVITE').body.toString()).codecs[0]).toBe('0 PCMU/8000');
      expect(alice.hears('200 INVITE').body.length).toBe(0);
      bob.expects('CANCEL', 'ACK');
      end(alice, carol);
    },
  );

  scenario(
    'RFC 3891 §3: of a caller without an offer, who gets one made of what the new phone said',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      alice.phone.manners.acknowledges = false;
      alice.invites(bob, { sdp: null });
      bob.rings();
      alice.hears('180 INVITE');
      carol.invites('202', { sdp: carol.phone.sdp({ codecs: ['0 PCMU/8000'] }), headers: [replaces(bob.call)] });
      carol.hears('200 INVITE');
      const offer = readSdp(alice.hears('200 INVITE').body.toString());
      expect(offer.codecs[0]).toBe('0 PCMU/8000');
      alice.acknowledges(alice.phone.sdp({ codecs: ['0 PCMU/8000'] }));
      alice.phone.manners.acknowledges = true;
      bob.expects('CANCEL', 'ACK');
      end(alice, carol);
    },
  );

  scenario(
    'RFC 3891 §3: for whoever waits in a transfer and was held: the hold is over',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol', 'eve'] },
    ({ alice, bob, carol, eve }) => {
      talk(alice, bob);
      holds(bob, alice);
      refers(bob, carol);
      bob.hears('202 REFER');
      carol.rings();
      bob.expects('NOTIFY', 'NOTIFY');
      eve.invites('203', { headers: [replaces(carol.call)] });
      expect(readSdp(eve.hears('200 INVITE').body.toString()).direction).toBe('sendrecv');
      carol.expects('CANCEL', 'ACK');
      bob.expects('NOTIFY', 'BYE');
      alice.answers();
      alice.expects('ACK');
      end(alice, eve);
    },
  );

  scenario(
    'RFC 3891 §3: only an early one, and it is not early any more: 486',
    { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      carol.invites('202', { headers: [replaces(bob.call, ';early-only')] });
      carol.hears('486 INVITE');
      end(alice, bob);
    },
  );

  scenario(
    'RFC 3891 §3: an early dialog that the other side began: 481',
    { ends: 'caller-cancelled', cast: ['alice', 'bob', 'carol'] },
    ({ alice, bob, carol }) => {
      alice.invites(bob);
      bob.rings();
      alice.hears('180 INVITE');
      carol.invites('201', { headers: [replaces(alice.call)] });
      carol.hears('481 INVITE');
      alice.cancels();
      alice.hears('200 CANCEL', '487 INVITE');
      bob.expects('CANCEL', 'ACK');
    },
  );

  for (const [title, value, status] of [
    ['no such dialog', 'x;to-tag=a;from-tag=b', 481],
    ['no tags', 'x', 400],
    ['two to-tags', 'x;to-tag=a;to-tag=b;from-tag=c', 400],
  ] as const) {
    scenario(`RFC 3891 §3: ${title}: ${status}`, { ends: [], cast: ['alice', 'bob'] }, ({ alice, bob }) => {
      alice.invites(bob, { headers: [['Replaces', value]] });
      alice.hears(`${status} INVITE`);
    });
  }

  scenario('RFC 3891 §3: two of them: 400', { ends: 'caller-hung-up', cast: ['alice', 'bob', 'carol'] }, (scene) => {
    const { alice, bob, carol } = scene;
    talk(alice, bob);
    carol.invites('202', { headers: [replaces(bob.call), replaces(bob.call)] });
    carol.hears('400 INVITE');
    end(alice, bob);
  });

  scenario(
    'security: a stranger is challenged, and takes no call over',
    { ends: 'caller-hung-up', cast: ['alice', 'bob'] },
    ({ alice, bob, carol }) => {
      talk(alice, bob);
      carol.phone.manners.authenticates = false;
      carol.invites('202', { headers: [replaces(bob.call)] });
      carol.hears('407 INVITE');
      end(alice, bob);
    },
  );

  scenario(
    'security: what a trunk brings takes no call over',
    { ends: 'caller-hung-up', cast: ['alice', 'bob'], pbx: COMPANY, users: pbxUser() },
    ({ alice, bob, itsp }) => {
      talk(alice, bob);
      itsp.invites('+74951234567', { headers: [replaces(bob.call)] });
      itsp.hears('403 INVITE');
      end(alice, bob);
    },
  );
});
