import { FakeClock } from '@vats/kernel/testing';
import type { CollectEnd, HeardFormats } from '@vats/media';
import { FakeMediaPlane } from '@vats/media/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CallContext } from './call-context.ts';
import type { UnstampedEvent } from './call-event.ts';
import { CallerDialogue, type Reply, type WantedKeys } from './caller-dialogue.ts';
import type { CallerSide } from './caller-side.ts';
import type { Leg } from './leg.ts';
import { Speaker } from './speaker.ts';

const EVENTS: HeardFormats = { sound: [[8, 'pcma/8000/1']], events: [[101, 8_000]] };
const TONES: HeardFormats = { sound: [[8, 'pcma/8000/1']], events: [] };
const PIN: WantedKeys = { most: 4, terminators: ['#'], firstMs: 10_000, betweenMs: 5_000 };

let plane: FakeMediaPlane;
let dialogue: CallerDialogue;
let heardIn: HeardFormats;
let replies: Reply[];
let events: UnstampedEvent[];

beforeEach(() => {
  const clock = new FakeClock();
  plane = new FakeMediaPlane({ clock });
  heardIn = EVENTS;
  replies = [];
  events = [];
  const media = plane.openCall('x1', (event) => {
    if (event.kind === 'played') speaker.told(event);
    if (event.kind === 'collected' || event.kind === 'key') dialogue.told(event);
  })!;
  const sdp = {
    spoken: () => ({ payloadType: 8, encoding: 'pcma/8000/1', ptime: 20 }),
    get heardIn() {
      return heardIn;
    },
  };
  const leg = media.openLeg('a', { family: 4, signalling: '192.0.2.1' });
  const legs = { media, caller: { name: 'a', media: leg, sdp } as unknown as Leg };
  const parts = { clock, prompt: (_: unknown, name: string) => (name === 'none' ? undefined : `/ru/${name}.wav`) };
  const speaker = new Speaker({ legs, parts } as never);
  const log = { warn: () => {} };
  const emit = (event: UnstampedEvent): void => void events.push(event);
  const call = { legs, parts, origin: {}, speaker, log, emit } as unknown as CallContext;
  dialogue = new CallerDialogue(call, { speak: (_, then) => then(true) } as Partial<CallerSide> as CallerSide);
});

const commands = () => plane.call('x1').commands;
const orders = () => commands().flatMap((command) => (command.do === 'collect' ? [command.order] : []));
const plays = () => commands().flatMap((command) => (command.do === 'play' ? [command.order] : []));
/** The media plane tells how an order of its ended, of several the `nth`. */
const collected = (digits: string, why: CollectEnd, nth = orders().length - 1): void =>
  plane.call('x1').emit({ kind: 'collected', leg: 'a', collect: orders()[nth]!.id, digits, why });
const ask = (wanted = PIN): void =>
  dialogue.ask({ items: dialogue.prompts('enter-pin') }, wanted, (reply) => replies.push(reply));

describe('asking', () => {
  test('says something, and tells once what was keyed in', () => {
    ask();
    expect(plays().map(({ items }) => items)).toEqual([[{ file: '/ru/enter-pin.wav' }]]);
    expect(orders()).toMatchObject([{ ...PIN, bargeIn: true, sources: { events: [[101, 8_000]], tones: [] } }]);
    collected('48', 'terminator');
    collected('48', 'terminator');
    expect(replies).toEqual([{ digits: '48', why: 'terminator' }]);
  });

  test('listens to tones where keys come as no events', () => {
    heardIn = TONES;
    ask({ ...PIN, bargeIn: false });
    expect(orders()).toMatchObject([{ bargeIn: false, sources: { events: [], tones: [[8, 'pcma/8000/1']] } }]);
  });

  test('something else ends the first asking without a word', () => {
    ask();
    ask();
    expect(commands().some((command) => command.do === 'stop-collecting')).toBe(true);
    collected('1', 'stopped', 0);
    expect([replies, orders().length]).toEqual([[], 2]);
    collected('', 'nothing');
    expect(replies).toEqual([{ digits: '', why: 'nothing' }]);
  });

  test('a renegotiation that changes nothing for keys leaves it alone', () => {
    ask();
    heardIn = { ...EVENTS, sound: [[0, 'pcmu/8000/1']] };
    dialogue.changed();
    expect(orders()).toHaveLength(1);
  });

  test('keys that come in another way meanwhile are added to those before, and waited for as they would have been', () => {
    ask();
    heardIn = { ...EVENTS, events: [[96, 8_000]] };
    dialogue.changed();
    expect(orders()[1]).toMatchObject({ most: 4, firstMs: 10_000, sources: { events: [[96, 8_000]] } });
    collected('48', 'stopped', 0);
    expect(orders()[2]).toMatchObject({ most: 2, firstMs: 5_000 });
    collected('2', 'stopped', 1);
    expect(orders()[3]).toMatchObject({ most: 1 });
    collected('1', 'stopped', 2);
    expect(replies).toEqual([{ digits: '4821', why: 'complete' }]);
  });

  test('ends at once when what was keyed in is enough, those keys counted that came before another way', () => {
    ask({ ...PIN, isEnough: (digits) => digits.length === 3 });
    expect(orders()).toMatchObject([{ tells: true }]);
    heardIn = TONES;
    dialogue.changed();
    collected('4', 'stopped', 0);
    const key = (digits: string): void =>
      plane.call('x1').emit({ kind: 'key', leg: 'a', collect: orders().at(-1)!.id, digits });
    key('8');
    expect(replies).toEqual([]);
    key('82');
    expect(replies).toEqual([{ digits: '482', why: 'complete' }]);
    expect(commands().at(-1)).toEqual({ do: 'stop-collecting', leg: 'a' });
  });

  test('silence behind keys that came in another way is no silence', () => {
    ask();
    heardIn = TONES;
    dialogue.changed();
    collected('48', 'stopped', 0);
    collected('', 'nothing');
    expect(replies).toEqual([{ digits: '48', why: 'time-out' }]);
  });

  test('what had ended when it was to give way counts', () => {
    ask();
    heardIn = TONES;
    dialogue.changed();
    collected('4821', 'complete', 0);
    expect(replies).toEqual([{ digits: '4821', why: 'complete' }]);
    expect(commands().at(-1)).toEqual({ do: 'stop-collecting', leg: 'a' });
  });

  test('goes on where what was said can’t be played, which is told', () => {
    ask();
    plane
      .call('x1')
      .emit({ kind: 'played', leg: 'a', play: plays()[0]!.id, why: 'failed', playedMs: 0, detail: 'it is gone' });
    expect(events).toEqual([{ type: 'prompt.failed', prompt: 'enter-pin', why: 'unreadable', detail: 'it is gone' }]);
    collected('4', 'terminator');
    expect(replies).toHaveLength(1);
  });
});

test('a prompt that there is not is told, and the others are said', () => {
  expect(dialogue.prompts('none', 'goodbye')).toEqual([{ file: '/ru/goodbye.wav' }]);
  expect(events).toEqual([{ type: 'prompt.failed', prompt: 'none', why: 'unknown' }]);
});

test('after its end nothing is said, asked or told', () => {
  ask();
  dialogue.end();
  collected('4821', 'complete');
  const before = commands().length;
  ask();
  dialogue.say({ items: dialogue.prompts('goodbye') });
  expect([replies, commands().length]).toEqual([[], before]);
});
