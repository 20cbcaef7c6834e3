import { SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import type { Actor } from '../actor.ts';
import type { PhoneCall } from '../phone/phone-call.ts';
import { goodManners } from '../phone/phone-settings.ts';
import { readSdp } from '../phone/sdp-text.ts';
import { AFTERMATH_MS, World } from '../world.ts';
import { end, talk } from './acts.ts';

const ACTS = 40;

/** What two phones in a call might do to each other, short of hanging up. */
const ACTS_WITHIN: readonly ((call: PhoneCall, random: SeededRandom) => void)[] = [
  (call) => call.invite({ sdp: call.sdp({ direction: 'sendonly' }) }),
  (call) => call.invite({ sdp: call.sdp({ direction: 'sendrecv' }) }),
  (call) => call.invite({ sdp: call.sdp({ codecs: ['0 PCMU/8000', '101 telephone-event/8000'] }) }),
  (call) => call.invite({ sdp: call.sdp({ codecs: ['97 iLBC/8000'] }) }),
  (call) => call.invite({ sdp: call.localSdp ?? null }),
  (call) => call.invite({ sdp: null }),
  (call) => call.respond(100),
  (call) => call.respond(180),
  (call) => call.respond(200),
  (call) => call.respond(200),
  (call) => call.respond(200),
  (call) => call.respond(200, { sdp: null }),
  (call) => call.respond(200, { sdp: call.localSdp ?? null }),
  (call) => call.respond(488),
  (call) => call.respond(491),
  (call) => call.respond(500),
  (call) => call.repeatFinal(),
  (call) => call.cancel(),
  (call) => call.ack(),
  (call) => call.request('INFO', { body: 'x' }),
];

function quarrels({ phone, call }: Actor, random: SeededRandom): void {
  phone.manners.acknowledges = random.below(8) > 0;
  phone.manners.yieldsToCancel = random.below(8) > 0;
  try {
    ACTS_WITHIN[random.below(ACTS_WITHIN.length)]?.(call, random);
  } catch {
    // There is nothing to answer or acknowledge just now.
  }
}

/** Longer than a re-INVITE that nobody answers takes, and one that waits behind it. */
const SECONDS_TO_MAKE_UP = 120;

/** Minds its manners again, and answers what it was asked. */
function makesUp({ phone, call }: Actor): void {
  Object.assign(phone.manners, goodManners());
  if (call.received?.answered === undefined && call.received !== undefined && !call.ended) call.respond(200);
}

const isUp = ({ call }: Actor): boolean => !call.ended;

/** However two phones quarrel about their session: when they have made it up, and the call still stands, it works. */
test.each(Array.from({ length: 24 }, (_, seed) => seed))('quarrel %i', async (seed) => {
  const random = new SeededRandom(seed + 1);
  const world = await World.open({ latency: seed % 2 === 0 ? 0 : 5 });
  const { alice, bob } = world.actors;
  talk(alice, bob);

  for (let act = 0; act < ACTS && isUp(alice) && isUp(bob); act++) {
    quarrels(random.below(2) === 0 ? alice : bob, random);
    world.passes(random.below(5) === 0 ? random.below(5_000) : random.below(15));
  }
  for (let second = 0; second < SECONDS_TO_MAKE_UP; second++) {
    makesUp(alice);
    makesUp(bob);
    world.passes(1_000);
  }
  forget(alice);
  forget(bob);

  if (isUp(alice) && isUp(bob)) {
    alice.holds();
    bob.answers();
    alice.hears('200 INVITE');
    bob.expects('ACK');
    expect(readSdp(bob.call.remoteSdp ?? '').direction).toBe('sendonly');
    bob.resumes();
    alice.answers();
    bob.hears('200 INVITE');
    alice.expects('ACK');
    end(alice, bob);
  }
  world.passes(AFTERMATH_MS);
  await world.stage.eventually(() => world.endings().length === 1);
  expect(world.endings(), world.stage.ladder()).toHaveLength(1);
  expect(world.leftovers()).toEqual([]);
  expect(world.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  await world.close();
});

function forget({ phone }: Actor): void {
  phone.inbox.requests.length = 0;
  phone.inbox.responses.length = 0;
}
