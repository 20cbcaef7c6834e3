import { formatEndpoint } from '@vats/kernel';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TransportFailure } from './failure.ts';
import { type End, GROUNDS, type Ground, Pair } from './testing/grounds.ts';
import { bindingRequest } from './testing/stun-request.ts';

describe.each(GROUNDS.filter(([, make]) => make().transport === 'udp'))('%s', (_, makeGround) => {
  let pair: Pair;
  let ground: Ground;
  let here: End;
  let there: End;

  beforeEach(async () => {
    pair = await Pair.on(makeGround());
    ({ ground, here, there } = pair);
  });

  afterEach(async () => expect(await pair.close()).toEqual([]));

  test('more than a datagram takes fails with too-large', async () => {
    const flow = here.flowTo(there.endpoint);
    const failures: TransportFailure[] = [];
    flow.send(Buffer.alloc(70_000, 'x'), (failure) => failures.push(failure));
    await ground.until(() => failures.length > 0);
    expect(failures.map(({ code }) => code)).toEqual(['too-large']);
  });

  test('a response without rport goes to the port of sent-by (RFC 3261 §18.2.2)', async () => {
    const peer = await pair.rawPeer(there.endpoint);
    const via = `SIP/2.0/UDP client.example.com:${here.endpoint.port};branch=z9hG4bKa`;
    const rest = 'From: <sip:a@a>;tag=a\r\nTo: <sip:b@b>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n';
    peer.send(`OPTIONS sip:a SIP/2.0\r\nVia: ${via}\r\n${rest}`);
    await ground.until(() => there.heard.length === 1);
    there.answer(0);
    await ground.until(() => here.heard.length === 1);
    expect(here.heard[0]!.message.value('Via')).toBe(`${via};received=${ground.address}`);
    expect(peer.text()).toBe('');
  });

  test('RFC 5626 §8: a STUN Binding request at the SIP port is answered, and is told as a keep-alive (RFC 5626 §3.5.2)', async () => {
    const kept: string[] = [];
    there.layer.onKeepAlive = ({ observed }) => void kept.push(formatEndpoint(observed));
    const peer = await pair.rawPeer(there.endpoint);
    peer.send(bindingRequest({ id: Buffer.alloc(12, 7) }).toString('latin1'));
    await ground.until(() => peer.text().length > 0);
    expect(Buffer.from(peer.text(), 'latin1').readUInt16BE(0)).toBe(0x0101);
    expect(kept).toHaveLength(1);
    expect(there.layer.counters).toMatchObject({ stun: 1, received: 0, malformed: 0 });
  });

  test('there is no way without a listener of that family', async () => {
    const failures: TransportFailure[] = [];
    const other = ground.address.includes(':') ? '192.0.2.99' : '2001:db8::99';
    const flow = here.layer.flowTo({ transport: 'udp', endpoint: { address: other, port: 5060 } });
    flow.send(Buffer.from('x'), (failure) => failures.push(failure));
    await ground.until(() => failures.length > 0);
    expect(failures.map(({ code }) => code)).toEqual(['unreachable']);
  });
});
