import { FakeClock } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { cseqOf, firstValue, methodOf, readSipText, requestUriOf, type SipText, valuesOf } from '../sip-text.ts';
import { type Story, storyOf } from '../story.ts';
import { datagram, pcapOf } from '../testing/frames.ts';
import { type Trace, traceOf } from '../trace.ts';
import { clearingOf } from './clearing.ts';
import { digestParameters } from './digest.ts';
import { Replay, type ReplayOutcome } from './replay.ts';
import type { ReplayTarget, Way } from './target.ts';

const ALICE = { address: '127.0.0.61', port: 5060 };
const BOB = { address: '127.0.0.62', port: 5060 };
const SERVER = { address: '127.0.0.40', port: 5060 };

const STORY: Story = storyOf(
  `
title: a test
shows: how a replay goes
made: { on: 2026-11-23, with: a test, how: by hand }
server: { at: ["127.0.0.40:5060"], is: recorded }
parties:
  alice: { at: ["127.0.0.61:5060"], is: a phone, login: alice, password: secret, extension: "201" }
  bob: { at: ["127.0.0.62:5060"], is: a phone }
omit: [{ message: 90, because: it is not there }]
expect: {}
`,
  'test.yaml',
);

interface Words {
  readonly start: string;
  readonly branch?: string;
  readonly callId?: string;
  readonly cseq: string;
  readonly fromTag?: string;
  readonly toTag?: string;
  readonly more?: readonly string[];
}

