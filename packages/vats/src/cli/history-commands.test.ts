import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { recordOf } from '@vats/calls';
import { beforeEach, expect, test } from 'vitest';
import { data, running, serve, useSwitch, vats } from './testing/served-switch.ts';

const ANNA = { number: '201', extension: '201', name: 'Anna' };
const IVAN = { number: '+79161234567', raw: '89161234567' };
const BEGIN = new Date(2026, 10, 20, 9, 0).getTime();
const HOUR_MS = 3_600_000;
const WRONG_ADDRESS = { claimed: '10.0.0.5:4000', stranger: '203.0.113.7:30000' };
const GOOD = {
  ...{ received: 3_000, sent: 2_990, lost: 10, foreign: 0, jitterMs: 2.5, greatestJitterMs: 9, score: 4.26 },
  ...{ converted: { from: 'g722', to: 'pcma' }, roundTripMs: 31, reported: { lost: 4, worstLoss: 0.031, jitterMs: 3 } },
};
/** One that was encrypted and attacked; what is 0 there is not told. */
const ENCRYPTED = {
  ...{ received: 2_990, sent: 3_000, lost: 0, foreign: 2, reordered: 5, duplicates: 0 },
  ...{ srtp: 'AES_CM_128_HMAC_SHA1_80', unauthentic: 3, replayed: 1 },
  streams: [{ kind: 'video', received: 800, sent: 790, lost: 1, foreign: 2, jitterMs: 3.1 }],
};

let domain: string;

useSwitch();
beforeEach(async () => {
  await serve();
  domain = running.model.domainNamed('acme.example')?.id ?? '';
  await keep('one', 0, 'answered');
  await keep('two', 1, 'missed');
  await keep('three', 2, 'missed', { number: '202', extension: '202' });
});

/** A call to Anna that began so many hours after the first. */
async function keep(call: string, hours: number, result: 'answered' | 'missed', from: object = IVAN): Promise<void> {
  const start = BEGIN + hours * HOUR_MS;
  const trunk = from === IVAN ? { trunk: 'itsp' } : {};
  const events: (readonly [number, object])[] = [
    [
      0,
      {
        type: 'call.started',
        domain: 'acme.example',
        domainId: domain,
        from,
        dialled: '201',
        sipCallId: 'x',
        ...trunk,
      },
    ],
    [5, { type: 'call.routed', explain: ['201 is Anna'], group: '300', did: '+74951234567' }],
    [10, { type: 'leg.started', leg: 'b1', party: ANNA, flow: 'f', group: '300' }],
    [90, { type: 'leg.ringing', leg: 'b1', status: 180, earlyMedia: false }],
    ...(result === 'answered'
      ? ([
          [4_000, { type: 'call.answered', leg: 'b1', party: ANNA }],
          [4_000, { type: 'recording.started', path: 'recordings/one.wav' }],
          [64_000, { type: 'recording.finished', path: 'recordings/one.wav', durationMs: 60_000, octets: 1 }],
          [8_000, { type: 'media.oneWay', leg: 'b1', everHeard: false, ...WRONG_ADDRESS }],
          [9_000, { type: 'media.recovered', milliseconds: 5_000 }],
          [20_000, { type: 'media.silent' }],
          [64_000, { type: 'leg.ended', leg: 'a', failure: 'caller-hung-up' }],
        ] as const)
      : []),
    [
      64_010,
      {
        type: 'call.ended',
        failure: result === 'answered' ? 'caller-hung-up' : 'caller-cancelled',
        status: result === 'answered' ? 200 : 487,
        media: { a: GOOD, b1: ENCRYPTED },
      },
    ],
  ];
  const record = recordOf(events.map(([at, event], i) => ({ call, seq: i + 1, at: start + at, ...event }) as never));
  if (record === undefined) throw new Error('the call has started');
  await running.store.history.append(record);
}

