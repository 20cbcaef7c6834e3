import { describe, expect } from 'vitest';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import { playBoth, sessionsStage } from './sipp-sessions.ts';

const PBX = ownAddress(73);

describe.concurrent('session timers (RFC 4028) with SIPp on both sides', () => {
  scenario(
    'a caller that asks for too little gets 422, then 90 s, and refreshes by UPDATE and re-INVITE; its phone knows none',
    { needs: ['sipp', 'dumpcap', 'tshark'] },
    async (scene) => {
      await playBoth(scene, await sessionsStage(scene, PBX), { caller: 'timer-caller', callee: 'callee' });
    },
  );

  scenario(
    'a phone that answers 422 gets its interval, then its refreshes by UPDATE; its caller knows none',
    { needs: ['sipp', 'dumpcap', 'tshark'] },
    async (scene) => {
      const stage = await sessionsStage(scene, PBX);
      await playBoth(scene, stage, { caller: 'outside-caller', callee: 'timer-callee', hold: 23_000, within: 45_000 });
    },
  );

  scenario(
    'a phone that promised to refresh and does not is hung up on, and so is its caller',
    { needs: ['sipp', 'dumpcap', 'tshark'] },
    async (scene) => {
      const stage = await sessionsStage(scene, PBX);
      await playBoth(scene, stage, { caller: 'outside-caller-waits', callee: 'timer-forgetful', within: 30_000 });
      expect((await stage.vats.history()).every(({ talkMs }) => talkMs > 13_000 && talkMs < 15_000)).toBe(true);
    },
  );
});
