import { describe, expect } from 'vitest';
import type { Actor } from '../actor.ts';
import { SWITCH } from '../cast.ts';
import type { PhoneCall } from '../phone/phone-call.ts';
import { scenario } from '../scenario.ts';
import { secureSettings, type World } from '../world.ts';
import { connect, end, talk } from './acts.ts';
import { COMPANY, pbxUser } from './company.ts';
import { joins } from './secure-acts.ts';
import { fragment, joins as joinsCalls, refers, replacesOf } from './transfer-acts.ts';

const settings = secureSettings();
const FORWARDS = '  - { extension: "208", name: away, forward: { always: "+79991112233" } }';
const ON_TLS_ALONE = /leave TLS/;

/** Anna and Boris, both on TLS, talk in a call to a sips URI. */
async function talkSecurely(world: World): Promise<{ readonly anna: Actor; readonly boris: Actor }> {
  const [anna, boris] = [await joins(world, 'alice', 'TLS'), await joins(world, 'bob', 'TLS')];
  anna.invites('sips:202@acme.example');
  connect(anna, boris);
  return { anna, boris };
}

function refersTo(actor: Actor, uri: string): void {
  actor.sends('REFER', { headers: [['Refer-To', `<${uri}>`]] });
}

function replaces({ callId, localTag, remoteTag }: PhoneCall): [string, string] {
  return ['Replaces', `${callId};to-tag=${remoteTag};from-tag=${localTag}`];
}

