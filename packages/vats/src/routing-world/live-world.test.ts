import type { CallEvent, UnstampedEvent } from '@vats/calls';
import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { Directory, type Domain, IDLE, type LastConversation } from '@vats/pbx';
import { modelOf, onlyDomain } from '@vats/pbx/testing';
import { expect, test } from 'vitest';
import { Participants } from '../participants/participants.ts';
import { GroupLogins } from './group-logins.ts';
import { LiveWorld } from './live-world.ts';

const MODEL = modelOf(`
domain: acme.example
timezone: Europe/Moscow
users:
  - { extension: "201", name: Anna }
  - { extension: "202", name: Boris }
  - { extension: "210", name: Asterisk, devices: [{ login: user11, password: Vf5kNm7Z, trunk: true }] }
`);
const domain: Domain = onlyDomain(MODEL);
/** 23:00 in Moscow. */
const EVENING = Date.UTC(2026, 10, 27, 20);
const MINUTE = 60_000;

function live() {
  const clock = new FakeClock();
  clock.stepWall(EVENING - clock.now());
  const log = new MemoryLog();
  const participants = new Participants();
  const world = new LiveWorld({
    participants,
    clock,
    log,
    directory: () => new Directory(MODEL),
    isReachable: () => true,
    calls: () => ({
      channelsInUse: (_domain, kind, key) => (kind === 'trunk' && key === 'itsp' ? 3 : 0),
      waitingIn: (_domain, group) => (group === '600' ? 2 : 0),
    }),
    logins: new GroupLogins({ log }),
  });
  const seqs = new Map<string, number>();
  const tell = (call: string, event: UnstampedEvent): void => {
    const seq = (seqs.get(call) ?? 0) + 1;
    seqs.set(call, seq);
    participants.note({ ...event, call, seq, at: clock.now() } as CallEvent);
  };
  const starts = (call: string, from: object): void =>
    tell(call, {
      type: 'call.started',
      domain: 'acme.example',
      domainId: domain.id,
      from: { number: '+79161234567', ...from },
      dialled: '600',
      sipCallId: call,
    });
  const rings = (call: string, leg: string, extension: string): void =>
    tell(call, { type: 'leg.started', leg, party: { number: extension, extension }, flow: 'f' });
  const answers = (call: string, leg: string, party: { number: string; extension?: string }): void =>
    tell(call, { type: 'call.answered', leg, party });
  const ends = (call: string): void => tell(call, { type: 'call.ended', failure: 'caller-hung-up' } as never);
  const of = (extension: string) => world.activity(domain, extension);
  return { clock, log, world, tell, starts, rings, answers, ends, of };
}

test('whose phones ring is ringing once, whoever dials or answers is talking, and afterwards nobody is', () => {
  const { clock, starts, rings, answers, ends, of, world, tell } = live();
  starts('c', { number: '202', extension: '202' });
  expect(of('202')).toMatchObject({ talking: 1, ringing: 0 });
  rings('c', 'b1', '201');
  rings('c', 'b2', '201');
  expect(of('201')).toMatchObject({ talking: 0, ringing: 1 });
  tell('c', { type: 'leg.ended', leg: 'b1', failure: 'callee-busy' });
  expect(of('201').ringing).toBe(1);
  answers('c', 'b2', { number: '201', extension: '201' });
  expect(of('201')).toMatchObject({ talking: 1, ringing: 0 });
  clock.advance(5 * MINUTE);
  tell('c', { type: 'leg.ended', leg: 'a', failure: 'caller-hung-up' });
  // A file may take its time to be finished; the conversation is over.
  expect(of('201')).toEqual({ talking: 0, ringing: 0, lastTalkEnd: clock.now(), answered: 1, talkMs: 5 * MINUTE });
  expect(of('202').answered).toBe(1);
  clock.advance(9_000);
  ends('c');
  expect(of('201')).toMatchObject({ talking: 0, lastTalkEnd: clock.now() - 9_000, answered: 1 });
  expect(world.size).toBe(0);
});

