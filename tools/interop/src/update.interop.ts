import { describe } from 'vitest';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import { playBoth, sessionsStage } from './sipp-sessions.ts';

const PBX = ownAddress(72);

describe('UPDATE (RFC 3311) with SIPp on both sides', () => {
  scenario(
    'early media changes by UPDATE of either side before the answer; a hold by UPDATE reaches the other phone as one',
    { needs: ['sipp', 'dumpcap', 'tshark'] },
    async (scene) => {
      await playBoth(scene, await sessionsStage(scene, PBX), { caller: 'update-caller', callee: 'update-callee' });
    },
  );
});
