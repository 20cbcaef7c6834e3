import { expect, test } from 'vitest';
import type { CallCommand, CallInput, CallState } from './call-state.ts';
import { step } from './step.ts';

const ROUTING: CallState = { name: 'routing', told: 0 };
const PLAY: CallInput = { type: 'serve', service: { kind: 'play', prompt: 'greeting', answer: true } };
const OPENED: CallInput = { type: 'opened', how: 'answered' };
const EARLY: CallInput = { type: 'opened', how: 'early' };
const PLAYED: CallInput = { type: 'served', outcome: 'played' };
const RING: CallInput = { type: 'ring', legs: [{ leg: 'b1' }, { leg: 'b2' }], forMs: 25_000 };
const HUNG_UP: CallInput = { type: 'leg-ended', leg: 'a', failure: 'caller-hung-up' };

function after(...inputs: readonly CallInput[]): { state: CallState; last: readonly CallCommand[] } {
  let state = ROUTING;
  let last: readonly CallCommand[] = [];
  for (const input of inputs) [state, last] = step(state, input);
  return { state, last };
}

const does = (commands: readonly CallCommand[]): string[] =>
  commands.map((command) =>
    'leg' in command
      ? `${command.do} ${command.leg}`
      : 'timer' in command
        ? `${command.do} ${command.timer}`
        : command.do,
  );

test('when the switch is done with what it does, the plan is asked, and knows how that ended', () => {
  expect(after(PLAY, OPENED, { type: 'served', outcome: 'not-played' })).toEqual({
    state: { name: 'routing', told: 0, opened: 'answered' },
    last: [{ do: 'ask-plan', outcome: 'not-played' }],
  });
});

test('a call that is answered may last only so long; early media is bounded by the ringing', () => {
  expect(does(after(PLAY, OPENED).last)).toEqual(['start-timer limit']);
  expect(after(PLAY, EARLY).last).toEqual([]);
});

test('a phone that is gone ends nothing of what the switch does with the caller', () => {
  const echo: CallInput = { type: 'serve', service: { kind: 'echo' } };
  for (const service of [PLAY, echo]) {
    const { state, last } = after(service, OPENED, { type: 'leg-ended', leg: 'b1', failure: 'leg-lost' });
    expect([state.name, last]).toEqual(['served', []]);
  }
});

test('who hears the switch hears its ringback, at once and when a phone’s own sound ends, and no 180', () => {
  expect(does(after(PLAY, OPENED, PLAYED, RING).last)).toEqual([
    'start-timer ring',
    'ringback',
    'invite b1',
    'invite b2',
  ]);
  expect(does(after(PLAY, EARLY, PLAYED, RING).last)).toContain('ringback');
  expect(does(after(RING).last)).not.toContain('ringback');
  const rings: CallInput = { type: 'progress', leg: 'b1', status: 180, earlyMedia: false };
  const speaks: CallInput = { type: 'progress', leg: 'b1', status: 183, earlyMedia: true };
  const refuses: CallInput = { type: 'refused', leg: 'b1', failure: 'callee-busy', status: 486 };
  expect(does(after(PLAY, OPENED, PLAYED, RING, rings).last)).toEqual(['emit']);
  expect(does(after(PLAY, OPENED, PLAYED, RING, speaks).last)).toEqual(['emit', 'tell-progress']);
  expect(does(after(PLAY, OPENED, PLAYED, RING, speaks, refuses).last)).toEqual(['emit', 'ringback']);
  expect(does(after(PLAY, OPENED, PLAYED, RING, refuses).last)).toEqual(['emit']);
});

test.each([
  ['while it is served', [PLAY, OPENED]],
  ['while phones ring', [PLAY, OPENED, PLAYED, RING]],
  ['between two steps', [PLAY, OPENED, PLAYED]],
] as const)('a caller who hangs up %s has given up', (_, inputs) => {
  const { state, last } = after(...inputs, HUNG_UP);
  expect(state).toEqual({ name: 'closing', failure: 'caller-cancelled', status: 200 });
  expect(last).toContainEqual({ do: 'emit', event: { type: 'leg.ended', leg: 'a', failure: 'caller-cancelled' } });
  expect(does(last)).toContain('stop-timer limit');
  expect(does(last).filter((command) => command.startsWith('bye') || command === 'reject')).toEqual([]);
});

test('and the phones that ring stop', () => {
  expect(does(after(PLAY, OPENED, PLAYED, RING, HUNG_UP).last)).toEqual(
    expect.arrayContaining(['stop-timer ring', 'cancel b1', 'cancel b2']),
  );
});

test('a caller who hangs up on an echo has had it', () => {
  const echo: CallInput = { type: 'serve', service: { kind: 'echo' } };
  expect(after(echo, OPENED, HUNG_UP).state).toMatchObject({ failure: 'caller-hung-up' });
});

test.each([
  ['the plan', { type: 'refuse', failure: 'callee-busy' }],
  ['an operator', { type: 'hang-up', failure: 'operator-hung-up' }],
] as const)('%s ends it: by BYE once the call is answered, else by the INVITE’s response', (_, input) => {
  const { failure } = input;
  expect(after(PLAY, OPENED, PLAYED, input).last).toContainEqual({ do: 'bye', leg: 'a', failure });
  expect(after(PLAY, OPENED, PLAYED, input).state).toMatchObject({ failure, status: 200 });
  expect(does(after(PLAY, EARLY, PLAYED, input).last)).toContain('reject');
  expect(does(after(PLAY, EARLY, PLAYED, input).last)).not.toContain('bye a');
});

test('the limit ends it wherever it is, and every phone stops', () => {
  const limit: CallInput = { type: 'timer', timer: 'limit' };
  expect(after(PLAY, OPENED, limit).state).toMatchObject({ failure: 'time-limit' });
  expect(does(after(PLAY, OPENED, PLAYED, RING, limit).last)).toEqual([
    'stop-timer ring',
    'cancel b1',
    'cancel b2',
    'stop-timer limit',
    'bye a',
    'start-timer closing',
    'close-media',
  ]);
});

test('a re-INVITE of the caller is answered here, as nobody else is there', () => {
  const reinvite: CallInput = { type: 'reinvite', leg: 'a', refresh: false };
  for (const inputs of [
    [PLAY, OPENED],
    [PLAY, OPENED, PLAYED],
    [PLAY, OPENED, PLAYED, RING],
  ] as const) {
    expect(after(...inputs, reinvite).last).toEqual([{ do: 'answer-reinvite', leg: 'a' }]);
  }
});
