import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import type { Seal } from '@vats/media';
import { FakeMediaPlane } from '@vats/media/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import type { UnstampedEvent } from './call-event.ts';
import { CallRecorder } from './call-recorder.ts';
import type { Leg } from './leg.ts';
import type { RecordingTerms } from './parts.ts';
import { Speaker } from './speaker.ts';

let clock: FakeClock;
let plane: FakeMediaPlane;
let events: UnstampedEvent[];
let terms: RecordingTerms | { refused: 'low-disk' | 'no-key' };
let prompts: boolean;

beforeEach(() => {
  clock = new FakeClock();
  plane = new FakeMediaPlane({ clock });
  events = [];
  terms = {};
  prompts = true;
});

function recorder(): { recorder: CallRecorder; leg: (name: string, recordable?: boolean) => Leg } {
  const media = plane.openCall('x1', (event) => {
    if (event.kind === 'played') speaker.told(event);
    if (event.kind === 'recording-finished' || event.kind === 'recording-failed') made.onMedia(event);
  })!;
  const parts = {
    clock,
    settings: { recordings: '/r' },
    recordings: () => terms,
    prompt: (_: unknown, name: string) => (prompts ? `/${name}` : undefined),
  };
  const origin = { domain: { id: 'd1' }, party: { number: '201' }, dialled: '202' };
  const speaker = new Speaker({ parts, legs: { media } } as never);
  const emit = (event: UnstampedEvent): unknown => events.push(event);
  const solo = { runs: false };
  const call = { id: 'x1', origin, parts, log: new MemoryLog(), emit, speaker, solo, holdMusic: { review: () => {} } };
  const made = new CallRecorder(call as never, () => media);
  const leg = (name: string, recordable = true) =>
    ({
      name,
      party: { number: name, login: 'not told' },
      media: media.openLeg(name, { family: 4, signalling: '192.0.2.1' }),
      sdp: { recordable, spoken: () => ({ payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 }) },
    }) as unknown as Leg;
  return { recorder: made, leg };
}

const commands = (): unknown[] => plane.call('x1').commands.filter(({ do: what }) => what.includes('record'));
const types = (): string[] => events.map(({ type }) => type);

test('by policy: begun at the answer, and whoever comes in another’s place is recorded into the same file', () => {
  const { recorder: made, leg } = recorder();
  const [a, b, c] = [leg('a'), leg('b1'), leg('b2')];
  made.begin(a, b);
  made.talk(a, c);
  made.talk(a, c);
  expect(commands()).toEqual([
    {
      do: 'record',
      path: '/r/2026-01-01/000000-201-202-x1.wav',
      left: { leg: 'a', party: { number: 'a' } },
      right: { leg: 'b1', party: { number: 'b1' } },
    },
    { do: 'record-from', channel: 'right', source: { leg: 'b2', party: { number: 'b2' } } },
  ]);
  expect(made.state).toBe('on');
});

test('by hand: start, pause, resume, stop, and start again into another file', () => {
  const { recorder: made, leg } = recorder();
  expect([made.do('start'), made.do('stop'), made.do('pause')]).toEqual(['nobody-talks', 'not-running', 'not-running']);
  made.talk(leg('a'), leg('b1'));
  expect([made.do('start'), made.do('start')]).toEqual([undefined, 'running']);
  for (const command of ['pause', 'pause', 'resume', 'resume', 'stop'] as const)
    expect(made.do(command)).toBeUndefined();
  expect([made.state, made.do('start'), made.do('pause')]).toEqual(['off', 'busy', 'not-running']);
  clock.advance(0);
  expect(events.at(-1)).toMatchObject({ type: 'recording.finished', why: 'stopped' });
  expect(made.do('start')).toBeUndefined();
  expect(made.last?.path).toBe('/r/2026-01-01/000000-201-202-x1-2.wav');
  expect(types()).toEqual([
    'recording.started',
    'recording.paused',
    'recording.resumed',
    'recording.finished',
    'recording.started',
  ]);
});

test.each([
  ['caller', 'left', ['a', 'c']],
  ['callee', 'right', ['b1', 'b2']],
] as const)('one side alone, encrypted: the %s, whoever comes in the place of either', (sides, channel, legs) => {
  const { recorder: made, leg } = recorder();
  const seal: Seal = { key: Buffer.alloc(32), salt: Buffer.alloc(32) };
  terms = { sides, seal };
  made.begin(leg('a'), leg('b1'));
  made.talk(leg('c'), leg('b2'));
  const sources = commands().map((command) => {
    const { left, right, channel: on, source } = command as Record<'left' | 'right' | 'channel' | 'source', unknown>;
    return on === undefined ? { left, right } : { [on as string]: source };
  });
  const other = channel === 'left' ? 'right' : 'left';
  const [first, second] = legs.map((name) => ({ leg: name, party: { number: name } }));
  expect(sources[0]).toEqual({ [channel]: first, [other]: undefined });
  expect(sources.slice(1)).toEqual(
    channel === 'left' ? [{ left: second }, { right: undefined }] : [{ left: undefined }, { right: second }],
  );
  expect(commands()[0]).toMatchObject({ path: expect.stringMatching(/\.vrec$/) });
});