async function found(...options: string[]): Promise<string[]> {
  const { code, out, err } = await vats('calls', '--history', '--json', ...options);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out).calls.map(({ id }: { id: string }) => id);
}

test.each([
  [[], ['three', 'two', 'one']],
  [
    ['--number', '8 (916) 123-45-67'],
    ['two', 'one'],
  ],
  [['--number', '6123-45-67', '--missed'], ['two']],
  [
    ['--missed', '--answered'],
    ['three', 'two', 'one'],
  ],
  [['--employee', '202'], ['three']],
  [['--group', '300', '--direction', 'internal'], ['three']],
  [
    ['--since', '2026-11-20T10:00'],
    ['three', 'two'],
  ],
  [['--until', '2026-11-20T10:00'], ['one']],
  [
    ['--since', '2026-11-20', '--until', '2026-11-20'],
    ['three', 'two', 'one'],
  ],
  [['--until', '2026-11-19'], []],
  [['--domain', 'acme.example', '--limit', '1'], ['three']],
])('%j', async (options, ids) => {
  expect(await found(...options)).toEqual(ids);
});

test('a page names the next one', async () => {
  const first = await vats('calls', '--history', '--limit', '2');
  expect(first.out).toMatch(/^STARTED +WAY +FROM/);
  for (const row of first.out.split('\n')) expect(row.length).toBeLessThanOrEqual(120);
  const [, next = ''] = /there are more: --after (\S+)/.exec(first.out) ?? [];
  expect(await found('--after', next)).toEqual(['one']);
});

test('a call tells how its sound went, and what was wrong with it', async () => {
  const { out } = await vats('calls', 'show', 'one');
  expect(out).toContain(
    'sound a    g722 converted to pcma, 3000 packets heard, 2990 sent, 10 lost, jitter 2.5 ms, 9 at most, MOS 4.3, there and back 31 ms, ' +
      'the phone missed 4 (3 % at worst)\n',
  );
});

test('a call tells which of its legs were encrypted, and which packets were not heard', async () => {
  const { out } = await vats('calls', 'show', 'one');
  expect(out).toContain(
    'sound b1   SRTP AES_CM_128_HMAC_SHA1_80, 2990 packets heard, 3000 sent, 0 lost, 5 out of order, 3 not under its key, ' +
      '1 replayed, 2 from strangers\n' +
      'video b1   800 packets came, 790 sent, 1 lost, 2 from strangers, jitter 3.1 ms\n',
  );
});

test('a call is told from its first moment to its last', async () => {
  const { code, out } = await vats('calls', 'show', 'one');
  expect(code).toBe(0);
  expect(out).toContain('way        in, by trunk itsp');
  expect(out).toContain('1. 201 is Anna');
  expect(
    out
      .split('\n')
      .filter((line) => /^ +\d+:\d\d\.\d{3}/.test(line))
      .map((line) => line.trim()),
  ).toEqual([
    '0:00.000  a    +79161234567 calls 201',
    '0:00.010  b1   rings 201 Anna (in group 300)',
    '0:00.090  b1   is ringing',
    '0:04.000  b1   answers after 0:03',
    '0:04.000  b1   201 Anna speaks, for 1:00',
    '0:08.000  b1   is not heard: it advertises 10.0.0.5:4000, packets come from 203.0.113.7:30000, which is not believed',
    '0:09.000       all are heard again, after 0:05',
    '0:20.000       nobody has been heard for 3 s',
    '1:04.010  b1   is gone',
    '1:04.010       The caller hung up',
  ]);
});

test('a file holds every call, and is its owner’s alone', async () => {
  const file = join(data, 'calls.csv');
  const { code, err } = await vats('calls', '--history', '--csv', file);
  expect([code, err]).toEqual([0, `3 calls are in ${file}\n`]);
  expect(readFileSync(file, 'utf8').split('\r\n')).toHaveLength(5);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await vats('calls', '--history', '--csv', '-', '--limit', '1')).out.split('\r\n')).toHaveLength(3);
});

