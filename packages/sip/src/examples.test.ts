import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { formatEndpoint, type Parsed, parseEndpoint } from '@vats/kernel';
import { afterEach, expect, test } from 'vitest';
import { DigestServer, type DigestVerdict, storedHa1 } from './digest/index.ts';
import type { SipRequest } from './message/message.ts';
import { SipStack } from './stack.ts';
import type { Flow } from './transport/index.ts';

const EXAMPLES = fileURLToPath(new URL('../examples/', import.meta.url));
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});

/** One of the programs, run as a reader would. */
class Program {
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #onLine: () => void = () => {};

  constructor(name: string, ...args: readonly string[]) {
    this.#child = spawn(process.execPath, [`${EXAMPLES}${name}.ts`, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.#child);
    this.#ended = once(this.#child, 'close');
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      createInterface(stream).on('line', (line) => {
        this.lines.push(line);
        this.#onLine();
      });
    }
  }

  /** Where it listens, once it says so. */
  async listens(): Promise<string> {
    for (;;) {
      const found = this.lines.map((line) => /^listening on (.+)$/.exec(line)?.[1]).find((each) => each !== undefined);
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null) throw new Error(this.lines.join('\n'));
      await new Promise<void>((resolve) => {
        this.#onLine = resolve;
        void this.#ended.then(() => resolve());
      });
    }
  }

  /** Its exit code, and what it said. */
  async ends(): Promise<{ code: number | null; lines: string[] }> {
    await this.#ended;
    return { code: this.#child.exitCode, lines: this.lines };
  }
}

test('calls of the load generator are answered by the program that answers calls, and both end', async () => {
  const callee = new Program('answer-a-call', '0', '20');
  const caller = new Program('load-generator', await callee.listens(), '20', '5');
  const made = await caller.ends();
  expect(made.lines.join('\n')).toMatch(/^20 answered, 0 failed; ms to the answer: median [\d.]+, 99 of 100 [\d.]+$/);
  expect(made.code).toBe(0);
  const answered = await callee.ends();
  expect(answered.code).toBe(0);
  expect(answered.lines.filter((line) => line === 'over: remote-bye')).toHaveLength(20);
});

test('the redirect server sends an INVITE elsewhere, over UDP and TCP (RFC 3261 §8.3, §13.3.1.2)', async () => {
  const server = new Program('redirect-server', 'sip:reception@192.0.2.7', '0', '3');
  const endpoint = must(parseEndpoint(await server.listens()));
  const stack = new SipStack();
  await stack.transport.listen({ transport: 'udp', endpoint: { address: '127.0.0.1', port: 0 } });
  for (const transport of ['udp', 'tcp'] as const) {
    const flow = stack.transport.flowTo({ transport, endpoint });
    expect(await answerTo(stack, flow, 'INVITE', transport)).toEqual([302, '<sip:reception@192.0.2.7>']);
  }
  // Its last answer goes by UDP: a connection that it tore down then could take an answer with it.
  const flow = stack.transport.flowTo({ transport: 'udp', endpoint });
  expect(await answerTo(stack, flow, 'OPTIONS', 'last')).toEqual([200, undefined]);
  expect((await server.ends()).code).toBe(0);
  await stack.close();
});

/** Status and Contact that a request gets. */
function answerTo(stack: SipStack, flow: Flow, method: string, callId: string): Promise<[number, string | undefined]> {
  const headers: [string, string][] = [
    ['From', '<sip:a@h>;tag=1'],
    ['To', '<sip:b@h>'],
    ['Call-ID', callId],
    ['CSeq', `1 ${method}`],
  ];
  return new Promise((resolve, reject) => {
    stack.transactions.send({ method, uri: 'sip:b@h', headers }, flow, {
      onResponse: (response) => resolve([response.status, response.value('Contact')]),
      onTimeout: () => reject(new Error('no answer')),
      onTransportError: ({ code }) => reject(new Error(code)),
    });
  });
}

test('the program that registers and calls shows its password to a challenge, is answered, and takes its binding away', async () => {
  const { stack, happened, at } = await registrar({ user: '201', password: 'secret' });
  const phone = new Program('register-and-call', at, '201', 'secret', '202');
  const { code, lines } = await phone.ends();
  expect(lines).toEqual(['REGISTER: 200 OK', 'INVITE: 180', 'INVITE: 200; hanging up', 'REGISTER: 200 OK']);
  expect(code).toBe(0);
  expect(happened).toEqual([
    'absent',
    'good',
    'registered for 300',
    'INVITE 202',
    'remote-bye',
    'good',
    'registered for 0',
  ]);
  await stack.close();
});

test('the program that registers says what is wrong', async () => {
  const { stack, at } = await registrar({ user: '201', password: 'secret' });
  const { code, lines } = await new Program('register-and-call', at, '201', 'guess', '202').ends();
  expect([code, lines]).toEqual([1, ['REGISTER: 401 Unauthorized']]);
  const none = await new Program('register-and-call').ends();
  expect([none.code, none.lines]).toEqual([2, [expect.stringContaining('want SERVER:PORT USER PASSWORD CALLEE')]]);
  await stack.close();
});

function must<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(parsed.error.code);
  return parsed.value;
}

/** A registrar with one user, where everybody who is called answers. */
async function registrar({ user, password }: { user: string; password: string }) {
  const stack = new SipStack();
  const realm = 'example.test';
  const { clock, random } = stack;
  const digest = new DigestServer({ clock, random, secret: random.bytes(32) });
  const happened: string[] = [];
  const verdictOn = (request: SipRequest, source: string, port: number): DigestVerdict =>
    digest.verify(request, digest.credentialsOf(request, realm, 'uas'), {
      realm,
      source,
      port,
      algorithms: ['MD5'],
      ha1: storedHa1(user, realm, password),
    });
  stack.dialogs.outOfDialog = (request, flow) => {
    if (request.method === 'INVITE') {
      happened.push(
        `INVITE ${request.requestUri.ok && request.requestUri.value.kind === 'sip' && request.requestUri.value.user}`,
      );
      const invite = stack.dialogs.incomingInvite(request, flow, {
        onAck: () => {},
        onCancel: () => {},
        onReinvite: (reinvite) => reinvite.reject(488),
        onRequest: (_request, respond) => respond(200),
        onEnd: ({ by }) => void happened.push(by),
      });
      invite.progress(180);
      invite.accept({ sdp: 'v=0\r\n' });
      return;
    }
    const { address, port } = flow.observed;
    const { outcome } = verdictOn(request, address, port);
    happened.push(outcome);
    if (outcome !== 'good') {
      const headers = digest.challenge({ realm, algorithms: ['MD5'], source: address, port, challenger: 'uas' });
      stack.transactions.replyStatelessly(request, flow, { status: 401, headers });
      return;
    }
    happened.push(`registered for ${request.value('Expires')}`);
    stack.transactions.accept(request, flow, {}).respond({ status: 200 });
  };
  const listener = await stack.transport.listen({ transport: 'udp', endpoint: { address: '127.0.0.1', port: 0 } });
  return { stack, happened, at: formatEndpoint(listener.endpoint) };
}
