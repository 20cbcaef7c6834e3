import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { eventually } from './deadline.ts';
import { expectTone } from './judge.ts';
import { Linphone } from './linphone.ts';
import { type Account, ANNA, BORIS, pbxFile } from './office.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Sipp } from './sipp.ts';
import { seconds } from './sound.ts';
import { Switch } from './switch.ts';
import { referring, replacing, waiting } from './transfer-scenarios.ts';

const NEEDS = ['linphonec', 'baresip', 'sox', 'tshark', 'dumpcap', 'root'];

const VERA: Account = { extension: '203', name: 'Vera Orlova', login: 'vera', password: 'Lp3sXd9W' };

const [ANNA_HZ, BORIS_HZ, VERA_HZ] = [420, 600, 500];

/** Anna has a linphone, Boris and Vera a baresip each; Vera's answers by itself. Everything is recorded. */
async function stage(scene: Scene) {
  const vats = await Switch.start(scene, { pbx: pbxFile({ recording: 'all', accounts: [ANNA, BORIS, VERA] }) });
  const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port] });
  const anna = await Linphone.start(scene, {
    ...ANNA,
    switch: vats.sip,
    tone: ANNA_HZ,
    codecs: ['PCMA/8000', 'PCMU/8000'],
  });
  const boris = await Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: BORIS_HZ });
  const vera = await Baresip.start(scene, { ...VERA, switch: vats.sip, tone: VERA_HZ, answers: true });
  await Promise.all([anna.registered(), boris.registered(), vera.registered()]);
  return { vats, wire, anna, boris, vera };
}

/** The bodies of the NOTIFYs that the switch sent, in order. */
async function told(wire: Capture, vats: Switch): Promise<string[]> {
  const rows = await wire.rows(`sip.Method == "NOTIFY" && ip.src == ${vats.sip.address} && sip.Event == "refer"`, [
    'sip.Subscription-State',
  ]);
  return rows.map(([state]) => state ?? '');
}

