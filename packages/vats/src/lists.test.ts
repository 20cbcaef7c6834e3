import { FakeClock, MemoryLog, SeededRandom } from '@vats/kernel/testing';
import { FakeMediaPlane } from '@vats/media/testing';
import { modelOf } from '@vats/pbx/testing';
import { MemoryNetwork } from '@vats/sip/testing';
import { MemoryStore } from '@vats/store/testing';
import { expect, test } from 'vitest';
import { createSwitch, type Switch } from './create-switch.ts';
import { checkSettings } from './settings/index.ts';

const NUMBER = '+74951234567';
const ACME = 'domain: acme.example\nusers: [{ extension: "201", name: Anna }]\nlimits: { minutesPerDay: 10 }\n';

async function started(store: MemoryStore, clock: FakeClock, log = new MemoryLog()): Promise<Switch> {
  const settings = checkSettings(JSON.stringify({ data: '/nowhere' }), 'vats.yaml', 0);
  if (!settings.ok) throw new Error(JSON.stringify(settings.problems));
  const media = new FakeMediaPlane({ clock });
  const parts = { network: new MemoryNetwork(clock), clock, random: new SeededRandom(), log, store, media };
  return createSwitch(settings.value, parts);
}

test('what calls used and held before a kill counts after it; rates and contacts are there from the start', async () => {
  const clock = new FakeClock();
  const model = modelOf(ACME);
  const { id } = model.domains[0]!;
  const store = new MemoryStore(model);
  const subjects = [`domain:${id}`, `user:${id}:201`];
  const minute = Math.floor(clock.now() / 60_000) * 60_000;
  const spent = subjects.map((subject) => ({ subject, costly: false, minute, calls: 1, talkMs: 60_000, money: 0 }));
  await store.spending.save([{ spent, held: { call: 'x', subjects, costly: false, talkMs: 120_000, money: 0 } }]);
  await store.rates.save({ domain: id }, [
    { prefix: '7', perMinute: 20_000, connection: 0, first: 60, next: 60, name: '' },
  ]);
  await store.contacts.save({ domain: id, put: [{ number: NUMBER, name: 'Ivan', extension: '201' }] });

  const running = await started(store, clock);
  const used = running.spending.explain({ kind: 'domain', domain: id });
  expect(used.find(({ scope, limit }) => scope === 'all' && limit === 'minutesPerDay')).toMatchObject({
    used: 180_000,
    of: 600_000,
  });
  expect((await store.spending.load(0)).held).toEqual([]);
  expect(running.rates.rateOf(id, 'any', NUMBER)?.prefix).toBe('7');
  expect(running.contacts.find(id, NUMBER)).toEqual({ name: 'Ivan', extension: '201' });
  await running.close();
});

test('a limit that comes near or is reached is in the log, with whose it is', async () => {
  const clock = new FakeClock();
  const store = new MemoryStore(modelOf(`${ACME.replace('Anna }', 'Anna, limits: { callsPerHour: 10 } }')}`));
  const log = new MemoryLog();
  const running = await started(store, clock, log);
  const { id } = running.model.domainNamed('acme.example')!;
  const call = { id: 'c', domain: id, user: '201', trunk: 'itsp', number: NUMBER };
  const begin = (count: number) => running.spending.begin({ ...call, id: `c${count}` });
  const told = (event: string, used: number) =>
    expect.objectContaining({
      event,
      fields: expect.objectContaining({ domain: 'acme.example', user: '201', limit: 'callsPerHour', used, of: 10 }),
    });
  for (let count = 1; count <= 10; count++) expect(begin(count)).toMatchObject({ allowed: true });
  expect(log.lines).toContainEqual(told('spending.nearly-used', 8));
  expect(log.lines).not.toContainEqual(told('spending.used-up', 10));
  expect(begin(11)).toMatchObject({ allowed: false, refusal: { limit: 'callsPerHour' } });
  expect(log.lines).toContainEqual(told('spending.used-up', 10));
  await running.close();
});
