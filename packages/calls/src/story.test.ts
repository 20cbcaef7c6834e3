import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallEvent } from './call-event.ts';
import { CallStory, recordOf } from './story.ts';

const ANNA = { number: '201', extension: '201', login: 'anna' };
const BORIS = { number: '202', extension: '202', login: 'boris' };
const VERA = { number: '203', extension: '203', login: 'vera' };
const IVAN = { number: '+79161234567', raw: '89161234567' };

type Told = readonly [at: number, event: object];

/** Events of one call, stamped in their order. */
function told(...events: Told[]): CallEvent[] {
  return events.map(([at, event], i) => ({ call: 'c', seq: i + 1, at, ...event }) as CallEvent);
}

function started(from: object = IVAN, more: object = { trunk: 'itsp' }): Told {
  const fixed = { domain: 'acme.example', domainId: 'acme', dialled: '74951234567', sipCallId: 'x' };
  return [1_000, { type: 'call.started', from, ...fixed, ...more }];
}

function ended(at: number, failure: string, status: number, more: object = {}): Told {
  const fixed = { domain: 'acme.example', from: IVAN, dialled: '', startedAt: 0, durationMs: 0, talkMs: 0 };
  return [at, { type: 'call.ended', failure, status, ...fixed, ...more }];
}

const rung = (at: number, leg: string, party: object, more: object = {}): Told => [
  at,
  { type: 'leg.started', leg, party, flow: 'f', ...more },
];
const ringing = (at: number, leg: string): Told => [at, { type: 'leg.ringing', leg, status: 180, earlyMedia: false }];
const answered = (at: number, leg: string, party: object): Told[] => [
  [at, { type: 'leg.answered', leg }],
  [at, { type: 'call.answered', leg, party }],
];

test('two phones ring and one answers: one answered call, and the other phone missed nothing', () => {
  const events = told(
    started(),
    [
      1_010,
      { type: 'call.routed', explain: ['to group 300'], group: '300', did: '+74951234567', world: { a: 1 }, seed: 's' },
    ],
    rung(1_020, 'b1', ANNA, { group: '300', why: 'free' }),
    rung(1_020, 'b2', BORIS, { group: '300' }),
    ringing(1_100, 'b1'),
    ringing(1_200, 'b2'),
    [5_000, { type: 'leg.ended', leg: 'b1', elsewhere: true }],
    ...answered(5_000, 'b2', BORIS),
    [5_010, { type: 'recording.started', path: 'x.wav' }],
    [6_000, { type: 'leg.held', leg: 'b2' }],
    [7_500, { type: 'leg.resumed', leg: 'b2' }],
    [9_000, { type: 'leg.ended', leg: 'a', failure: 'caller-hung-up' }],
    [9_050, { type: 'recording.finished', path: 'x.wav', durationMs: 4_000, octets: 9 }],
    ended(9_060, 'caller-hung-up', 200, { media: { a: { received: 1, sent: 2, lost: 0, foreign: 0 } } }),
  );
  const record = recordOf(events);
  expect(record).toMatchObject({
    ...{
      id: 'c',
      domain: 'acme',
      direction: 'in',
      result: 'answered',
      startedAt: 1_000,
      answeredAt: 5_000,
      endedAt: 9_060,
    },
    ...{
      from: IVAN,
      answeredBy: BORIS,
      trunk: 'itsp',
      did: '+74951234567',
      group: '300',
      waitMs: 4_000,
      talkMs: 4_060,
    },
    ...{ outcome: 'caller-hung-up', status: 200, explain: ['to group 300'], world: { a: 1 }, seed: 's' },
    talks: [{ leg: 'b2', party: BORIS, from: 5_000, to: 9_000 }],
    recordings: [{ path: 'x.wav', durationMs: 4_000 }],
    media: { a: { received: 1 } },
  });
  expect(record?.legs).toEqual([
    {
      leg: 'a',
      party: IVAN,
      trunk: 'itsp',
      startedAt: 1_000,
      answeredAt: 5_000,
      endedAt: 9_000,
      failure: 'caller-hung-up',
    },
    {
      ...{ leg: 'b1', party: ANNA, group: '300', why: 'free' },
      ...{ startedAt: 1_020, ringingAt: 1_100, endedAt: 5_000, elsewhere: true },
    },
    {
      ...{ leg: 'b2', party: BORIS, group: '300' },
      ...{ startedAt: 1_020, ringingAt: 1_200, answeredAt: 5_000, endedAt: 9_060, heldMs: 1_500 },
    },
  ]);
  // What the record says once, the story need not say again.
  expect(JSON.stringify(record?.story)).not.toContain('world');
  expect(record?.story).toHaveLength(events.length);
});

