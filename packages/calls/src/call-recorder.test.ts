import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import type { Seal } from '@vats/media';
import { FakeMediaPlane } from '@vats/media/testing';
import { beforeEach, expect, test } from 'vitest';
import type { UnstampedEvent } from './call-event.ts';
import { CallRecorder } from './call-recorder.ts';
import type { Leg } from './leg.ts';
import type { CallsParts, RecordingTerms } from './parts.ts';

let clock: FakeClock;
let plane: FakeMediaPlane;
let events: UnstampedEvent[];
let terms: RecordingTerms | { refused: 'low-disk' | 'no-key' };
let before: CallsParts['beforeRecording'];

beforeEach(() => {
  clock = new FakeClock();
  plane = new FakeMediaPlane({ clock });
  events = [];
  terms = {};
  before = undefined;
});

function recorder(): { recorder: CallRecorder; leg: (name: string, recordable?: boolean) => Leg } {
  const media = plane.openCall('x1', (event) => {
    if (event.kind === 'recording-finished' || event.kind === 'recording-failed') made.onMedia(event);
  })!;
  const parts = {
    clock,
    settings: { recordings: '/r' },
    recordings: () => terms,
    ...(before !== undefined && { beforeRecording: before }),
  };
  const origin = { domain: { id: 'd1' }, party: { number: '201' }, dialled: '202' };
  const call = { id: 'x1', origin, parts, log: new MemoryLog(), emit: (event: UnstampedEvent) => events.push(event) };
  const made = new CallRecorder(call as never, () => media);
  const leg = (name: string, recordable = true) =>
    ({
      name,
      party: { number: name, login: 'not told' },
      media: media.openLeg(name, { family: 4, signalling: '192.0.2.1' }),
      sdp: { recordable },
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

test('what is to be heard before holds the recording back', () => {
  let go = (): void => {};
  before = (call, legs, then) => {
    expect([call, legs.map(({ name }) => name)]).toEqual(['x1', ['a', 'b1']]);
    go = then;
  };
  const { recorder: made, leg } = recorder();
  made.begin(leg('a'), leg('b1'));
  expect(commands()).toEqual([]);
  go();
  expect(types()).toEqual(['recording.started']);
});
