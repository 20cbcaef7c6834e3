import type { Endpoint } from '@vats/kernel';
import { describe, expect } from 'vitest';
import { SWITCH } from '../cast.ts';
import { scenario } from '../scenario.ts';
import { guardedBy, type World } from '../world.ts';
import { ONLY_RUSSIA } from './fenced.ts';
import { GERMANY } from './geography.ts';
import { OUTSIDE } from './stranger.ts';

const BINDING_REQUEST = Buffer.from('000100002112a442000102030405060708090a0b', 'hex');

/** Sends so many Binding requests at once, and gives the answers. */
async function asks(world: World, from: Endpoint, times: number): Promise<Buffer[]> {
  const heard: Buffer[] = [];
  const user = { onDatagram: (octets: Buffer) => void heard.push(octets), onFailure: () => {} };
  const socket = await world.network.host(from.address).bindUdp(from, user);
  for (let sent = 0; sent < times; sent++) socket.send(BINDING_REQUEST, SWITCH);
  world.passes(0);
  await socket.close();
  return heard;
}

describe('STUN at the SIP port', () => {
  scenario(
    'security 11: an answer to a stranger is small, and keeps nothing',
    { ends: [], cast: [] },
    async ({ world }) => {
      const [answer] = await asks(world, OUTSIDE, 1);
      expect(answer?.length).toBe(32);
      expect(world.leftovers()).toEqual([]);
    },
  );

  scenario(
    'security 12: who asks more than a stranger may gets no more answers',
    { ends: [], cast: [], settings: guardedBy({ rate: { perSource: 1, burst: 5, total: 1_000, known: 2_000 } }) },
    async ({ world }) => {
      expect(await asks(world, OUTSIDE, 100)).toHaveLength(5);
    },
  );

  scenario(
    'security: where nobody may come from nothing is answered',
    { ends: [], cast: [], ...ONLY_RUSSIA },
    async ({ world }) => {
      expect(await asks(world, GERMANY, 3)).toEqual([]);
    },
  );
});