const INSIDE: Told = started(ANNA, { dialled: '202' });
const ROUTED: Told = [1_001, { type: 'call.routed', explain: [] }];

test.each<[string, string, string, Told[]]>([
  ['the caller gave up', 'in', 'missed', [started(), rung(1_010, 'b1', ANNA), ended(9_000, 'caller-cancelled', 487)]],
  [
    'another place answered',
    'in',
    'failed',
    [started(), rung(1_010, 'b1', ANNA), ended(9_000, 'caller-cancelled', 487, { elsewhere: true })],
  ],
  ['no phone could be reached', 'internal', 'missed', [INSIDE, ROUTED, ended(1_002, 'unreachable', 480)]],
  ['a number that nobody has', 'internal', 'failed', [INSIDE, ROUTED, ended(1_002, 'not-found', 404)]],
  ['a caller that a rule denies', 'in', 'failed', [started(), ROUTED, ended(1_002, 'forbidden', 403)]],
  ['every member declined', 'in', 'missed', [started(), rung(1_010, 'b1', ANNA), ended(3_000, 'callee-declined', 603)]],
  [
    'two of three members let it ring out, and the third answered',
    'in',
    'answered',
    [
      started(),
      rung(1_010, 'b1', ANNA, { group: '300' }),
      [21_010, { type: 'leg.ended', leg: 'b1', failure: 'no-answer', status: 408 }],
      rung(21_010, 'b2', BORIS, { group: '300' }),
      [41_010, { type: 'leg.ended', leg: 'b2', failure: 'no-answer', status: 408 }],
      rung(41_010, 'b3', ANNA, { group: '300' }),
      ...answered(42_000, 'b3', ANNA),
      ended(60_000, 'caller-hung-up', 200),
    ],
  ],
  [
    'forwarded, and nobody answered there either',
    'in',
    'missed',
    [
      started(),
      rung(1_010, 'b1', ANNA),
      [9_000, { type: 'leg.ended', leg: 'b1', failure: 'no-answer', status: 408 }],
      rung(9_010, 'b2', IVAN, { trunk: 'itsp', forwardedBy: '201' }),
      ended(30_000, 'no-answer', 480),
    ],
  ],
  ['after hours the scheme hangs up', 'in', 'missed', [started(), ROUTED, ended(1_002, 'callee-declined', 603)]],
  [
    'outgoing and not answered',
    'out',
    'failed',
    [started(ANNA, {}), rung(1_010, 'b1', IVAN, { trunk: 'itsp' }), ended(9_000, 'no-answer', 480)],
  ],
  ['outgoing and denied', 'out', 'failed', [started(ANNA, {}), ROUTED, ended(1_002, 'forbidden', 403)]],
  [
    'answered by a mobile that one of ours forwards to',
    'internal',
    'answered',
    [
      INSIDE,
      rung(1_010, 'b1', IVAN, { trunk: 'itsp', forwardedBy: '202' }),
      ...answered(2_000, 'b1', IVAN),
      ended(9_000, 'callee-hung-up', 200),
    ],
  ],
  [
    'the echo test',
    'internal',
    'served',
    [
      INSIDE,
      [1_010, { type: 'call.answered', leg: 'a', party: { number: '*43' } }],
      ended(9_000, 'caller-hung-up', 200),
    ],
  ],
  [
    'the switch answered after nobody did',
    'in',
    'missed',
    [
      started(),
      rung(1_010, 'b1', ANNA),
      [5_000, { type: 'call.answered', leg: 'a', party: { number: 'voicemail' } }],
      ended(9_000, 'caller-hung-up', 200),
    ],
  ],
  [
    'the plan says which way it went',
    'internal',
    'missed',
    [started(), [1_001, { type: 'call.routed', explain: [], direction: 'internal' }], ended(1_002, 'unreachable', 480)],
  ],
])('%s: %s, %s', (_, direction, result, events) => {
  expect(recordOf(told(...events))).toMatchObject({ direction, result });
});

