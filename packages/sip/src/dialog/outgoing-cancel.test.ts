import { expect, test } from 'vitest';
import { answered, calling, hangUp } from './testing/our-invite.ts';
import { Recorder } from './testing/recorder.ts';
import { world } from './testing/world.ts';

const T1 = 500;

test.each([
  ['before anything came back', false],
  ['after a 100', true],
])('cancelled %s', async (_, tried) => {
  const { at, clock, phone, user, received, invite } = await calling();
  if (tried) phone.respond(received, 100);
  clock.advance(50);
  invite.cancel([['Reason', 'SIP;cause=200']]);
  invite.cancel();
  clock.advance(200);
  expect(phone.count('CANCEL')).toBe(tried ? 1 : 0);
  if (!tried) phone.respond(received, 180, { tag: 'b1' });
  clock.advance(50);
  const cancel = phone.request('CANCEL');
  expect(cancel.value('CSeq')).toBe('1 CANCEL');
  expect(cancel.value('Reason')).toBe('SIP;cause=200');
  expect(cancel.value('Via')).toBe(received.value('Via'));
  expect(user.heard()).toEqual([]);
  phone.respond(cancel, 200, { tag: 'b1' });
  phone.respond(received, 487, { tag: 'b1' });
  clock.advance(50);
  expect(user.heard()).toEqual(['failure 487 cancelled']);
  expect(phone.count('ACK')).toBe(1);
  expect(at.leftovers()).toEqual([]);
  expect(user.heard()).toEqual([]);
});

test('cancelled in the turn in which it was sent', async () => {
  const at = await world();
  const { clock, phone } = at;
  const user = new Recorder();
  at.call(user, { sdp: 'offer' }).cancel();
  clock.advance(50);
  expect(phone.heard).toEqual(['INVITE']);
  phone.respond(phone.request('INVITE'), 100);
  clock.advance(50);
  phone.respond(phone.request('CANCEL'), 200);
  phone.respond(phone.request('INVITE'), 487, { tag: 'b1' });
  clock.advance(50);
  expect(user.heard()).toEqual(['failure 487 cancelled']);
  expect(at.leftovers()).toEqual([]);
});

test('cancelled, and nobody ever answers: one failure, by the time of the INVITE', async () => {
  const { at, clock, user, invite, phone } = await calling();
  invite.cancel();
  clock.advance(64 * T1);
  expect(user.heard()).toEqual(['failure 487 cancelled']);
  expect(phone.count('CANCEL')).toBe(0);
  expect(at.leftovers()).toEqual([]);
});

test('cancelled, and no final response comes: given up after 64*T1 (RFC 3261 §9.1)', async () => {
  const { at, clock, phone, user, received, invite } = await calling();
  phone.respond(received, 180, { tag: 'b1' });
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 180 b1']);
  invite.cancel();
  clock.advance(50);
  phone.respond(phone.request('CANCEL'), 200);
  clock.advance(64 * T1 - 200);
  expect(user.heard()).toEqual([]);
  clock.advance(400);
  expect(user.heard()).toEqual(['failure 487 cancelled']);
  expect(at.leftovers()).toEqual([]);
});

test('the 487 is lost and repeated', async () => {
  const { at, clock, net, phone, user, received, invite } = await calling();
  phone.respond(received, 180, { tag: 'b1' });
  clock.advance(50);
  invite.cancel();
  clock.advance(50);
  net.dropNext('487 INVITE');
  phone.respond(received, 487, { tag: 'b1' });
  clock.advance(500);
  phone.respond(received, 487, { tag: 'b1' });
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 180 b1', 'failure 487 cancelled']);
  phone.respond(received, 487, { tag: 'b1' });
  clock.advance(50);
  expect(phone.count('ACK')).toBe(2);
  expect(at.leftovers()).toEqual([]);
  expect(user.heard()).toEqual([]);
});

test('the 2xx crosses the CANCEL: ACK, BYE, cancelled once', async () => {
  const { at, clock, phone, user, received, invite } = await calling();
  phone.respond(received, 180, { tag: 'b1' });
  clock.advance(50);
  user.heard();
  invite.cancel([['Reason', 'SIP;cause=480']]);
  phone.respond(received, 200, { tag: 'b1', sdp: 'answer' });
  clock.advance(50);
  expect(user.heard()).toEqual(['failure 487 cancelled']);
  expect(phone.heard.filter((what) => what !== 'CANCEL')).toEqual(['INVITE', 'ACK', 'BYE']);
  expect(phone.request('BYE').value('Reason')).toBe('SIP;cause=480');
  phone.respond(phone.request('CANCEL'), 481);
  phone.respond(phone.request('BYE'), 200);
  phone.respond(received, 200, { tag: 'b2', sdp: 'answer' });
  phone.respond(received, 200, { tag: 'b1', sdp: 'answer' });
  clock.advance(50);
  expect(phone.count('ACK')).toBe(3);
  expect(phone.count('BYE')).toBe(2);
  phone.respond(phone.request('BYE'), 200);
  expect(at.leftovers()).toEqual([]);
  expect(user.heard()).toEqual([]);
});

test('another final response crosses the CANCEL', async () => {
  const { at, clock, phone, user, received, invite } = await calling();
  phone.respond(received, 180, { tag: 'b1' });
  clock.advance(50);
  invite.cancel();
  phone.respond(received, 486, { tag: 'b1' });
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 180 b1', 'failure 487 cancelled']);
  expect(user.response?.status).toBe(486);
  expect(at.leftovers()).toEqual([]);
});

test('after its end an INVITE cannot be cancelled', async () => {
  const { at, clock, phone, invite } = await answered();
  invite.cancel();
  clock.advance(100);
  expect(phone.count('CANCEL')).toBe(0);
  await hangUp(phone, at);
  expect(at.leftovers()).toEqual([]);
});
