import { expect, test } from 'vitest';
import { answered, calling, hangUp } from './testing/our-invite.ts';

test('forks: the first 2xx wins, later ones get ACK and BYE', async () => {
  const { at, clock, phone, user, received, dialogs } = await calling();
  for (const tag of ['b1', 'b2', 'b3']) phone.respond(received, 180, { tag, contact: `sip:${tag}@10.0.0.2` });
  clock.advance(50);
  expect(user.heard()).toEqual(['progress 180 b1', 'progress 180 b2', 'progress 180 b3']);
  expect(dialogs.size).toBe(3);
  phone.respond(received, 200, { tag: 'b2', contact: 'sip:b2@10.0.0.2', sdp: 'two' });
  phone.respond(received, 200, { tag: 'b1', contact: 'sip:b1@10.0.0.2', sdp: 'one' });
  phone.respond(received, 200, { tag: 'b9', contact: 'sip:b9@10.0.0.2', sdp: 'nine' });
  clock.advance(50);
  expect(user.heard()).toEqual(['answer']);
  expect(user.session?.dialog).toMatchObject({ remoteTag: 'b2', remoteTarget: 'sip:b2@10.0.0.2' });
  expect(dialogs.size).toBe(1);
  const acks = phone.received.filter((each) => each.kind === 'request' && each.method === 'ACK');
  expect(acks.map((ack) => ack.toTag)).toEqual(['b2', 'b1', 'b9']);
  const byes = phone.received.filter((each) => each.kind === 'request' && each.method === 'BYE');
  expect(byes.map((bye) => bye.toTag)).toEqual(['b1', 'b9']);
  expect(byes[0]?.value('Reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
  // The BYE to b1 is lost to it: it repeats its 2xx and gets its ACK again, no second BYE.
  phone.respond(received, 200, { tag: 'b1', contact: 'sip:b1@10.0.0.2', sdp: 'one' });
  clock.advance(50);
  expect(phone.count('ACK')).toBe(4);
  for (const bye of byes) if (bye.kind === 'request') phone.respond(bye, 200);
  phone.joinAsCallee(received, 'b2');
  await hangUp(phone, at);
  expect(user.heard()).toEqual(['end remote-bye']);
  expect(at.leftovers()).toEqual([]);
});

test('a late fork repeats its 2xx longer than our transaction lives, and gets its ACK', async () => {
  const { at, clock, phone, received, dialogs } = await answered();
  const late = () => {
    phone.respond(received, 200, { tag: 'b2', sdp: 'two' });
    clock.advance(50);
  };
  clock.advance(20_000);
  late();
  phone.respond(phone.request('BYE'), 200);
  clock.advance(20_000);
  expect(at.transactions.counters.stray).toBe(0);
  late();
  expect(dialogs.counters).toMatchObject({ ackedAgain: 1, strayResponses: 0 });
  expect(phone.count('ACK')).toBe(3);
  clock.advance(20_000);
  late();
  phone.respond(received, 487, { tag: 'b2' });
  clock.advance(50);
  expect(dialogs.counters).toMatchObject({ ackedAgain: 1, strayResponses: 2 });
  expect(phone.count('ACK')).toBe(3);
  await hangUp(phone, at);
  expect(at.leftovers()).toEqual([]);
});

test('a callee that answers a thousand times over does not make us talk without end', async () => {
  const { at, clock, phone, received } = await calling();
  for (let fork = 0; fork < 100; fork++) phone.respond(received, 180, { tag: `b${fork}` });
  clock.advance(50);
  expect(at.dialogs.size).toBe(32);
  for (let fork = 0; fork < 100; fork++) phone.respond(received, 200, { tag: `b${fork}`, sdp: 'answer' });
  clock.advance(50);
  expect(phone.count('ACK')).toBe(33);
  phone.joinAsCallee(received, 'b0');
  await hangUp(phone, at);
  expect(at.leftovers()).toEqual([]);
});
