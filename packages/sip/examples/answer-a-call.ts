/**
 * Answers calls: `node packages/sip/examples/answer-a-call.ts [port] [calls]`. It rings, answers, and waits for the caller to hang up;
 * after so many calls (one, unless said otherwise) it ends. Port 0 takes a free one.
 */
import { formatEndpoint } from '@vats/kernel';
import { type IncomingInviteUser, refusedBody, SipStack } from '@vats/sip';
import { sessionOf } from './sound.ts';

const [port = '5060', calls = '1'] = process.argv.slice(2);
const stack = new SipStack({ userAgent: 'answer-a-call' });
let left = Number(calls);

/** Whoever owns a session is told what the caller does in it. */
const callee: IncomingInviteUser = {
  onAck: () => console.log('talking'),
  onReinvite: (reinvite) => reinvite.answer({ sdp: sessionOf(own(), 40_000) }),
  onRequest: (_request, respond) => respond(200),
  onCancel: () => console.log('the caller gave up'),
  onEnd: ({ by }) => {
    console.log(`over: ${by}`);
    if (--left === 0) void stack.close();
  },
};

stack.dialogs.outOfDialog = (request, flow) => {
  if (request.method !== 'INVITE') {
    stack.transactions.replyStatelessly(request, flow, {
      status: 405,
      headers: [['Allow', 'INVITE, ACK, CANCEL, BYE']],
    });
    return;
  }
  const refusal = refusedBody(request);
  if (refusal !== undefined) {
    stack.transactions.replyStatelessly(request, flow, refusal);
    return;
  }
  const invite = stack.dialogs.incomingInvite(request, flow, callee);
  invite.progress(180);
  invite.accept({ sdp: sessionOf(own(), 40_000) });
};

const listener = await stack.transport.listen({
  transport: 'udp',
  endpoint: { address: '127.0.0.1', port: Number(port) },
});
console.log(`listening on ${formatEndpoint(listener.endpoint)}`);

function own() {
  return listener.endpoint;
}
