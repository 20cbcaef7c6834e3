import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Capture } from './capture.ts';
import { eventsIn, infosIn, legsOf, longestSound, type SaidLeg, soundIn, tonesOf } from './dtmf-heard.ts';
import { keysOf, milliseconds, type Press, pressesOf } from './dtmf-presses.ts';
import { type KeyKind, KINDS, keyCallee, keyCaller } from './dtmf-scenarios.ts';
import { eventStream, LISTENS_MS, toneStream } from './dtmf-sources.ts';
import { pbxFile, users } from './office.ts';
import { ownAddress } from './own-address.ts';
import { freePorts } from './ports.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { Sipp } from './sipp.ts';
import { Switch } from './switch.ts';

/** So many calls at once share the presses of one way: a person presses 200 keys at a time rather than 1,000. */
const CALLS = 5;
const PRESSES = 200;
/** A press of baresip's takes it 240 ms, however short it is: five packets, 50 ms apart. Faster ones wait in it. */
const BY_HAND_MS = 260;
/** Of a key in the sound, what a listener may hear who has it in another way: less than counts as one (ITU-T Q.24). */
const LEAST_TONE_MS = 40;
/** baresip lets a key go at this one. */
const RELEASE = '\u0004';
const CALLER_ID = '+78120000000';
const PHONE_ADDRESS = ownAddress(80);
const ADDRESSES = {
  from: { rfc4733: ownAddress(81), info: ownAddress(82), inband: ownAddress(83) },
  to: { rfc4733: ownAddress(84), info: ownAddress(85), inband: ownAddress(86) },
} as const;
const place = (kind: KeyKind): number => KINDS.indexOf(kind);
/** What one dials to reach a kind: of the way in, and of the call that takes it. */
const dialled = (from: KeyKind, to: KeyKind, call: number): string => `+7495${place(from)}${place(to)}${call}0000`;
const sentOn = (from: KeyKind, to: KeyKind, call: number): string => `+7499${place(from)}${place(to)}${call}0000`;
const byHand = (to: KeyKind, phone: number): string => `+74999${place(to)}${phone}0000`;

const PAIRS = KINDS.flatMap((from) => KINDS.map((to) => [from, to] as const));
const LOGINS = KINDS.flatMap((to) => Array.from({ length: CALLS }, (_, phone) => `3${place(to)}${phone}`));

scenario(
  `${CALLS * PRESSES} presses each of events, INFO and tones to events, INFO and tones, and of baresip to each: none lost, none doubled`,
  { needs: ['sipp', 'baresip', 'sox', 'multimon-ng', 'tshark', 'dumpcap', 'root'], seconds: 240 },
  async (scene) => {
    const ports = Object.fromEntries(
      await Promise.all(KINDS.map(async (kind) => [kind, await freePorts(2, ADDRESSES.to[kind])] as const)),
    ) as Record<KeyKind, number>;
    const vats = await startSwitch(scene, ports);
    const wires = await startWires(scene, vats, ports);
    const callees = await Promise.all(
      KINDS.map((kind) =>
        Sipp.start(scene, {
          scenario: { own: 'uas', edited: keyCallee(kind) },
          target: vats.sip,
          local: { address: ADDRESSES.to[kind], port: ports[kind] },
        }),
      ),
    );
    const sequences = await Promise.all(Array.from({ length: CALLS }, (_, call) => sequenceOf(scene, call)));
    const phones = await startPhones(scene, vats);
    const callers = await startCallers(scene, vats, sequences);
    await Promise.all([
      ...phones.map(({ phone, to, index }) => pressByHand(phone, byHand(to, index), handPresses(to, index))),
      ...callers.map(async (caller) => {
        const { successful, errors } = await caller.finished(120_000);
        expect(successful, errors.join('\n')).toBe(KINDS.length);
      }),
    ]);
    await vats.idle();
    await Promise.all([...phones.map(({ phone }) => phone.stop()), ...callees.map((callee) => callee.stop())]);
    await Promise.all(KINDS.map((kind) => wires[kind].stop()));

    const heard = await listen(scene, vats, wires);
    const report: string[] = [];
    for (const [call, { pressed, sound }] of sequences.entries()) {
      for (const [from, to] of PAIRS) {
        const came = heard[from].get(ADDRESSES.from[from], dialled(from, to, call));
        const went = heard[to].get(vats.sip.address, sentOn(from, to, call));
        const way = `${from} to ${to}, call ${call}`;
        // What a tool loses on its way to the switch is not ours, but must be known.
        if (from !== 'inband') report.push(...compare(`${way}, as it came`, came.keys, keysOf(pressed)));
        else if (!came.sound.equals(sound)) report.push(`${way}: ${came.sound.length} of ${sound.length} samples came`);
        if (from !== 'inband' || to !== 'inband') report.push(...compare(way, went.keys, keysOf(pressed)));
        // What both have in the sound goes through as it is: who hears the keys is the callee.
        else report.push(...passed(way, went.sound, came.sound));
        if (from === 'inband' && to !== 'inband') {
          expect(longestSound(went.sound), `ms of a key in the sound, ${way}`).toBeLessThan(LEAST_TONE_MS);
        }
      }
    }
    for (const { to, index } of phones) {
      const went = heard[to].get(vats.sip.address, byHand(to, index));
      report.push(...compare(`baresip ${index} to ${to}`, went.keys, keysOf(handPresses(to, index))));
    }
    expect(report).toEqual([]);
  },
);

