import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import type { Capture } from './capture.ts';
import { DURATION_TOLERANCE_SECONDS, expectTone, expectUnbroken, PHONE_BUFFER_SECONDS } from './judge.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { scenario } from './scenario.ts';
import { loudness, seconds } from './sound.ts';
import { Switch } from './switch.ts';
import { call, clean, NEEDS, stage, TONE } from './two-phones.ts';

// Two scenarios at a time: each talks for seconds, and costs next to nothing meanwhile.
describe.concurrent.each(['udp', 'tcp'] as const)('two baresip over %s', (transport) => {
  for (const direction of ['anna calls boris', 'boris calls anna'] as const) {
    scenario(
      `${direction}: both hear each other, and the recording hears both (${transport})`,
      { needs: NEEDS },
      async (scene) => {
        const set = await stage(scene, transport);
        const [caller, callee, extension] =
          direction === 'anna calls boris'
            ? [set.anna, set.boris, BORIS.extension]
            : [set.boris, set.anna, ANNA.extension];
        await call(caller, callee, extension);
        await wait(4_000);
        await caller.hangUp();
        await callee.event('CALL_CLOSED');
        await set.vats.idle();

        const [atCaller, atCallee] = [caller.heard()[0] as string, callee.heard()[0] as string];
        await expectTone(atCaller, callee.tone, { from: 0.5, length: 3 });
        await expectTone(atCallee, caller.tone, { from: 0.5, length: 3 });
        const recording = (await set.vats.recordings())[0];
        expect(recording).toBeDefined();
        const file = recording?.file as string;
        await expectTone(file, caller.tone, { channel: 1, from: 0.5, length: 3 });
        await expectTone(file, callee.tone, { channel: 2, from: 0.5, length: 3 });
        await expectUnbroken(file, 1);
        await expectUnbroken(file, 2);
        const talked = await answeredSeconds(set.wire, set.vats);
        const lengths = {
          recording: await seconds(recording?.file as string),
          'caller heard': await seconds(atCaller),
          'callee heard': await seconds(atCallee),
          'switch says': (recording?.durationMs ?? 0) / 1_000,
        };
        for (const [name, length] of Object.entries(lengths)) {
          const buffered = name.endsWith('heard') ? PHONE_BUFFER_SECONDS : 0;
          const why = `${name}: ${JSON.stringify(lengths)} of ${talked} s`;
          expect(length, why).toBeGreaterThan(talked - DURATION_TOLERANCE_SECONDS - buffered);
          expect(length, why).toBeLessThan(talked + DURATION_TOLERANCE_SECONDS);
        }
        await clean(set);
      },
    );
  }

  scenario(`hold and resume, from either side (${transport})`, { needs: NEEDS }, async (scene) => {
    const set = await stage(scene, transport);
    await call(set.anna, set.boris, BORIS.extension);
    await wait(1_500);
    for (const phone of [set.anna, set.boris]) {
      await phone.hold();
      await wait(1_500);
      await phone.resume();
      await wait(1_500);
    }
    await set.anna.hangUp();
    await set.boris.event('CALL_CLOSED');
    await set.vats.idle();

    // baresip's own recording stops at the first hold: what came after is read from the switch's recording.
    const file = (await set.vats.recordings())[0]?.file as string;
    const length = await seconds(file);
    expect(length).toBeGreaterThan(7);
    for (const channel of [1, 2] as const) {
      const hertz = channel === 1 ? TONE.anna : TONE.boris;
      await expectTone(file, hertz, { channel, from: 0.3, length: 0.8 });
      await expectTone(file, hertz, { channel, from: 3.5, length: 0.8 });
      await expectTone(file, hertz, { channel, from: length - 1, length: 0.8 });
    }
    // Someone on hold is silent in the direction that the hold cuts.
    expect(await loudness(file, { channel: 1, from: 2, length: 0.6 })).toBeLessThan(0.005);
    await clean(set);
  });

  scenario(`*43 gives a caller's own sound back (${transport})`, { needs: NEEDS }, async (scene) => {
    const set = await stage(scene, transport);
    await set.anna.dial('*43');
    await set.anna.event('CALL_ESTABLISHED');
    await wait(2_500);
    await set.anna.hangUp();
    await set.anna.event('CALL_CLOSED');
    await expectTone(set.anna.heard()[0] as string, TONE.anna, { from: 0.5, length: 1.5 });
    await clean(set);
  });

  scenario(
    `a pressed key reaches the other phone as a telephone-event (${transport})`,
    { needs: NEEDS },
    async (scene) => {
      const set = await stage(scene, transport);
      await call(set.anna, set.boris, BORIS.extension);
      await wait(500);
      await set.anna.press('5');
      await wait(1_000);
      await set.anna.hangUp();
      await set.boris.event('CALL_CLOSED');
      await clean(set);
      const filter = `rtpevent && ip.src == ${set.vats.sip.address} && udp.dstport >= ${set.boris.rtpPort} && udp.dstport < ${set.boris.rtpPort + 20}`;
      const events = await set.wire.rows(filter, ['rtpevent.event_id', 'rtpevent.end_of_event']);
      expect(new Set(events.map(([id]) => id))).toEqual(new Set(['5']));
      expect(events.some(([, end]) => end === '1' || end === 'True')).toBe(true);
    },
  );
});

scenario(
  'a phone beside a switch that takes sound on all its addresses, and tells the world another one, is heard and hears',
  { needs: NEEDS },
  async (scene) => {
    const media = { address: '0.0.0.0', advertise: '203.0.113.10', ports: '31000-31999' };
    const vats = await Switch.start(scene, { pbx: pbxFile({}), settings: { media } });
    const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, transport: 'udp', tone: TONE.anna });
    await anna.registered();
    await anna.dial('*43');
    await anna.event('CALL_ESTABLISHED');
    await wait(2_500);
    await anna.hangUp();
    await anna.event('CALL_CLOSED');
    await expectTone(anna.heard()[0] as string, TONE.anna, { from: 0.5, length: 1.5 });
    await vats.idle();
  },
);

/** Seconds from the answer to the end as the wire saw them at the caller: its 200 (or the ACK) to the first BYE. */
async function answeredSeconds(wire: Capture, vats: Switch): Promise<number> {
  const time = async (filter: string) => (await wire.rows(filter, ['frame.time_relative'])).map(([at]) => Number(at));
  const answered = await time(`sip.Status-Code == 200 && sip.CSeq.method == "INVITE" && ip.src == ${vats.sip.address}`);
  const ended = await time('sip.Method == "BYE"');
  return (ended[0] as number) - (answered[0] as number);
}
