import { expect, test } from 'vitest';
import { calling } from './testing/our-invite.ts';
import { RawPeer } from './testing/raw-peer.ts';
import { Recorder } from './testing/recorder.ts';
import { PHONE, SWITCH, world } from './testing/world.ts';
import type { OutgoingInviteOptions } from './user.ts';

const T1 = 500;

test.each([
  [302, 'failure 302 response'],
  [408, 'failure 408 response'],
  [486, 'failure 486 response'],
  [499, 'failure 499 response'],
  [603, 'failure 603 response'],
])('%i (RFC 3261 §13.2.2.2 and §13.2.2.3)', async (status, event) => {
  const { at, clock, phone, user, received } = await calling();
  phone.respond(received, 183, { tag: 'b1', sdp: 'early' });
  phone.respond(received, status, { tag: 'b1' });
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 183 b1', event]);
  expect(phone.count('ACK')).toBe(1);
  expect(at.dialogs.size).toBe(0);
  expect(at.leftovers()).toEqual([]);
});

test('nobody answers: 408 after 64*T1 (RFC 3261 §8.1.3.1)', async () => {
  const { at, clock, user, phone } = await calling();
  clock.advance(64 * T1);
  expect(user.heard()).toEqual(['failure 408 timeout']);
  expect(phone.count('INVITE')).toBe(7);
  expect(at.leftovers()).toEqual([]);
});

test('no connection: 503, in a later turn (RFC 3261 §8.1.3.1, §18.4)', async () => {
  const at = await world();
  const user = new Recorder();
  at.call(user, { sdp: 'offer', target: () => at.flowTo({ address: '10.0.0.9', port: 5060 }, 'tcp') });
  expect(user.heard()).toEqual([]);
  at.clock.advance(100);
  expect(user.heard()).toEqual(['failure 503 transport']);
  expect(at.leftovers()).toEqual([]);
});

test('a flow that is closed already: 503, in a later turn', async () => {
  const at = await world();
  const phone = RawPeer.overTcp(at.net.host(PHONE.address), PHONE, SWITCH);
  phone.send('OPTIONS');
  let flow: OutgoingInviteOptions['target'] | undefined;
  at.dialogs.outOfDialog = (_, from) => {
    flow = from;
  };
  at.clock.advance(100);
  phone.hangUp();
  at.clock.advance(100);
  const user = new Recorder();
  if (flow !== undefined) at.call(user, { sdp: 'offer', target: flow });
  expect(user.heard()).toEqual([]);
  at.clock.advance(100);
  expect(user.heard()).toEqual(['failure 503 transport']);
  expect(at.leftovers()).toEqual([]);
});

test('a user that fails at its answer leaves no call behind', async () => {
  const { at, clock, phone, user, received } = await calling();
  user.whenAnswered = () => {
    throw new Error('bug');
  };
  phone.respond(received, 200, { tag: 'b1', sdp: 'answer' });
  clock.advance(50);
  expect(phone.heard.slice(-2)).toEqual(['ACK', 'BYE']);
  phone.respond(phone.request('BYE'), 200);
  expect(at.leftovers()).toEqual([expect.stringContaining('Error: bug')]);
});
