import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { expectTone, expectUnbroken } from './judge.ts';
import { Linphone } from './linphone.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Switch } from './switch.ts';

const NEEDS = ['baresip', 'sox', 'tshark', 'dumpcap', 'root'];
const TONE = { anna: 420, boris: 600 } as const;

async function stage(scene: Scene, recording: 'all' | 'none' = 'none') {
  const vats = await Switch.start(scene, { pbx: pbxFile({ recording }) });
  const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port] });
  return { vats, wire };
}

function phone(scene: Scene, vats: Switch, who: 'anna' | 'boris', codecs: readonly string[]): Promise<Baresip> {
  const account = who === 'anna' ? ANNA : BORIS;
  return Baresip.start(scene, { ...account, switch: vats.sip, tone: TONE[who], codecs });
}

/** Payload types that the switch sent while the call was up. */
async function sentBy(wire: Capture, vats: Switch): Promise<Set<string>> {
  // By its octets: where linphone's STUN comes first, tshark takes the whole conversation for STUN and not for RTP.
  const media = `ip.src == ${vats.sip.address} && udp.srcport >= 20000 && udp.srcport <= 29999`;
  const rows = await wire.rows(media, ['udp.srcport', 'udp.payload']);
  const rtp = rows.filter(([port]) => Number(port) % 2 === 0);
  return new Set(
    rtp.map(([, payload = '']) => String(Number.parseInt(payload.replaceAll(':', '').slice(2, 4), 16) & 0x7f)),
  );
}

// Two scenarios at a time: each talks for seconds, and costs next to nothing meanwhile.
describe.concurrent('two baresip that share no codec', () => {
  for (const [from, to, types, recording] of [
    ['G722/16000/1', 'PCMA/8000/1', ['8', '9'], 'none'],
    ['PCMU/8000/1', 'G722/16000/1', ['0', '9'], 'none'],
    ['PCMU/8000/1', 'PCMA/8000/1', ['0', '8'], 'all'],
  ] as const) {
    scenario(`${from} calls ${to}: each hears the other in its own codec`, { needs: NEEDS }, async (scene) => {
      const { vats, wire } = await stage(scene, recording);
      const anna = await phone(scene, vats, 'anna', [from]);
      const boris = await phone(scene, vats, 'boris', [to]);
      await Promise.all([anna.registered(), boris.registered()]);
      await anna.dial(BORIS.extension);
      await boris.event('CALL_INCOMING');
      await boris.answer();
      await Promise.all([anna.event('CALL_ESTABLISHED'), boris.event('CALL_ESTABLISHED')]);
      await wait(4_000);
      await anna.hangUp();
      await boris.event('CALL_CLOSED');
      await vats.idle();
      await wire.stop();

      const [atAnna, atBoris] = [anna.heard()[0] as string, boris.heard()[0] as string];
      await expectTone(atAnna, TONE.boris, { from: 0.5, length: 3 });
      await expectTone(atBoris, TONE.anna, { from: 0.5, length: 3 });
      await expectUnbroken(atAnna, 1);
      await expectUnbroken(atBoris, 1);
      expect(await sentBy(wire, vats)).toEqual(new Set(types));
      const recorded = (await vats.recordings())[0]?.file;
      if (recorded !== undefined) {
        await expectTone(recorded, TONE.anna, { channel: 1, from: 0.5, length: 3 });
        await expectTone(recorded, TONE.boris, { channel: 2, from: 0.5, length: 3 });
      }
      expect(recorded !== undefined).toBe(recording === 'all');
    });
  }

  scenario('a call that can not be recorded in G.711 is refused with the reason', { needs: NEEDS }, async (scene) => {
    const { vats } = await stage(scene, 'all');
    const anna = await phone(scene, vats, 'anna', ['G722/16000/1']);
    const boris = await phone(scene, vats, 'boris', ['PCMA/8000/1']);
    await Promise.all([anna.registered(), boris.registered()]);
    await anna.dial(BORIS.extension);
    expect((await anna.event('CALL_CLOSED')).param).toMatch(/488/);
  });
});

describe.concurrent('linphone with Opus only and baresip with PCMA only', () => {
  for (const caller of ['linphone', 'baresip'] as const) {
    scenario(
      `${caller} calls: the sound of both is whole, before and after a hold`,
      { needs: [...NEEDS, 'linphonec'], seconds: 90 },
      async (scene) => {
        const { vats, wire } = await stage(scene);
        const anna = await Linphone.start(scene, {
          ...ANNA,
          switch: vats.sip,
          tone: TONE.anna,
          codecs: ['opus/48000'],
        });
        const boris = await phone(scene, vats, 'boris', ['PCMA/8000/1']);
        await Promise.all([anna.registered(), boris.registered()]);
        if (caller === 'linphone') {
          anna.dial(`sip:${BORIS.extension}@${vats.sip.address}`);
          await boris.event('CALL_INCOMING');
          await boris.answer();
          await Promise.all([anna.connected(), boris.event('CALL_ESTABLISHED')]);
        } else {
          await boris.dial(ANNA.extension);
          await anna.ringing();
          anna.answer();
          await boris.event('CALL_ESTABLISHED');
        }
        await wait(3_000);
        await anna.hold();
        await wait(1_000);
        await anna.resume();
        await wait(3_000);
        await boris.hangUp();
        await anna.ended();
        await vats.idle();
        await anna.stop();
        await wire.stop();

        await expectTone(anna.heard, TONE.boris, { from: 0.5, length: 2 });
        await expectTone(anna.heard, TONE.boris, { from: 3.5, length: 1.5 });
        await expectTone(boris.heard()[0] as string, TONE.anna, { from: 0.5, length: 2 });
        const types = await sentBy(wire, vats);
        expect([...types].map((type) => (Number(type) >= 96 ? 'opus' : type)).sort()).toEqual(['8', 'opus']);
      },
    );
  }
});
