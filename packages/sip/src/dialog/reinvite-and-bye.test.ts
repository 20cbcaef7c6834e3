import { describe, expect, test } from 'vitest';
import { weCalled } from './testing/calls.ts';
import { offering } from './testing/our-offer.ts';
import { Recorder } from './testing/recorder.ts';
import { world } from './testing/world.ts';

describe('BYE and re-INVITE', () => {
  test('their BYE meets our re-INVITE: the late 2xx still gets its ACK (RFC 5407 §3.2.3)', async () => {
    const call = await weCalled();
    const { at, user } = call;
    const { received } = offering(call);
    at.phone.respond(received, 100);
    at.phone.send('BYE');
    at.clock.advance(50);
    expect(user.heard()).toEqual(['end remote-bye']);
    at.phone.respond(received, 200, { sdp: 'held' });
    at.clock.advance(50);
    at.phone.respond(received, 200, { sdp: 'held' });
    at.clock.advance(50);
    expect(at.phone.count('ACK')).toBe(2);
    expect(user.heard()).toEqual([]);
    expect(at.leftovers()).toEqual([]);
  });

  test('our BYE meets our re-INVITE: 487, or nothing at all', async () => {
    for (const answers of [true, false]) {
      const call = await weCalled();
      const { at, user, session } = call;
      const { received } = offering(call);
      at.phone.respond(received, 100);
      at.clock.advance(50);
      session.bye();
      at.clock.advance(50);
      if (answers) {
        at.phone.respond(at.phone.request('BYE'), 200);
        at.phone.respond(received, 487);
        at.clock.advance(50);
      }
      expect(at.leftovers()).toEqual([]);
      expect(user.heard()).toEqual([]);
    }
  });

  test('our BYE meets their re-INVITE: it gets 487', async () => {
    const call = await weCalled();
    const { at, user, session } = call;
    at.phone.send('INVITE', { sdp: 'hold' });
    at.clock.advance(50);
    session.bye();
    at.clock.advance(50);
    expect(at.phone.heard.slice(-2)).toEqual(['487 INVITE', 'BYE']);
    user.reinvite?.answer({ sdp: 'too late' });
    at.phone.respond(at.phone.request('BYE'), 200);
    expect(at.leftovers()).toEqual([]);
    expect(at.phone.count('200 INVITE')).toBe(0);
  });

  test('RFC 5407 §3.2.2: a re-INVITE behind our BYE is 481', async () => {
    const call = await weCalled();
    const { at, user, session } = call;
    session.bye();
    at.phone.send('INVITE', { sdp: 'hold' });
    at.clock.advance(50);
    expect(at.phone.heard.sort()).toEqual(['481 INVITE', 'BYE']);
    at.phone.respond(at.phone.request('BYE'), 200);
    expect(at.leftovers()).toEqual([]);
    expect(user.heard()).toEqual([]);
  });

  test('our BYE before the ACK of their re-INVITE goes at once', async () => {
    const call = await weCalled();
    const { at, user, session } = call;
    at.phone.send('INVITE', { sdp: 'hold' });
    at.clock.advance(50);
    user.reinvite?.answer({ sdp: 'held' });
    session.bye();
    at.clock.advance(50);
    at.phone.respond(at.phone.request('BYE'), 200);
    at.clock.advance(10_000);
    expect(at.phone.count('200 INVITE')).toBe(1);
    expect(at.leftovers()).toEqual([]);
  });

  test('their BYE meets their own re-INVITE: it gets 487', async () => {
    const call = await weCalled();
    const { at, user } = call;
    at.phone.send('INVITE', { sdp: 'hold' });
    at.phone.send('BYE');
    at.clock.advance(50);
    expect(user.heard()).toEqual(['reinvite hold', 'end remote-bye']);
    expect(at.phone.heard.sort()).toEqual(['200 BYE', '487 INVITE']);
    user.reinvite?.answer({ sdp: 'too late' });
    expect(at.leftovers()).toEqual([]);
  });
});

test('a lost dialog whose first 2xx waits for its ACK: told at once, BYE after the ACK', async () => {
  const at = await world();
  const user = new Recorder();
  at.answerBy(user);
  at.phone.invite({ sdp: 'offer' });
  at.clock.advance(50);
  const session = user.incoming!.accept({ sdp: 'ours' });
  at.clock.advance(50);
  at.phone.join(at.phone.response(200));
  session.request('INFO', {}, { onResponse: () => {}, onFailure: () => {} });
  at.clock.advance(50);
  at.phone.respond(at.phone.request('INFO'), 481);
  at.clock.advance(50);
  expect(user.heard()).toEqual(['invite', 'end dialog-error']);
  expect(at.phone.count('BYE')).toBe(0);
  at.phone.send('ACK');
  at.clock.advance(50);
  expect(at.phone.count('BYE')).toBe(1);
  at.phone.respond(at.phone.request('BYE'), 200);
  expect(user.heard()).toEqual([]);
  expect(at.leftovers()).toEqual([]);
});
