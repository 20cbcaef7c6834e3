import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SipRequest, type SipResponse } from '../message/message.ts';
import type { RequestDraft } from '../message/write-message.ts';
import { messageOf, OURS, readMessage, THEIRS, TransactionWire } from '../testing/transaction-wire.ts';
import type { TransportFailure } from '../transport/index.ts';
import type { ClientTransaction, ClientTransactionUser } from './user.ts';

/** Writes down what it is told. */
class Listener implements ClientTransactionUser {
  readonly told: string[] = [];
  readonly responses: SipResponse[] = [];

  onResponse(response: SipResponse): void {
    this.responses.push(response);
    this.told.push(String(response.status));
  }

  onTimeout(): void {
    this.told.push('timeout');
  }

  onTransportError(failure: TransportFailure): void {
    this.told.push(`transport error: ${failure.code}`);
  }

  onTerminated(): void {
    this.told.push('terminated');
  }
}

function draft(method: string, more: Partial<RequestDraft> = {}): RequestDraft {
  return {
    method,
    uri: 'sip:bob@198.51.100.9:5070',
    headers: [
      ['Route', '<sip:edge.example.com;lr>'],
      ['From', '<sip:alice@example.com>;tag=a'],
      ['To', '<sip:bob@example.com>'],
      ['Call-ID', 'c1'],
      ['CSeq', `7 ${method}`],
      ['Contact', '<sip:alice@192.0.2.1>'],
    ],
    ...more,
  };
}

let wire: TransactionWire;
let user: Listener;

function send(method: string): ClientTransaction {
  const transaction = wire.transactions.send(draft(method), wire.flow, user);
  wire.clock.advance(0);
  return transaction;
}

async function over(transport: 'udp' | 'tcp'): Promise<void> {
  wire = await TransactionWire.open(transport);
  user = new Listener();
}

afterEach(() => {
  wire.clock.advance(200_000);
  expect(wire.leftovers()).toEqual([]);
  expect(user.told.filter((word) => word === 'terminated').length).toBeLessThanOrEqual(1);
});

