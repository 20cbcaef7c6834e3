/**
 * Makes calls, so many at once, and says how long it took until each was answered:
 * `node packages/sip/examples/load-generator.ts 127.0.0.1:5060 [calls] [atOnce]`. A callee must answer by itself; examples/answer-a-call.ts
 * does.
 */
import { parseEndpoint } from '@vats/kernel';
import { NameAddr, type OutgoingInviteUser, type SessionUser, SipStack, SipUri } from '@vats/sip';
import { sessionOf } from './sound.ts';

const [server = '', calls = '100', atOnce = '10'] = process.argv.slice(2);
const read = parseEndpoint(server);
if (!read.ok) {
  console.error('want SERVER:PORT [CALLS] [AT ONCE], as in 127.0.0.1:5060 1000 20');
  process.exit(2);
}
const callee = read.value;

const stack = new SipStack({ userAgent: 'load-generator' });
const listener = await stack.transport.listen({ transport: 'udp', endpoint: { address: '127.0.0.1', port: 0 } });
const target = stack.transport.flowTo({ transport: 'udp', endpoint: callee });
const from = NameAddr.of({
  uri: SipUri.of({ user: 'load', host: listener.endpoint.address, port: listener.endpoint.port }),
});
const to = NameAddr.of({ uri: SipUri.of({ user: 'callee', host: callee.address, port: callee.port }) });
const sdp = sessionOf(listener.endpoint, 40_004);

/** Milliseconds from INVITE to 200, of each call that was answered. */
const waits: number[] = [];
let toMake = Number(calls);
let underWay = 0;
let failed = 0;

next();

function next(): void {
  while (underWay < Number(atOnce) && toMake > 0) {
    toMake--;
    underWay++;
    call();
  }
  if (underWay === 0) finish();
}

function call(): void {
  const began = stack.clock.monotonic();
  const caller: OutgoingInviteUser & SessionUser = {
    onProgress: () => {},
    onAnswer: (_response, session) => {
      waits.push(stack.clock.monotonic() - began);
      session.bye();
      ended();
      return caller;
    },
    onFailure: () => {
      failed++;
      ended();
    },
    onAck: () => {},
    onReinvite: (reinvite) => reinvite.reject(488),
    onRequest: (_request, respond) => respond(200),
    onEnd: () => {},
  };
  stack.dialogs.outgoingInvite({ requestUri: String(to.uri), from, to, target, sdp }, caller);
}

function ended(): void {
  underWay--;
  next();
}

function finish(): void {
  waits.sort((one, other) => one - other);
  const part = (share: number) => (waits[Math.floor((waits.length - 1) * share)] ?? Number.NaN).toFixed(1);
  console.log(
    `${waits.length} answered, ${failed} failed; ms to the answer: median ${part(0.5)}, 99 of 100 ${part(0.99)}`,
  );
  process.exitCode = failed > 0 ? 1 : 0;
  // The last BYEs wait for their answers.
  void stack.close();
}
