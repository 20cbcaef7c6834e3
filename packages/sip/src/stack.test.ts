import type { Endpoint } from '@vats/kernel';
import { FakeClock, SeededRandom } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { TIMED } from './dialog/testing/extended.ts';
import { Recorder } from './dialog/testing/recorder.ts';
import { parseNameAddr } from './message/name-addr.ts';
import { SipStack, type SipStackOptions } from './stack.ts';
import { MemoryNetwork } from './testing/memory-network.ts';
import { MemoryTls } from './testing/memory-tls.ts';
import { upgradeRequest } from './testing/web-socket-client.ts';
import type { TransportName } from './transport/index.ts';

const [OURS, THEIRS] = ['192.0.2.1', '192.0.2.2'];
const at = (address: string, port = 5060): Endpoint => ({ address, port });

function ground() {
  const clock = new FakeClock();
  const net = new MemoryNetwork(clock, { latency: 10 });
  const stack = (address: string, options: SipStackOptions = {}): SipStack =>
    new SipStack({ clock, random: new SeededRandom(Number(address.at(-1))), network: net.host(address), ...options });
  return { clock, net, stack };
}

/** Both stacks have these options; one calls the other over a transport. */
async function calling(options: SipStackOptions, transport: TransportName = 'udp', tls = false) {
  const { clock, net, stack } = ground();
  const secured = (address: string) => (tls ? { tls: new MemoryTls(net.host(address), `IP Address:${address}`) } : {});
  const [ours, theirs] = [OURS, THEIRS].map((address) => stack(address, { ...options, ...secured(address) }));
  await ours!.transport.listen({ transport: 'udp', endpoint: at(OURS) });
  await theirs!.transport.listen({ transport, endpoint: at(THEIRS) });
  const [caller, callee] = [new Recorder(), new Recorder()];
  theirs!.dialogs.outOfDialog = (request, flow) => {
    callee.incoming = theirs!.dialogs.incomingInvite(request, flow, callee);
  };
  const address = (uri: string) => {
    const read = parseNameAddr(`<${uri}>`);
    if (!read.ok) throw new Error(read.error.code);
    return read.value;
  };
  const peer = tls ? { peer: { name: THEIRS, verify: 'strict' as const } } : {};
  ours!.dialogs.outgoingInvite(
    {
      requestUri: `sip:bob@${THEIRS}`,
      from: address(`sip:anna@${OURS}`),
      to: address(`sip:bob@${THEIRS}`),
      target: ours!.transport.flowTo({ transport, endpoint: at(THEIRS), ...peer }),
      sdp: 'offer',
    },
    caller,
  );
  clock.advance(500);
  return { clock, caller, callee, invite: callee.incoming! };
}

test('RFC 3261 §26.3.1: a stack with TLS is called over it', async () => {
  const { clock, caller, invite } = await calling({}, 'tls', true);
  expect(invite.flow.transport).toBe('tls');
  invite.accept({ sdp: 'answer' });
  clock.advance(500);
  expect(caller.events).toContain('answer');
});

test('RFC 7118 §4: pages of the sites that are named open a WebSocket, and no others', async () => {
  const { clock, net, stack } = ground();
  const server = stack(OURS, { origins: ['https://phone.example'] });
  await server.transport.listen({ transport: 'ws', endpoint: at(OURS, 8080) });
  const answerTo = (origin: string): string => {
    let heard = '';
    const stream = net.host(THEIRS).connectTcp(undefined, at(OURS, 8080), {
      onConnected: () => stream.write(upgradeRequest({ Origin: origin })),
      onOctets: (octets) => {
        heard += octets.toString('latin1');
      },
      onEnded: () => {},
      onClosed: () => {},
    });
    clock.advance(500);
    return heard.split('\r\n', 1)[0] ?? '';
  };
  expect(answerTo('https://phone.example')).toBe('HTTP/1.1 101 Switching Protocols');
  expect(answerTo('https://evil.example')).toBe('HTTP/1.1 403 Forbidden');
});

test('RFC 4028 §7.1: a session timer is offered and agreed on', async () => {
  const { clock, caller, invite } = await calling({ sessionTimer: TIMED });
  expect(invite.request.supported).toContain('timer');
  expect(invite.request.list('Allow')).toContain('UPDATE');
  invite.accept({ sdp: 'answer' });
  clock.advance(500);
  expect(caller.session?.sessionTimer).toMatchObject({ expires: 1_800 });
});

test('RFC 3262 §3: a provisional response with an SDP is acknowledged', async () => {
  const { clock, caller, invite } = await calling({ reliable: 'sdp' });
  invite.progress(183, { sdp: 'answer' });
  clock.advance(500);
  expect(caller.earlies.map(({ remoteSdp }) => remoteSdp)).toEqual(['answer']);
  // What was said and acknowledged is not said again.
  invite.accept({ sdp: 'answer' });
  clock.advance(500);
  expect(caller.events).toContain('answer');
  expect(caller.response?.body.length).toBe(0);
  expect(invite.request.list('Allow')).toContain('PRACK');
});

test('without any of it none is spoken of', async () => {
  const { invite } = await calling({});
  expect(invite.request.supported).toEqual([]);
  expect(invite.request.list('Allow')).not.toContain('PRACK');
});

test('RFC 3261 §11.2: OPTIONS within a dialog says what is told', async () => {
  const { clock, caller, callee, invite } = await calling({ answersOptions: [['Accept', 'application/sdp']] });
  invite.accept({ sdp: 'answer' });
  clock.advance(500);
  let accept: string | undefined;
  caller.session?.request(
    'OPTIONS',
    {},
    {
      onResponse: (final) => {
        accept = final.value('Accept');
      },
      onFailure: () => {},
    },
  );
  clock.advance(50);
  callee.respond?.(200);
  clock.advance(500);
  expect(accept).toBe('application/sdp');
});
