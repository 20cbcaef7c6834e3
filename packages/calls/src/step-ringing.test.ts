import { describe, expect, test } from 'vitest';
import type { CallCommand, CallInput, CallState, Rung } from './call-state.ts';
import { step } from './step.ts';

function play(inputs: readonly CallInput[]): { state: CallState; commands: CallCommand[] } {
  let state: CallState = { name: 'routing', told: 0 };
  const commands: CallCommand[] = [];
  for (const input of inputs) {
    const [next, more] = step(state, input);
    state = next;
    commands.push(...more);
  }
  return { state, commands };
}

const said = (commands: readonly CallCommand[]): string[] =>
  commands.flatMap((command) => {
    switch (command.do) {
      case 'invite':
      case 'cancel':
        return [`${command.do} ${command.leg}`];
      case 'start-timer':
        return [`start ${command.timer}${command.ms === undefined ? '' : ` ${command.ms}`}`];
      case 'stop-timer':
        return [`stop ${command.timer}`];
      case 'ask-plan':
        return [`ask-plan ${command.outcome}`];
      default:
        return [];
    }
  });

const ring = (legs: readonly Rung[], ofMany = false): CallInput => ({ type: 'ring', legs, forMs: 30_000, ofMany });
const timer = (name: string): CallInput => ({ type: 'timer', timer: name as never });
const refused = (leg: string, status: number, failure: 'callee-busy' | 'callee-declined' | 'no-answer'): CallInput => ({
  type: 'refused',
  leg,
  status,
  failure,
});

describe('each in its own time', () => {
  test('one that comes later is invited when its time has come, and rings for its own time from then on', () => {
    const { commands } = play([ring([{ leg: 'b1' }, { leg: 'b2', after: 3000, ring: 4000 }]), timer('start b2')]);
    expect(said(commands)).toEqual([
      'start ring 30000',
      'invite b1',
      'start start b2 3000',
      'start stop b2 4000',
      'invite b2',
    ]);
  });

  test('one whose own time is over is no answer; the others ring on', () => {
    const first = play([ring([{ leg: 'b1', ring: 4000 }, { leg: 'b2' }]), timer('stop b1')]);
    expect(said(first.commands).slice(-1)).toEqual(['cancel b1']);
    expect(first.state).toMatchObject({ name: 'ringing', refusals: ['no-answer'] });
    const second = play([
      ring([{ leg: 'b1', ring: 4000 }, { leg: 'b2' }]),
      timer('stop b1'),
      refused('b2', 486, 'callee-busy'),
    ]);
    expect(said(second.commands).slice(-2)).toEqual(['stop ring', 'ask-plan callee-busy']);
  });

  test('who has refused rings no more; who has not begun yet is waited for', () => {
    const { state, commands } = play([
      ring([
        { leg: 'b1', ring: 4000 },
        { leg: 'b2', after: 3000 },
      ]),
      refused('b1', 486, 'callee-busy'),
    ]);
    expect(said(commands).at(-1)).toBe('stop stop b1');
    expect(state).toMatchObject({ name: 'ringing', forks: [{ leg: 'b2', waits: true }] });
  });

  test('an answer stops all their timers, and nobody is rung any more', () => {
    const { commands } = play([
      ring([
        { leg: 'b1', ring: 4000 },
        { leg: 'b2', after: 3000 },
        { leg: 'b3', ring: 9000 },
      ]),
      { type: 'answered', leg: 'b1' },
    ]);
    expect(said(commands).slice(6)).toEqual([
      'stop ring',
      'stop stop b1',
      'stop start b2',
      'cancel b2',
      'stop stop b3',
      'cancel b3',
      'start limit',
    ]);
  });

  test('what is said of one that has not begun means nothing', () => {
    const { state } = play([ring([{ leg: 'b1', after: 3000 }]), { type: 'answered', leg: 'b1' }]);
    expect(state.name).toBe('ringing');
  });

  test('the time of the whole step ends it for all', () => {
    const { commands } = play([ring([{ leg: 'b1' }, { leg: 'b2', after: 40_000 }]), timer('ring')]);
    expect(said(commands).slice(-4)).toEqual(['cancel b1', 'stop start b2', 'cancel b2', 'ask-plan no-answer']);
  });
});

describe('of many', () => {
  const three: readonly Rung[] = [
    { leg: 'b1', member: '201' },
    { leg: 'b2', member: '201' },
    { leg: 'b3', member: '202' },
  ];

  test('who declines declines for all of their phones, and for nobody else', () => {
    const { state, commands } = play([ring(three, true), refused('b1', 603, 'callee-declined')]);
    expect(said(commands).at(-1)).toBe('cancel b2');
    expect(state).toMatchObject({ name: 'ringing', forks: [{ leg: 'b3' }] });
  });

  test('busy is said by one phone', () => {
    const { state } = play([ring(three, true), refused('b1', 486, 'callee-busy')]);
    expect(state).toMatchObject({ forks: [{ leg: 'b2' }, { leg: 'b3' }] });
  });

  test('that one declined is not what the others came to', () => {
    const { commands } = play([
      ring(three, true),
      refused('b1', 603, 'callee-declined'),
      refused('b3', 408, 'no-answer'),
    ]);
    expect(said(commands).at(-1)).toBe('ask-plan no-answer');
    const all = play([ring(three, true), refused('b1', 603, 'callee-declined'), refused('b3', 603, 'callee-declined')]);
    expect(said(all.commands).at(-1)).toBe('ask-plan callee-declined');
  });

  test('elsewhere one who declines ends it all', () => {
    const { state, commands } = play([ring(three), refused('b1', 603, 'callee-declined')]);
    expect(said(commands).slice(-4)).toEqual(['stop ring', 'cancel b2', 'cancel b3', 'ask-plan callee-declined']);
    expect(state.name).toBe('routing');
  });
});

describe('another way to the same number', () => {
  const replaced: CallInput = { type: 'replaced', leg: 'b1', by: 'b2', failure: 'trunk-failed', status: 503 };

  test('takes the place of the one that failed, in what is left of its time', () => {
    const { state, commands } = play([ring([{ leg: 'b1', ring: 9000 }]), replaced]);
    expect(said(commands).slice(2)).toEqual(['invite b1', 'invite b2']);
    expect(commands).toContainEqual({
      do: 'emit',
      event: { type: 'leg.ended', leg: 'b1', failure: 'trunk-failed', status: 503 },
    });
    expect(step(state, timer('stop b1'))[1]).toContainEqual({ do: 'cancel', leg: 'b2', elsewhere: false });
  });

  test('its early media is heard, when that of the first one was', () => {
    const { commands } = play([
      ring([{ leg: 'b1' }]),
      { type: 'progress', leg: 'b1', status: 183, earlyMedia: true },
      replaced,
      { type: 'progress', leg: 'b2', status: 183, earlyMedia: true },
    ]);
    expect(commands).toContainEqual({ do: 'tell-progress', status: 183, earlyMediaOf: 'b2' });
  });
});
