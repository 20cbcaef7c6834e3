import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { Actor } from '../actor.ts';
import { SWITCH } from '../cast.ts';
import type { PhoneCall } from '../phone/phone-call.ts';
import { AFTERMATH_MS, World } from '../world.ts';

const AGENTS = 50;
const ROUNDS = 40;
const ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"';
const TIME_LIMIT_MS = 180_000;

const extensionOf = (agent: number): string => String(300 + agent);

const users = Array.from({ length: AGENTS }, (_, agent) => {
  const extension = extensionOf(agent);
  return `  - { extension: "${extension}", name: Agent ${agent}, devices: [{ login: agent${agent}, password: Vf5kNm7Z }] }`;
}).join('\n');
const members = JSON.stringify(Array.from({ length: AGENTS }, (_, agent) => extensionOf(agent)));
const pbx = `groups: [{ extension: "600", name: Sales, members: ${members}, ring: 25s, queue: { rest: 1s } }]\n`;

async function agentsOf(world: World): Promise<Actor[]> {
  const agents: Actor[] = [];
  for (let agent = 0; agent < AGENTS; agent++) {
    const phone = await world.stage.phone({
      ...{ name: `agent${agent}`, number: extensionOf(agent), login: `agent${agent}`, password: 'Vf5kNm7Z' },
      ...{ domain: 'acme.example', local: { address: `192.0.2.${100 + agent}`, port: 5060 }, server: SWITCH },
    });
    const actor = new Actor(phone, world.stage);
    await actor.registers();
    agents.push(actor);
  }
  return agents;
}

/** What the phone was told to end its call, but for whoever still has it: the request and its Reason. */
function endOf(agent: Actor): readonly [string, string | undefined] | undefined {
  const ended = agent.phone.inbox.requests.find(({ label }) => label === 'CANCEL' || label === 'BYE');
  return ended && [ended.label, ended.message.value('Reason')];
}

function forget({ phone }: Actor): void {
  phone.inbox.requests.length = 0;
  phone.inbox.responses.length = 0;
}

test(
  'of 50 agents who answer at the same moment one has the caller, and the others are told so and are free for the next',
  async () => {
    const random = new SeededRandom(20_261_128);
    const world = await World.open({ pbx, users, latency: 5 });
    const agents = await agentsOf(world);
    const { alice, bob } = world.actors;
    for (let round = 0; round < ROUNDS; round++) {
      for (const actor of [...agents, alice, bob]) forget(actor);
      // All at once, or spread over a moment in which the first answers are on their way.
      const spread = random.below(4) * 5;
      alice.invites('600');
      world.passes(60);
      const calls = agents.map(({ phone }) => phone.calls.at(-1) as PhoneCall);
      for (const call of calls) world.stage.clock.after(random.below(spread + 1), () => call.respond(200));
      world.passes(100);
      const ends = agents.map(endOf);
      const winners = agents.filter((_, at) => ends[at] === undefined);
      expect(winners).toHaveLength(1);
      for (const [, reason] of ends.filter((each) => each !== undefined)) expect(reason).toBe(ELSEWHERE);
      // All but the one who talks are free for who comes next, in the same moment.
      for (const actor of agents) forget(actor);
      bob.invites('600');
      world.passes(60);
      const rung = agents.filter(({ phone }) => phone.inbox.requests.some(({ label }) => label === 'INVITE'));
      expect(rung).toHaveLength(AGENTS - 1);
      expect(rung).not.toContain(winners[0]);
      bob.hangsUp();
      alice.hangsUp();
      world.passes(100);
    }
    const { today } = world.running.calls.queues()[0]!;
    expect(today).toMatchObject({ answered: ROUNDS, abandoned: ROUNDS });
    for (const actor of [...agents, alice, bob]) forget(actor);
    world.passes(AFTERMATH_MS);
    await world.stage.eventually(() => world.leftovers().length === 0, 20);
    expect(world.leftovers()).toEqual([]);
    expect(world.endings()).toHaveLength(2 * ROUNDS);
    await world.close();
  },
  TIME_LIMIT_MS,
);
