import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { arbitraryPbx } from '../testing/arbitrary-pbx.ts';
import { modelOf, onlyDomain, worldOf } from '../testing/model-of.ts';
import { advance } from './advance.ts';
import { NotedWorld, replayedWorld } from './noted-world.ts';
import type { Activity, Caller, World } from './plan.ts';
import { route } from './route.ts';

const EMPTY = modelOf('domain: acme.example\n');
const DOMAIN = onlyDomain(EMPTY);
const BUSY: Activity = { talking: 1, ringing: 0, lastTalkEnd: 5, answered: 2, talkMs: 9 };

/** Random files, each with a call by a trunk in a random world; a second step where there is one. */
const RUNS = 150;

/** A world in which all is left to chance, but the same for the same question. */
function randomWorld(world: World, coin: (question: string) => boolean): World {
  return {
    ...world,
    isReachable: (_domain, login) => coin(`reach ${login}`),
    activity: (_domain, extension) => (coin(`busy ${extension}`) ? BUSY : world.activity(DOMAIN, extension)),
    isLoggedIn: (_domain, group, extension) => coin(`in ${group} ${extension}`),
    lastTalks: (_domain, number) =>
      coin(`talk ${number}`) ? [{ extension: '200', endedAt: world.now - 1, direction: 'in' }] : [],
    responsible: (_domain, number) => (coin(`list ${number}`) ? '201' : undefined),
    channelsInUse: (_domain, kind, key) => (coin(`channels ${kind} ${key}`) ? 10_000 : 0),
    isTrunkUp: (_domain, trunk) => coin(`up ${trunk}`),
    cheapestFirst: (_domain, number, trunks) => (coin(`cheap ${number}`) ? [...trunks].reverse() : trunks),
    numberPlace: (number) => (coin(`place ${number}`) ? { region: 'North', operator: 'x' } : undefined),
  };
}

test('what a world answered is enough to find the same plan again, after it has been through a disk', () => {
  const numbers = fc.constantFrom('200', '201', '600', '602', 'u200-0', '+79161234567', '112', '+74950000000');
  fc.assert(
    fc.property(arbitraryPbx(), numbers, fc.nat(), fc.boolean(), (file, dialled, chance, inside) => {
      const model = modelOf(stringify(file));
      const domain = onlyDomain(model);
      const answers = new Map<string, boolean>();
      const coin = (question: string): boolean => {
        const known = answers.get(question);
        if (known !== undefined) return known;
        const answer = ((chance >> (answers.size % 31)) & 1) === 1;
        answers.set(question, answer);
        return answer;
      };
      const live = randomWorld(worldOf(model), coin);
      const [user] = domain.users;
      const [device] = user?.devices ?? [];
      const trunk: Caller = { kind: 'trunk', trunk: 'itsp', number: '+79031234567' };
      const caller: Caller = inside && user && device ? { kind: 'device', user, device } : trunk;
      const call = { domain, caller, dialled, seed: chance };

      const first = new NotedWorld(live);
      const plan = route(call, first);
      const again = route(call, replayedWorld(JSON.parse(JSON.stringify(first.notes())), live.directory));
      expect(again).toEqual(plan);
      if (plan.step.do !== 'ring') return;
      const second = new NotedWorld(live);
      const next = advance(plan, { kind: 'ring-ended', outcome: 'no-answer' }, second);
      const replayed = replayedWorld(JSON.parse(JSON.stringify(second.notes())), live.directory);
      expect(advance(again, { kind: 'ring-ended', outcome: 'no-answer' }, replayed)).toEqual(next);
    }),
    { numRuns: RUNS },
  );
});

test('only what is out of the ordinary is kept', () => {
  const world = new NotedWorld(worldOf(EMPTY));
  world.isReachable(DOMAIN, 'anna');
  world.activity(DOMAIN, '201');
  world.isLoggedIn(DOMAIN, '600', '201');
  world.lastTalks(DOMAIN, '+7');
  world.responsible(DOMAIN, '+7');
  world.channelsInUse(DOMAIN, 'trunk', 'itsp');
  world.isTrunkUp(DOMAIN, 'itsp');
  expect(world.notes()).toEqual({ now: Date.UTC(2026, 0, 1) });
});

test('a decision that asks for more than is kept says so', () => {
  const world = new NotedWorld(worldOf(EMPTY, [], { activity: () => BUSY }));
  for (let extension = 0; extension < 501; extension++) {
    expect(world.activity(DOMAIN, String(extension))).toBe(BUSY);
    world.activity(DOMAIN, '0');
  }
  const notes = world.notes();
  expect(Object.keys(notes.activity ?? {})).toHaveLength(500);
  expect(notes.more).toBe(true);
});

test('names that mean something to objects are names like any other', () => {
  const world = new NotedWorld(worldOf(EMPTY, [], { activity: () => BUSY }));
  world.activity(DOMAIN, '__proto__');
  const replayed = replayedWorld(JSON.parse(JSON.stringify(world.notes())), world.directory);
  expect(replayed.activity(DOMAIN, '__proto__')).toEqual(BUSY);
  expect(replayed.activity(DOMAIN, 'constructor').talking).toBe(0);
});