test('a supervisor is on the phone while in a call, and had no conversation', () => {
  const { starts, rings, answers, ends, of, tell } = live();
  starts('c', { number: '202', extension: '202' });
  rings('c', 'b1', '201');
  answers('c', 'b1', { number: '201', extension: '201' });
  const by = { number: '203', extension: '203' };
  tell('c', { type: 'supervisor.joined', by, how: 'listen' });
  tell('c', { type: 'supervisor.joined', by, how: 'barge' });
  expect(of('203').talking).toBe(1);
  tell('c', { type: 'supervisor.left', by, how: 'barge' });
  expect(of('203').talking).toBe(0);
  tell('c', { type: 'supervisor.joined', by, how: 'listen' });
  ends('c');
  expect(of('203')).toMatchObject({ talking: 0, answered: 0 });
});

test('who sends somebody on is on the phone until their leg is gone; whoever waits is all the while', () => {
  const { clock, starts, rings, answers, ends, of, tell, world } = live();
  const BORIS = { number: '202', extension: '202' };
  const ANNA = { number: '201', extension: '201' };
  starts('c', BORIS);
  rings('c', 'b1', '201');
  answers('c', 'b1', ANNA);
  clock.advance(MINUTE);
  // The caller sends the callee on.
  const order = { how: 'blind', by: 'a', byParty: BORIS, remains: 'b1', party: ANNA, to: '203' } as const;
  tell('c', { type: 'transfer.started', ...order });
  expect([of('201').talking, of('202').talking, of('202').answered]).toEqual([1, 1, 1]);
  rings('c', 'b2', '203');
  expect(of('203').ringing).toBe(1);
  answers('c', 'b2', { number: '203', extension: '203' });
  tell('c', { type: 'leg.ended', leg: 'a', failure: 'transferred' });
  expect(['201', '202', '203'].map((each) => of(each).talking)).toEqual([1, 0, 1]);
  clock.advance(MINUTE);
  tell('c', { type: 'leg.ended', leg: 'b2', failure: 'callee-hung-up' });
  expect(['201', '203'].map((each) => [of(each).talking, of(each).talkMs])).toEqual([
    [0, 2 * MINUTE],
    [0, MINUTE],
  ]);
  ends('c');
  expect(world.size).toBe(0);
});

test('who has the call back when nothing came of it talks again', () => {
  const { clock, starts, rings, answers, ends, of, tell } = live();
  const ANNA = { number: '201', extension: '201' };
  starts('c', {});
  rings('c', 'b1', '201');
  answers('c', 'b1', ANNA);
  clock.advance(MINUTE);
  const party = { number: '+79161234567' };
  tell('c', { type: 'transfer.started', how: 'blind', by: 'b1', byParty: ANNA, remains: 'a', party, to: '202' });
  tell('c', { type: 'transfer.failed', by: 'b1', failure: 'callee-busy', returned: true });
  clock.advance(MINUTE);
  ends('c');
  expect(of('201')).toMatchObject({ talking: 0, answered: 2, talkMs: 2 * MINUTE });
});

test('two calls of one employee are two', () => {
  const { starts, rings, ends, of } = live();
  for (const call of ['c', 'd']) {
    starts(call, {});
    rings(call, 'b1', '201');
  }
  expect(of('201').ringing).toBe(2);
  ends('c');
  expect(of('201').ringing).toBe(1);
  ends('d');
  expect(of('201')).toBe(IDLE);
});

test('what was done today is of the day in the domain’s zone', () => {
  const { clock, starts, rings, answers, ends, of } = live();
  starts('c', {});
  rings('c', 'b1', '201');
  answers('c', 'b1', { number: '201', extension: '201' });
  clock.advance(10 * MINUTE);
  ends('c');
  clock.advance(49 * MINUTE + 59_999);
  expect(of('201')).toMatchObject({ answered: 1, talkMs: 10 * MINUTE });
  clock.advance(1);
  expect(of('201')).toMatchObject({ answered: 0, talkMs: 0, lastTalkEnd: EVENING + 10 * MINUTE });
});

