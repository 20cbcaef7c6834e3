import type { ServedOutcome } from '@vats/pbx';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CallCommand, CallInput, CallState, Opened, Service, TimerName } from './call-state.ts';
import { step } from './step.ts';

const ROUTING: CallState = { name: 'routing', told: 0 };

function play(inputs: readonly CallInput[], from: CallState = ROUTING): { state: CallState; commands: CallCommand[] } {
  const commands: CallCommand[] = [];
  let state = from;
  for (const input of inputs) {
    const [next, more] = step(state, input);
    state = next;
    commands.push(...more);
  }
  return { state, commands };
}

const does = (commands: readonly CallCommand[]): string[] =>
  commands.filter((c) => c.do !== 'emit').map((c) => ('leg' in c ? `${c.do} ${c.leg}` : c.do));

const ring = (...legs: string[]): CallInput => ({ type: 'ring', legs: legs.map((leg) => ({ leg })), forMs: 25_000 });
const progress = (leg: string, status: number, earlyMedia = false): CallInput => ({
  type: 'progress',
  leg,
  status,
  earlyMedia,
});
const refused = (
  leg: string,
  status: number,
  failure: 'callee-busy' | 'callee-declined' | 'unreachable',
): CallInput => ({
  type: 'refused',
  leg,
  status,
  failure,
});

describe('ringing', () => {
  test('all phones ring at once; the first answer wins and the others are told it was answered elsewhere', () => {
    const { state, commands } = play([ring('b1', 'b2', 'b3'), { type: 'answered', leg: 'b2' }]);
    expect(state).toEqual({ name: 'talking', peer: 'b2' });
    expect(commands).toContainEqual({ do: 'cancel', leg: 'b1', elsewhere: true });
    expect(commands).toContainEqual({ do: 'cancel', leg: 'b3', elsewhere: true });
    expect(does(commands)).toContain('connect b2');
  });

  test('an answer that comes while two talk connects nobody else', () => {
    const { state, commands } = play([
      ring('b1', 'b2'),
      { type: 'answered', leg: 'b2' },
      { type: 'answered', leg: 'b1' },
      { type: 'answered', leg: 'b2' },
    ]);
    expect(state).toEqual({ name: 'talking', peer: 'b2' });
    expect(does(commands).filter((command) => command.startsWith('connect'))).toEqual(['connect b2']);
  });

  test('the caller hears 180 once however many phones ring', () => {
    const { commands } = play([ring('b1', 'b2'), progress('b1', 180), progress('b2', 180), progress('b1', 180)]);
    expect(commands.filter((c) => c.do === 'tell-progress')).toEqual([{ do: 'tell-progress', status: 180 }]);
  });

  test('early media of the first phone that has some is heard, that of another is not', () => {
    const { commands } = play([
      ring('b1', 'b2'),
      progress('b2', 183, true),
      progress('b1', 183, true),
      progress('b1', 180),
    ]);
    expect(commands.filter((c) => c.do === 'tell-progress')).toEqual([
      { do: 'tell-progress', status: 183, earlyMediaOf: 'b2' },
    ]);
  });

  test('when the phone that was heard refuses, the next one with early media is heard', () => {
    const { commands } = play([
      ring('b1', 'b2'),
      progress('b1', 183, true),
      refused('b1', 486, 'callee-busy'),
      progress('b2', 183, true),
    ]);
    expect(commands.filter((c) => c.do === 'tell-progress')).toHaveLength(2);
  });

  test('the plan is asked only when the last phone has refused, with the refusal that tells most', () => {
    const { state, commands } = play([
      ring('b1', 'b2'),
      refused('b1', 486, 'callee-busy'),
      refused('b2', 503, 'unreachable'),
    ]);
    expect(state.name).toBe('routing');
    expect(commands).toContainEqual({ do: 'ask-plan', outcome: 'callee-busy' });
  });

  test('6xx speaks for all phones of the person (RFC 3261 §16.7)', () => {
    const { commands } = play([ring('b1', 'b2'), refused('b1', 603, 'callee-declined')]);
    expect(commands).toContainEqual({ do: 'cancel', leg: 'b2', elsewhere: false });
    expect(commands).toContainEqual({ do: 'ask-plan', outcome: 'callee-declined' });
  });

  test('the ring time ends in no answer, though one phone was busy before', () => {
    const silent = play([ring('b1'), { type: 'timer', timer: 'ring' }]);
    expect(silent.commands).toContainEqual({ do: 'ask-plan', outcome: 'no-answer' });
    const busy = play([ring('b1', 'b2'), refused('b1', 486, 'callee-busy'), { type: 'timer', timer: 'ring' }]);
    expect(busy.commands).toContainEqual({ do: 'ask-plan', outcome: 'callee-busy' });
  });

  test('a step without phones goes straight back to the plan', () => {
    expect(play([ring()]).commands).toEqual([{ do: 'ask-plan', outcome: 'unreachable' }]);
  });

  test('the caller gives up: every phone is cancelled and nothing is answered twice', () => {
    const { state, commands } = play([ring('b1', 'b2'), { type: 'caller-gave-up' }]);
    expect(state).toMatchObject({ name: 'closing', failure: 'caller-cancelled', status: 487 });
    expect(does(commands)).not.toContain('reject');
    expect(does(commands)).toEqual(expect.arrayContaining(['cancel b1', 'cancel b2', 'close-media']));
  });
});