test('forwards and the last lines of the plan are kept, and who speaks after whom', () => {
  const forward = { by: '201', to: '203', when: 'no-answer' };
  const record = recordOf(
    told(
      started(),
      [1_001, { type: 'call.routed', explain: ['one'] }],
      rung(1_010, 'b1', ANNA),
      [2_000, { type: 'leg.ended', leg: 'b1', failure: 'no-answer', status: 480 }],
      [2_001, { type: 'call.routed', explain: ['one', 'two'], forward }],
      rung(2_010, 'b2', BORIS),
      ...answered(3_000, 'b2', BORIS),
      rung(4_000, 'b3', VERA),
      ...answered(5_000, 'b3', VERA),
      ended(9_000, 'callee-hung-up', 200),
    ),
  );
  expect(record).toMatchObject({
    explain: ['one', 'two'],
    forwards: [{ at: 2_001, ...forward }],
    answeredBy: BORIS,
    answeredAt: 3_000,
    talks: [
      { party: BORIS, from: 3_000, to: 5_000 },
      { party: VERA, from: 5_000, to: 9_000 },
    ],
  });
});

test('a call that is up has a record that ends at its last event', () => {
  const story = new CallStory();
  expect(story.record()).toBeUndefined();
  for (const event of told(started(), rung(1_010, 'b1', ANNA))) story.note(event);
  expect(story.record()).toMatchObject({ outcome: 'switch-restarted', status: 0, endedAt: 1_010, result: 'missed' });
  for (const event of told(...answered(4_000, 'b1', ANNA))) story.note(event);
  expect(story.record()).toMatchObject({ status: 200, endedAt: 4_000, result: 'answered', talkMs: 0 });
});

test('a call that holds and resumes all day keeps a bounded story, and counts it all', () => {
  const story = new CallStory();
  for (const event of told(started(), rung(1_010, 'b1', ANNA), ...answered(2_000, 'b1', ANNA))) story.note(event);
  for (let i = 0; i < 1_000; i++) {
    for (const event of told(
      [3_000 + i * 10, { type: 'leg.held', leg: 'b1' }],
      [3_001 + i * 10, { type: 'leg.resumed', leg: 'b1' }],
    )) {
      story.note(event);
    }
  }
  for (const event of told(ended(99_000, 'caller-hung-up', 200))) story.note(event);
  const record = story.record();
  expect(record?.story).toHaveLength(501);
  expect(record?.story.at(-1)).toMatchObject({ type: 'call.ended' });
  expect(record?.legs[1]?.heldMs).toBe(1_000);
});

const legs = fc.constantFrom('a', 'b1', 'b2', 'b3');
const arbitraryEvent = fc.oneof(
  fc.record({
    type: fc.constant('leg.started'),
    leg: legs,
    party: fc.constantFrom(ANNA, BORIS, IVAN),
    flow: fc.constant('f'),
  }),
  fc.record({
    type: fc.constantFrom('leg.ringing', 'leg.answered', 'leg.held', 'leg.resumed', 'leg.ended'),
    leg: legs,
  }),
  fc.record({ type: fc.constant('call.answered'), leg: legs, party: fc.constantFrom(ANNA, IVAN) }),
);

test('whatever happens in whatever order, times in a record do not run backwards and only who spoke makes it answered', () => {
  fc.assert(
    fc.property(fc.array(arbitraryEvent, { maxLength: 20 }), (events) => {
      const record = recordOf(
        told(started(), ...events.map((event, i): Told => [1_001 + i, event]), ended(2_000, 'caller-hung-up', 200)),
      );
      if (record === undefined) throw new Error('it has started');
      expect(record.result === 'answered').toBe(record.talks.length > 0);
      for (const { startedAt, endedAt, heldMs = 0 } of record.legs) {
        expect(startedAt).toBeLessThanOrEqual(endedAt);
        expect(heldMs).toBeLessThanOrEqual(endedAt - 1_000);
        expect(endedAt).toBeLessThanOrEqual(record.endedAt);
      }
      for (const [i, talk] of record.talks.entries()) {
        expect(talk.from).toBeLessThanOrEqual(talk.to);
        expect(talk.from).toBeGreaterThanOrEqual(record.talks[i - 1]?.to ?? 0);
      }
      expect(record.waitMs + record.talkMs).toBe(record.endedAt - record.startedAt);
    }),
    { numRuns: 500 },
  );
});

const MOBILE = { number: '+79161234567' };
const OUTWARD: Told = started(ANNA, { dialled: '89161234567' });