describe.concurrent('transfers by real phones', () => {
  scenario('linphone sends its caller on (blind)', { needs: NEEDS, seconds: 120 }, async (scene) => {
    const { vats, wire, anna, boris, vera } = await stage(scene);
    await boris.dial(ANNA.extension);
    await anna.ringing();
    anna.answer();
    await boris.event('CALL_ESTABLISHED');
    await wait(2_500);
    anna.transfer(`sip:${VERA.extension}@${vats.sip.address}:${vats.sip.port}`);
    await vera.event('CALL_ESTABLISHED', 10_000);
    await anna.ended();
    await wait(3_000);
    await boris.hangUp();
    await vera.event('CALL_CLOSED');
    await vats.idle();
    await anna.stop();
    await wire.stop();

    // Vera has heard Boris, and he her: the sound is right at both ends after the transfer.
    await expectTone(vera.heard()[0] as string, BORIS_HZ, { from: 0.5, length: 2 });
    const [recording] = await vats.recordings();
    const { file } = recording as { file: string };
    expect(await vats.recordings()).toHaveLength(1);
    // One recording: Boris on the left all along, Anna and then Vera on the right.
    await expectTone(file, ANNA_HZ, { channel: 2, from: 0.5, length: 1.5 });
    await expectTone(file, VERA_HZ, { channel: 2, from: 4, length: 1 });
    await expectTone(file, BORIS_HZ, { channel: 1, from: 4, length: 1 });
    expect((await told(wire, vats)).at(-1)).toContain('terminated');
  });

  scenario('linphone puts two through to each other (attended)', { needs: NEEDS, seconds: 120 }, async (scene) => {
    const { vats, wire, anna, boris, vera } = await stage(scene);
    await boris.dial(ANNA.extension);
    await anna.ringing();
    anna.answer();
    await boris.event('CALL_ESTABLISHED');
    await wait(2_000);
    await anna.hold();
    anna.dial(`sip:${VERA.extension}@${vats.sip.address}:${vats.sip.port}`);
    await vera.event('CALL_ESTABLISHED', 10_000);
    await wait(2_000);
    anna.join(1, 2);
    await anna.ended();
    await wait(4_000);
    await boris.hangUp();
    await vera.event('CALL_CLOSED');
    await vats.idle();
    await anna.stop();
    await wire.stop();

    // The first call's recording goes on with Vera on Anna's channel; the consultation has its own.
    const recordings = await vats.recordings();
    expect(recordings).toHaveLength(2);
    const files = recordings.map(({ file }) => file);
    const lengths = await Promise.all(files.map((file) => seconds(file)));
    const longer = files[(lengths[0] as number) > (lengths[1] as number) ? 0 : 1] as string;
    const length = Math.max(...lengths);
    await expectTone(longer, ANNA_HZ, { channel: 2, from: 0.5, length: 1 });
    await expectTone(longer, VERA_HZ, { channel: 2, from: length - 2.5, length: 1.5 });
    await expectTone(longer, BORIS_HZ, { channel: 1, from: length - 2.5, length: 1.5 });
    expect((await told(wire, vats)).at(-1)).toContain('terminated');
    const stories = await Promise.all((await vats.history()).map(({ id }) => vats.command('calls', 'show', id)));
    expect(
      stories.filter((story) => story.includes('201 Anna Petrova puts through 202 Boris Sidorov to 203')),
    ).toHaveLength(1);
    expect(stories.filter((story) => story.includes('goes on in call'))).toHaveLength(1);
  });

  scenario('baresip sends its caller on (blind)', { needs: NEEDS, seconds: 120 }, async (scene) => {
    const { vats, wire, anna, boris, vera } = await stage(scene);
    anna.dial(`sip:${BORIS.extension}@${vats.sip.address}:${vats.sip.port}`);
    await boris.event('CALL_INCOMING');
    await boris.answer();
    await Promise.all([anna.connected(), boris.event('CALL_ESTABLISHED')]);
    await wait(2_000);
    await boris.transfer(`sip:${VERA.extension}@${vats.sip.address}:${vats.sip.port}`);
    await vera.event('CALL_ESTABLISHED', 10_000);
    await boris.event('CALL_CLOSED');
    await wait(3_000);
    anna.hangUp();
    await vera.event('CALL_CLOSED');
    await vats.idle();
    await anna.stop();
    await wire.stop();

    await expectTone(vera.heard()[0] as string, ANNA_HZ, { from: 0.5, length: 2 });
    await expectTone(anna.heard, BORIS_HZ, { from: 0.5, length: 1 });
    await expectTone(anna.heard, VERA_HZ, { from: 3.5, length: 1 });
    expect((await told(wire, vats)).at(-1)).toContain('terminated');
  });

  scenario(
    'SIPp orders a transfer, and comes into a call by Replaces',
    { needs: ['sipp', ...NEEDS], seconds: 120 },
    async (scene) => {
      const { vats, wire, boris, vera } = await stage(scene);
      const caller = async (edited: string, dials: string, hold: number) =>
        Sipp.start(scene, {
          scenario: { own: 'uac', edited },
          ...{ target: vats.sip, users: [ANNA], dials, calls: 1, hold, patience: 30 },
          local: { address: '127.0.0.1', port: await freePorts(1) },
        });
      const referrer = await caller(referring(VERA.extension, vats.sip), BORIS.extension, 500);
      await boris.event('CALL_INCOMING');
      await boris.answer();
      await vera.event('CALL_ESTABLISHED', 10_000);
      const referred = await referrer.finished(15_000);
      expect([referred.code, referred.unexpected, referred.errors]).toEqual([0, 0, []]);
      expect(referrer.said().filter((line) => line !== 'notify 180')).toEqual(['notify 100', 'notify 200']);
      await boris.hangUp();
      await vera.event('CALL_CLOSED');

      const first = await caller(waiting(), VERA.extension, 500);
      await vera.event('CALL_ESTABLISHED', 10_000);
      const named = await eventually('the name of the dialog', () => {
        return first
          .said()
          .find((line) => line.startsWith('dialog '))
          ?.slice('dialog '.length);
      });
      const second = await caller(replacing(named), VERA.extension, 1_000);
      const replaced = await first.finished(15_000);
      expect([replaced.code, replaced.unexpected, replaced.errors]).toEqual([0, 0, []]);
      const came = await second.finished(15_000);
      expect([came.code, came.unexpected, came.errors]).toEqual([0, 0, []]);
      await vera.event('CALL_CLOSED');
      await vats.idle();
      await wire.stop();
    },
  );
});