describe('a call to a sips URI never leaves TLS', () => {
  scenario(
    'RFC 5630 §3.1.3: nor by a transfer to a number: only phones on TLS ring',
    { ends: 'caller-hung-up', cast: ['carol'], settings },
    async ({ carol, world }) => {
      const { anna, boris } = await talkSecurely(world);
      refers(boris, '203');
      boris.hears('202 REFER');
      boris.expects('NOTIFY');
      expect(fragment(boris.expects('NOTIFY'))[0]).toMatch(/^SIP\/2\.0 480/);
      carol.hearsNothing();
      end(anna, boris);
    },
  );

  scenario(
    'RFC 5630 §3.1.3: nor by an attended transfer: whoever is consulted in clear does not come in',
    { ends: ['caller-hung-up', 'caller-hung-up'], cast: ['carol'], settings },
    async ({ carol, world }) => {
      const { anna, boris } = await talkSecurely(world);
      boris.invites('203');
      connect(boris, carol);
      joinsCalls(boris.phone.calls, '203');
      world.passes(0);
      expect(boris.hears('403 REFER').value('Warning')).toMatch(ON_TLS_ALONE);
      end(anna, boris);
      boris.phone.calls[1]!.bye();
      world.passes(0);
      boris.hears('200 BYE');
      carol.expects('BYE');
    },
  );

  scenario(
    'RFC 5630 §3.1.3: nor by an attended transfer of somebody in clear to whoever was called so',
    { ends: ['caller-hung-up', 'caller-hung-up'], cast: ['alice'], settings },
    async ({ alice, world }) => {
      const [boris, clara] = [await joins(world, 'bob', 'TLS'), await joins(world, 'carol', 'TLS')];
      talk(alice, boris);
      boris.invites('sips:203@acme.example');
      connect(boris, clara);
      const [first, second] = boris.phone.calls as [PhoneCall, PhoneCall];
      first.request('REFER', {
        headers: [['Refer-To', `<sip:203@${SWITCH.address}?Replaces=${replacesOf(second)}>`]],
      });
      world.passes(0);
      expect(boris.hears('403 REFER').value('Warning')).toMatch(ON_TLS_ALONE);
      end(alice, boris);
      second.bye();
      world.passes(0);
      boris.hears('200 BYE');
      clara.expects('BYE');
    },
  );

  scenario(
    'RFC 5630 §3.1.3: a transfer to a sips URI rings phones on TLS alone, also one to whom a flow of theirs in clear is open',
    { ends: 'caller-hung-up', cast: ['carol'], settings },
    async ({ carol, world }) => {
      const [anna, boris, clara] = [
        await joins(world, 'alice', 'TLS'),
        await joins(world, 'bob', 'TLS'),
        await joins(world, 'carol', 'TLS'),
      ];
      talk(anna, boris);
      refersTo(boris, 'sips:203@acme.example');
      boris.hears('202 REFER');
      boris.expects('NOTIFY');
      clara.answers();
      clara.expects('ACK');
      boris.expects('NOTIFY', 'BYE');
      carol.hearsNothing();
      end(anna, clara);
    },
  );

  scenario(
    'RFC 5630 §3.1.3: who is in clear is not sent on to a sips URI',
    { ends: 'caller-hung-up', cast: ['alice'], settings },
    async ({ alice, world }) => {
      const boris = await joins(world, 'bob', 'TLS');
      talk(alice, boris);
      refersTo(boris, 'sips:203@acme.example');
      expect(boris.hears('403 REFER').value('Warning')).toMatch(ON_TLS_ALONE);
      end(alice, boris);
    },
  );

  scenario(
    'RFC 5630 §3.1.3: nobody in clear picks it up, or takes the place of one who talks in it',
    { ends: ['callee-declined', 'caller-hung-up'], cast: ['carol'], settings },
    async ({ carol, world }) => {
      const [anna, boris] = [await joins(world, 'alice', 'TLS'), await joins(world, 'bob', 'TLS')];
      anna.invites('sips:202@acme.example');
      boris.rings();
      anna.hears('180 INVITE');
      carol.invites('202', { headers: [replaces(boris.call)] });
      expect(carol.hears('403 INVITE').value('Warning')).toMatch(ON_TLS_ALONE);
      boris.call.respond(603);
      world.passes(0);
      boris.expects('ACK');
      anna.hears('603 INVITE');
      anna.invites('sips:202@acme.example');
      connect(anna, boris);
      carol.invites('202', { headers: [replaces(boris.call)] });
      expect(carol.hears('403 INVITE').value('Warning')).toMatch(ON_TLS_ALONE);
      end(anna, boris);
    },
  );

  scenario(
    'RFC 5630 §3.1.3: who takes a place by a sips URI takes none beside somebody in clear',
    { ends: 'caller-hung-up', cast: ['alice', 'bob'], settings },
    async ({ alice, bob, world }) => {
      const clara = await joins(world, 'carol', 'TLS');
      talk(alice, bob);
      clara.invites('sips:202@acme.example', { headers: [replaces(bob.call)] });
      expect(clara.hears('403 INVITE').value('Warning')).toMatch(ON_TLS_ALONE);
      end(alice, bob);
    },
  );

  scenario(
    'RFC 5630 §3.1.3: nor does a supervisor hear it in clear',
    { ends: 'caller-hung-up', cast: ['carol'], settings },
    async ({ carol, world }) => {
      const { anna, boris } = await talkSecurely(world);
      const { callId } = world.media.calls[0]!;
      expect(world.running.calls.supervise(callId, 'listen', '203')).toBe('unreachable');
      carol.hearsNothing();
      end(anna, boris);
    },
  );

  scenario(
    'RFC 5630 §3.1.3: a supervisor in clear leaves a call that has become one to a sips URI',
    { ends: 'caller-hung-up', cast: ['carol'], settings },
    async ({ carol, bob, world }) => {
      const [anna, boris] = [await joins(world, 'alice', 'TLS'), await joins(world, 'bob', 'TLS')];
      talk(anna, boris);
      world.running.calls.supervise(world.media.calls[0]!.callId, 'listen', '203');
      world.passes(0);
      carol.answers();
      carol.expects('ACK');
      refersTo(boris, 'sips:201@acme.example');
      boris.hears('202 REFER');
      expect(carol.expects('BYE').value('Reason')).toContain('TLS');
      bob.hearsNothing();
      boris.expects('NOTIFY', 'NOTIFY');
      end(anna, boris);
    },
  );

  scenario(
    'RFC 5630 §3.1.3: nor does it by a forward to a trunk in clear',
    { ends: 'trunk-failed', cast: [], settings, pbx: COMPANY, users: `${FORWARDS}\n${pbxUser()}` },
    async ({ itsp, reserve, world }) => {
      const anna = await joins(world, 'alice', 'TLS');
      anna.invites('sips:208@acme.example');
      anna.hears(/^[45]\d\d INVITE/);
      itsp.hearsNothing();
      reserve.hearsNothing();
    },
  );

  scenario(
    'RFC 5630 §3.1.3: a MESSAGE to a sips URI goes to phones on TLS alone',
    { ends: [], cast: ['bob'], settings },
    async ({ bob, world }) => {
      const anna = await joins(world, 'alice', 'TLS');
      const text = { headers: [['Content-Type', 'text/plain']] as const, body: 'x' };
      anna.asks('MESSAGE', { uri: 'sips:202@acme.example', ...text });
      anna.hears('480 MESSAGE');
      bob.hearsNothing();
      const boris = await joins(world, 'bob', 'TLS');
      anna.asks('MESSAGE', { uri: 'sips:202@acme.example', ...text });
      boris.expects('MESSAGE');
      anna.hears('200 MESSAGE');
      bob.hearsNothing();
    },
  );
});
