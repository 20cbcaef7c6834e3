import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { Baresip, type BaresipOptions } from './baresip.ts';
import { callBothWays, expectHeardBothWays } from './both-ways.ts';
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
  const filter = `host ${vats.sip.address}`;
  const wire = await Capture.start(scene, { filter, sipPorts: [vats.sip.port], encrypted: true });
  return { vats, wire };
}

function baresip(scene: Scene, vats: Switch, account: Account, tone: number, encryption: Encryption): Promise<Baresip> {
  const how = encryption === 'none' ? {} : { encryption };
  return Baresip.start(scene, { ...account, switch: vats.sip, transport: 'tcp', tone, ...how });
}

interface OnTheWire {
  readonly keys: ReadonlySet<string>;
  /** Of the switch's descriptions alone, by the users of the call that they are of: `anna boris`, logins or extensions. */
  readonly profiles: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Keys that went over the wire, whoever sent them, and profiles of what the switch sent. */
async function onTheWire(wire: Capture, vats: Switch): Promise<OnTheWire> {
  const fields = ['udp.srcport', 'tcp.srcport', 'sip.from.user', 'sip.to.user', 'sdp.media', 'sdp.media_attr'];
  const keys = new Set<string>();
  const profiles = new Map<string, Set<string>>();
  for (const [udp, tcp, from = '', to = '', media = '', attributes = ''] of await wire.rows('sdp', fields)) {
    for (const [, key] of attributes.matchAll(/inline:([A-Za-z0-9+/=]+)/g)) keys.add(key as string);
    if (Number(udp || tcp) !== vats.sip.port) continue;
    const of = profiles.get(`${from} ${to}`) ?? new Set();
    profiles.set(`${from} ${to}`, of.add(media.split(' ')[2] as string));
  }
  return { keys, profiles };
}

/** No key of any leg is in the log, though it tells all that it can, nor in what the switch keeps. */
function expectUntold(vats: Switch, keys: ReadonlySet<string>): void {
  expect(keys.size).toBeGreaterThan(0);
  const told = vats.told();
  for (const key of keys) expect(told).not.toContain(key);
}

const PAIRS: readonly (readonly [Encryption, Encryption, Account['srtp'], Account['srtp']])[] = [
  ['srtp-mand', 'srtp-mand', 'optional', 'optional'],
  ['srtp-mand', 'srtp-mand', 'required', 'required'],
  ['srtp-mand', 'none', 'optional', 'never'],
  ['none', 'srtp-mand', 'optional', 'optional'],
  ['srtp', 'none', 'optional', 'optional'],
];

/** An account of a pair; all of one side have the same tone. */
const account = (side: 'caller' | 'callee', pair: number, srtp: Account['srtp']): Account => ({
  ...ANNA,
  extension: `${side === 'caller' ? 3 : 4}0${pair}`,
  login: `${side}${pair}`,
  ...(srtp !== undefined && { srtp }),
});

scenario(
  'two baresip that encrypt always, where they can, or never, in five pairs: both hear each other, and the recording hears both',
  { needs: NEEDS, seconds: 150 },
  async (scene) => {
    const pairs = PAIRS.map(([caller, callee, ofCaller, ofCallee], pair) => ({
      encryption: [caller, callee] as const,
      accounts: [account('caller', pair, ofCaller), account('callee', pair, ofCallee)] as const,
      what: `${caller} calls ${callee}; the accounts say ${ofCaller} and ${ofCallee}`,
    }));
    const { vats, wire } = await office(
      scene,
      pairs.flatMap(({ accounts }) => accounts),
    );
    const calls = await Promise.all(
      pairs.map(async ({ encryption, accounts, ...pair }) => {
        const [caller, callee] = await Promise.all([
          baresip(scene, vats, accounts[0], TONE.anna, encryption[0]),
          baresip(scene, vats, accounts[1], TONE.boris, encryption[1]),
        ]);
        await Promise.all([caller.registered(), callee.registered()]);
        await call(caller, callee, accounts[1].extension);
        await wait(4_000);
        await caller.hangUp();
        await callee.event('CALL_CLOSED');
        return { ...pair, encryption, accounts, caller, callee };
      }),
    );
    await vats.idle(15_000);
    await wire.stop();
    const { keys, profiles } = await onTheWire(wire, vats);
    expectUntold(vats, keys);
    const recordings = await vats.recordings();
    expect(recordings).toHaveLength(PAIRS.length);
    for (const { what, encryption, accounts, caller, callee } of calls) {
      await expectTone(caller.heard()[0] as string, TONE.boris, { from: 0.5, length: 3 });
      await expectTone(callee.heard()[0] as string, TONE.anna, { from: 0.5, length: 3 });
      const { file } = recordings.find(({ to }) => to === accounts[1].extension) ?? { file: '' };
      for (const [channel, tone] of [
        [1, TONE.anna],
        [2, TONE.boris],
      ] as const) {
        await expectTone(file, tone, { channel, from: 0.5, length: 3 });
        await expectUnbroken(file, channel);
      }
      const names = accounts.flatMap(({ login, extension }) => [login, extension]);
      const ofPair = [...profiles].filter(([users]) => users.split(' ').every((user) => names.includes(user)));
      expect(ofPair.length, what).toBeGreaterThan(0);
      const encrypts = ofPair.some(([, of]) => of.has('RTP/SAVP'));
      expect(encrypts, what).toBe(encryption.includes('srtp-mand'));
    }
  },
);

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
    await callBothWays(vats, anna, boris);
    await anna.stop();
    await expectHeardBothWays(vats, anna, boris);
    await wire.stop();
    expectUntold(vats, (await onTheWire(wire, vats)).keys);
  },
);
