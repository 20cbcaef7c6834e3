import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DatagramSocket, StreamSocket, TransportFailure } from '../transport/index.ts';
import { MemoryNetwork } from './memory-network.ts';
import { describeOctets, matches } from './wire.ts';

const A = { address: '192.0.2.1', port: 5060 };
const B = { address: '192.0.2.2', port: 5060 };

let clock: FakeClock;
let network: MemoryNetwork;
let heard: string[];
let from: DatagramSocket;

beforeEach(async () => {
  clock = new FakeClock();
  network = new MemoryNetwork(clock, { latency: 10 });
  heard = [];
  from = await network.bindUdp(A, { onDatagram: () => {}, onFailure: () => {} });
  const onDatagram = (octets: Buffer): void => void heard.push(`${octets}@${clock.monotonic()}`);
  await network.bindUdp(B, { onDatagram, onFailure: () => {} });
});

function send(...texts: string[]): void {
  for (const text of texts) from.send(Buffer.from(text), B);
}

describe('datagrams', () => {
  test('arrive after the latency, in order', () => {
    send('1', '2');
    clock.advance(9);
    expect(heard).toEqual([]);
    clock.advance(1);
    expect(heard).toEqual(['1@10', '2@10']);
  });

  test('are dropped, delayed, repeated, overtaken as ordered', () => {
    const is = (text: string) => (message: { octets: Buffer }) => message.octets.toString() === text;
    network.dropNext(is('drop'), 2);
    network.delayNext(is('late'), 25);
    network.repeatNext(is('twice'));
    network.overtakeNext(is('held'));
    send('drop', 'late', 'drop', 'twice', 'held', 'last', 'drop');
    clock.advance(100);
    expect(heard).toEqual(['twice@10', 'twice@10', 'last@10', 'held@10', 'drop@10', 'late@35']);
    expect(network.unserved).toBe(0);
    expect(network.wire.length).toBe(7);
  });

  test('orders that met nothing are counted', () => {
    network.dropNext('INVITE', 3);
    expect(network.unserved).toBe(3);
  });

  test('are lost about as often as told', () => {
    network.lose(0.25, new SeededRandom(1));
    for (let i = 0; i < 1_000; i++) send('x');
    clock.advance(10);
    expect(heard.length).toBeGreaterThan(700);
    expect(heard.length).toBeLessThan(800);
  });

  test('to one who vanished, also while they are under way, are lost', () => {
    send('1');
    network.vanish(B.address);
    send('2');
    clock.advance(10);
    network.comeBack(B.address);
    send('3');
    clock.advance(10);
    expect(heard).toEqual(['3@20']);
  });

  test('are copies: what the sender does to its octets later is not seen', () => {
    const octets = Buffer.from('good');
    from.send(octets, B);
    clock.advance(10);
    octets.fill('x');
    expect(heard).toEqual(['good@10']);
  });

  test('of one family do not reach the other', () => {
    const failures: TransportFailure[] = [];
    from.send(Buffer.from('x'), { address: '::1', port: 5060 }, (failure) => failures.push(failure));
    clock.advance(0);
    expect(failures).toEqual([{ code: 'unreachable' }]);
  });
});

describe('hosts', () => {
  test('own their addresses alone', async () => {
    const host = network.host('10.0.0.1');
    const user = { onDatagram: () => {}, onFailure: () => {} };
    await expect(host.bindUdp({ address: '10.0.0.2', port: 1 }, user)).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
    const wildcard = await host.bindUdp({ address: '0.0.0.0', port: 7 }, user);
    wildcard.send(Buffer.from('x'), B);
    expect(network.wire.at(-1)?.from).toEqual({ address: '10.0.0.1', port: 7 });
    expect(host.localAddressTowards('192.0.2.9')).toBe('10.0.0.1');
    expect(host.localAddressTowards('::1')).toBeUndefined();
  });

  test('of the same wildcard and port are told apart by the address', async () => {
    const got: string[] = [];
    for (const address of ['10.0.0.1', '10.0.0.2'] as const) {
      const onDatagram = (): void => void got.push(address);
      await network.host(address).bindUdp({ address: '0.0.0.0', port: 5060 }, { onDatagram, onFailure: () => {} });
    }
    from.send(Buffer.from('x'), { address: '10.0.0.2', port: 5060 });
    clock.advance(10);
    expect(got).toEqual(['10.0.0.2']);
  });

  test('say what they left open', async () => {
    expect(network.leftovers()).toEqual(['udp 192.0.2.1:5060', 'udp 192.0.2.2:5060']);
    await from.close();
    expect(network.leftovers()).toEqual(['udp 192.0.2.2:5060']);
  });
});

