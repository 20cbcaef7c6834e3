import { readFileSync, symlinkSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { shared } from './corpus.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { ownAddress } from './own-address.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { ownScenario, Sipp, type SippOptions, type SippResult, sippRegister } from './sipp.ts';
import { loudness } from './sound.ts';
import { Stranger } from './stranger.ts';
import { Switch } from './switch.ts';

const CONTRACT = shared('contract');
const WAREHOUSE = ownAddress(65);
const NUMBER = '74951234567';
const CALLS = 20;

/** A PBX known by its address, the contract's rule for calls to it, and a number that rings Boris. */
async function stage(scene: Scene, recording: 'all' | 'none' = 'none') {
  const warehouse = { address: WAREHOUSE, port: await freePorts(1, WAREHOUSE) };
  const vats = await Switch.start(scene, {
    pbx: pbxFile({
      recording,
      more: {
        callerId: `+${NUMBER}`,
        trunks: [{ name: 'warehouse', proxy: `sip:${warehouse.address}:${warehouse.port}`, allow: [WAREHOUSE] }],
        numbers: [{ number: `+${NUMBER}`, to: BORIS.extension }],
        outbound: [{ match: '3xx', trunk: 'warehouse' }],
      },
    }),
  });
  return { vats, warehouse };
}

/** Boris's phone is where a SIPp will listen. */
async function seatOf(scene: Scene, vats: Switch): Promise<SippOptions['local']> {
  const local = { address: '127.0.0.1', port: await freePorts() };
  await sippRegister(scene, { users: [BORIS], target: vats.sip, local });
  return local;
}

/** Both ends went through all their calls, each of which ended as its scenario says, with exit code 0. */
function expectAll(calls: number, ...results: readonly SippResult[]): void {
  for (const result of results) {
    const seen = { ...result, errors: result.errors.slice(0, 5) };
    expect(seen).toMatchObject({ code: 0, successful: calls, failed: 0, unexpected: 0 });
  }
}

describe('SIPp’s own scenarios through a trunk by address', () => {
  scenario(`${CALLS} calls in: uac is the PBX, uas the phone`, { needs: ['sipp'] }, async (scene) => {
    const { vats, warehouse } = await stage(scene);
    const local = await seatOf(scene, vats);
    const phone = await Sipp.start(scene, { scenario: { own: 'uas' }, target: vats.sip, local, calls: CALLS });
    const calling = { scenario: { own: 'uac' }, target: vats.sip, local: warehouse, dials: NUMBER } as const;
    const pbx = await Sipp.start(scene, { ...calling, calls: CALLS, rate: 10, hold: 300 });
    expectAll(CALLS, await pbx.finished(30_000), await phone.finished(15_000));
    const calls = await vats.history();
    expect(calls).toHaveLength(CALLS);
    for (const call of calls) {
      expect(call).toMatchObject({ direction: 'in', trunk: 'warehouse', did: `+${NUMBER}`, result: 'answered' });
      expect(call.answeredBy?.extension).toBe(BORIS.extension);
    }
    await vats.idle();
  });

  scenario(
    'uac_pcap’s sound and key come through: the recording hears the one, the phone gets both',
    { needs: ['sipp', 'sox', 'root'] },
    async (scene) => {
      const { vats, warehouse } = await stage(scene, 'all');
      // Where SIPp looks for what it plays.
      symlinkSync('/usr/share/sip-tester', scene.path('pcap'));
      const local = await seatOf(scene, vats);
      const phone = await Sipp.start(scene, { scenario: 'callee', target: vats.sip, local, calls: 1, echo: true });
      const calling = { scenario: { own: 'uac_pcap' }, target: vats.sip, local: warehouse, dials: NUMBER } as const;
      const pbx = await Sipp.start(scene, { ...calling, calls: 1 });
      expectAll(1, await pbx.finished(30_000), await phone.finished(15_000));
      const [call] = await vats.history();
      expect(call).toMatchObject({ direction: 'in', result: 'answered' });
      expect(call?.talkMs).toBeGreaterThan(8_500);
      const file = (await vats.recordings())[0]?.file as string;
      for (const channel of [1, 2]) expect(await loudness(file, { channel, from: 1, length: 5 })).toBeGreaterThan(0.01);
      await vats.idle();
    },
  );

  scenario(
    'branchc and branchs, without the REGISTER that no B2BUA passes on, take their branches',
    { needs: ['sipp'] },
    async (scene) => {
      const { vats, warehouse } = await stage(scene);
      const local = await seatOf(scene, vats);
      const scenarios = { branchs: await branchServer(), branchc: await branchClient() };
      const answering = { scenario: { own: 'branchs', edited: scenarios.branchs }, target: vats.sip, local } as const;
      const phone = await Sipp.start(scene, { ...answering, calls: CALLS });
      const calling = { scenario: { own: 'branchc', edited: scenarios.branchc }, target: vats.sip } as const;
      const pbx = await Sipp.start(scene, { ...calling, local: warehouse, calls: CALLS, rate: 10 });
      expectAll(CALLS, await pbx.finished(40_000), await phone.finished(15_000));
      const calls = await vats.history();
      expect(calls.map(({ result }) => result)).toEqual(Array(CALLS).fill('answered'));
      // Call 5 is the one that takes the other branch: it hangs up without the pause of five seconds.
      expect(calls.filter(({ talkMs }) => talkMs < 4_000)).toHaveLength(1);
      await vats.idle();
    },
  );

  scenario(
    'branchc as it is registers nobody: a trunk’s address is no password',
    { needs: ['sipp'] },
    async (scene) => {
      const { vats, warehouse } = await stage(scene);
      const calling = { scenario: { own: 'branchc' }, target: vats.sip, local: warehouse } as const;
      const pbx = await Sipp.start(scene, { ...calling, calls: 3, rate: 3 });
      expect(await pbx.finished(30_000)).toMatchObject({ code: 1, successful: 0, failed: 3 });
      expect(await vats.registrations()).toEqual([]);
      expect(await vats.history()).toEqual([]);
      await vats.idle();
    },
  );

  scenario(`${CALLS} calls out by the rule 3xx to uas`, { needs: ['sipp'] }, async (scene) => {
    const { vats, warehouse } = await stage(scene);
    await callsByRule(scene, vats, warehouse);
  });

  // In CI the contract files are promised; a checkout that stands alone goes without.
  describe.skipIf(!process.env.CI && CONTRACT === undefined)('the contract’s PBX file', () => {
    scenario(`${CALLS} calls out by its rule 3xx to uas`, { needs: ['sipp'] }, async (scene) => {
      const vats = await Switch.start(scene, { pbx: readFileSync(`${CONTRACT}/pbx.yaml`, 'utf8') });
      await callsByRule(scene, vats, { address: '127.0.0.90', port: 5090 });
    });
  });
});

/** Anna dials what the rule 3xx matches; SIPp's uas stands at the PBX's address. */
async function callsByRule(scene: Scene, vats: Switch, warehouse: SippOptions['local']): Promise<void> {
  // SIPp's uas takes an OPTIONS for a call that never goes on. The next question comes in a minute.
  const keeper = await Stranger.open(scene, warehouse.address, warehouse.port);
  await keeper.answers('OPTIONS');
  // T2 is 4 s: whatever was sent before anybody listened has been sent again and answered after that.
  while (
    await keeper.answers('OPTIONS', 4_500).then(
      () => true,
      () => false,
    )
  );
  await keeper.close();
  const answering = { scenario: { own: 'uas' }, target: vats.sip, local: warehouse } as const;
  const pbx = await Sipp.start(scene, { ...answering, calls: CALLS });
  const local = { address: '127.0.0.1', port: await freePorts() };
  const calling = { scenario: 'caller', target: vats.sip, local, users: [ANNA], dials: '305' } as const;
  const phone = await Sipp.start(scene, { ...calling, calls: CALLS, rate: 10, hold: 300 });
  expectAll(CALLS, await phone.finished(30_000), await pbx.finished(15_000));
  const calls = await vats.history();
  expect(calls).toHaveLength(CALLS);
  for (const call of calls) {
    expect(call).toMatchObject({
      direction: 'out',
      dialled: '305',
      result: 'answered',
      from: { number: ANNA.extension },
    });
    expect(call.answeredBy?.number).toBe('305');
  }
  await vats.idle();
}

/** Its calls show a name that branchs answers, and dial our number; of the names, ua25 is the one that branchc looks for. */
async function branchClient(): Promise<string> {
  const text = withoutRegister(await ownScenario('branchc'), '<label id="5"/>');
  return text
    .replaceAll('ua2@CA.cym.com', `${NUMBER}@[remote_ip]:[remote_port]`)
    .replaceAll('From: ua[call_number]', 'From: ua2[call_number]');
}

async function branchServer(): Promise<string> {
  return withoutRegister(await ownScenario('branchs'), '<!-- Set variable 3');
}

/** All between the scenario's beginning and `until` is its REGISTER. */
function withoutRegister(text: string, until: string): string {
  const begin = text.indexOf('>', text.indexOf('<scenario')) + 1;
  const end = text.indexOf(until);
  const cut = text.slice(begin, end);
  if (end < begin || !cut.includes('REGISTER')) throw new Error(`SIPp's scenario is another one:\n${text}`);
  return `${text.slice(0, begin)}\n${text.slice(end)}`;
}
