import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { PHONES, SWITCH } from '../cast.ts';
import type { PhoneCall } from '../phone/phone-call.ts';
import type { VirtualPhone } from '../phone/virtual-phone.ts';
import { AFTERMATH_MS, limitedTo, World } from '../world.ts';

const ROLES = ['alice', 'bob', 'bobMobile', 'carol'] as const;
const TIME_LIMIT_MS = 600_000;
const ACTS = 120;

type Random = SeededRandom;

function pick<T>(random: Random, from: readonly T[]): T | undefined {
  return from.length === 0 ? undefined : from[random.below(from.length)];
}

/** What a person, or a faulty phone, might do to a call at any moment. */
const ACTS_ON_A_CALL: readonly ((call: PhoneCall, random: Random) => void)[] = [
  (call) => call.respond(180),
  (call) => call.respond(183, { sdp: call.sdp() }),
  (call) => call.respond(180, { fork: 'other' }),
  (call) => call.respond(200),
  (call) => call.respond(200),
  (call) => call.respond(200, { fork: 'other' }),
  (call) => call.respond(200, { sdp: null }),
  (call) => call.respond(200, { sdp: 'nonsense' }),
  (call, random) => call.respond(300 + random.below(400)),
  (call) => call.repeatFinal(),
  (call) => call.cancel(),
  (call) => call.ack(),
  (call) => call.bye(),
  (call) => call.bye(),
  (call) => call.invite({ sdp: call.sdp({ direction: 'sendonly' }) }),
  (call) => call.invite({ sdp: call.sdp({ direction: 'sendrecv' }) }),
  (call) => call.invite({ sdp: null }),
  (call) => call.invite({ sdp: call.sdp({ port: 0 }) }),
  (call) => call.request('INFO', { body: 'x' }),
  (call) => call.request('MESSAGE', { cseq: 1 }),
  (call) => call.request('UPDATE'),
  (call) => call.request('REFER'),
  (call, random) => refer(call, pick(random, NUMBERS) ?? ''),
  (call, random) => refer(call, pick(random, NUMBERS) ?? ''),
  (call, random) => refer(call, pick(random, NUMBERS) ?? '', [['Refer-Sub', 'false']]),
];

const NUMBERS = ['201', '202', '203', '299', '*43'];

/** Sends the other side on: to a number, or to whom another of the phone's calls has. */
function refer(call: PhoneCall, number: string, more: [string, string][] = [], replaces = ''): void {
  call.request('REFER', { headers: [['Refer-To', `<sip:${number}@${SWITCH.address}${replaces}>`], ...more] });
}

/** Puts one of a phone's calls through to another, or comes into a call of another phone. */
function joinsAtRandom(world: World, phone: VirtualPhone, random: Random): void {
  const call = pick(random, phone.calls.slice(-3));
  const whose = random.below(3) === 0 ? world.actors[pick(random, ROLES) ?? 'alice'].phone : phone;
  const other = pick(random, whose.calls.slice(-3));
  if (call === undefined || other === undefined) return;
  const { callId, localTag, remoteTag } = other;
  const replaces = `${callId};to-tag=${remoteTag};from-tag=${localTag}`;
  if (random.below(4) > 0) refer(call, '202', [], `?Replaces=${encodeURIComponent(replaces)}`);
  else phone.dial('202', { headers: [['Replaces', replaces]] });
}

/** What a phone might do beside calling. */
const ACTS_OF_A_PHONE: readonly ((phone: VirtualPhone, random: Random) => void)[] = [
  (phone) => phone.register(),
  (phone) => phone.register({ expires: 60 }),
  (phone) => phone.register({ expires: 0 }),
  (phone) => phone.register({ contact: '*', expires: 0 }),
  (phone) => phone.wire.hangUp(),
  (phone) => phone.request('OPTIONS'),
  (phone) => phone.request('SUBSCRIBE', { headers: [['Event', 'presence']] }),
  (phone, random) => {
    phone.codecs = [pick(random, CODECS) ?? '', pick(random, CODECS) ?? '', '101 telephone-event/8000'];
  },
];

const CODECS = ['8 PCMA/8000', '0 PCMU/8000', '9 G722/8000', '96 opus/48000/2'];

/** What may befall the switch. */
const MISHAPS: readonly ((world: World, random: Random) => void)[] = [
  ({ media }, random) => pick(random, open(media))?.emit({ kind: 'silence', milliseconds: 60_000 }),
  ({ media }, random) => pick(random, open(media))?.emit({ kind: 'hold-expired', milliseconds: 1_800_000 }),
  ({ network }) => network.repeatNext(() => true, 2),
  ({ network }) => network.overtakeNext(() => true),
  ({ network }, random) => network.delayNext(() => true, random.below(40_000)),
  ({ network }, random) => network.breakStreams(pick(random, [SWITCH.address, PHONES.carol.local.address]) ?? ''),
];

function open(media: World['media']) {
  return media.calls.filter((call) => !call.ended);
}

function actsAtRandom(world: World, phone: VirtualPhone, random: Random): void {
  phone.manners.acknowledges = random.below(10) > 0;
  phone.manners.yieldsToCancel = random.below(10) > 0;
  phone.manners.replies.BYE = [200, 200, 481, undefined][random.below(4)];
  phone.manners.replies.INFO = [200, 200, 415, 481, undefined][random.below(5)];
  if (random.below(12) === 0) {
    pick(random, ACTS_OF_A_PHONE)?.(phone, random);
    return;
  }
  if (random.below(10) === 0) {
    joinsAtRandom(world, phone, random);
    return;
  }
  const call = pick(random, phone.calls.slice(-3));
  if (call === undefined || random.below(6) === 0) {
    const offer = random.below(4) === 0 ? { sdp: null } : {};
    phone.dial(pick(random, ['201', '202', '203', '299', '*43']) ?? '', offer);
    return;
  }
  try {
    pick(random, ACTS_ON_A_CALL)?.(call, random);
  } catch {
    // The phone has nothing to do it to: nobody does anything.
  }
}

/** Whatever phones and network do: every call ends once, no fault of ours is logged, nothing is left over. */
test.each(Array.from({ length: 24 }, (_, seed) => seed))('chaos %i', async (seed) => {
  const world = await World.open({ cast: ROLES, latency: 5, settings: limitedTo({ timeLimit: TIME_LIMIT_MS }) });
  const random = new SeededRandom(seed + 1);
  world.network.lose(seed % 3 === 0 ? 0.1 : 0, new SeededRandom(seed));
  for (let act = 0; act < ACTS; act++) {
    const role = pick(random, ROLES) ?? 'alice';
    actsAtRandom(world, world.actors[role].phone, random);
    if (random.below(20) === 0) pick(random, MISHAPS)?.(world, random);
    // What it stores it stores in a later turn.
    if (random.below(8) === 0) await world.stage.eventually(() => false, 2);
    world.passes(random.below(4) === 0 ? random.below(20_000) : random.below(30));
  }
  world.passes(TIME_LIMIT_MS + 2 * AFTERMATH_MS);
  await world.stage.eventually(() => world.leftovers().length === 0);

  expect(world.leftovers(), world.stage.ladder()).toEqual([]);
  const calls = new Set(world.events.map(({ call }) => call));
  expect(calls.size).toBeGreaterThan(3);
  for (const call of calls) {
    const types = world.events.filter((event) => event.call === call).map(({ type }) => type);
    expect(types.indexOf('call.ended'), `${call}: ${types}`).toBe(types.length - 1);
  }
  expect(world.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  await world.close();
});
