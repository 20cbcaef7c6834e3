import { existsSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import { requestText, TransactionWire } from '../testing/transaction-wire.ts';
import { CONNECTION_LIMITS } from '../transport/index.ts';

/**
 * RFC 4475's own messages with their verdicts, where a corpus of them lies beside the project (its copyright keeps it out of
 * the project). Our own torture messages, which are always there, are in `message/torture.test.ts`.
 */
interface Torture {
  readonly name: string;
  readonly file: string;
  readonly valid: boolean;
  readonly kind: 'request' | 'response';
  /** Final responses that fit; [] is silence. */
  readonly codes?: readonly number[];
  readonly mayAccept?: boolean;
}

const FOLDER = new URL('../../../../../shared/corpus/', import.meta.url);
const INDEX = new URL('index.json', FOLDER);
const MESSAGES: Torture[] = existsSync(INDEX) ? JSON.parse(readFileSync(INDEX, 'utf8')) : [];

let wire: TransactionWire;
/** Methods that came up as new requests. */
let heard: string[];

/** A server that answers every request with 200, without transactions. */
async function over(transport: 'udp' | 'tcp'): Promise<void> {
  wire = await TransactionWire.open(transport);
  heard = [];
  wire.transactions.user = {
    onRequest(request, flow) {
      heard.push(request.method);
      wire.transactions.replyStatelessly(request, flow, { status: 200 });
    },
    onAck: () => {},
  };
}

function octetsOf(name: string): Buffer {
  return readFileSync(new URL(`${name}.dat`, FOLDER));
}

function statuses(): number[] {
  wire.clock.advance(0);
  return wire.heard().map(({ description }) => Number.parseInt(description, 10));
}

afterEach(() => {
  wire.clock.advance(200_000);
  expect(wire.leftovers()).toEqual([]);
  expect(wire.transport.counters.handlerFaults + wire.transactions.counters.userFaults).toBe(0);
});

describe.skipIf(MESSAGES.length === 0)('RFC 4475 over UDP (needs ../shared/corpus)', () => {
  test.each(MESSAGES)('$name', async ({ name, valid, kind, codes, mayAccept = false }) => {
    await over('udp');
    wire.inject(octetsOf(name));
    const answers = statuses();
    if (kind === 'response' || codes?.length === 0) expect(answers).toEqual([]);
    else if (valid) {
      expect(heard.length).toBe(1);
      expect(answers).toEqual([200]);
    } else if (!mayAccept && codes?.every((code) => code === 400 || code === 505)) {
      expect(codes).toContain(answers[0]);
      expect(heard).toEqual([]);
    } else expect(answers.length).toBe(1);

    const before = heard.length;
    wire.inject(requestText({ method: 'OPTIONS', branch: 'z9hG4bKalive' }));
    expect(heard.length).toBe(before + 1);
  });
});

describe.skipIf(MESSAGES.length === 0)('RFC 4475 over TCP (needs ../shared/corpus)', () => {
  /** What a stream tells of each message: how many came, what framing made of it, whether the connection lives. */
  async function tell(name: string): Promise<{ heard: number; answers: number[]; open: boolean }> {
    await over('tcp');
    wire.inject(octetsOf(name));
    const answers = statuses();
    wire.clock.advance(CONNECTION_LIMITS.halfMessage);
    return { heard: heard.length, answers, open: wire.ledger.counts().connections === 1 };
  }

  test('dblreq holds two messages, and octets behind them that become no third (RFC 4475 §3.1.1.8)', async () => {
    expect(await tell('dblreq')).toEqual({ heard: 2, answers: [200, 200], open: false });
  });

  test('inv2543 has no Content-Length and cannot be framed (RFC 4475 §3.1.1.13)', async () => {
    expect(await tell('inv2543')).toEqual({ heard: 0, answers: [400], open: false });
  });

  test('clerr never comes whole (RFC 4475 §3.1.2.2)', async () => {
    expect(await tell('clerr')).toEqual({ heard: 0, answers: [], open: false });
  });

  test.each(['ncl', 'mcl01'])('%s says no length that could be believed', async (name) => {
    expect(await tell(name)).toEqual({ heard: 0, answers: [400], open: false });
  });

  const others = MESSAGES.filter(({ name }) => !['dblreq', 'inv2543', 'clerr', 'ncl', 'mcl01'].includes(name));
  test.each(others)('$name is framed, or ends its connection', async ({ name, valid, kind }) => {
    const { answers, open } = await tell(name);
    if (kind === 'request') expect(answers.length).toBeLessThanOrEqual(1);
    else expect(answers).toEqual([]);
    if (valid) expect(open).toBe(true);
    if (valid && kind === 'request') expect(answers).toEqual([200]);
  });
});