test('an outgoing call names the trunk that it was answered by, not another that was tried', () => {
  const record = recordOf(
    told(
      OUTWARD,
      rung(1_010, 'b1', MOBILE, { trunk: 'itsp' }),
      [1_500, { type: 'leg.ended', leg: 'b1', failure: 'trunk-failed', status: 503 }],
      rung(1_510, 'b2', MOBILE, { trunk: 'spare' }),
      rung(1_510, 'b3', MOBILE, { trunk: 'third' }),
      ...answered(2_000, 'b2', MOBILE),
      ended(9_000, 'caller-hung-up', 200),
    ),
  );
  expect(record).toMatchObject({ direction: 'out', trunk: 'spare', called: '+79161234567' });
});

test('an outgoing call that nobody took names the last trunk that was tried', () => {
  const record = recordOf(
    told(
      OUTWARD,
      rung(1_010, 'b1', MOBILE, { trunk: 'itsp' }),
      [1_500, { type: 'leg.ended', leg: 'b1', failure: 'trunk-failed', status: 503 }],
      rung(1_510, 'b2', MOBILE, { trunk: 'spare' }),
      ended(9_000, 'trunk-failed', 503),
    ),
  );
  expect(record).toMatchObject({ direction: 'out', trunk: 'spare', called: '+79161234567' });
});

test('a call within the house that is forwarded to a mobile phone has no trunk as a whole', () => {
  const forwarded = rung(1_010, 'b1', MOBILE, { trunk: 'itsp', forwardedBy: '202' });
  const record = recordOf(told(INSIDE, forwarded, ended(9_000, 'no-answer', 480)));
  expect(record).toMatchObject({ direction: 'internal' });
  expect(record).not.toHaveProperty('trunk');
  expect(record).not.toHaveProperty('called');
});

test('a call that a limit refused says which, and how far it was used', () => {
  const limit = { trunk: 'itsp', number: '+4930123456', kind: 'user', key: '203', calls: 'costly', limit: 'calls' };
  const reached: Told = [1_010, { type: 'limit.reached', leg: 'b1', ...limit, used: 1, of: 1 }];
  const record = recordOf(told(OUTWARD, reached, ended(1_020, 'limit-reached', 403)));
  expect(record?.limits).toEqual([{ at: 1_010, ...limit, used: 1, of: 1 }]);
});

test('a transfer is told as two talks of one call, whoever left; the other call of it was answered', () => {
  const order = { how: 'blind', by: 'a', byParty: ANNA, remains: 'b1', party: BORIS, to: '203' };
  const record = recordOf(
    told(
      started(ANNA, {}),
      rung(1_020, 'b1', BORIS),
      ...answered(2_000, 'b1', BORIS),
      [5_000, { type: 'transfer.started', ...order }],
      rung(5_000, 'b2', VERA),
      ...answered(8_000, 'b2', VERA),
      [8_000, { type: 'transfer.succeeded', by: 'a', leg: 'b2', party: VERA }],
      [8_001, { type: 'leg.ended', leg: 'a', failure: 'transferred' }],
      [9_000, { type: 'leg.ended', leg: 'b1', failure: 'callee-hung-up' }],
      ended(9_000, 'callee-hung-up', 200),
    ),
  );
  expect(record?.talks).toEqual([
    { leg: 'b1', party: BORIS, from: 2_000, to: 5_000 },
    { leg: 'b2', party: VERA, from: 8_000, to: 9_000 },
  ]);
  const other = recordOf(
    told(
      started(ANNA, {}),
      rung(1_020, 'b1', VERA),
      [3_000, { type: 'transfer.joined', leg: 'b1', into: 'd' }],
      ended(3_000, 'transferred', 487),
    ),
  );
  expect(other?.result).toBe('answered');
});

test('who has the call back after a transfer that failed talks once more', () => {
  const order = { how: 'blind', by: 'b1', byParty: BORIS, remains: 'a', party: ANNA, to: '203' };
  const record = recordOf(
    told(
      started(ANNA, {}),
      rung(1_020, 'b1', BORIS),
      ...answered(2_000, 'b1', BORIS),
      [5_000, { type: 'transfer.started', ...order }],
      [6_000, { type: 'transfer.failed', by: 'b1', failure: 'callee-busy', returned: true }],
      ended(9_000, 'caller-hung-up', 200),
    ),
  );
  expect(record?.talks.map(({ from, to }) => [from, to])).toEqual([
    [2_000, 5_000],
    [6_000, 9_000],
  ]);
});
