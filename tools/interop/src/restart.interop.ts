import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { expectTone } from './judge.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { scenario } from './scenario.ts';
import { seconds } from './sound.ts';
import { Switch } from './switch.ts';

const VERA = { extension: '203', name: 'Vera Orlova', login: 'vera', password: 'Mn4bVc6X' };
/** A registration that no phone renews while a test runs. */
const LONG = 3_600;

// Two scenarios at a time: each talks for seconds, and costs next to nothing meanwhile.
describe.concurrent('kill -9', () => {
  scenario(
    'during a recorded call: the recording plays to its last second after the next start',
    { needs: ['baresip', 'sox'] },
    async (scene) => {
      const vats = await Switch.start(scene, { pbx: pbxFile({ recording: 'all' }) });
      const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420 });
      const boris = await Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: 600, answers: true });
      await Promise.all([anna.registered(), boris.registered()]);
      await anna.dial(BORIS.extension);
      const { at: begun } = await anna.event('CALL_ESTABLISHED');
      await wait(6_000);
      const talked = (performance.now() - begun) / 1_000;
      await vats.kill();
      await vats.again();

      const file = (await vats.recordings())[0]?.file as string;
      const length = await seconds(file);
      expect(length).toBeGreaterThan(talked - 1);
      expect(length).toBeLessThan(talked + 0.2);
      await expectTone(file, anna.tone, { channel: 1, from: length - 1, length: 0.9 });
      await expectTone(file, boris.tone, { channel: 2, from: length - 1, length: 0.9 });
    },
  );

  scenario('a phone registered over UDP rings at once after the next start', { needs: ['baresip'] }, async (scene) => {
    const vats = await Switch.start(scene, { pbx: pbxFile({}) });
    const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420, expires: LONG });
    const boris = await Baresip.start(scene, { ...BORIS, switch: vats.sip, tone: 600, expires: LONG });
    await Promise.all([anna.registered(), boris.registered()]);
    await vats.kill();
    await vats.again();
    await anna.dial(BORIS.extension);
    await boris.event('CALL_INCOMING', 1_000);
    await boris.answer();
    await anna.event('CALL_ESTABLISHED', 1_000);
    await anna.hangUp();
    await boris.event('CALL_CLOSED');
    await vats.idle();
  });

  scenario(
    'a phone registered over TCP is unreachable at once, and rings when it is back',
    { needs: ['baresip'] },
    async (scene) => {
      const vats = await Switch.start(scene, { pbx: pbxFile({ accounts: [ANNA, BORIS, VERA] }) });
      const anna = await Baresip.start(scene, { ...ANNA, switch: vats.sip, tone: 420, expires: LONG });
      const vera = await Baresip.start(scene, {
        ...VERA,
        switch: vats.sip,
        tone: 600,
        transport: 'tcp',
        expires: LONG,
      });
      await Promise.all([anna.registered(), vera.registered()]);
      await vats.kill();
      // The phone is cut off as well, so that it can't come back before it is called.
      await vera.kill();
      await vats.again();
      await anna.dial(VERA.extension);
      expect((await anna.event('CALL_CLOSED', 1_000)).param).toMatch(/^480/);

      const back = await Baresip.start(scene, {
        ...VERA,
        switch: vats.sip,
        tone: 600,
        transport: 'tcp',
        expires: LONG,
      });
      await back.registered();
      await anna.dial(VERA.extension);
      await back.event('CALL_INCOMING', 1_000);
      await back.hangUp();
      await anna.event('CALL_CLOSED');
      await vats.idle();
    },
  );
});
