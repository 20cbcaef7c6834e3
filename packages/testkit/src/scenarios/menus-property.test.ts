import { type DecisionAnswer, recordOf, replay } from '@vats/calls';
import { SeededRandom } from '@vats/kernel/testing';
import type { CollectEnd } from '@vats/media';
import type { FakeMediaCall } from '@vats/media/testing';
import { expect, test } from 'vitest';
import type { VirtualPhone } from '../phone/virtual-phone.ts';
import { AFTERMATH_MS, World } from '../world.ts';
import { COMPANY, pbxUser } from './company.ts';

const ACTS = 150;
/** Few, so that a key is often one of the menu's. */
const KEYS = [...'129*'];
const PROMPTS = ['main-menu', 'wrong-choice', 'nothing-chosen', 'greeting', 'none-such'];
const PIN = '904817';

function pick<T>(random: SeededRandom, from: readonly T[]): T {
  return from[random.below(from.length)]!;
}

const maybe = (random: SeededRandom, one: number): boolean => random.below(one) === 0;

/** A step as a company could write it, with menus in it up to so many levels. */
function step(random: SeededRandom, depth: number): object {
  const plain = [
    { ring: '201' },
    { ring: { to: ['202', '201'], order: 'in-turn', ring: '5s' } },
    { ring: '600' },
    { conference: '700' },
    { play: 'greeting' },
    { say: 'caller' },
    { prefix: 'Sales: ' },
    { goto: 'night' },
    { decide: { url: 'https://crm.example/', ...(maybe(random, 2) && { otherwise: { ring: '202' } }) } },
    { hangup: 'busy' },
  ];
  return depth > 0 && maybe(random, 2) ? { menu: menu(random, depth) } : pick(random, plain);
}

function rule(random: SeededRandom, depth: number): object {
  return {
    ...(maybe(random, 2) && { prompt: pick(random, PROMPTS) }),
    ...(maybe(random, 2) && { next: maybe(random, 2) ? 'repeat' : step(random, depth) }),
  };
}

function menu(random: SeededRandom, depth: number): object {
  const keys = [...new Set(Array.from({ length: random.below(5) }, () => pick(random, KEYS)))];
  return {
    prompt: pick(random, PROMPTS),
    keys: Object.fromEntries(keys.map((key) => [key, step(random, depth - 1)])),
    ...(maybe(random, 2) && { pins: Object.fromEntries(keys.slice(0, 1).map((key) => [key, PIN])) }),
    ...(maybe(random, 2) && { extension: pick(random, [true, ['20x', '700']]) }),
    ...(maybe(random, 2) && { repeat: 1 + random.below(3) }),
    ...(maybe(random, 4) && { bargeIn: false }),
    ...(maybe(random, 2) && { noKey: rule(random, depth - 1) }),
    ...(maybe(random, 2) && { wrongKey: rule(random, depth - 1) }),
    ...(maybe(random, 2) && { otherwise: step(random, depth - 1) }),
  };
}

function pbxOf(random: SeededRandom): string {
  const open = [{ menu: menu(random, 4) }, ...Array.from({ length: random.below(3) }, () => step(random, 2))];
  const schemes = [
    { name: 'main', open },
    { name: 'night', open: [step(random, 1)] },
  ];
  const company = COMPANY.replace('channels: 10, to: "201"', 'channels: 10, scheme: main');
  return `${company}schemes: ${JSON.stringify(schemes)}\nconferences: [{ extension: "700", name: Weekly, pin: "${PIN}" }]\n`;
}

/** What the media plane may tell of what was ordered last, in time or late: keys, their end, the end of what is played. */
function tells(media: FakeMediaCall, random: SeededRandom): void {
  const collect = media.commands.findLast((command) => command.do === 'collect');
  const play = media.commands.findLast((command) => command.do === 'play');
  if (play !== undefined && maybe(random, 3)) {
    const why = pick(random, ['ended', 'ended', 'stopped', 'failed'] as const);
    media.emit({ kind: 'played', leg: 'a', play: play.order.id, why, playedMs: random.below(5_000) });
    return;
  }
  if (collect === undefined) return;
  const { id: order, tells: tellsEach = false } = collect.order;
  // A menu has ended by the first key that means nothing there; only a PIN is asked for as a whole.
  const asked = tellsEach ? ['201', '202', '700', ...KEYS, ...KEYS, '', ''] : [PIN, '1111', '2222', ''];
  const digits = pick(random, asked);
  if (tellsEach && digits !== '' && maybe(random, 2)) {
    // A storm: each key by itself, more of them than mean anything.
    for (let length = 1; length <= digits.length; length++) {
      media.emit({ kind: 'key', leg: 'a', collect: order, digits: digits.slice(0, length) });
    }
    return;
  }
  const ends: CollectEnd[] = digits === '' ? ['nothing', 'stopped'] : ['complete', 'terminator', 'time-out', 'stopped'];
  media.emit({ kind: 'collected', leg: 'a', collect: order, digits, why: pick(random, ends) });
}