test.each([
  [['--history', '--number', '45'], 2, /"45" is too short for a number or its end; give its last 4 digits or more/],
  [['--history', '--number', '12ab'], 2, /--number <number>.*"12ab" has letters in it; write it as/],
  [['--history', '--number', '1'.repeat(200)], 2, /200 digits, and no number has more than 15/],
  [['--history', '--number', '٠١٢٣٤'], 2, /digits other than 0 to 9/],
  [['--history', '--since', 'yesterday'], 2, /give a date such as/],
  [['--history', '--direction', 'up'], 2, /Allowed choices are in, out, internal/],
  [['--history', '--since', '1d', '--until', '2d'], 1, /--since is not before --until/],
  [['--history', '--after', 'x'], 1, /--after: give what the page before showed/],
  [['--history', '--domain', 'nowhere'], 1, /there is no domain nowhere: name one of acme.example/],
  [['--history', '--csv', '/nowhere/x.csv'], 1, /\/nowhere\/x.csv can not be written/],
  [['--history', '--csv', '-', '--json'], 2, /cannot be used with option/],
  [['--missed'], 2, /--missed is about finished calls: add --history/],
  [['show', 'never'], 1, /no call never is kept: vats calls --history lists those that are/],
  [
    ['--history', '--group', '999'],
    1,
    /--group: there is no group 999 in acme\.example, and no such call is kept: it has/,
  ],
  [['--history', '--employee', '999'], 1, /--employee: nobody in acme\.example has extension 999, and no such call/],
])('%j is refused with its remedy', async (options, exit, message) => {
  const { code, err } = await vats('calls', ...options);
  expect(err).toMatch(message);
  expect(code).toBe(exit);
});

test('a call that a limit kept in names the limit in its story, in the list and where it is explained', async () => {
  const limit = { kind: 'user', key: '203', calls: 'all', limit: 'moneyPerDay', used: '2.35', of: '2.4' };
  const events = [
    { type: 'call.started', domain: 'acme.example', domainId: domain, from: ANNA, dialled: '89161234567' },
    { type: 'limit.reached', leg: 'b1', trunk: 'itsp', number: '+79161234567', ...limit },
    { type: 'call.ended', failure: 'limit-reached', status: 403 },
  ];
  const record = recordOf(events.map((event, i) => ({ call: 'kept', seq: i + 1, at: BEGIN + i, ...event }) as never));
  if (record === undefined) throw new Error('the call has started');
  await running.store.history.append(record);
  const said = 'user 203 moneyPerDay 2.35 of 2.4';
  expect((await vats('calls', 'show', 'kept')).out).toContain(`not by trunk itsp: ${said}`);
  expect((await vats('explain', 'call', '--id', 'kept')).out).toContain(`not by trunk itsp: ${said}`);
  expect((await vats('calls', '--history', '--csv', '-', '--direction', 'out')).out).toContain(said);
  // In the list, where there is one with a limit; the others have nothing there.
  const { out } = await vats('calls', '--history');
  const [header = '', first = '', second = ''] = out.split('\n').slice(0, 4);
  expect(header).toMatch(/ ID +LIMIT$/);
  expect(out).toMatch(/failed: limit-reached +kept +user 203 moneyPerDay 2\.35 of 2\.4\n/);
  expect([first, second].join('')).not.toContain('moneyPerDay');
  expect((await vats('calls', '--history', '--missed')).out).not.toContain('LIMIT');
});