test('what is in the way is said: the disk, a codec that is not recorded', () => {
  const { recorder: made, leg } = recorder();
  terms = { refused: 'low-disk' };
  made.begin(leg('a'), leg('b1'));
  expect(events).toEqual([{ type: 'recording.refused', why: 'low-disk' }]);
  terms = {};
  made.talk(leg('c'), leg('b2', false));
  expect(made.do('start')).toBe('codec');
  expect(made.last).toBeUndefined();
});

describe('what both sides hear before', () => {
  const said = (): string[] =>
    plane.call('x1').commands.flatMap((command) => {
      if (command.do === 'stop-playing') return [`${command.leg} stop`];
      if (command.do !== 'play') return [];
      const [item] = command.order.items;
      return [`${command.leg} ${item !== undefined && 'file' in item ? item.file : 'beep'}`];
    });
  const heard = (leg: string, why: 'ended' | 'failed' = 'ended'): void => {
    const order = plane.call('x1').commands.findLast((command) => command.do === 'play' && command.leg === leg);
    if (order?.do !== 'play') throw new Error(`nothing is said to ${leg}`);
    plane.call('x1').emit({ kind: 'played', leg, play: order.order.id, why, playedMs: 1 });
  };

  test('an announcement: the recording begins when both have heard it', () => {
    terms = { announce: 'announcement' };
    const { recorder: made, leg } = recorder();
    made.begin(leg('a'), leg('b1'));
    expect(said()).toEqual(['a /call-is-recorded', 'b1 /call-is-recorded']);
    expect([made.state, made.do('start'), made.do('pause')]).toEqual(['on', 'running', 'busy']);
    heard('b1');
    expect(commands()).toEqual([]);
    heard('a');
    expect(types()).toEqual(['recording.started']);
    expect(commands()).toHaveLength(1);
  });

  test('a beep, of one that somebody starts by hand too', () => {
    terms = { announce: 'beep' };
    const { recorder: made, leg } = recorder();
    made.talk(leg('a'), leg('b1'));
    expect(made.do('start')).toBeUndefined();
    expect(said()).toEqual(['a beep', 'b1 beep']);
    heard('a');
    heard('b1');
    expect(types()).toEqual(['recording.started']);
  });

  test('an announcement that can not be played is a beep: nothing is recorded without either', () => {
    terms = { announce: 'announcement' };
    const { recorder: made, leg } = recorder();
    made.begin(leg('a'), leg('b1'));
    heard('a', 'failed');
    heard('b1');
    expect(said().at(-1)).toBe('a beep');
    expect(types()).toEqual(['prompt.failed']);
    heard('a');
    expect(types()).toEqual(['prompt.failed', 'recording.started']);
    prompts = false;
    terms = { announce: 'announcement' };
    const other = recorder();
    other.recorder.begin(other.leg('a'), other.leg('b1'));
    expect(said()).toEqual(['a beep', 'b1 beep']);
  });

  test('an echo hears it once', () => {
    terms = { announce: 'beep' };
    const { recorder: made, leg } = recorder();
    const a = leg('a');
    made.begin(a, a);
    expect(said()).toEqual(['a beep']);
  });

  test.each(['stop', 'close', 'low-disk'] as const)('%s meanwhile: it never begins', (how) => {
    terms = { announce: 'beep' };
    const { recorder: made, leg } = recorder();
    made.begin(leg('a'), leg('b1'));
    if (how === 'stop') expect(made.do('stop')).toBeUndefined();
    else if (how === 'close') made.close();
    else made.stop('low-disk');
    heard('a');
    heard('b1');
    expect(commands()).toEqual([]);
    expect(made.state).toBe('off');
    expect(made.do('stop')).toBe('not-running');
  });

  test('room on the disk that is gone when they have heard it is told', () => {
    terms = { announce: 'beep' };
    const { recorder: made, leg } = recorder();
    made.begin(leg('a'), leg('b1'));
    heard('a');
    terms = { refused: 'low-disk' };
    heard('b1');
    expect(events).toEqual([{ type: 'recording.refused', why: 'low-disk' }]);
  });
});
