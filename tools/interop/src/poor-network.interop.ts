import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { Baresip } from './baresip.ts';
import { Linphone } from './linphone.ts';
import { ANNA, BORIS, pbxFile } from './office.ts';
import { type Poverty, poorNetwork } from './poor-network.ts';
import { scenario } from './scenario.ts';
import type { Scene } from './scene.ts';
import { gaps, purity } from './sound.ts';
import { Switch } from './switch.ts';

const NEEDS = ['baresip', 'linphonec', 'sox', 'socat', 'ip', 'root'];
const POVERTY: Poverty = { loss: 0.05, delayMs: 40, jitterMs: 10 };
/** Four reports of each phone, as some of them are lost too. */
const TALK_MS = 21_000;

interface Quality {
  readonly received: number;
  readonly lost: number;
  readonly jitterMs: number;
  readonly score: number;
  readonly roundTripMs?: number;
  readonly reported?: { readonly lost: number };
}

async function stage(scene: Scene) {
  const net = await poorNetwork(scene, POVERTY);
  const pbx = pbxFile({ recording: 'all' });
  const vats = await Switch.start(scene, { pbx, address: net.switchAddress, place: net.near });
  return { net, vats };
}

/** The recording has each side as it came over one poor way; an ear what came over two. */
async function judge(vats: Switch, tones: readonly [a: number, b: number], ears: readonly [a: string, b: string]) {
  const [recording] = await vats.recordings();
  const file = recording?.file as string;
  const inside = { from: 2, length: TALK_MS / 1_000 - 4 };
  for (const [channel, tone] of [[1, tones[0]] as const, [2, tones[1]] as const]) {
    const left = await purity(file, tone, { ...inside, channel });
    // A lost packet tears two windows.
    expect(left, `tone left of channel ${channel}`).toBeGreaterThan(0.82);
    expect(left, `tone left of channel ${channel}: nothing was lost?`).toBeLessThan(0.99);
    const long = await gaps(file, channel, 0.15);
    expect(long.filter(({ at }) => at > 1 && at < TALK_MS / 1_000 - 1)).toEqual([]);
  }
  for (const [ear, tone] of [[ears[0], tones[1]] as const, [ears[1], tones[0]] as const]) {
    expect(await purity(ear, tone, inside), `tone left at ${ear}`).toBeGreaterThan(0.7);
  }
  const [call] = await vats.history();
  const { media } = JSON.parse(await vats.command('calls', 'show', call?.id as string, '--json')) as {
    media: Record<string, Quality>;
  };
  for (const leg of ['a', 'b1']) {
    const { received, lost, jitterMs, score, roundTripMs, reported } = media[leg] as Quality;
    expect(lost / (received + lost), `loss of leg ${leg}`).toBeGreaterThan(0.02);
    expect(lost / (received + lost), `loss of leg ${leg}`).toBeLessThan(0.1);
    expect(jitterMs, `jitter of leg ${leg}`).toBeGreaterThan(2);
    expect(jitterMs, `jitter of leg ${leg}`).toBeLessThan(25);
    expect(score, `score of leg ${leg}`).toBeGreaterThan(3);
    expect(score, `score of leg ${leg}`).toBeLessThan(4.2);
    expect(roundTripMs, `way to leg ${leg} and back`).toBeGreaterThan(55);
    expect(roundTripMs, `way to leg ${leg} and back`).toBeLessThan(160);
    expect(reported?.lost, `what the phone of leg ${leg} says that it missed`).toBeGreaterThan(5);
  }
}

// Each in a network of its own, so that both talk at the same time.
describe.concurrent('over a way that loses 5 % and delays by 40 ± 10 ms', () => {
  scenario('two baresip: what is lost is lost once, and the books say how it went', { needs: NEEDS }, async (scene) => {
    const { net, vats } = await stage(scene);
    const on = { switch: vats.sip, place: net.far };
    const anna = await Baresip.start(scene, { ...ANNA, ...on, tone: 420, address: net.phones[0] });
    const boris = await Baresip.start(scene, { ...BORIS, ...on, tone: 600, address: net.phones[1] });
    await Promise.all([anna.registered(), boris.registered()]);
    await anna.dial(BORIS.extension);
    await boris.event('CALL_INCOMING');
    await boris.answer();
    await Promise.all([anna.event('CALL_ESTABLISHED'), boris.event('CALL_ESTABLISHED')]);
    await wait(TALK_MS);
    await anna.hangUp();
    await boris.event('CALL_CLOSED');
    await vats.idle();
    await judge(vats, [420, 600], [anna.heard()[0] as string, boris.heard()[0] as string]);
  });

  scenario('linphone and baresip', { needs: NEEDS }, async (scene) => {
    const { net, vats } = await stage(scene);
    const on = { switch: vats.sip, place: net.far };
    const codecs = ['PCMA/8000', 'PCMU/8000'];
    const anna = await Linphone.start(scene, { ...ANNA, ...on, tone: 420, address: net.phones[0], codecs });
    const boris = await Baresip.start(scene, { ...BORIS, ...on, tone: 600, address: net.phones[1] });
    await Promise.all([anna.registered(), boris.registered()]);
    anna.dial(`sip:${BORIS.extension}@${vats.sip.address}`);
    await boris.event('CALL_INCOMING');
    await boris.answer();
    await Promise.all([anna.connected(), boris.event('CALL_ESTABLISHED')]);
    await wait(TALK_MS);
    anna.hangUp();
    await boris.event('CALL_CLOSED');
    await vats.idle();
    await anna.stop();
    await judge(vats, [420, 600], [anna.heard, boris.heard()[0] as string]);
  });
});