test('a call that a limit cut off names the limit as its end', async () => {
  const limit = { kind: 'domain', calls: 'all', limit: 'minutesPerDay', used: 10, of: 10 };
  const far = { number: '+79161234567' };
  const events = [
    { type: 'call.started', domain: 'acme.example', domainId: domain, from: ANNA, dialled: '89161234567' },
    { type: 'leg.started', leg: 'b1', party: far, flow: 'f', trunk: 'itsp' },
    { type: 'call.answered', leg: 'b1', party: far },
    { type: 'limit.reached', leg: 'b1', trunk: 'itsp', number: '+79161234567', ...limit, cutOff: true },
    { type: 'call.ended', failure: 'limit-reached', status: 200 },
  ];
  const record = recordOf(events.map((event, i) => ({ call: 'cut', seq: i + 1, at: BEGIN + i, ...event }) as never));
  if (record === undefined) throw new Error('the call has started');
  await running.store.history.append(record);
  const story = (await vats('calls', 'show', 'cut')).out;
  expect(story).toMatch(/result +answered: .*limit.*: domain minutesPerDay 10 of 10 \(limit-reached, 200\)/);
  expect(story).toContain('may not talk on by trunk itsp: domain minutesPerDay 10 of 10');
  expect(story.trimEnd().split('\n').at(-1)).toMatch(/: domain minutesPerDay 10 of 10$/);
  expect((await vats('explain', 'call', '--id', 'cut')).out).toContain(
    'may not talk on by trunk itsp: domain minutesPerDay',
  );
  expect((await vats('calls', '--history')).out).toMatch(/cut +cut off: domain minutesPerDay 10 of 10\n/);
});

test('a story tells what the caller was told, who supervised, and that a PIN was wrong', async () => {
  const events = [
    { type: 'call.started', domain: 'acme.example', domainId: domain, from: ANNA, dialled: '700' },
    { type: 'call.opened', how: 'answered' },
    { type: 'supervisor.joined', by: { number: '203', name: 'Vera' }, how: 'listen' },
    { type: 'supervisor.left', by: { number: '203', name: 'Vera' }, how: 'listen' },
    { type: 'prompt.played', prompt: 'enter-pin', playedMs: 2_000, why: 'ended' },
    { type: 'prompt.failed', prompt: 'goodbye', why: 'unknown' },
    { type: 'call.ended', failure: 'wrong-pin', status: 200 },
  ];
  const record = recordOf(events.map((event, i) => ({ call: 'pin', seq: i + 1, at: BEGIN + i, ...event }) as never));
  if (record === undefined) throw new Error('the call has started');
  await running.store.history.append(record);
  const { out } = await vats('calls', 'show', 'pin');
  expect(out.slice(out.indexOf('0:00.000')).split(/\n */)).toEqual([
    '0:00.000  a    201 Anna calls 700',
    '0:00.001  a    the switch answers, to speak',
    '0:00.002       203 Vera listens',
    '0:00.003       203 Vera supervises no longer',
    '0:00.004  a    has heard prompt enter-pin for 0:02',
    '0:00.005  a    does not hear prompt goodbye: there is no such prompt',
    '0:00.006       The PIN was wrong too often, or not given',
    '',
  ]);
});

test('help says that --missed and --answered together are either', async () => {
  const { out } = await vats('calls', '--help');
  expect(out.replace(/\s+/g, ' ')).toContain('calls that nobody answered; with --answered these and those');
});

test('a story tells what became of its recording: encoded since, or deleted when it had been kept long enough', async () => {
  const listed = async (state: 'complete' | 'expired'): Promise<void> =>
    running.store.recordings.put({
      ...{ id: 'one', call: 'one', domain, path: 'recordings/one.mp3', from: '201', to: '202' },
      ...{ startedAt: BEGIN, durationMs: 60_000, state },
    });
  expect((await vats('calls', 'show', 'one')).out).toMatch(/recording +recordings\/one\.wav, /);
  await listed('complete');
  expect((await vats('calls', 'show', 'one')).out).toMatch(/recording +recordings\/one\.mp3, [^,]*\n/);
  await listed('expired');
  expect((await vats('calls', 'show', 'one')).out).toMatch(/recording +recordings\/one\.mp3, .*, deleted: expired/);
});