describe('talking', () => {
  const TALKING: CallState = { name: 'talking', peer: 'b1' };

  test.each([
    ['a', 'b1', 'caller-hung-up'],
    ['b1', 'a', 'callee-hung-up'],
  ] as const)('when %s hangs up, %s gets BYE and the call closes', (leg, other, failure) => {
    const { state, commands } = play([{ type: 'leg-ended', leg, failure }], TALKING);
    expect(state).toMatchObject({ name: 'closing', failure, status: 200 });
    expect(does(commands)).toContain(`bye ${other}`);
    expect(does(commands)).not.toContain(`bye ${leg}`);
  });

  test('a re-INVITE goes to the other side and its answer comes back', () => {
    const { commands } = play(
      [
        { type: 'reinvite', leg: 'b1', refresh: false },
        { type: 'reinvite-answered', leg: 'a' },
      ],
      TALKING,
    );
    expect(commands).toEqual([
      { do: 'relay-reinvite', from: 'b1', to: 'a' },
      { do: 'pass-answer', from: 'a', to: 'b1' },
    ]);
  });

  test('a refresh is answered without troubling the other side', () => {
    expect(play([{ type: 'reinvite', leg: 'a', refresh: true }], TALKING).commands).toEqual([
      { do: 'answer-reinvite', leg: 'a' },
    ]);
  });

  test('a second re-INVITE while one is on its way is glare (RFC 3261 §14.2)', () => {
    const { commands } = play(
      [
        { type: 'reinvite', leg: 'a', refresh: false },
        { type: 'reinvite', leg: 'b1', refresh: false },
        { type: 'reinvite-refused', leg: 'b1', status: 488 },
      ],
      TALKING,
    );
    expect(commands).toEqual([
      { do: 'relay-reinvite', from: 'a', to: 'b1' },
      { do: 'refuse-reinvite', leg: 'b1', status: 491 },
      { do: 'refuse-reinvite', leg: 'a', status: 488 },
    ]);
  });

  test('the time limit hangs up both sides', () => {
    const { state, commands } = play([{ type: 'timer', timer: 'limit' }], TALKING);
    expect(state).toMatchObject({ failure: 'time-limit' });
    expect(does(commands)).toEqual(expect.arrayContaining(['bye a', 'bye b1']));
  });
});

test('the echo test is served by the switch and ends with the caller', () => {
  const { state, commands } = play([
    { type: 'serve', service: { kind: 'echo' } },
    { type: 'opened', how: 'answered' },
    { type: 'reinvite', leg: 'a', refresh: false },
    { type: 'leg-ended', leg: 'a', failure: 'caller-hung-up' },
    { type: 'media-closed' },
  ]);
  expect(state.name).toBe('ended');
  expect(does(commands)).toEqual([
    'serve',
    'start-timer',
    'answer-reinvite a',
    'stop-timer',
    'start-timer',
    'close-media',
    'stop-timer',
    'end',
  ]);
});

test('a file that is never finished does not keep the call alive', () => {
  const { state } = play([
    { type: 'refuse', failure: 'not-found' },
    { type: 'timer', timer: 'closing' },
  ]);
  expect(state).toEqual({ name: 'ended', failure: 'not-found', status: 404 });
});

