import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { callBothWays, expectHeardBothWays } from './both-ways.ts';
import { Capture } from './capture.ts';
import { expectTone } from './judge.ts';
import { Linphone } from './linphone.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Switch } from './switch.ts';

const NEEDS = ['linphonec', 'baresip', 'sox', 'tshark', 'dumpcap', 'root'];

async function stage(scene: Scene, recording: 'all' | 'none', transport: 'udp' | 'tcp') {
  const vats = await Switch.start(scene, { pbx: pbxFile({ recording }) });
  const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port] });
  const anna = await Linphone.start(scene, {
    ...ANNA,
    switch: vats.sip,
    transport,
    tone: 420,
    codecs: ['opus/48000', 'PCMA/8000', 'PCMU/8000'],
  });
  const boris = await Baresip.start(scene, {
    ...BORIS,
    switch: vats.sip,
    transport,
    tone: 600,
    codecs: ['opus/48000/2', 'PCMA/8000/1', 'PCMU/8000/1'],
  });
  await Promise.all([anna.registered(), boris.registered()]);
  return { vats, wire, anna, boris };
}

/** Codec names in the SDP of what the switch sent in INVITEs and in 200s to them. */
async function codecsFromSwitch(wire: Capture, vats: Switch): Promise<Set<string>> {
  const filter = `sdp && ip.src == ${vats.sip.address}`;
  const rows = await wire.rows(filter, ['sdp.mime.type']);
  return new Set(rows.flatMap(([names]) => (names ?? '').split(',')).filter((name) => name !== ''));
}

// Two scenarios at a time: each talks for seconds, and costs next to nothing meanwhile.
describe.concurrent.each(['udp', 'tcp'] as const)(
  'linphone and baresip, both preferring Opus, over %s',
  (transport) => {
    scenario(`a recorded call speaks G.711 (${transport})`, { needs: NEEDS, seconds: 90 }, async (scene) => {
      const { vats, wire, anna, boris } = await stage(scene, 'all', transport);
      await callBothWays(vats, anna, boris);
      await anna.stop();
      await wire.stop();

      expect(await codecsFromSwitch(wire, vats)).not.toContain('opus');
      await expectHeardBothWays(vats, anna, boris);
    });

    scenario(
      `a call that nobody records passes Opus through, also after a hold (${transport})`,
      { needs: NEEDS, seconds: 90 },
      async (scene) => {
        const { vats, wire, anna, boris } = await stage(scene, 'none', transport);
        anna.dial(`sip:${BORIS.extension}@${vats.sip.address}`);
        await boris.event('CALL_INCOMING');
        await boris.answer();
        await Promise.all([anna.connected(), boris.event('CALL_ESTABLISHED')]);
        await wait(2_500);
        await anna.hold();
        await wait(1_000);
        await anna.resume();
        await wait(2_000);
        anna.hangUp();
        await boris.event('CALL_CLOSED');
        await vats.idle();
        await anna.stop();
        await wire.stop();

        expect(await codecsFromSwitch(wire, vats)).toContain('opus');
        await expectTone(anna.heard, 600, { from: 0.5, length: 1.5 });
        await expectTone(anna.heard, 600, { from: 3, length: 1 });
        await expectTone(boris.heard()[0] as string, 420, { from: 0.5, length: 1.5 });
        // What went to each phone after the answer was Opus: a dynamic payload type, never 0 or 8.
        const rtp = await wire.rows(`rtp && ip.src == ${vats.sip.address}`, ['rtp.p_type']);
        expect(rtp.length).toBeGreaterThan(200);
        expect(new Set(rtp.map(([type]) => Number(type) >= 96))).toEqual(new Set([true]));
        expect(await vats.recordings()).toEqual([]);
      },
    );
  },
);
