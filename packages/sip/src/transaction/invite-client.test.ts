import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SipRequest } from '../message/message.ts';
import { messageOf, OURS } from '../testing/transaction-wire.ts';
import { draft, over, send, user, wire } from './testing/client-side.ts';

afterEach(() => {
  wire.clock.advance(200_000);
  expect(wire.leftovers()).toEqual([]);
  expect(user.told.filter((word) => word === 'terminated').length).toBeLessThanOrEqual(1);
});

describe('INVITE over UDP', () => {
  beforeEach(() => over('udp'));

  test('Timer A doubles, Timer B gives up (RFC 3261 §17.1.1.1, §17.1.1.2)', () => {
    const transaction = send('INVITE');
    wire.clock.advance(31_999);
    expect(wire.times('INVITE')).toEqual([0, 500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    expect(transaction.state).toBe('calling');
    wire.clock.advance(1);
    expect(user.told).toEqual(['timeout', 'terminated']);
    expect(transaction.state).toBe('terminated');
  });

  test('every sending uses the same octets', () => {
    send('INVITE');
    wire.clock.advance(10_000);
    const buffers = new Set(wire.heard('INVITE').map(({ octets }) => octets));
    expect(buffers.size).toBe(1);
    wire.answer('INVITE', { status: 486, toTag: 'b' });
  });

  test('the request gets a Via of ours with cookie and rport, and Max-Forwards (RFC 3261 §8.1.1, RFC 3581, RFC 3261 §8.1.1.6)', () => {
    const transaction = send('INVITE');
    const request = messageOf(wire.heard('INVITE')[0]);
    const via = `SIP/2.0/UDP ${OURS.address}:${OURS.port};branch=${transaction.branch};rport`;
    expect(request.values('Via')).toEqual([via]);
    expect(transaction.branch).toMatch(/^z9hG4bK[a-z0-9]{16}$/);
    expect(request.values('Max-Forwards')).toEqual(['70']);
    wire.answer('INVITE', { status: 486, toTag: 'b' });
  });

  test('a Max-Forwards of the draft stays', () => {
    const headers = [...draft('OPTIONS').headers, ['max-forwards', '5'] as const];
    wire.transactions.send(draft('OPTIONS', { headers }), wire.flow, user);
    wire.clock.advance(0);
    expect(messageOf(wire.heard('OPTIONS')[0]).values('Max-Forwards')).toEqual(['5']);
  });

  test('a provisional response stops the repetition, and nothing limits the ringing', () => {
    const transaction = send('INVITE');
    wire.clock.advance(600);
    wire.answer('INVITE', { status: 100 });
    wire.answer('INVITE', { status: 180, toTag: 'b' });
    wire.clock.advance(3_600_000);
    expect(wire.times('INVITE')).toEqual([0, 500]);
    expect(transaction.state).toBe('proceeding');
    expect(wire.ledger.counts()['transaction timers']).toBe(0);
    wire.answer('INVITE', { status: 486, toTag: 'b' });
    expect(user.told).toEqual(['100', '180', '486']);
  });

  test('a failure is acknowledged each time it comes, and told once (RFC 3261 §17.1.1.3)', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 486, toTag: 'b' });
    wire.clock.advance(500);
    wire.answer('INVITE', { status: 486, toTag: 'b' });
    wire.answer('INVITE', { status: 180, toTag: 'b' });
    wire.answer('INVITE', { status: 200, toTag: 'b' });
    expect(wire.times('ACK')).toEqual([0, 500]);
    const [first, second] = wire.heard('ACK');
    expect(second!.octets).toBe(first!.octets);
    expect(transaction.state).toBe('completed');
    wire.clock.advance(31_500);
    // The 2xx is another fork's: whoever has it ring must be told (RFC 3261 §16.7, §13.2.2.4).
    expect(user.told).toEqual(['486', '200', 'terminated']);
  });

  test('that ACK is built of the INVITE and the To of the response', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 404, toTag: 'bee' });
    const ack = messageOf(wire.heard('ACK')[0]);
    expect(ack instanceof SipRequest && ack.requestUriText).toBe('sip:bob@198.51.100.9:5070');
    expect(ack.lines().map(({ name, value }) => `${name}: ${value}`)).toEqual([
      `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=${transaction.branch};rport`,
      'Max-Forwards: 70',
      'Route: <sip:edge.example.com;lr>',
      'From: <sip:alice@example.com>;tag=a',
      'To: <sip:bob@example.com>;tag=bee',
      'Call-ID: c1',
      'CSeq: 7 ACK',
      'Content-Length: 0',
    ]);
  });

  test('every 2xx is told for 64*T1, and none acknowledged here (RFC 6026 §7.2)', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 200, toTag: 'fork1' });
    wire.answer('INVITE', { status: 200, toTag: 'fork2' });
    wire.clock.advance(31_000);
    wire.answer('INVITE', { status: 200, toTag: 'fork1' });
    wire.answer('INVITE', { status: 486, toTag: 'fork3' });
    expect(transaction.state).toBe('accepted');
    wire.clock.advance(1_000);
    expect(user.told).toEqual(['200', '200', '200', 'terminated']);
    expect(user.responses.map(({ toTag }) => toTag)).toEqual(['fork1', 'fork2', 'fork1']);
    expect(wire.heard('ACK')).toEqual([]);
    wire.answer('INVITE', { status: 200, toTag: 'fork1' });
    expect(wire.transactions.counters.stray).toBe(1);
  });

  test('early dialogs of several forks are all told (RFC 3261 §13.2.2.1)', () => {
    send('INVITE');
    for (const toTag of ['x', 'y', 'z']) wire.answer('INVITE', { status: 180, toTag });
    wire.answer('INVITE', { status: 603, toTag: 'z' });
    expect(user.responses.map(({ toTag }) => toTag)).toEqual(['x', 'y', 'z', 'z']);
  });
});

describe('INVITE over TCP', () => {
  beforeEach(() => over('tcp'));

  test('is sent once, and Timer B gives up', () => {
    send('INVITE');
    wire.clock.advance(32_000);
    expect(wire.times('INVITE')).toEqual([0]);
    expect(user.told).toEqual(['timeout', 'terminated']);
  });

  test('is over with its ACK: Timer D is 0', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 486, toTag: 'b' });
    expect(transaction.state).toBe('terminated');
    expect(user.told).toEqual(['486', 'terminated']);
    wire.clock.advance(0);
    expect(wire.heard('ACK').length).toBe(1);
  });

  test('a connection that goes before any response ends it (RFC 3261 §17.1.4)', () => {
    send('INVITE');
    wire.hangUp();
    expect(user.told).toEqual(['transport error: closed', 'terminated']);
  });

  test('one that goes while it rings does not: the response may come on another', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 180, toTag: 'b' });
    wire.hangUp();
    expect(transaction.state).toBe('proceeding');
    wire.answer('INVITE', { status: 200, toTag: 'b' });
    expect(user.told).toEqual(['180', '200']);
  });
});

test('the ACK of a 2xx has a branch of its own, and its octets are answered (RFC 3261 §13.2.2.4)', async () => {
  await over('udp');
  const octets = wire.transactions.sendAck(draft('ACK'), wire.flow);
  wire.transactions.sendAck(draft('ACK'), wire.flow);
  const [first, second] = wire.heard('ACK').map(messageOf);
  expect(wire.heard('ACK')[0]!.octets).toBe(octets);
  const branches = [first, second].map((ack) => ack?.topVia.ok && ack.topVia.value.branch);
  expect(branches[0]).toMatch(/^z9hG4bK/);
  expect(branches[0]).not.toBe(branches[1]);
});
