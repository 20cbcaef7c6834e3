/**
 * A stateless redirect server (RFC 3261 §8.3): `node packages/sip/examples/redirect-server.ts sip:reception@192.0.2.7 [port] [requests]`.
 * Every INVITE is told to try there; nothing is remembered, whatever comes and however often. After so many requests it ends, if a number
 * is given.
 */
import { formatEndpoint } from '@vats/kernel';
import { parseUri, SipStack } from '@vats/sip';

const [target = '', port = '5060', requests] = process.argv.slice(2);
const elsewhere = parseUri(target);
if (!elsewhere.ok) {
  console.error(`${target}: ${elsewhere.error.code}; want a URI, as in sip:reception@192.0.2.7`);
  process.exit(2);
}

const stack = new SipStack();
let left = requests === undefined ? Number.POSITIVE_INFINITY : Number(requests);

stack.dialogs.outOfDialog = (request, flow) => {
  // The To tag of a stateless answer is the same for each retransmission (RFC 3261 §8.2.7), and an ACK needs no answer.
  if (request.method === 'INVITE') {
    stack.transactions.replyStatelessly(request, flow, { status: 302, headers: [['Contact', `<${elsewhere.value}>`]] });
  } else if (request.method === 'OPTIONS') stack.transactions.replyStatelessly(request, flow, { status: 200 });
  else stack.transactions.replyStatelessly(request, flow, { status: 405, headers: [['Allow', 'INVITE, OPTIONS']] });
  if (--left <= 0) void stack.close();
};

const udp = await stack.transport.listen({ transport: 'udp', endpoint: { address: '127.0.0.1', port: Number(port) } });
await stack.transport.listen({ transport: 'tcp', endpoint: udp.endpoint });
console.log(`listening on ${formatEndpoint(udp.endpoint)}`);