async function startSwitch(scene: Scene, ports: Readonly<Record<KeyKind, number>>): Promise<Switch> {
  const calls = Array.from({ length: CALLS }, (_, call) => call);
  return await Switch.start(scene, {
    pbx: pbxFile({
      accounts: users(LOGINS),
      more: {
        callerId: CALLER_ID,
        trunks: KINDS.flatMap((kind) => [
          {
            name: `from-${kind}`,
            proxy: `sip:${ADDRESSES.from[kind]}:5060`,
            allow: [ADDRESSES.from[kind]],
            dtmf: kind,
            codecs: ['PCMA'],
          },
          {
            name: `to-${kind}`,
            proxy: `sip:${ADDRESSES.to[kind]}:${ports[kind]}`,
            allow: [ADDRESSES.to[kind]],
            dtmf: kind,
            codecs: ['PCMA'],
          },
        ]),
        numbers: [
          { number: CALLER_ID, to: LOGINS[0] },
          ...PAIRS.flatMap(([from, to]) =>
            calls.map((call) => ({ number: dialled(from, to, call), to: sentOn(from, to, call) })),
          ),
        ],
        outbound: KINDS.map((kind) => ({ match: `+7499x${place(kind)}*`, trunk: `to-${kind}` })),
      },
    }),
  });
}

/** Of each kind what comes to the switch and what leaves it. */
async function startWires(
  scene: Scene,
  vats: Switch,
  ports: Readonly<Record<KeyKind, number>>,
): Promise<Record<KeyKind, Capture>> {
  const wires = KINDS.map(async (kind) => {
    const hosts = [ADDRESSES.from[kind], ADDRESSES.to[kind], ...(kind === 'rfc4733' ? [PHONE_ADDRESS] : [])];
    const filter = `udp and (${hosts.map((host) => `host ${host}`).join(' or ')})`;
    return [kind, await Capture.start(scene, { name: kind, filter, sipPorts: [vats.sip.port, ports[kind]] })] as const;
  });
  return Object.fromEntries(await Promise.all(wires)) as Record<KeyKind, Capture>;
}

/** Keys of one call of each way, the captures that SIPp plays of them, and the sound in the one of tones. */
interface Sequence {
  readonly pressed: readonly Press[];
  readonly files: Readonly<Record<KeyKind, string>>;
  readonly sound: Buffer;
}

async function sequenceOf(scene: Scene, call: number): Promise<Sequence> {
  const pressed = pressesOf(call + 1, PRESSES);
  const [events, tones] = [scene.path(`events-${call}.pcap`), scene.path(`tones-${call}.pcap`)];
  writeFileSync(events, eventStream(pressed, call + 1));
  const { pcap, sound } = await toneStream(pressed, call + 1);
  writeFileSync(tones, pcap);
  return { pressed, files: { rfc4733: events, info: '', inband: tones }, sound };
}

/** One SIPp for each kind and sequence of keys; it calls a number of every kind. */
async function startCallers(scene: Scene, vats: Switch, sequences: readonly Sequence[]): Promise<Sipp[]> {
  const callers: Sipp[] = [];
  for (const from of KINDS) {
    const address = ADDRESSES.from[from];
    for (const [call, { pressed, files }] of sequences.entries()) {
      const edited = keyCaller(from, pressed, { file: files[from], length: milliseconds(pressed) });
      callers.push(
        await Sipp.start(scene, {
          scenario: { own: 'uac', edited },
          target: vats.sip,
          local: { address, port: await freePorts(2, address) },
          mediaPort: await freePorts(20, address),
          numbers: KINDS.map((to) => dialled(from, to, call)),
          calls: KINDS.length,
          rate: KINDS.length,
        }),
      );
    }
  }
  return callers;
}

const handPresses = (to: KeyKind, index: number): Press[] => pressesOf(100 + 10 * place(to) + index, PRESSES);

async function startPhones(scene: Scene, vats: Switch) {
  const phones = KINDS.flatMap((to) => Array.from({ length: CALLS }, (_, index) => ({ to, index })));
  return await Promise.all(
    phones.map(async ({ to, index }) => {
      const login = `3${place(to)}${index}`;
      const [account] = users([login]);
      const phone = await Baresip.start(scene, {
        login,
        password: account?.password as string,
        switch: vats.sip,
        tone: 420,
        address: PHONE_ADDRESS,
        codecs: ['PCMA/8000/1'],
      });
      await phone.registered();
      return { phone, to, index };
    }),
  );
}

