import { expect } from 'vitest';
import { Capture } from './capture.ts';
import { BORIS, pbxFile } from './office.ts';
import { freePorts } from './ports.ts';
import type { Scene } from './scene.ts';
import { type Scenario, Sipp, type SippOptions, type SippResult, sippRegister } from './sipp.ts';
import { Switch } from './switch.ts';

const NUMBER = '74951234567';

export interface SessionsStage {
  readonly vats: Switch;
  /** A PBX known by its address. */
  readonly pbx: SippOptions['local'];
  /** Where Boris's phone is registered. */
  readonly phone: SippOptions['local'];
  readonly capture: Capture;
}

/** A switch with a PBX that calls in by its address, Boris's phone registered where a SIPp will stand, and all of it captured. */
export async function sessionsStage(
  scene: Scene,
  address: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<SessionsStage> {
  const pbx = { address, port: await freePorts(1, address) };
  const phone = { address: '127.0.0.1', port: await freePorts() };
  const vats = await Switch.start(scene, {
    pbx: pbxFile({
      recording: 'none',
      more: {
        trunks: [{ name: 'warehouse', proxy: `sip:${pbx.address}:${pbx.port}`, allow: [address] }],
        numbers: [{ number: `+${NUMBER}`, to: BORIS.extension }],
      },
    }),
    settings,
  });
  const sipPorts = [vats.sip.port, pbx.port, phone.port];
  const capture = await Capture.start(scene, { filter: `udp port ${vats.sip.port}`, sipPorts });
  await sippRegister(scene, { users: [BORIS], target: vats.sip, local: phone });
  return { vats, pbx, phone, capture };
}

export interface Parts {
  readonly caller: Scenario;
  readonly callee: Scenario;
  readonly calls?: number;
  /** How long the caller stays in the call at the end of its scenario, ms. */
  readonly hold?: number;
  /** How long all of it may take, ms. */
  readonly within?: number;
}

/** Both sides go through their scenario, `calls` times; none meets anything else, and Wireshark finds nothing malformed. */
export async function playBoth(scene: Scene, stage: SessionsStage, parts: Parts): Promise<void> {
  const { vats, pbx, phone, capture } = stage;
  const { caller, callee, calls = 5, hold = 300, within = 30_000 } = parts;
  const answering = await Sipp.start(scene, { scenario: callee, target: vats.sip, local: phone, calls });
  const calling = await Sipp.start(scene, {
    ...{ scenario: caller, target: vats.sip, local: pbx, dials: NUMBER, calls, hold },
    numbers: ['74950000001'],
    rate: 5,
  });
  expectAll(calls, await calling.finished(within), await answering.finished(15_000));
  await vats.idle();
  await capture.stop();
}

function expectAll(calls: number, ...results: readonly SippResult[]): void {
  for (const result of results) {
    const seen = { ...result, errors: result.errors.slice(0, 8) };
    expect(seen).toMatchObject({ code: 0, successful: calls, failed: 0, unexpected: 0 });
  }
}
