import { FaultLines } from '@vats/kernel';
import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { type Domain, type Group, LAST_PRIORITY, route, type World } from '@vats/pbx';
import { modelOf, worldOf } from '@vats/pbx/testing';
import { expect, test } from 'vitest';
import { QueueDesk } from './agent-desk.ts';
import type { CallsParts } from './parts.ts';
import { Queues } from './queues.ts';
import type { Waiter } from './waiting-line.ts';

const NAMES = ['acme.example', 'beta.example'] as const;

const company = (domain: string): string => `domain: ${domain}
users:
  - { extension: "201", name: Anna, devices: [{ login: anna, password: Vf5kNm7Z }] }
  - { extension: "202", name: Boris, devices: [{ login: boris, password: Vf5kNm7Z }] }
groups: [{ extension: "600", name: Sales, members: ["202"], queue: {} }]
`;

/** Two companies, in each of which Anna waits for Boris. */
function waiting(activity: (domain: Domain) => void) {
  const clock = new FakeClock();
  const log = new MemoryLog();
  const model = modelOf(...NAMES.map(company));
  const world = (): World => {
    const idle = worldOf(model);
    return {
      ...idle,
      now: clock.now(),
      activity: (domain, to) => {
        activity(domain);
        return idle.activity(domain, to);
      },
    };
  };
  const queues = new Queues({ clock, log, world } as unknown as CallsParts, new FaultLines(clock, log));
  const rung: string[] = [];
  for (const domain of model.domains) {
    const user = domain.users[0]!;
    const caller = { kind: 'device', user, device: user.devices[0]! } as const;
    const waiter: Waiter = {
      ...{ call: domain.id, party: { number: '201' }, priority: LAST_PRIORITY, since: clock.now(), stage: 'waits' },
      plan: route({ domain, caller, dialled: '600' }, worldOf(model)),
      apart: new QueueDesk(),
      ring: () => rung.push(domain.name),
      leave: () => {},
    };
    queues.join(domain, domain.groups[0] as Group, waiter);
  }
  return { queues, clock, log, rung, ids: model.domains.map(({ id }) => id) };
}

test('what happens in one company has nobody look at the queues of another', () => {
  const { queues, clock, rung, ids } = waiting(() => {});
  queues.agentsChanged(ids[1]);
  clock.advance(0);
  expect(rung).toEqual(['beta.example']);
  queues.agentsChanged(ids[0]);
  queues.agentsChanged(ids[1]);
  clock.advance(0);
  expect(rung).toEqual(['beta.example', 'acme.example', 'beta.example']);
  queues.agentsChanged();
  clock.advance(0);
  expect(rung.slice(3)).toEqual(NAMES);
});

test('a queue is looked at by and by, however busy another company is', () => {
  const { queues, clock, rung, ids } = waiting(() => {});
  queues.agentsChanged();
  clock.advance(0);
  for (let second = 0; second < 30; second++) {
    queues.agentsChanged(ids[1]);
    clock.advance(1_000);
  }
  expect(rung.filter((name) => name === 'acme.example')).toHaveLength(2);
});

test('a fault of ours at one queue is told, and the next one is served', () => {
  const { queues, clock, log, rung } = waiting(({ name }) => {
    if (name === 'acme.example') throw new Error('of this company');
  });
  queues.agentsChanged();
  clock.advance(0);
  expect(rung).toEqual(['beta.example']);
  expect(log.lines).toMatchObject([{ level: 'error', event: 'queue.failed', fields: { group: '600' } }]);
  clock.advance(30_000);
  expect(rung).toEqual(['beta.example', 'beta.example']);
});
