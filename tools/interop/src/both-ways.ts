import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Baresip } from './baresip.ts';
import { expectTone } from './judge.ts';
import type { Linphone } from './linphone.ts';
import { ANNA, BORIS } from './office.ts';
import type { Switch } from './switch.ts';

const TALK_MS = 2_500;

/** Anna's linphone calls Boris's baresip and hangs up, then the other way round. */
export async function callBothWays(vats: Switch, anna: Linphone, boris: Baresip): Promise<void> {
  anna.dial(`sip:${BORIS.extension}@${vats.sip.address}`);
  await boris.event('CALL_INCOMING');
  await boris.answer();
  await Promise.all([anna.connected(), boris.event('CALL_ESTABLISHED')]);
  await wait(TALK_MS);
  anna.hangUp();
  await boris.event('CALL_CLOSED');

  await boris.dial(ANNA.extension);
  await anna.ringing();
  anna.answer();
  await boris.event('CALL_ESTABLISHED');
  await wait(TALK_MS);
  await boris.hangUp();
  await anna.ended();
  await vats.idle();
}

/** Both calls in the recordings, the caller on the left, and at both phones; linphone must have been stopped, which writes its file. */
export async function expectHeardBothWays(vats: Switch, anna: Linphone, boris: Baresip): Promise<void> {
  const recordings = await vats.recordings();
  expect(recordings).toHaveLength(2);
  const talk = { from: 0.5, length: 1.5 };
  for (const [i, { file }] of recordings.entries()) {
    const [caller, callee] = i === 0 ? [anna, boris] : [boris, anna];
    await expectTone(file, caller.tone, { channel: 1, ...talk });
    await expectTone(file, callee.tone, { channel: 2, ...talk });
  }
  expect(boris.heard()).toHaveLength(2);
  for (const file of boris.heard()) await expectTone(file, anna.tone, talk);
  await expectTone(anna.heard, boris.tone, talk);
}