test('a PBX is never on the phone: it takes many calls at once', () => {
  const { starts, rings, answers, of } = live();
  starts('c', {});
  rings('c', 'b1', '210');
  answers('c', 'b1', { number: '210', extension: '210' });
  expect(of('210')).toMatchObject({ talking: 0, ringing: 0 });
});

test('who spoke last with a number, of each direction, newest first', () => {
  const { clock, starts, rings, answers, ends, world } = live();
  starts('in', { number: '89161234567' });
  rings('in', 'b1', '201');
  answers('in', 'b1', { number: '201', extension: '201' });
  clock.advance(MINUTE);
  ends('in');
  starts('out', { number: '202', extension: '202' });
  answers('out', 'b1', { number: '+79161234567' });
  clock.advance(MINUTE);
  ends('out');
  expect(world.lastTalks(domain, '+79161234567')).toEqual([
    { extension: '202', endedAt: EVENING + 2 * MINUTE, direction: 'out' },
    { extension: '201', endedAt: EVENING + MINUTE, direction: 'in' },
  ]);
  expect(world.lastTalks(domain, '+79160000000')).toEqual([]);
});

test('a conversation is a group’s where the group rang for it', () => {
  const { clock, tell, starts, rings, answers, ends, world } = live();
  starts('direct', {});
  rings('direct', 'b1', '201');
  answers('direct', 'b1', { number: '201', extension: '201' });
  ends('direct');
  expect(world.lastTalkOf(domain, '600', '201')).toBe(0);
  starts('group', {});
  tell('group', {
    type: 'leg.started',
    leg: 'b1',
    party: { number: '201', extension: '201' },
    flow: 'f',
    group: '600',
  });
  tell('group', {
    type: 'leg.started',
    leg: 'b2',
    party: { number: '202', extension: '202' },
    flow: 'f',
    group: '600',
  });
  answers('group', 'b1', { number: '201', extension: '201' });
  clock.advance(MINUTE);
  ends('group');
  clock.advance(MINUTE);
  expect(world.lastTalkOf(domain, '600', '201')).toBe(EVENING + MINUTE);
  expect(world.lastTalkOf(domain, '600', '202')).toBe(0);
  expect(world.lastTalkOf(domain, '601', '201')).toBe(0);
});

test('of more numbers than are remembered, those that spoke last are known after a start', async () => {
  const { world } = live();
  const talk = (n: number): LastConversation => ({
    ...{ domain: domain.id, extension: '201', direction: 'in', call: 'x' },
    number: `+7916${String(n).padStart(7, '0')}`,
    endedAt: EVENING - n * 1_000,
  });
  await world.restore({
    conversationsSince: async () => Array.from({ length: 200_001 }, (_, n) => talk(n)),
    list: async () => ({ calls: [] }),
  });
  expect(world.lastTalks(domain, talk(0).number)).toHaveLength(1);
  expect(world.lastTalks(domain, talk(200_000).number)).toHaveLength(0);
});

test('who was rung and not spoken with, whom the switch answered, and who hides are no conversation', () => {
  const { starts, rings, answers, ends, world, of } = live();
  starts('missed', {});
  rings('missed', 'b1', '201');
  ends('missed');
  starts('echo', {});
  answers('echo', 'a', { number: '*43' });
  ends('echo');
  starts('hidden', { number: 'anonymous' });
  rings('hidden', 'b1', '201');
  answers('hidden', 'b1', { number: '201', extension: '201' });
  ends('hidden');
  expect(world.lastTalks(domain, '+79161234567')).toEqual([]);
  expect(world.lastTalks(domain, 'anonymous')).toEqual([]);
  expect(of('201').answered).toBe(1);
});

