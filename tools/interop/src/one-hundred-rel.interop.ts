import { describe } from 'vitest';
import { ownAddress } from './own-address.ts';
import { scenario } from './scenario.ts';
import { playBoth, sessionsStage } from './sipp-sessions.ts';

const PBX = ownAddress(71);

describe.concurrent('reliable provisional responses (RFC 3262) with SIPp on both sides', () => {
  scenario(
    'a caller that requires them and a phone that sends them: each leg has its own PRACK, and no 200 repeats the SDP',
    { needs: ['sipp', 'dumpcap', 'tshark'] },
    async (scene) => {
      await playBoth(scene, await sessionsStage(scene, PBX), { caller: 'prack-caller', callee: 'prack-callee' });
    },
  );

  scenario(
    'a phone that sends them and a caller that knows nothing of them',
    { needs: ['sipp', 'dumpcap', 'tshark'] },
    async (scene) => {
      await playBoth(scene, await sessionsStage(scene, PBX), { caller: 'outside-caller', callee: 'prack-callee' });
    },
  );
});