function message({ start, branch = 'b1', callId = 'c1', cseq, fromTag = 'f1', toTag, more = [] }: Words): string {
  return [
    start,
    `Via: SIP/2.0/UDP 127.0.0.61;branch=z9hG4bK${branch}`,
    `From: <sip:alice@127.0.0.40>;tag=${fromTag}`,
    `To: <sip:202@127.0.0.40>${toTag === undefined ? '' : `;tag=${toTag}`}`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq}`,
    ...more,
    'Content-Length: 0',
    '\r\n',
  ].join('\r\n');
}

const REGISTER = 'REGISTER sip:127.0.0.40 SIP/2.0';
const INVITE = 'INVITE sip:202@127.0.0.40 SIP/2.0';
const CHALLENGE = (nonce: string) => [`WWW-Authenticate: Digest realm="r", nonce="${nonce}", qop="auth"`];
const CREDENTIALS = (nonce: string) => [
  `Authorization: Digest username="alice", realm="r", nonce="${nonce}", uri="sip:127.0.0.40", response="x", cnonce="z", qop=auth, nc=00000001`,
];

/** A switch that is played by the test: it keeps what it gets and says what it is told. */
class Stage implements ReplayTarget {
  onHear: (way: Way, octets: Buffer) => void = () => {};
  readonly clock = new FakeClock();
  readonly got: { readonly at: number; readonly sip: SipText; readonly octets: string }[] = [];
  outcome: ReplayOutcome | undefined;
  answer: (sip: SipText, phone: 'alice' | 'bob') => void = () => {};

  constructor(trace: Trace, options: { switchAt?: { address: string; port: number } } = {}) {
    const { clock } = this;
    new Replay({ trace, story: STORY, target: this, clock, ...options }, (outcome) => {
      this.outcome = outcome;
    });
  }

  send(way: Way, _to: unknown, octets: Buffer): void {
    const sip = readSipText(octets)!;
    this.got.push({ at: this.clock.monotonic(), sip, octets: octets.toString() });
    this.clock.after(1, () => this.answer(sip, way.phone.address === ALICE.address ? 'alice' : 'bob'));
  }

  says(to: 'alice' | 'bob', text: string): void {
    this.onHear({ transport: 'udp', phone: to === 'alice' ? ALICE : BOB }, Buffer.from(text));
  }

  run(): ReplayOutcome {
    for (let i = 0; i < 200 && this.outcome === undefined; i++) this.clock.advance(100);
    return this.outcome!;
  }
}

const from = (who: typeof ALICE, text: string) => datagram(who, SERVER, text);
const to = (who: typeof ALICE, text: string) => datagram(SERVER, who, text);
const traceFrom = (...packets: readonly Buffer[]): Trace => traceOf(pcapOf(packets), 'test.pcap');

const REGISTRATION = traceFrom(
  from(ALICE, message({ start: REGISTER, cseq: '1 REGISTER' })),
  to(ALICE, message({ start: 'SIP/2.0 401 Unauthorized', cseq: '1 REGISTER', more: CHALLENGE('recorded') })),
  from(ALICE, message({ start: REGISTER, branch: 'b2', cseq: '2 REGISTER', more: CREDENTIALS('recorded') })),
  to(ALICE, message({ start: 'SIP/2.0 200 OK', branch: 'b2', cseq: '2 REGISTER' })),
);

test('credentials answer the nonce of the switch, in the header that it asks for', () => {
  const stage = new Stage(REGISTRATION);
  stage.answer = (sip) => {
    const { number } = cseqOf(sip);
    const more = ['Proxy-Authenticate: Digest realm="office", nonce="live", algorithm=MD5, qop="auth"'];
    if (number === 1) stage.says('alice', message({ start: 'SIP/2.0 407 No', cseq: '1 REGISTER', more }));
    else stage.says('alice', message({ start: 'SIP/2.0 200 OK', branch: 'b2', cseq: '2 REGISTER' }));
  };
  const outcome = stage.run();
  expect(outcome).toMatchObject({ failures: [], notes: [] });
  expect(outcome.heard.get('alice')?.map(({ sip }) => sip.startLine)).toEqual(['SIP/2.0 407 No', 'SIP/2.0 200 OK']);
  const [first, second] = stage.got;
  expect(first!.octets).toBe(REGISTRATION.messages[0]!.octets.toString());
  const said = digestParameters(firstValue(second!.sip, 'proxy-authorization')!);
  expect([said.get('realm'), said.get('nonce'), said.get('username'), said.get('nc')]).toEqual([
    'office',
    'live',
    'alice',
    '00000001',
  ]);
  // MD5(MD5(alice:office:secret):live:00000001:z:auth:MD5(REGISTER:sip:127.0.0.40)), reckoned with openssl.
  expect(said.get('response')).toBe('6c67068aa66677d158dfe8ee62037f5e');
  expect(firstValue(second!.sip, 'authorization')).toBeUndefined();
});

test('nobody speaks before hearing what it had heard, and goes on without after a while', () => {
  const late = new Stage(REGISTRATION);
  late.answer = (sip) => {
    if (cseqOf(sip).number !== 1) return;
    const refusal = message({ start: 'SIP/2.0 401 No', cseq: '1 REGISTER', more: CHALLENGE('live') });
    late.clock.after(3_000, () => late.says('alice', refusal));
  };
  late.run();
  expect(late.got[1]!.at).toBeGreaterThanOrEqual(3_000);

  const silent = new Stage(REGISTRATION);
  const outcome = silent.run();
  expect(outcome.failures).toEqual([]);
  expect(outcome.notes).toEqual(['message 3 was sent after the answer to REGISTER, which never came']);
  expect(silent.got).toHaveLength(2);
});

test('the pace is that of the trace', () => {
  const slow = [0, 1, 2].map((i) =>
    from(ALICE, message({ start: 'OPTIONS sip:x SIP/2.0', branch: `o${i}`, cseq: `${i} OPTIONS` })),
  );
  const stage = new Stage(traceFrom(...slow));
  stage.run();
  expect(stage.got.map(({ at }) => at - stage.got[0]!.at)).toEqual([0, 1, 2]);
});

test('a repetition is the same octets, credentials included', () => {
  const again = message({ start: REGISTER, branch: 'b2', cseq: '2 REGISTER', more: CREDENTIALS('recorded') });
  const stage = new Stage(
    traceFrom(
      from(ALICE, message({ start: REGISTER, cseq: '1 REGISTER' })),
      to(ALICE, message({ start: 'SIP/2.0 401 No', cseq: '1 REGISTER', more: CHALLENGE('recorded') })),
      from(ALICE, again),
      from(ALICE, again),
    ),
  );
  stage.answer = (sip) => {
    if (cseqOf(sip).number === 1) {
      stage.says('alice', message({ start: 'SIP/2.0 401 No', cseq: '1 REGISTER', more: CHALLENGE('live') }));
    } else stage.says('alice', message({ start: 'SIP/2.0 200 OK', branch: 'b2', cseq: '2 REGISTER' }));
  };
  const outcome = stage.run();
  expect(stage.got[2]!.octets).toBe(stage.got[1]!.octets);
  expect(outcome.heard.get('alice')).toHaveLength(2);
  expect(outcome.notes).toEqual(['alice heard 1 messages again']);
});

const CALL = traceFrom(
  from(ALICE, message({ start: INVITE, cseq: '1 INVITE', more: ['Contact: <sip:alice@127.0.0.61>'] })),
  to(
    BOB,
    message({
      start: 'INVITE sip:bob@127.0.0.62 SIP/2.0',
      branch: 'r1',
      callId: 'r',
      fromTag: 'rf',
      cseq: '7 INVITE',
      more: ['Contact: <sip:recorded@127.0.0.40>'],
    }),
  ),
  from(
    BOB,
    message({
      start: 'SIP/2.0 200 Yes',
      branch: 'r1',
      callId: 'r',
      fromTag: 'rf',
      toTag: 'bobs',
      cseq: '7 INVITE',
      more: ['Contact: <sip:bob@127.0.0.62>'],
    }),
  ),
  to(
    ALICE,
    message({
      start: 'SIP/2.0 200 OK',
      toTag: 'rt',
      cseq: '1 INVITE',
      more: ['Contact: <sip:recorded@127.0.0.40>', 'Record-Route: <sip:recorded-proxy;lr>'],
    }),
  ),
  from(
    ALICE,
    message({
      start: 'ACK sip:recorded@127.0.0.40 SIP/2.0',
      branch: 'a1',
      toTag: 'rt',
      cseq: '1 ACK',
      more: ['Route: <sip:recorded-proxy;lr>'],
    }),
  ),
  to(
    BOB,
    message({
      start: 'ACK sip:bob@127.0.0.62 SIP/2.0',
      branch: 'r2',
      callId: 'r',
      fromTag: 'rf',
      toTag: 'bobs',
      cseq: '7 ACK',
    }),
  ),
  from(
    BOB,
    message({
      start: 'BYE sip:recorded@127.0.0.40 SIP/2.0',
      branch: 'bb',
      callId: 'r',
      fromTag: 'bobs',
      toTag: 'rf',
      cseq: '3 BYE',
    }),
  ),
);

/** A switch that puts a call through. */
function putThrough(stage: Stage): void {
  const routes = ['Record-Route: <sip:one;lr>', 'Record-Route: <sip:two;lr>'];
  stage.answer = (sip, who) => {
    const method = methodOf(sip);
    if (who === 'alice' && method === 'INVITE') {
      const more = ['Contact: <sip:live@127.0.0.40>', 'Record-Route: <sip:near-bob;lr>'];
      const words = {
        start: 'INVITE sip:bob@127.0.0.62 SIP/2.0',
        branch: 'l1',
        callId: 'l',
        fromTag: 'lf',
        cseq: '55 INVITE',
        more,
      };
      stage.says('bob', message(words));
    } else if (who === 'bob' && sip.startLine.startsWith('SIP/2.0 200')) {
      const more = ['Contact: <sip:live@127.0.0.40>', ...routes];
      stage.says('alice', message({ start: 'SIP/2.0 200 OK', toTag: 'lt', cseq: '1 INVITE', more }));
    }
  };
}

test('a callee answers the request of the switch: its Via, tags, Call-ID, CSeq and Record-Route', () => {
  const stage = new Stage(CALL);
  putThrough(stage);
  expect(stage.run().failures).toEqual([]);
  const answer = stage.got.find(({ sip }) => sip.startLine === 'SIP/2.0 200 Yes')!.sip;
  expect(valuesOf(answer, 'via')).toEqual(['SIP/2.0/UDP 127.0.0.61;branch=z9hG4bKl1']);
  expect(firstValue(answer, 'from')).toBe('<sip:alice@127.0.0.40>;tag=lf');
  expect(firstValue(answer, 'to')).toBe('<sip:202@127.0.0.40>;tag=bobs');
  expect(firstValue(answer, 'call-id')).toBe('l');
  expect(firstValue(answer, 'cseq')).toBe('55 INVITE');
  expect(valuesOf(answer, 'record-route')).toEqual(['<sip:near-bob;lr>']);
  expect(firstValue(answer, 'contact')).toBe('<sip:bob@127.0.0.62>');
});

test('requests in a dialog have the tag, the target and the routes of the switch, on both sides', () => {
  const stage = new Stage(CALL);
  putThrough(stage);
  stage.run();
  const ack = stage.got.find(({ sip }) => methodOf(sip) === 'ACK')!.sip;
  expect(requestUriOf(ack)).toBe('sip:live@127.0.0.40');
  expect(firstValue(ack, 'to')).toBe('<sip:202@127.0.0.40>;tag=lt');
  expect(valuesOf(ack, 'route')).toEqual(['<sip:two;lr>', '<sip:one;lr>']); // backwards: RFC 3261 §12.1.2
  const bye = stage.got.find(({ sip }) => methodOf(sip) === 'BYE')!.sip;
  expect(requestUriOf(bye)).toBe('sip:live@127.0.0.40');
  expect(firstValue(bye, 'call-id')).toBe('l');
  expect(firstValue(bye, 'from')).toBe('<sip:202@127.0.0.40>;tag=bobs');
  expect(firstValue(bye, 'to')).toBe('<sip:alice@127.0.0.40>;tag=lf');
  expect(valuesOf(bye, 'route')).toEqual(['<sip:near-bob;lr>']);
});

test('a call that never reaches the callee is a failure, told by message', () => {
  const stage = new Stage(CALL);
  const { failures } = stage.run();
  expect(failures).toEqual([
    'message 3 answers an INVITE that bob never got',
    'message 5 belongs to a dialog that never began',
    'message 7 belongs to a dialog that never began',
  ]);
});

test('the ACK of a refusal has the tag of the refusal', () => {
  const stage = new Stage(
    traceFrom(
      from(ALICE, message({ start: INVITE, cseq: '1 INVITE' })),
      to(ALICE, message({ start: 'SIP/2.0 486 Busy', toTag: 'recorded', cseq: '1 INVITE' })),
      from(ALICE, message({ start: 'ACK sip:202@127.0.0.40 SIP/2.0', toTag: 'recorded', cseq: '1 ACK' })),
    ),
  );
  stage.answer = (sip) => {
    if (methodOf(sip) === 'INVITE')
      stage.says('alice', message({ start: 'SIP/2.0 603 No', toTag: 'live', cseq: '1 INVITE' }));
  };
  expect(stage.run().failures).toEqual([]);
  expect(firstValue(stage.got[1]!.sip, 'to')).toBe('<sip:202@127.0.0.40>;tag=live');
  expect(requestUriOf(stage.got[1]!.sip)).toBe('sip:202@127.0.0.40');
});

test('towards a switch somewhere else, the address of the server is replaced, that of the phone is not', () => {
  const stage = new Stage(CALL, { switchAt: { address: '127.0.0.1', port: 15_060 } });
  stage.run();
  const { sip } = stage.got[0]!;
  expect(requestUriOf(sip)).toBe('sip:202@127.0.0.1:15060');
  expect(firstValue(sip, 'to')).toBe('<sip:202@127.0.0.1:15060>');
  expect(firstValue(sip, 'contact')).toBe('<sip:alice@127.0.0.61>');
});

test('a clearing takes back every binding of whoever has an account', () => {
  const stage = new Stage(clearingOf(STORY, 'salt'));
  stage.answer = (sip) => {
    const branch = 'clear-salt-alice-1';
    if (cseqOf(sip).number !== 1) return;
    stage.says(
      'alice',
      message({ start: 'SIP/2.0 401 No', branch: `-${branch}`, cseq: '1 REGISTER', more: CHALLENGE('live') }),
    );
  };
  expect(stage.run().failures).toEqual([]);
  expect(stage.got.map(({ sip }) => [firstValue(sip, 'contact'), firstValue(sip, 'expires')])).toEqual([
    ['*', '0'],
    ['*', '0'],
  ]);
  expect(digestParameters(firstValue(stage.got[1]!.sip, 'authorization')!).get('nonce')).toBe('live');
});