async function pressByHand(phone: Baresip, number: string, presses: readonly Press[]): Promise<void> {
  await phone.dial(number);
  await phone.event('CALL_ESTABLISHED', 10_000);
  await wait(1_000);
  for (const { key, on } of presses) {
    await phone.press(key);
    await wait(on);
    await phone.press(RELEASE);
    await wait(BY_HAND_MS - on);
  }
  await wait(1_500);
  await phone.hangUp();
  await phone.event('CALL_CLOSED');
}

/** What was heard of one leg: the keys of its kind, and its sound where that is asked about. */
interface Heard {
  readonly keys: string;
  readonly sound: Buffer;
}

class HeardLegs {
  readonly #legs = new Map<string, Heard>();

  add({ address, number }: SaidLeg, heard: Heard): void {
    this.#legs.set(`${address} ${number}`, heard);
  }

  get(address: string, number: string): Heard {
    return this.#legs.get(`${address} ${number}`) ?? { keys: '', sound: Buffer.alloc(0) };
  }
}

/** Everything that went over the wires, each kind read by a judge of its own. */
async function listen(scene: Scene, vats: Switch, wires: Readonly<Record<KeyKind, Capture>>) {
  const [rfc4733, info, inband] = await Promise.all([
    listenToEvents(vats, wires.rfc4733),
    listenToInfos(vats, wires.info),
    listenToTones(scene, vats, wires.inband),
  ]);
  return { rfc4733, info, inband };
}

async function listenToEvents(vats: Switch, wire: Capture): Promise<HeardLegs> {
  const [legs, events, infos] = await Promise.all([legsOf(wire), eventsIn(wire), infosIn(wire)]);
  expect([...infos], 'INFO where keys are events').toEqual([]);
  const sound = await soundIn(wire, fromTones(legs, vats));
  const heard = new HeardLegs();
  for (const leg of legs) {
    const at = `${leg.address}:${leg.port}`;
    const of = events.get(at) ?? [];
    heard.add(leg, { keys: of.map(({ key }) => key).join(''), sound: sound.get(at) ?? Buffer.alloc(0) });
    if (leg.address !== vats.sip.address) continue;
    for (const { key, ends, duration } of of) {
      expect(ends, `end packets of ${key} to ${leg.number}`).toBe(3);
      expect(duration, `units of ${key} to ${leg.number}`).toBeGreaterThanOrEqual(LEAST_TONE_MS * 8);
    }
  }
  return heard;
}

async function listenToInfos(vats: Switch, wire: Capture): Promise<HeardLegs> {
  const [legs, events, infos] = await Promise.all([legsOf(wire), eventsIn(wire), infosIn(wire)]);
  expect([...events.keys()], 'events where keys are INFO').toEqual([]);
  const sound = await soundIn(wire, fromTones(legs, vats));
  const heard = new HeardLegs();
  for (const leg of legs) {
    const of = sound.get(`${leg.address}:${leg.port}`) ?? Buffer.alloc(0);
    heard.add(leg, { keys: infos.get(leg.callId) ?? '', sound: of });
  }
  return heard;
}

async function listenToTones(scene: Scene, vats: Switch, wire: Capture): Promise<HeardLegs> {
  const [legs, events, infos, sounds] = await Promise.all([legsOf(wire), eventsIn(wire), infosIn(wire), soundIn(wire)]);
  expect([...events.keys(), ...infos.keys()], 'events or INFO where keys are tones').toEqual([]);
  const heard = new HeardLegs();
  for (const leg of legs) {
    const sound = sounds.get(`${leg.address}:${leg.port}`) ?? Buffer.alloc(0);
    // What SIPp says is known octet for octet; what the switch makes is judged.
    const keys = leg.address === vats.sip.address ? await tonesOf(scene, leg.number, sound) : '';
    heard.add(leg, { keys, sound });
  }
  return heard;
}

/** Ports that the switch sends from on the legs of calls whose caller has keys as tones. */
function fromTones(legs: readonly SaidLeg[], vats: Switch): string[] {
  const calls = Array.from({ length: CALLS }, (_, call) => call);
  const numbers = new Set(KINDS.flatMap((to) => calls.map((call) => sentOn('inband', to, call))));
  return legs
    .filter(({ address, number }) => address === vats.sip.address && numbers.has(number))
    .map(({ port }) => port);
}

/** Says what of the sound is not as it came; what was said before the other side had answered is heard by nobody. */
function passed(way: string, went: Buffer, came: Buffer): string[] {
  const missing = came.length - went.length;
  const whole = missing >= 0 && missing < LISTENS_MS * 8 && came.subarray(missing).equals(went);
  return whole ? [] : [`${way}: ${went.length} of ${came.length} samples, or other ones`];
}

/** Says where two rows of keys part; nothing when they are the same. */
function compare(what: string, heard: string, pressed: string): string[] {
  if (heard === pressed) return [];
  let at = 0;
  while (heard[at] === pressed[at]) at++;
  const around = (keys: string) => `${keys.slice(Math.max(0, at - 5), at)}>${keys.slice(at, at + 10)}`;
  return [
    `${what}: ${heard.length} of ${pressed.length}; from press ${at} on ${around(heard)}, not ${around(pressed)}`,
  ];
}