describe('streams', () => {
  const got: string[] = [];
  let closed: string[];

  function user(name: string) {
    return {
      onOctets: (octets: Buffer) => void got.push(octets.toString()),
      onEnded: () => void closed.push(`${name} ended`),
      onClosed: ({ code }: TransportFailure) => void closed.push(`${name} ${code}`),
    };
  }

  async function pair(): Promise<{ near: StreamSocket; far: () => StreamSocket }> {
    got.length = 0;
    closed = [];
    const accepted: StreamSocket[] = [];
    const onConnection = (stream: StreamSocket) => {
      accepted.push(stream);
      return user('far');
    };
    await network.listenTcp(B, { onConnection, onFailure: () => {} });
    const near = network.connectTcp(A.address, B, user('near'));
    return { near, far: () => accepted[0]! };
  }

  test('keep their order whatever the latency does, and are cut as told', async () => {
    const { near } = await pair();
    network.cut = (octets) => [octets.subarray(0, 1), octets.subarray(1)];
    near.write(Buffer.from('abc'));
    clock.advance(20);
    network.latency = 1;
    near.write(Buffer.from('def'));
    clock.advance(100);
    expect(got).toEqual(['a', 'bc', 'd', 'ef']);
  });

  test('end in good order when both sides end', async () => {
    const { near, far } = await pair();
    near.write(Buffer.from('x'));
    near.end();
    clock.advance(40);
    expect(closed).toEqual(['far ended']);
    far().end();
    clock.advance(10);
    expect(closed).toEqual(['far ended', 'far closed', 'near ended', 'near closed']);
    expect(got).toEqual(['x']);
  });

  test('break for both where a message is ordered to break them', async () => {
    const { near } = await pair();
    clock.advance(20);
    network.breakNext('octets');
    near.write(Buffer.from('x'));
    clock.advance(20);
    expect(closed.toSorted()).toEqual(['far reset', 'near reset']);
    expect(got).toEqual([]);
  });

  test('are refused as told', async () => {
    network.refuse(B);
    await pair();
    clock.advance(10);
    expect(closed).toEqual(['near refused']);
  });
});

test.each([
  ['INVITE sip:a SIP/2.0\r\n\r\n', 'INVITE'],
  ['SIP/2.0 200 OK\r\nCSEQ :  7  INVITE\r\n\r\n', '200 INVITE'],
  ['SIP/2.0 500 \r\n\r\n', '500'],
  ['\r\n\r\n', 'keep-alive'],
  ['hello', 'octets'],
])('%j is described as %s', (text, description) => {
  expect(describeOctets(Buffer.from(text))).toBe(description);
});

test.each([
  ['200 INVITE', '200 INVITE', true],
  ['200', '200 INVITE', true],
  ['2xx INVITE', '202 INVITE', true],
  ['18x', '183 INVITE', true],
  ['200 BYE', '200 INVITE', false],
  ['4xx', '200 INVITE', false],
  ['INVITE', '200 INVITE', false],
  ['INVITE', 'INVITE', true],
])('%s picks %s: %s', (what, description, yes) => {
  const message = { at: 0, transport: 'udp', from: A, to: B, octets: Buffer.alloc(0), description } as const;
  expect(matches(what, message)).toBe(yes);
});
