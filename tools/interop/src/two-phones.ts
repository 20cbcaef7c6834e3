import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import type { Scene } from './scene.ts';
import { Switch } from './switch.ts';

/** What a stage needs. */
export const NEEDS = ['baresip', 'sox', 'tshark', 'dumpcap', 'root'];
export const TONE = { anna: 420, boris: 600 };

export interface Stage {
  readonly vats: Switch;
  readonly anna: Baresip;
  readonly boris: Baresip;
  readonly wire: Capture;
}

/** A switch that records everything, two registered phones, and a witness on the wire. */
export async function stage(scene: Scene, transport: 'udp' | 'tcp'): Promise<Stage> {
  const vats = await Switch.start(scene, { pbx: pbxFile({ recording: 'all' }) });
  const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port] });
  const [anna, boris] = await Promise.all([
    Baresip.start(scene, { ...ANNA, switch: vats.sip, transport, tone: TONE.anna }),
    Baresip.start(scene, { ...BORIS, switch: vats.sip, transport, tone: TONE.boris }),
  ]);
  await Promise.all([anna.registered(), boris.registered()]);
  return { vats, anna, boris, wire };
}

/** One calls, the other rings and answers; both talk. */
export async function call(caller: Baresip, callee: Baresip, extension: string): Promise<void> {
  await caller.dial(extension);
  await callee.event('CALL_INCOMING');
  await caller.event('CALL_RINGING');
  await callee.answer();
  await Promise.all([caller.event('CALL_ESTABLISHED'), callee.event('CALL_ESTABLISHED')]);
}

/** What a witness and the books must say after every scene. */
export async function clean({ vats, anna, boris, wire }: Stage): Promise<void> {
  await vats.idle();
  // Before the switch, whose answer to their leaving they would wait for.
  await Promise.all([anna.stop(), boris.stop()]);
  expect(await vats.stop()).toEqual({ code: 0, signal: null });
  await wire.stop();
}
