import { writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { Capture } from './capture.ts';
import { octets } from './child.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Sipp, sippRegister } from './sipp.ts';
import { Switch } from './switch.ts';

/** Calls of the test with loss: 10,000 for a release, fewer where a machine is shared. */
const LOSSY_CALLS = Number(process.env.VATS_LOSSY_CALLS ?? (process.env.CI ? 1_000 : 10_000));
const RATE = 50;

/** A switch and two SIPps registered at it: one will call, the other answers. */
async function stage(scene: Scene, recording: 'all' | 'none') {
  const vats = await Switch.start(scene, {
    pbx: pbxFile({ recording }),
    settings: { log: { level: 'warn', format: 'json' } },
  });
  const seats = {
    caller: { address: '127.0.0.1', port: await freePorts() },
    callee: { address: '127.0.0.1', port: await freePorts() },
  };
  await sippRegister(scene, { users: [ANNA], target: vats.sip, local: seats.caller });
  await sippRegister(scene, { users: [BORIS], target: vats.sip, local: seats.callee });
  return { vats, ...seats };
}

describe('SIPp through two registered users', () => {
  scenario(
    '1,000 calls at 50 a second with sound: none fails, nothing is left',
    { needs: ['sipp', 'sox', 'tshark', 'dumpcap', 'root'], seconds: 180 },
    async (scene) => {
      const { vats, caller, callee } = await stage(scene, 'none');
      writeFileSync(
        scene.path('tone.al'),
        await octets('sox', ['-n', '-r', 8_000, '-c', 1, '-t', 'al', '-', 'synth', 5, 'sine', 600]),
      );
      const answering = await Sipp.start(scene, { scenario: 'callee', target: vats.sip, local: callee, echo: true });
      const soundPort = await freePorts(4);
      const wire = await Capture.start(scene, {
        filter: `udp and (port ${soundPort} or port ${answering.mediaPort})`,
        sipPorts: [],
        headersOnly: true,
      });
      const calling = await Sipp.start(scene, {
        scenario: 'caller-sound',
        target: vats.sip,
        local: caller,
        users: [ANNA],
        dials: BORIS.extension,
        calls: 1_000,
        rate: RATE,
        hold: 1_000,
        mediaPort: soundPort,
      });
      const placed = await calling.finished(90_000);
      const answered = await answering.stop();
      await wire.stop();
      expect({ ...placed, errors: placed.errors.slice(0, 5) }).toMatchObject({
        successful: 1_000,
        failed: 0,
        unexpected: 0,
        stray: 0,
      });
      expect(answered).toMatchObject({ successful: 1_000, failed: 0, unexpected: 0, stray: 0 });

      // A second of sound a call each way, whatever is cut off at its beginning and end.
      const packets = async (filter: string) => (await wire.rows(filter, ['frame.number'])).length;
      const spoken = await packets(`udp.srcport == ${soundPort}`);
      expect(spoken).toBeGreaterThan(45_000);
      expect(await packets(`udp.dstport == ${answering.mediaPort}`)).toBeGreaterThan(spoken * 0.98);
      expect(await packets(`udp.dstport == ${soundPort}`)).toBeGreaterThan(spoken * 0.96);
      return () => vats.settled();
    },
  );

  scenario(
    `${LOSSY_CALLS} calls with 5 % of the messages lost on both sides: 99 % succeed, nothing is left`,
    { needs: ['sipp'], seconds: 240 + LOSSY_CALLS / RATE },
    async (scene) => {
      const { vats, caller, callee } = await stage(scene, 'all');
      const common = { target: vats.sip, lost: 5, patience: 200 + LOSSY_CALLS / RATE };
      const answering = await Sipp.start(scene, { ...common, scenario: 'callee', local: callee });
      const calling = await Sipp.start(scene, {
        ...common,
        scenario: 'caller',
        local: caller,
        users: [ANNA],
        dials: BORIS.extension,
        calls: LOSSY_CALLS,
        rate: RATE,
        hold: 1_000,
      });
      const placed = await calling.finished((LOSSY_CALLS / RATE + 150) * 1_000);
      await answering.stop();
      const { successful, retransmissions, failures } = placed;
      console.log(`${successful} of ${LOSSY_CALLS} succeeded, ${retransmissions} repeated messages`, failures);
      expect(placed.created).toBe(LOSSY_CALLS);
      expect(placed.successful + placed.failed, JSON.stringify(placed)).toBe(LOSSY_CALLS);
      expect(placed.successful / LOSSY_CALLS, JSON.stringify(placed.failures)).toBeGreaterThanOrEqual(0.99);
      // 64*T1 for what still waits for an answer that was lost, and the rest of the ports.
      return () => vats.settled(120_000);
    },
  );
});
