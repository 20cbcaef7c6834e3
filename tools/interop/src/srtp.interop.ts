import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip, type BaresipOptions } from './baresip.ts';
import { Capture } from './capture.ts';
import { expectTone, expectUnbroken } from './judge.ts';
import { Linphone } from './linphone.ts';
import { type Account, ANNA, BORIS, pbxFile } from './office.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Switch } from './switch.ts';
import { call, NEEDS, TONE } from './two-phones.ts';

type Encryption = NonNullable<BaresipOptions['encryption']> | 'none';

async function office(scene: Scene, accounts: readonly Account[]) {
  const vats = await Switch.start(scene, {
    pbx: pbxFile({ recording: 'all', accounts }),
    settings: { log: { level: 'trace' } },
  });
  const wire = await Capture.start(scene, { filter: `host ${vats.sip.address}`, sipPorts: [vats.sip.port] });
  return { vats, wire };
}

function baresip(scene: Scene, vats: Switch, account: Account, tone: number, encryption: Encryption): Promise<Baresip> {
  const how = encryption === 'none' ? {} : { encryption };
  return Baresip.start(scene, { ...account, switch: vats.sip, transport: 'tcp', tone, ...how });
}

/** Keys that went over the wire, and profiles, by who sent them. */
async function onTheWire(wire: Capture, vats: Switch) {
  const rows = await wire.rows('sdp', ['ip.src', 'udp.srcport', 'tcp.srcport', 'sdp.media', 'sdp.media_attr']);
  const keys = new Set<string>();
  const profiles = new Set<string>();
  for (const [, , from, media = '', attributes = ''] of rows) {
    for (const [, key] of attributes.matchAll(/inline:([A-Za-z0-9+/=]+)/g)) keys.add(key as string);
    if (Number(from) === vats.sip.port) profiles.add(media.split(' ')[2] as string);
  }
  return { keys, profiles };
}

/** No key of any leg is in the log, though it tells all that it can, nor in what the switch keeps. */
function expectUntold(vats: Switch, keys: ReadonlySet<string>): void {
  expect(keys.size).toBeGreaterThan(0);
  const told = vats.told();
  for (const key of keys) expect(told).not.toContain(key);
}

describe.each<[Encryption, Encryption, Account['srtp'], Account['srtp']]>([
  ['srtp-mand', 'srtp-mand', 'optional', 'optional'],
  ['srtp-mand', 'srtp-mand', 'required', 'required'],
  ['srtp-mand', 'none', 'optional', 'never'],
  ['none', 'srtp-mand', 'optional', 'optional'],
  ['srtp', 'none', 'optional', 'optional'],
])('baresip %s calls baresip %s; the accounts say %s and %s', (caller, callee, ofCaller, ofCallee) => {
  scenario('both hear each other, and the recording hears both', { needs: NEEDS, seconds: 90 }, async (scene) => {
    const accounts = [
      { ...ANNA, srtp: ofCaller },
      { ...BORIS, srtp: ofCallee },
    ] as Account[];
    const { vats, wire } = await office(scene, accounts);
    const [anna, boris] = await Promise.all([
      baresip(scene, vats, ANNA, TONE.anna, caller),
      baresip(scene, vats, BORIS, TONE.boris, callee),
    ]);
    await Promise.all([anna.registered(), boris.registered()]);
    await call(anna, boris, BORIS.extension);
    await wait(4_000);
    await anna.hangUp();
    await boris.event('CALL_CLOSED');
    await vats.idle();
    await expectTone(anna.heard()[0] as string, TONE.boris, { from: 0.5, length: 3 });
    await expectTone(boris.heard()[0] as string, TONE.anna, { from: 0.5, length: 3 });
    const file = (await vats.recordings())[0]?.file as string;
    for (const [channel, tone] of [
      [1, TONE.anna],
      [2, TONE.boris],
    ] as const) {
      await expectTone(file, tone, { channel, from: 0.5, length: 3 });
      await expectUnbroken(file, channel);
    }
    await wire.stop();
    const { keys, profiles } = await onTheWire(wire, vats);
    expectUntold(vats, keys);
    const mandatory = [caller, callee].filter((each) => each === 'srtp-mand').length;
    expect(profiles.has('RTP/SAVP')).toBe(mandatory > 0);
  });
});

scenario('hold and resume of an encrypted call, from either side', { needs: NEEDS, seconds: 90 }, async (scene) => {
  const { vats } = await office(scene, [ANNA, BORIS]);
  const [anna, boris] = await Promise.all([
    baresip(scene, vats, ANNA, TONE.anna, 'srtp-mand'),
    baresip(scene, vats, BORIS, TONE.boris, 'srtp-mand'),
  ]);
  await Promise.all([anna.registered(), boris.registered()]);
  await call(anna, boris, BORIS.extension);
  await wait(1_500);
  for (const phone of [anna, boris]) {
    await phone.hold();
    await wait(1_500);
    await phone.resume();
    await wait(1_500);
  }
  await anna.hangUp();
  await boris.event('CALL_CLOSED');
  await vats.idle();
  const file = (await vats.recordings())[0]?.file as string;
  for (const [channel, tone] of [
    [1, TONE.anna],
    [2, TONE.boris],
  ] as const) {
    for (const from of [0.3, 3.5, 6.5]) await expectTone(file, tone, { channel, from, length: 0.8 });
  }
});

scenario(
  'linphone that encrypts always and baresip that never does hear each other, whoever calls',
  { needs: [...NEEDS, 'linphonec'], seconds: 90 },
  async (scene) => {
    const { vats, wire } = await office(scene, [ANNA, BORIS]);
    const anna = await Linphone.start(scene, {
      ...ANNA,
      switch: vats.sip,
      transport: 'tcp',
      tone: TONE.anna,
      codecs: ['PCMA/8000', 'PCMU/8000'],
      encryption: 'mandatory',
    });
    const boris = await baresip(scene, vats, BORIS, TONE.boris, 'none');
    await Promise.all([anna.registered(), boris.registered()]);
    anna.dial(`sip:${BORIS.extension}@${vats.sip.address}`);
    await boris.event('CALL_INCOMING');
    await boris.answer();
    await Promise.all([anna.connected(), boris.event('CALL_ESTABLISHED')]);
    await wait(3_000);
    anna.hangUp();
    await boris.event('CALL_CLOSED');

    await boris.dial(ANNA.extension);
    await anna.ringing();
    anna.answer();
    await boris.event('CALL_ESTABLISHED');
    await wait(3_000);
    await boris.hangUp();
    await anna.ended();
    await vats.idle();
    const recordings = await vats.recordings();
    expect(recordings).toHaveLength(2);
    for (const [i, { file }] of recordings.entries()) {
      const [left, right] = i === 0 ? [TONE.anna, TONE.boris] : [TONE.boris, TONE.anna];
      await expectTone(file, left, { channel: 1, from: 0.8, length: 1.5 });
      await expectTone(file, right, { channel: 2, from: 0.8, length: 1.5 });
    }
    for (const file of boris.heard()) await expectTone(file, TONE.anna, { from: 0.8, length: 1.5 });
    await anna.stop();
    await expectTone(anna.heard, TONE.boris, { from: 0.8, length: 1.5 });
    await wire.stop();
    expectUntold(vats, (await onTheWire(wire, vats)).keys);
  },
);