const LEGS = ['a', 'b1', 'b2', 'b3', 'b4', 'b5'] as const;
const leg = fc.constantFrom(...LEGS);
const anyInput: fc.Arbitrary<CallInput> = fc.oneof(
  fc.record({
    type: fc.constant('ring' as const),
    legs: fc.subarray([
      { leg: 'b1', member: '201', ring: 1 },
      { leg: 'b2', member: '201', after: 1 },
      { leg: 'b3', member: '202', after: 1, ring: 1 },
    ]),
    forMs: fc.constant(1),
    ofMany: fc.boolean(),
  }),
  fc.record({
    type: fc.constant('replaced' as const),
    leg,
    by: fc.constantFrom('b4', 'b5'),
    failure: fc.constant('trunk-failed' as const),
    status: fc.constant(503),
  }),
  fc.record({
    type: fc.constant('serve' as const),
    service: fc.constantFrom<Service>(
      { kind: 'echo' },
      { kind: 'play', prompt: 'x', answer: true },
      { kind: 'play', prompt: 'x', answer: false },
    ),
  }),
  fc.record({ type: fc.constant('opened' as const), how: fc.constantFrom<Opened>('early', 'answered') }),
  fc.record({ type: fc.constant('served' as const), outcome: fc.constantFrom<ServedOutcome>('played', 'not-played') }),
  fc.record({ type: fc.constant('refuse' as const), failure: fc.constant('not-found' as const) }),
  fc.record({
    type: fc.constant('progress' as const),
    leg,
    status: fc.constantFrom(180, 181, 182, 183),
    earlyMedia: fc.boolean(),
  }),
  fc.record({ type: fc.constant('answered' as const), leg }),
  fc.record({
    type: fc.constant('refused' as const),
    leg,
    failure: fc.constantFrom('callee-busy' as const, 'callee-declined' as const),
    status: fc.constantFrom(486, 603),
  }),
  fc.record({
    type: fc.constant('timer' as const),
    timer: fc.constantFrom<TimerName>('ring', 'limit', 'closing', 'start b2', 'start b3', 'stop b1', 'stop b3'),
  }),
  fc.constant({ type: 'caller-gave-up' as const }),
  fc.record({ type: fc.constant('leg-ended' as const), leg, failure: fc.constant('caller-hung-up' as const) }),
  fc.record({ type: fc.constant('reinvite' as const), leg, refresh: fc.boolean() }),
  fc.record({ type: fc.constant('reinvite-answered' as const), leg }),
  fc.record({ type: fc.constant('reinvite-refused' as const), leg, status: fc.constant(488) }),
  fc.record({ type: fc.constant('hang-up' as const), failure: fc.constant('operator-hung-up' as const) }),
  fc.constant({ type: 'media-closed' as const }),
);

test('whatever happens in whatever order: every leg is ended once, timers are stopped, the end comes once', () => {
  fc.assert(
    fc.property(fc.array(anyInput, { maxLength: 30 }), (inputs) => {
      const open = new Set<string>();
      const up = new Set<string>();
      const timers = new Set<string>();
      const waiting = new Set<string>();
      let callerWaits = true;
      let ends = 0;
      let state: CallState = ROUTING;
      const finish = (commands: readonly CallCommand[], input: CallInput): void => {
        if (input.type === 'caller-gave-up' && callerWaits) callerWaits = false;
        if (input.type === 'opened' && input.how === 'answered') callerWaits = false;
        if (input.type === 'refused' || input.type === 'leg-ended' || input.type === 'replaced') open.delete(input.leg);
        if (input.type === 'answered') up.add(input.leg);
        if (input.type === 'timer') timers.delete(input.timer);
        for (const command of commands) {
          switch (command.do) {
            case 'invite':
              expect(open.has(command.leg)).toBe(false);
              waiting.delete(command.leg);
              open.add(command.leg);
              up.delete(command.leg);
              break;
            case 'cancel':
              // One whose time has not come has no INVITE yet.
              expect(open.delete(command.leg) || waiting.delete(command.leg)).toBe(true);
              break;
            case 'bye':
              if (command.leg !== 'a') expect(open.delete(command.leg)).toBe(true);
              else expect(callerWaits).toBe(false);
              break;
            case 'connect':
              callerWaits = false;
              break;
            case 'reject':
              expect(callerWaits).toBe(true);
              callerWaits = false;
              break;
            case 'start-timer':
              timers.add(command.timer);
              if (command.timer.startsWith('start ')) waiting.add(command.timer.slice('start '.length));
              break;
            case 'stop-timer':
              timers.delete(command.timer);
              break;
            case 'end':
              ends++;
              break;
            default:
              break;
          }
        }
      };
      for (const input of inputs) {
        // A caller can give up only while it waits for a final response, and each leg speaks only while it is open.
        if (input.type === 'caller-gave-up' && !callerWaits) continue;
        if ('leg' in input && input.leg !== 'a' && !open.has(input.leg)) continue;
        // An INVITE has one final response; a phone hangs up only what it has answered.
        const isFinal = input.type === 'answered' || input.type === 'refused' || input.type === 'replaced';
        if (isFinal && up.has(input.leg)) continue;
        if (input.type === 'replaced' && open.has(input.by)) continue;
        if (input.type === 'leg-ended' && (callerWaits || (state.name === 'ringing' && input.leg !== 'a'))) continue;
        // It is the service that opens, and what has been answered is not asked to answer again.
        if (input.type === 'opened' && (state.name !== 'served' || !callerWaits)) continue;
        if (input.type === 'timer' && !timers.has(input.timer)) continue;
        const [next, commands] = step(state, input);
        state = next;
        finish(commands, input);
      }
      for (const input of [
        { type: 'hang-up', failure: 'switch-stopped' },
        { type: 'media-closed' },
      ] as const satisfies readonly CallInput[]) {
        const [next, commands] = step(state, input);
        state = next;
        finish(commands, input);
      }
      expect(state.name).toBe('ended');
      expect(ends).toBe(1);
      expect([...open]).toEqual([]);
      expect([...timers]).toEqual([]);
      expect(callerWaits).toBe(false);
    }),
    { numRuns: 3000 },
  );
});
