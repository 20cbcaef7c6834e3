import { isIPv6, Ledger } from '@vats/kernel';
import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { FakeMediaPlane } from '@vats/media/testing';
import { MemoryNetwork } from '@vats/sip/testing';
import { MemoryStore } from '@vats/store/testing';
import { checkSettings, createSwitch } from '@vats/vats';
import type { Story } from '../story.ts';
import type { Trace } from '../trace.ts';
import { NetworkTarget } from './network-target.ts';
import { officeOf, settingsOf } from './office.ts';
import { Replay, type ReplayOutcome } from './replay.ts';

/** Longest step of the fake clock: short enough for writes of the store, which wait for no clock, to keep up. */
const STEP_MS = 20;
/** Longer than any transaction lives on: 64*T1 (RFC 3261 §17), with a margin. */
const AFTERMATH_MS = 40_000;

export interface Rehearsal {
  readonly outcome: ReplayOutcome;
  /** What the switch still held when every timer had run out, its registrations apart. */
  readonly leftovers: readonly string[];
}

/**
 * Plays a trace against a whole switch of ours on a network in memory under a fake clock; the switch stands where the
 * recorded server stood, so not even an address differs.
 */
export async function rehearse(trace: Trace, story: Story): Promise<Rehearsal> {
  const clock = new FakeClock();
  const network = new MemoryNetwork(clock);
  const ledger = new Ledger();
  const settings = checkSettings(settingsOf(story), `${trace.name}: settings`, 0);
  if (!settings.ok) throw new Error(settings.problems.map(({ message }) => message).join('\n'));
  const vats = await createSwitch(settings.value, {
    network,
    clock,
    random: new SeededRandom(7),
    store: new MemoryStore(),
    media: new FakeMediaPlane({ clock, ledger, addresses: mediaAddresses(story) }),
    ledger,
  });
  const applied = await vats.model.applyFile({ path: '/office.yaml', name: 'office.yaml', text: officeOf(story) });
  if (!applied.ok) throw new Error(applied.problems.map(({ message }) => message).join('\n'));
  const target = await NetworkTarget.open(network, trace, story);
  let outcome: ReplayOutcome | undefined;
  new Replay({ trace, story, target, clock }, (came) => {
    outcome = came;
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  while (outcome === undefined) {
    await turn();
    clock.advance(Math.min(clock.next ?? STEP_MS, STEP_MS));
  }
  await target.close();
  for (let passed = 0; passed < AFTERMATH_MS; passed += 1_000) {
    clock.advance(1_000);
    await turn();
  }
  const leftovers = ledger.leftovers(['listeners', 'connections', 'transport timers']);
  const closing = vats.close();
  let closed = false;
  void closing.then(() => {
    closed = true;
  });
  while (!closed) {
    await turn();
    clock.advance(STEP_MS);
  }
  await closing;
  return { outcome, leftovers };
}

/** Sound is where the signalling is, so that a story may call both the switch. */
function mediaAddresses({ server }: Story): { 4?: string; 6?: string } {
  const addresses = server.at.map(({ address }) => address);
  const four = addresses.find((address) => !isIPv6(address));
  const six = addresses.find(isIPv6);
  return { ...(four !== undefined && { 4: four }), ...(six !== undefined && { 6: six }) };
}