/** What a service may answer. */
const ANSWERS: readonly DecisionAnswer[] = [
  { ok: true, text: '{ "ring": "201" }' },
  { ok: true, text: '{ "menu": { "prompt": "main-menu", "keys": { "1": { "ring": "202" } }, "extension": true } }' },
  { ok: true, text: '{ "ring": "itsp" }' },
  { ok: true, text: 'of course' },
  { ok: false, why: 'ECONNREFUSED' },
];

/** What the caller may do beside that, and what those who are rung may. */
function acts(world: World, random: SeededRandom, asked: ((answer: DecisionAnswer) => void)[]): void {
  const { itsp, alice, bob } = world.actors;
  const call = itsp.phone.calls.find(({ ended, sent }) => !ended && sent !== undefined);
  switch (random.below(13)) {
    case 12:
      // An answer may come after its time as well.
      (maybe(random, 3) ? asked.at(-1) : asked.pop())?.(pick(random, ANSWERS));
      return;
    case 0:
    case 1:
      if (call === undefined) itsp.phone.dial('84951234567');
      return;
    case 2:
      if (call?.remoteTag !== undefined && maybe(random, 3)) call.bye();
      return;
    case 3: {
      if (call?.remoteTag === undefined) return;
      const codecs = [
        pick(random, ['8 PCMA/8000']),
        pick(random, ['101 telephone-event/8000', '96 telephone-event/8000']),
      ];
      call.invite({ sdp: call.sdp({ codecs, direction: pick(random, ['sendrecv', 'sendonly']) }) });
      return;
    }
    case 4:
    case 5:
      rung(pick(random, [alice, bob]).phone)?.respond(pick(random, [180, 200, 486, 486]));
      return;
    default: {
      const media = world.media.calls.findLast(({ ended }) => !ended);
      if (media !== undefined) tells(media, random);
    }
  }
}

const rung = ({ calls }: VirtualPhone) =>
  calls.find(({ ended, received }) => !ended && received !== undefined && !received.answered);

/** What the calls met, to see that they met enough. */
const met = new Map<string, number>();

/** Whatever a caller does in whatever menus: each call ends once, its plan is made again from its record, nothing is left over or told. */
test.each(Array.from({ length: 40 }, (_, seed) => seed))('menus at random %i', async (seed) => {
  const random = new SeededRandom(seed + 7_000);
  const asked: ((answer: DecisionAnswer) => void)[] = [];
  const world = await World.open({
    cast: ['itsp', 'alice', 'bob'].filter((role) => role !== 'itsp') as ['alice', 'bob'],
    users: pbxUser(),
    pbx: pbxOf(random),
    latency: seed % 2 === 0 ? 0 : 15,
    decide: (_, __, answered) => {
      asked.push(answered);
      return () => {};
    },
  });
  for (let act = 0; act < ACTS; act++) {
    acts(world, random, asked);
    world.passes(maybe(random, 4) ? random.below(3_000) : random.below(60));
  }
  const { itsp, alice, bob } = world.actors;
  for (let turn = 0; turn < 3; turn++) {
    for (const { phone } of [itsp, alice, bob]) {
      for (const call of phone.calls) {
        if (!call.ended && call.received !== undefined && !call.received.answered) call.respond(486);
        else if (!call.ended && call.remoteTag !== undefined) call.bye();
      }
    }
    world.passes(AFTERMATH_MS);
  }
  world.passes(200_000);
  await world.stage.eventually(() => world.leftovers().length === 0);

  expect(world.leftovers(), world.stage.ladder()).toEqual([]);
  for (const id of new Set(world.events.map((event) => event.call))) {
    const events = world.events.filter((event) => event.call === id);
    const types = events.map(({ type }) => type);
    expect(types.indexOf('call.ended'), `${id}: ${types}`).toBe(types.length - 1);
    expect(replay(recordOf(events)!, world.running.model.directory), id).toMatchObject({ verdict: 'same' });
    for (const event of events) {
      const what = event.type === 'menu.answered' ? event.outcome.replace(/ .*/, '') : event.type;
      met.set(what, (met.get(what) ?? 0) + 1);
    }
  }
  expect(JSON.stringify([world.events, world.log.lines])).not.toContain(PIN);
  expect(world.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  await world.close();
});

test('these callers did all that can be done', () => {
  const few = [
    'key',
    'dialled',
    'no-key',
    'wrong-key',
    'wrong-pin',
    'not-played',
    'call.answered',
    'leg.held',
    'decision.made',
    'decision.failed',
  ].filter((what) => (met.get(what) ?? 0) < 2);
  expect(few, JSON.stringify([...met])).toEqual([]);
});
