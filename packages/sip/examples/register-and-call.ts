/**
 * Registers and calls: `node packages/sip/examples/register-and-call.ts 127.0.0.1:5060 201 password 202`. It shows a challenge its
 * password, calls, hangs up when the callee has answered, takes its binding away, and ends.
 */
import { type Endpoint, parseEndpoint } from '@vats/kernel';
import {
  DigestClient,
  type Flow,
  formatHostPort,
  type HeaderField,
  type OutgoingInviteUser,
  parseNameAddr,
  type SessionUser,
  SipStack,
  sendAuthenticated,
} from '@vats/sip';
import { sessionOf } from './sound.ts';

const [server = '', user = '', password = '', callee = ''] = process.argv.slice(2);
const read = parseEndpoint(server);
if (!read.ok || callee === '') {
  console.error('want SERVER:PORT USER PASSWORD CALLEE, as in 127.0.0.1:5060 201 secret 202');
  process.exit(2);
}
const registrar = read.value;

const stack = new SipStack({ userAgent: 'register-and-call' });
const listener = await stack.transport.listen({ transport: 'udp', endpoint: { address: '127.0.0.1', port: 0 } });
const flow = stack.transport.flowTo({ transport: 'udp', endpoint: registrar });
const domain = formatHostPort(registrar.address, registrar.port);
const credentials = new DigestClient({
  username: user,
  password,
  random: stack.random,
  isPeer: (far) => isServer(far),
});
/** One Call-ID for all REGISTERs, and rising CSeq numbers (RFC 3261 §10.2). */
const callId = stack.random.token(20);
let seq = 1;

register(300, () => call());

/** @param expires in seconds; 0 takes the binding away */
function register(expires: number, then: () => void): void {
  const { host, port } = stack.transport.sentBy(flow);
  const headers: HeaderField[] = [
    ['From', `<sip:${user}@${domain}>;tag=${stack.random.token(10)}`],
    ['To', `<sip:${user}@${domain}>`],
    ['Call-ID', callId],
    ['CSeq', `${seq} REGISTER`],
    ['Contact', `<sip:${user}@${formatHostPort(host, port)}>`],
    ['Expires', String(expires)],
  ];
  sendAuthenticated(
    stack.transactions,
    { draft: { method: 'REGISTER', uri: `sip:${domain}`, headers }, flow },
    credentials,
    {
      onFinal: ({ status, reason }, report) => {
        seq = report.seq + 1;
        console.log(`REGISTER: ${status} ${reason}`);
        if (status === 200) then();
        else end(1);
      },
      onTimeout: () => end(1, 'REGISTER: no answer'),
      onTransportError: ({ code }) => end(1, `REGISTER: ${code}`),
    },
  );
}

function call(): void {
  const caller: OutgoingInviteUser & SessionUser = {
    onProgress: ({ status }) => console.log(`INVITE: ${status}`),
    onAnswer: ({ status }, session) => {
      console.log(`INVITE: ${status}; hanging up`);
      session.bye();
      register(0, () => end(0));
      return caller;
    },
    onFailure: ({ status, cause }) => end(1, `INVITE: ${status} (${cause})`),
    onAck: () => {},
    onReinvite: (reinvite) => reinvite.reject(488),
    onRequest: (_request, respond) => respond(200),
    onEnd: () => {},
  };
  const sdp = sessionOf(listener.endpoint, 40_002);
  const target: Flow = flow;
  stack.dialogs.outgoingInvite(
    { requestUri: `sip:${callee}@${domain}`, from: address(user), to: address(callee), target, sdp, credentials },
    caller,
  );
}

function address(name: string) {
  const parsed = parseNameAddr(`<sip:${name}@${domain}>`);
  if (!parsed.ok) throw new Error(`${name} cannot stand in an address`);
  return parsed.value;
}

function isServer({ address: far, port }: Endpoint): boolean {
  return far === registrar.address && port === registrar.port;
}

function end(code: number, why?: string): void {
  if (why !== undefined) console.error(why);
  process.exitCode = code;
  void stack.close();
}
