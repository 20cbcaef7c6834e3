import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { MemoryNetwork } from '../../testing/memory-network.ts';
import type { DialogLayerOptions } from '../layer.ts';
import { PHONE, Stack, SWITCH } from './world.ts';

/**
 * Two stacks that listen on UDP at SWITCH and PHONE, on a network that loses datagrams and lets them overtake each other.
 *
 * @param rate share that is lost
 * @param spread milliseconds by which some come later than others, at most
 */
export async function lossyStacks(rate: number, spread: number, seed: number, layer: Partial<DialogLayerOptions> = {}) {
  const clock = new FakeClock();
  const random = new SeededRandom(seed);
  const net = new MemoryNetwork(clock);
  Object.defineProperty(net, 'latency', { get: () => 20 + random.below(spread + 1) });
  const ours = new Stack(clock, net.host(SWITCH.address), 100 + seed, layer);
  const theirs = new Stack(clock, net.host(PHONE.address), 200 + seed, layer);
  await ours.transport.listen({ transport: 'udp', endpoint: SWITCH });
  await theirs.transport.listen({ transport: 'udp', endpoint: PHONE });
  net.lose(rate, random);
  return { clock, random, ours, theirs };
}