describe('INVITE over UDP', () => {
  beforeEach(() => over('udp'));

  test('Timer A doubles, Timer B gives up (RFC 3261 §17.1.1.2)', () => {
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

  test('the request gets a Via of ours with cookie and rport, and Max-Forwards (RFC 3261 §8.1.1, RFC 3581)', () => {
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

  test('early dialogs of several forks are all told', () => {
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

describe('other requests over UDP', () => {
  beforeEach(() => over('udp'));

  test('Timer E doubles up to T2, Timer F gives up (RFC 3261 §17.1.2.2)', () => {
    send('OPTIONS');
    wire.clock.advance(32_000);
    expect(wire.times('OPTIONS')).toEqual([
      0, 500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500,
    ]);
    expect(user.told).toEqual(['timeout', 'terminated']);
  });

  test('after a provisional response it goes on every T2', () => {
    send('OPTIONS');
    wire.clock.advance(600);
    wire.answer('OPTIONS', { status: 100 });
    wire.clock.advance(31_400);
    expect(wire.times('OPTIONS')).toEqual([0, 500, 1_500, 5_500, 9_500, 13_500, 17_500, 21_500, 25_500, 29_500]);
    expect(user.told).toEqual(['100', 'timeout', 'terminated']);
  });

  test.each([200, 401, 603])('%d ends it, and comes again unheard for T4', (status) => {
    const transaction = send('OPTIONS');
    wire.answer('OPTIONS', { status, toTag: 'b' });
    wire.answer('OPTIONS', { status, toTag: 'b' });
    wire.clock.advance(4_999);
    expect(transaction.state).toBe('completed');
    wire.clock.advance(1);
    expect(user.told).toEqual([String(status), 'terminated']);
    expect(wire.transactions.counters.stray).toBe(0);
    expect(wire.times('OPTIONS')).toEqual([0]);
    expect(wire.heard('ACK')).toEqual([]);
  });

  test('cancel means nothing to it', () => {
    send('OPTIONS').cancel();
    wire.answer('OPTIONS', { status: 100 });
    wire.clock.advance(0);
    expect(wire.heard('CANCEL')).toEqual([]);
  });
});

describe('other requests over TCP', () => {
  beforeEach(() => over('tcp'));

  test('are sent once, and over with their response', () => {
    const transaction = send('OPTIONS');
    wire.clock.advance(20_000);
    wire.answer('OPTIONS', { status: 200, toTag: 'b' });
    expect(transaction.state).toBe('terminated');
    expect(wire.times('OPTIONS')).toEqual([0]);
  });

  test.each(['nothing', '100'])('end with their connection after %s', (before) => {
    send('BYE');
    if (before === '100') wire.answer('BYE', { status: 100 });
    wire.hangUp();
    expect(user.told.at(-2)).toBe('transport error: closed');
  });
});

test('a transaction that is over listens to its connection no more', async () => {
  await over('tcp');
  const { flow } = wire;
  let watching = 0;
  const watched = new Proxy(flow, {
    get(target, name) {
      if (name === 'onClose') {
        watching++;
        return () => () => void watching--;
      }
      const value = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  wire.transactions.send(draft('OPTIONS'), watched, user);
  wire.clock.advance(0);
  expect(watching).toBe(1);
  wire.answer('OPTIONS', { status: 200, toTag: 'b' });
  expect(watching).toBe(0);
});

describe('what the transport cannot carry', () => {
  test.each(['INVITE', 'OPTIONS'])('a refused connection is told about %s, once', async (method) => {
    await over('tcp');
    wire.network.refuse(THEIRS);
    send(method);
    expect(user.told).toEqual(['transport error: refused', 'terminated']);
  });

  test('a flow that is dead already fails in a later turn', async () => {
    await over('udp');
    const dead = wire.transport.flowTo({ transport: 'udp', endpoint: { address: '2001:db8::1', port: 5060 } });
    wire.transactions.send(draft('INVITE'), dead, user);
    expect(user.told).toEqual([]);
    wire.clock.advance(0);
    expect(user.told).toEqual(['transport error: unreachable', 'terminated']);
  });

  test('an ACK is out before its user is told of the failure, and sends more (RFC 3261 §17.1.1.3)', async () => {
    await over('udp');
    const again = Object.assign(new Listener(), { onResponse: () => void send('INVITE') });
    wire.transactions.send(draft('INVITE'), wire.flow, again);
    wire.answer('INVITE', { status: 407, toTag: 'b' });
    expect(wire.heard().map(({ description }) => description)).toEqual(['INVITE', 'ACK', 'INVITE']);
  });

  test('an ACK that cannot be sent ends the transaction (RFC 3261 figure 5)', async () => {
    await over('udp');
    const { flow } = wire;
    send('INVITE');
    const response = wire.responseTo('INVITE', { status: 486, toTag: 'b' });
    await wire.transport.close();
    wire.transactions.onMessage(readMessage(response), flow);
    wire.clock.advance(0);
    expect(user.told).toEqual(['486', 'transport error: closed', 'terminated']);
  });

  test('a socket that is closed between two sendings ends it, and no timer stays', async () => {
    await over('udp');
    send('INVITE');
    send('OPTIONS');
    await wire.transport.close();
    wire.clock.advance(500);
    const both = ['transport error: closed', 'terminated', 'transport error: closed', 'terminated'];
    expect(user.told).toEqual(both);
    expect(wire.leftovers()).toEqual([]);
    user.told.splice(0);
  });

  test('a value that cannot be written throws, and nothing is sent', async () => {
    await over('udp');
    const evil = draft('INVITE', { headers: [['Subject', 'a\r\nRoute: <sip:evil>']] });
    expect(() => wire.transactions.send(evil, wire.flow, user)).toThrow('Subject');
    expect(wire.leftovers()).toEqual([]);
  });
});

describe('CANCEL (RFC 3261 §9.1)', () => {
  beforeEach(() => over('udp'));

  test('is held until a provisional response came', () => {
    const transaction = send('INVITE');
    transaction.cancel([['Reason', 'SIP;cause=200;text="Call completed elsewhere"']]);
    transaction.cancel([['Reason', 'SIP;cause=999']]);
    wire.clock.advance(700);
    expect(wire.heard('CANCEL')).toEqual([]);
    expect(wire.times('INVITE')).toEqual([0, 500]);
    wire.answer('INVITE', { status: 100 });
    expect(wire.times('CANCEL')).toEqual([700]);
    const cancel = messageOf(wire.heard('CANCEL')[0]);
    expect(cancel instanceof SipRequest && cancel.requestUriText).toBe('sip:bob@198.51.100.9:5070');
    expect(cancel.lines().map(({ name, value }) => `${name}: ${value}`)).toEqual([
      `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=${transaction.branch};rport`,
      'Max-Forwards: 70',
      'Route: <sip:edge.example.com;lr>',
      'From: <sip:alice@example.com>;tag=a',
      'To: <sip:bob@example.com>',
      'Call-ID: c1',
      'CSeq: 7 CANCEL',
      'Reason: SIP;cause=200;text="Call completed elsewhere"',
      'Content-Length: 0',
    ]);
    wire.answer('CANCEL', { status: 200, toTag: 'b' });
    wire.answer('INVITE', { status: 487, toTag: 'b' });
    expect(user.told).toEqual(['100', '487']);
    expect(wire.heard('ACK').length).toBe(1);
  });

  test('goes out at once when it rings, and is repeated until it is answered', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 180, toTag: 'b' });
    transaction.cancel();
    transaction.cancel();
    wire.clock.advance(1_600);
    expect(wire.times('CANCEL')).toEqual([0, 500, 1_500]);
    wire.answer('CANCEL', { status: 200, toTag: 'b' });
    wire.clock.advance(10_000);
    expect(wire.times('CANCEL').length).toBe(3);
    wire.answer('INVITE', { status: 487, toTag: 'b' });
    expect(user.told).toEqual(['180', '487']);
  });

  test('is not sent after a final response', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 200, toTag: 'b' });
    transaction.cancel();
    wire.clock.advance(1_000);
    expect(wire.heard('CANCEL')).toEqual([]);
  });

  test('is not sent when the final response is the first', () => {
    const transaction = send('INVITE');
    transaction.cancel();
    wire.answer('INVITE', { status: 486, toTag: 'b' });
    expect(wire.heard('CANCEL')).toEqual([]);
    expect(user.told).toEqual(['486']);
  });

  test('a 2xx that crosses it is told', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 180, toTag: 'b' });
    transaction.cancel();
    wire.answer('INVITE', { status: 200, toTag: 'b' });
    wire.answer('CANCEL', { status: 481, toTag: 'b' });
    wire.answer('INVITE', { status: 200, toTag: 'b' });
    expect(user.told).toEqual(['180', '200', '200']);
  });

  test('without any final response the INVITE is over 64*T1 later', () => {
    const transaction = send('INVITE');
    wire.answer('INVITE', { status: 180, toTag: 'b' });
    wire.clock.advance(60_000);
    transaction.cancel();
    wire.answer('CANCEL', { status: 200, toTag: 'b' });
    wire.clock.advance(20_000);
    wire.answer('INVITE', { status: 180, toTag: 'b' });
    wire.clock.advance(11_999);
    expect(transaction.state).toBe('cancelling');
    wire.clock.advance(1);
    expect(user.told).toEqual(['180', '180', 'timeout', 'terminated']);
  });

  test('held for good when nobody is there: Timer B ends it', () => {
    send('INVITE').cancel();
    wire.clock.advance(32_000);
    expect(user.told).toEqual(['timeout', 'terminated']);
    expect(wire.heard('CANCEL')).toEqual([]);
  });
});

describe('responses are matched by branch and CSeq method (RFC 3261 §17.1.3)', () => {
  beforeEach(() => over('udp'));

  function response(branch: string, method: string, more: { status?: number; lines?: string[] } = {}): string {
    const { status = 200, lines = [] } = more;
    return [
      `SIP/2.0 ${status} Whatever`,
      `Via: SIP/2.0/UDP 192.0.2.1:5060;branch=${branch}`,
      'From: <sip:alice@example.com>;tag=a',
      'To: <sip:bob@example.com>;tag=b',
      'Call-ID: c1',
      `CSeq: 7 ${method}`,
      ...lines,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n');
  }

  test('another branch or method is a stray one', () => {
    const strays: number[] = [];
    wire.transactions.user = {
      onRequest: () => {},
      onAck: () => {},
      onStrayResponse: ({ status }) => void strays.push(status),
    };
    const { branch } = send('INVITE');
    wire.inject(response(`${branch}x`, 'INVITE'));
    wire.inject(response(branch, 'OPTIONS'));
    wire.inject(response(branch, 'CANCEL'));
    expect(user.told).toEqual([]);
    expect(strays).toEqual([200, 200, 200]);
    wire.inject(response(branch, 'INVITE'));
    expect(user.told).toEqual(['200']);
  });

  test('two Vias are not for us (RFC 3261 §8.1.3.3)', () => {
    const { branch } = send('INVITE');
    wire.inject(response(branch, 'INVITE', { lines: ['Via: SIP/2.0/UDP 203.0.113.1;branch=z9hG4bKother'] }));
    expect(user.told).toEqual([]);
    expect(wire.transactions.counters.unusable).toBe(1);
  });

  test('one that cannot be believed is dropped, unless it is a failure', () => {
    const { branch } = send('INVITE');
    wire.inject(response(branch, 'INVITE', { lines: ['Record-Route: ;;'] }));
    expect(user.told).toEqual([]);
    wire.inject(response(branch, 'INVITE', { status: 500, lines: ['Record-Route: ;;'] }));
    expect(user.told).toEqual(['500']);
    expect(wire.heard('ACK').length).toBe(1);
  });

  test('without branch or readable CSeq it is unusable', () => {
    const { branch } = send('OPTIONS');
    wire.inject(response(branch, 'OPTIONS').replace(`;branch=${branch}`, ''));
    wire.inject(response(branch, 'OPTIONS').replace('CSeq: 7 ', 'CSeq: x '));
    expect(wire.transactions.counters.unusable).toBe(2);
    expect(user.told).toEqual([]);
  });
});

test('a user that throws costs its call, not the transaction', async () => {
  await over('udp');
  const bad: ClientTransactionUser = {
    onResponse() {
      throw new Error('a bug');
    },
    onTimeout: () => {},
    onTransportError: () => {},
  };
  const transaction = wire.transactions.send(draft('INVITE'), wire.flow, bad);
  wire.clock.advance(0);
  wire.answer('INVITE', { status: 486, toTag: 'b' });
  expect(transaction.state).toBe('completed');
  expect(wire.transactions.counters.userFaults).toBe(1);
  expect(wire.log.events).toContain('transaction.user-failed');
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

test('close ends everything at once', async () => {
  await over('udp');
  send('INVITE');
  send('OPTIONS');
  wire.transactions.close();
  expect(wire.leftovers()).toEqual([]);
  expect(user.told).toEqual(['terminated', 'terminated']);
  user.told.pop();
});