test('a restart loses neither who spoke with whom nor what was done today', async () => {
  const { world, of } = live();
  const talked: LastConversation = {
    domain: domain.id,
    number: '+79161234567',
    extension: '201',
    endedAt: EVENING - 30 * 3_600_000,
    direction: 'in',
    call: 'x',
  };
  const asked: number[] = [];
  const talk = (id: string, to: number) => ({
    id,
    domain: domain.id,
    from: { number: '+79161234567' },
    legs: [
      { leg: 'a', party: { number: '+79161234567' } },
      { leg: 'b1', group: '600', party: { number: '202', extension: '202' } },
    ],
    talks: [{ leg: 'b1', party: { number: '202', extension: '202' }, from: to - MINUTE, to }],
  });
  const pages = [
    { calls: [talk('b', EVENING - MINUTE)], next: { startedAt: 1, id: 'b' } },
    // Of yesterday, by the domain's clock.
    { calls: [talk('a', EVENING - 23 * 3_600_000 - 1)] },
  ];
  await world.restore({
    conversationsSince: async (since) => {
      asked.push(since);
      return [talked];
    },
    list: async () => pages.shift() as never,
  });
  expect(pages).toEqual([]);
  // As long ago as a window may be.
  expect(asked).toEqual([EVENING - 365 * 86_400_000]);
  expect(world.lastTalkOf(domain, '600', '202')).toBe(EVENING - MINUTE);
  expect(world.lastTalks(domain, '+79161234567')).toEqual([
    { extension: '201', endedAt: talked.endedAt, direction: 'in' },
  ]);
  expect(of('201')).toMatchObject({ lastTalkEnd: talked.endedAt, answered: 0 });
  expect(of('202')).toMatchObject({ answered: 1, talkMs: MINUTE, lastTalkEnd: EVENING - MINUTE });
  expect(world.lastCaller(domain, '202')).toEqual({ number: '+79161234567' });
});

test('a store that fails at the start costs that knowledge, and is said', async () => {
  const { world, log } = live();
  await world.restore({
    conversationsSince: async () => {
      throw new Error('disk');
    },
    list: async () => ({ calls: [] }),
  });
  expect(log.events).toEqual(['world.not-restored']);
});

test('what nobody tells is as it ordinarily is; channels are those of the calls', () => {
  const { world } = live();
  expect(world.isTrunkUp(domain, 'itsp')).toBe(true);
  expect(world.responsible(domain, '+79161234567')).toBeUndefined();
  expect(world.cheapestFirst(domain, '+7', ['b', 'a'])).toEqual(['b', 'a']);
  expect(world.channelsInUse(domain, 'trunk', 'itsp')).toBe(3);
  expect(world.isLoggedIn(domain, '600', '201')).toBe(false);
});

test('who called last is whoever rang there last, and can be called back where they showed a number of ours or a public one', () => {
  const { starts, rings, ends, world, tell } = live();
  const last = (extension: string) => world.lastCaller(domain, extension);
  expect(last('201')).toBeUndefined();
  starts('a', { number: '89161234567' });
  rings('a', 'b1', '201');
  ends('a');
  expect(last('201')).toEqual({ number: '+79161234567' });
  starts('b', { number: '202', extension: '202' });
  rings('b', 'b1', '201');
  rings('b', 'b2', '202');
  expect([last('201'), last('202')]).toEqual([{ number: '202' }, undefined]);
  // A short number of a trunk's is nobody of ours, and who hides is not the one before.
  starts('c', { number: '202' });
  rings('c', 'b1', '201');
  expect(last('201')).toEqual({});
  starts('d', { number: 'anonymous' });
  rings('d', 'b1', '202');
  expect(last('202')).toEqual({});
  starts('e', { number: '89161234567' });
  rings('e', 'b1', '201');
  tell('d', { type: 'supervisor.joined', by: { number: '201', extension: '201' }, how: 'listen' });
  starts('f', { number: '201', extension: '201' });
  expect(last('201')).toEqual({ number: '+79161234567' });
});
