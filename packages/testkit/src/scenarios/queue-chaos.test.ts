import type { CallEvent } from '@vats/calls';
import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { pbxYaml, SWITCH } from '../cast.ts';
import type { PhoneCall } from '../phone/phone-call.ts';
import type { VirtualPhone } from '../phone/virtual-phone.ts';
import { AFTERMATH_MS, limitedTo, World } from '../world.ts';

const ROLES = ['alice', 'bob', 'carol', 'eve'] as const;
const TIME_LIMIT_MS = 600_000;
const ACTS = 150;
const SEEDS = 16;

/** Two queues that share agents; whoever is one may call them too. */
const pbx = (members: string, max = 3) => `groups:
  - extension: "600"
    name: Sales
    members: ${members}
    ring: 8s
    wrapUp: 2s
    queue: { max: ${max}, wait: 40s, rest: 3s, announcePosition: true, announceWait: true, every: 15s, overflow: { full: "601", waited: "203" } }
  - { extension: "601", name: Support, members: ["202", "203"], strategy: longest-idle, ring: 5s, login: true, queue: { wait: 20s } }
`;
const MEMBERS = ['["202", "205"]', '["203"]', '["202", "203", "205"]', '[]'];
const NUMBERS = ['600', '600', '600', '601', '202', '*45', '*46', '*47', '*48'];

type Random = SeededRandom;
const pick = <T>(random: Random, from: readonly T[]): T | undefined =>
  from.length === 0 ? undefined : from[random.below(from.length)];

const ACTS_ON_A_CALL: readonly ((call: PhoneCall, random: Random) => void)[] = [
  (call) => call.respond(180),
  (call) => call.respond(183, { sdp: call.sdp() }),
  (call) => call.respond(200),
  (call) => call.respond(200),
  (call) => call.respond(200),
  (call, random) => call.respond([480, 486, 488, 603][random.below(4)] ?? 486),
  (call) => call.cancel(),
  (call) => call.bye(),
  (call) => call.bye(),
  (call) => call.invite({ sdp: call.sdp({ direction: 'sendonly' }) }),
  (call) => call.invite({ sdp: call.sdp({ direction: 'sendrecv' }) }),
  (call, random) =>
    call.request('REFER', { headers: [['Refer-To', `<sip:${pick(random, NUMBERS)}@${SWITCH.address}>`]] }),
];

function acts(phone: VirtualPhone, random: Random): void {
  phone.manners.yieldsToCancel = random.below(10) > 0;
  const call = pick(random, phone.calls.slice(-3));
  if (call === undefined || random.below(4) === 0) {
    phone.dial(pick(random, NUMBERS) ?? '', random.below(5) === 0 ? { sdp: null } : {});
    return;
  }
  try {
    pick(random, ACTS_ON_A_CALL)?.(call, random);
  } catch {
    // The phone has nothing to do it to: nobody does anything.
  }
}

/** Who has waited has left once, and who was taken by an agent talks with somebody. */
function judged(story: readonly CallEvent[]): void {
  const types = story.map(({ type }) => type);
  const [entered, left] = (['queue.entered', 'queue.left'] as const).map((type) => types.filter((one) => one === type));
  expect(left, types.join()).toHaveLength(entered!.length);
  for (const [at, event] of story.entries()) {
    if (event.type !== 'queue.left') continue;
    expect(event.position).toBeGreaterThan(0);
    const next = types.slice(at + 1).find((type) => type === 'call.answered' || type === 'call.ended');
    if (event.how === 'answered') expect(next, types.join()).toBe('call.answered');
  }
  expect(types.indexOf('call.ended'), types.join()).toBe(types.length - 1);
}

test.each(Array.from({ length: SEEDS }, (_, seed) => seed))('chaos in two queues %i', async (seed) => {
  const world = await World.open({
    ...{ cast: ROLES, latency: 5, pbx: pbx(MEMBERS[2]!) },
    settings: limitedTo({ timeLimit: TIME_LIMIT_MS }),
  });
  const random = new SeededRandom(seed + 1);
  world.network.lose(seed % 4 === 0 ? 0.1 : 0, new SeededRandom(seed));
  for (let act = 0; act < ACTS; act++) {
    acts(world.actors[pick(random, ROLES) ?? 'alice'].phone, random);
    if (random.below(25) === 0) await world.applies(pbxYaml(pbx(pick(random, MEMBERS)!, 1 + random.below(3))));
    if (random.below(8) === 0) await world.stage.eventually(() => false, 2);
    // What a phone plays ends as the media plane says.
    for (const media of world.media.calls) {
      const order = media.commands.findLast(({ do: what }) => what === 'play' || what === 'stop-playing');
      if (order?.do !== 'play' || order.order.times === 0 || random.below(3) > 0) continue;
      media.emit({ kind: 'played', leg: order.leg, play: order.order.id, why: 'ended', playedMs: 500 });
    }
    world.passes(random.below(4) === 0 ? random.below(15_000) : random.below(50));
  }
  world.passes(TIME_LIMIT_MS + 2 * AFTERMATH_MS);
  await world.stage.eventually(() => world.leftovers().length === 0);
  expect(world.leftovers(), world.stage.ladder()).toEqual([]);
  const calls = [...new Set(world.events.map(({ call }) => call))];
  expect(world.events.some(({ type }) => type === 'queue.entered')).toBe(true);
  for (const call of calls) judged(world.events.filter((event) => event.call === call));
  expect(world.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  expect(world.running.calls.queues().every(({ waiting }) => waiting.length === 0)).toBe(true);
  await world.close();
});
