import { describe, expect, test } from 'vitest';
import { endOf, phoneCalled, weCalled } from './testing/calls.ts';
import { offering } from './testing/our-offer.ts';

describe('glare (RFC 3261 §14.1, §14.2)', () => {
  test.each([
    ['we own the Call-ID: 2.1 to 4 s', weCalled, 2_100, 4_000],
    ['the peer owns it: 0 to 2 s', phoneCalled, 0, 2_000],
  ])('ours met 491, %s', async (_, make, least, most) => {
    const call = await make();
    const { at, user, session } = call;
    const { received } = offering(call);
    at.phone.send('INVITE', { sdp: 'theirs' });
    at.clock.advance(50);
    expect(at.phone.count('491 INVITE')).toBe(1);
    at.phone.respond(received, 491);
    at.clock.advance(10);
    const refused = at.clock.monotonic();
    expect(session).toMatchObject({ inviteInProgress: 'none', offerAnswer: 'stable' });
    while (at.phone.distinct('INVITE') < 2) at.clock.advance(10);
    const waited = at.clock.monotonic() - refused;
    expect(waited).toBeGreaterThanOrEqual(least);
    expect(waited).toBeLessThanOrEqual(most + 10);
    const again = at.phone.request('INVITE');
    expect(again.body.toString()).toBe('hold');
    expect(again.value('CSeq')).not.toBe(received.value('CSeq'));
    at.phone.respond(again, 200, { sdp: 'held' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite answered']);
    expect(endOf(call)).toEqual([]);
  });

  test('theirs comes while ours backs off, and goes first (RFC 5407 §3.3.1)', async () => {
    const call = await weCalled();
    const { at, user } = call;
    const { received } = offering(call);
    at.phone.respond(received, 491);
    at.clock.advance(50);
    at.phone.send('INVITE', { sdp: 'theirs' });
    at.clock.advance(5_000);
    expect(user.heard()).toEqual(['reinvite theirs']);
    expect(at.phone.count('INVITE')).toBe(1);
    user.reinvite?.answer({ sdp: 'answer' });
    at.clock.advance(50);
    at.phone.send('ACK');
    at.clock.advance(50);
    expect(at.phone.count('INVITE')).toBe(2);
    at.phone.respond(at.phone.request('INVITE'), 200, { sdp: 'held' });
    at.clock.advance(50);
    expect(user.heard()).toEqual(['ack', 'reinvite answered']);
    expect(endOf(call)).toEqual([]);
  });

  test('a peer that says 491 for ever is given up', async () => {
    const call = await weCalled();
    const { at, user } = call;
    call.session.reinvite({ sdp: 'hold' }, user);
    for (let round = 0; round < 20; round++) {
      at.clock.advance(4_100);
      if (at.phone.heard.at(-1) === 'INVITE') at.phone.respond(at.phone.request('INVITE'), 491);
    }
    expect(user.heard()).toEqual(['reinvite failed 491']);
    expect(at.phone.distinct('INVITE')).toBe(6);
    expect(endOf(call)).toEqual([]);
  });

  test('who wants the 491 gets it', async () => {
    const call = await weCalled();
    const { at, user } = call;
    const { received } = offering(call, { sdp: 'hold', retryGlare: false });
    at.phone.respond(received, 491);
    at.clock.advance(5_000);
    expect(user.heard()).toEqual(['reinvite failed 491']);
    expect(endOf(call)).toEqual([]);
  });

  test('taken back on its way, it is not tried again', async () => {
    const call = await weCalled();
    const { at, user } = call;
    const { received, reinvite } = offering(call);
    at.phone.respond(received, 100);
    at.clock.advance(50);
    reinvite.cancel();
    at.phone.respond(received, 491);
    at.clock.advance(5_000);
    expect(user.heard()).toEqual(['reinvite failed 491']);
    expect(at.phone.distinct('INVITE')).toBe(1);
    expect(endOf(call)).toEqual([]);
  });

  test('taken back while it backs off', async () => {
    const call = await weCalled();
    const { at, user } = call;
    const { received, reinvite } = offering(call);
    at.phone.respond(received, 491);
    at.clock.advance(50);
    reinvite.cancel();
    reinvite.cancel();
    at.clock.advance(10_000);
    expect(user.heard()).toEqual(['reinvite failed 487']);
    expect(at.phone.count('INVITE')).toBe(1);
    expect(endOf(call)).toEqual([]);
  });
});
