import type { HeaderField } from '@vats/sip';
import { describe, expect } from 'vitest';
import { PHONES, pbxYaml } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { refreshedBy } from '../world.ts';
import { end, talk } from './acts.ts';
import { ALLOWS, answersUpdate, update } from './session-acts.ts';

const TIMER: HeaderField = ['Supported', 'timer'];
const expires = (value: string): HeaderField => ['Session-Expires', value];
const MINUTE = 60_000;

describe('session timers', () => {
  scenario('RFC 4028 §9: the caller refreshes, and the other leg is not asked', { ends: 'caller-hung-up' }, (scene) => {
    const { alice, bob, world } = scene;
    alice.invites(bob, { headers: [TIMER, expires('600;refresher=uac')] });
    bob.answers();
    expect(alice.hears('200 INVITE').value('Session-Expires')).toBe('600;refresher=uac');
    bob.expects('ACK');
    expect(world.running.calls.snapshots()[0]?.legs.map(({ sessionTimer }) => sessionTimer)).toEqual([
      { expires: 600, refresher: 'peer', peerSupports: true },
      undefined,
    ]);
    for (let times = 0; times < 3; times++) {
      world.passes(5 * MINUTE);
      update(alice, undefined, TIMER, expires('600;refresher=uac'));
      expect(alice.hears('200 UPDATE').value('Session-Expires')).toBe('600;refresher=uac');
      world.passes(MINUTE);
      // The very same SDP: nothing changed.
      alice.reinvites({ sdp: alice.call.localSdp ?? null, headers: [TIMER, expires('600;refresher=uac')] });
      alice.hears('200 INVITE');
    }
    bob.hearsNothing();
    end(alice, bob);
  });

  scenario('RFC 4028 §10: the caller does not refresh: both sides get BYE', { ends: 'session-expired' }, (scene) => {
    const { alice, bob, world } = scene;
    alice.invites(bob, { headers: [TIMER, expires('90;refresher=uac')] });
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    world.passes(59_900);
    alice.hearsNothing();
    world.passes(200);
    alice.expects('BYE');
    bob.expects('BYE');
  });

  scenario(
    'RFC 4028 §9: one that asks for less than the switch takes gets 422',
    { ends: 'caller-hung-up' },
    (scene) => {
      const { alice, bob } = scene;
      alice.invites(bob, { headers: [TIMER, expires('30')] });
      expect(alice.hears('422 INVITE').value('Min-SE')).toBe('90');
      talk(alice, bob);
      end(alice, bob);
    },
  );

  scenario(
    'RFC 4028 §7.3: a phone wants longer ones: asked again, and refreshed by UPDATE',
    { ends: 'caller-hung-up' },
    (scene) => {
      const { alice, bob, world } = scene;
      alice.invites(bob);
      expect(bob.expects('INVITE').value('Session-Expires')).toBe('1800;refresher=uac');
      bob.refuses(422, { headers: [['Min-SE', '2000']] });
      bob.expects('ACK');
      expect(bob.expects('INVITE').value('Session-Expires')).toBe('2000;refresher=uac');
      bob.answers({ headers: [ALLOWS, ['Require', 'timer'], expires('2000;refresher=uac')] });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      world.passes(1_000_000);
      const asked = bob.expects('UPDATE');
      expect([asked.value('Session-Expires'), asked.body.length]).toEqual(['2000;refresher=uac', 0]);
      answersUpdate(bob, asked, undefined, expires('2000;refresher=uac'));
      world.passes(100);
      alice.hearsNothing();
      end(alice, bob);
    },
  );

  scenario(
    'RFC 4028 §7.4: another is refreshed by a re-INVITE that changes nothing',
    { ends: 'caller-hung-up' },
    (scene) => {
      const { alice, bob, world } = scene;
      alice.invites(bob);
      bob.answers({ headers: [['Require', 'timer'], expires('600;refresher=uac')] });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      const before = bob.call.remoteSdp;
      world.passes(300_000);
      expect(bob.expects('INVITE').body.toString()).toBe(before);
      bob.answers({ sdp: bob.call.localSdp ?? null, headers: [['Require', 'timer'], expires('600;refresher=uac')] });
      bob.expects('ACK');
      alice.hearsNothing();
      end(alice, bob);
    },
  );

  scenario(
    'RFC 4028 §10: a phone that is gone is found by its refresh',
    { ends: 'leg-lost' },
    ({ alice, bob, world }) => {
      alice.invites(bob);
      bob.answers({ headers: [['Require', 'timer'], expires('600;refresher=uac')] });
      alice.hears('200 INVITE');
      bob.expects('ACK');
      world.network.vanish(PHONES.bob.local.address);
      world.passes(300_000 + 32_100);
      alice.expects('BYE');
      world.passes(40_000);
    },
  );

  scenario(
    'a device that is to have none is told of none',
    { ends: 'caller-hung-up' },
    async ({ alice, bob, world }) => {
      await world.applies(pbxYaml().replace(/login: bobby,/, 'sessionTimer: { mode: off }, login: bobby,'));
      alice.invites(bob, { headers: [TIMER] });
      const asked = bob.expects('INVITE');
      expect([asked.supported, asked.has('Session-Expires')]).toEqual([['replaces', 'norefersub', '100rel'], false]);
      bob.answers();
      expect(alice.hears('200 INVITE').value('Session-Expires')).toBe('1800;refresher=uas');
      bob.expects('ACK');
      end(alice, bob);
    },
  );

  scenario(
    'RFC 4028 §9: where it is always, phones that know none are refreshed by the switch alone',
    { ends: 'caller-hung-up', settings: refreshedBy({ mode: 'always', expires: 10 * MINUTE }) },
    ({ alice, bob, world }) => {
      talk(alice, bob);
      expect(world.running.calls.snapshots()[0]?.legs[1]?.sessionTimer).toEqual({
        ...{ expires: 600, refresher: 'switch', peerSupports: false },
      });
      world.passes(5 * MINUTE);
      for (const actor of [alice, bob]) {
        actor.answers({ sdp: actor.call.localSdp ?? null });
        actor.expects('ACK');
      }
      end(alice, bob);
    },
  );

  scenario(
    'a machine without: nothing is said of it, and who requires it is told so',
    { ends: 'caller-hung-up', settings: refreshedBy({ mode: 'off' }) },
    ({ alice, bob, world }) => {
      alice.invites(bob, { headers: [['Require', 'timer']] });
      expect(alice.hears('420 INVITE').value('Unsupported')).toBe('timer');
      alice.invites(bob, { headers: [TIMER, expires('90')] });
      expect(bob.expects('INVITE').supported).toEqual(['replaces', 'norefersub', '100rel']);
      bob.answers();
      expect(alice.hears('200 INVITE').has('Session-Expires')).toBe(false);
      bob.expects('ACK');
      world.passes(10 * MINUTE);
      end(alice, bob);
    },
  );
});
