import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { SWITCH } from '../cast.ts';
import type { PhoneCall } from '../phone/phone-call.ts';
import type { VirtualPhone } from '../phone/virtual-phone.ts';
import { AFTERMATH_MS, World } from '../world.ts';
import { replacesOf } from './transfer-acts.ts';

const ROLES = ['alice', 'bob', 'carol', 'eve'] as const;
const NUMBERS = ['201', '202', '203', '205', '299', '*43', '700'];
const ACTS = 60;

function pick<T>(random: SeededRandom, from: readonly T[]): T | undefined {
  return from.length === 0 ? undefined : from[random.below(from.length)];
}

/** Calls of the phone that are up. */
function up({ calls }: VirtualPhone): PhoneCall[] {
  return calls.filter(({ ended, sent, received }) => {
    const [out, into] = [sent?.final?.status, received?.answered?.status];
    return !ended && ((out ?? 0) === 200 || (into ?? 0) === 200);
  });
}

/** What a person may do: pick up, decline, dial, hold, resume, send on, put through, hang up. */
function acts(phone: VirtualPhone, random: SeededRandom): void {
  const rings = phone.calls.find(({ ended, received }) => !ended && received !== undefined && !received.answered);
  if (rings !== undefined) {
    rings.respond(pick(random, [180, 200, 200, 200, 200, 486]) ?? 200);
    return;
  }
  const calls = up(phone);
  const call = pick(random, calls);
  const number = pick(random, NUMBERS) ?? '';
  const refer = (of: PhoneCall, to: string): void => of.request('REFER', { headers: [['Refer-To', `<sip:${to}>`]] });
  switch (call === undefined ? 0 : random.below(9)) {
    case 0:
    case 1:
      if (phone.calls.filter(({ ended }) => !ended).length < 3) phone.dial(number);
      return;
    case 2:
      call!.invite({ sdp: call!.sdp({ direction: 'sendonly' }) });
      return;
    case 3:
      call!.invite({ sdp: call!.sdp({ direction: 'sendrecv' }) });
      return;
    case 4:
    case 5:
      refer(call!, `${number}@${SWITCH.address}`);
      return;
    case 6:
    case 7: {
      const other = calls.find((each) => each !== call);
      if (other !== undefined) refer(call!, `202@${SWITCH.address}?Replaces=${replacesOf(other)}`);
      return;
    }
    default:
      call!.bye();
  }
}

let [begun, succeeded, attended] = [0, 0, 0];

/** Whatever people do to each other: every call ends once, each story is whole, nothing is logged as a fault, nothing is left over. */
test.each(Array.from({ length: 30 }, (_, seed) => seed))('transfers at random %i', async (seed) => {
  const world = await World.open({
    cast: ROLES,
    latency: seed % 2 === 0 ? 0 : 15,
    pbx: 'recording: { mode: all }\nconferences: [{ extension: "700", name: Weekly }]',
  });
  const random = new SeededRandom(seed + 77);
  for (let act = 0; act < ACTS; act++) {
    acts(world.actors[pick(random, ROLES) ?? 'alice'].phone, random);
    world.passes(random.below(3) === 0 ? random.below(2_000) : random.below(60));
  }
  for (let turn = 0; turn < 3; turn++) {
    for (const role of ROLES) {
      for (const call of world.actors[role].phone.calls) {
        if (!call.ended && call.received !== undefined && !call.received.answered) call.respond(486);
        else if (!call.ended && call.remoteTag !== undefined) call.bye();
      }
    }
    world.passes(AFTERMATH_MS);
  }
  world.passes(200_000);
  await world.stage.eventually(() => world.leftovers().length === 0);

  expect(world.leftovers(), world.stage.ladder()).toEqual([]);
  for (const call of new Set(world.events.map((event) => event.call))) {
    const types = world.events.filter((event) => event.call === call).map(({ type }) => type);
    expect(types.indexOf('call.ended'), `${call}: ${types}`).toBe(types.length - 1);
    const of = (type: string): number => types.filter((each) => each === type).length;
    // Each one comes to one end, unless its call ends first.
    expect(of('transfer.started') - of('transfer.succeeded') - of('transfer.failed')).toBeOneOf([0, 1]);
    begun += of('transfer.started');
    succeeded += of('transfer.succeeded');
    attended += of('transfer.joined');
  }
  expect(world.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  await world.close();
});

test('these were transfers of all kinds', () => {
  expect([begun > 40, succeeded > 15, attended > 3], `${begun} ${succeeded} ${attended}`).toEqual([true, true, true]);
});
