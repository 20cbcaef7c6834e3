import { readFileSync } from 'node:fs';
import { everyPair } from '@vats/kernel/testing';
import type { Plan } from '@vats/pbx';
import { expect, test } from 'vitest';
import { CALLER, type CallCommand, type CallInput, type CallState } from './call-state.ts';
import { step } from './step.ts';

const FORKS = ['b1', 'b2'].map((leg) => ({ leg, first: leg, waits: false, ringing: false }));
const RINGING = { name: 'ringing', forks: FORKS, refusals: [], told: 180, ofMany: false } as const;
/** Who was called waits in the caller's place, while the caller, who sends it on, is there still. */
const TRANSFER = { caller: 'b5', transfer: { by: CALLER, up: true } } as const;

/** Of the plan nothing is asked here. */
const QUEUE = { kind: 'queue', plan: {} as Plan } as const;

/** Each state, some of them in several shapes. */
const STATES = {
  routing: {
    routing: { name: 'routing', told: 0 },
    'routing, opened': { name: 'routing', told: 0, opened: 'answered' },
    'routing, a transfers b5': { name: 'routing', told: 0, opened: 'answered', ...TRANSFER },
    'routing, orphaned': { name: 'routing', told: 180, orphan: true },
  },
  ringing: {
    ringing: RINGING,
    'ringing, b2 waits': { ...RINGING, forks: [FORKS[0]!, { ...FORKS[1]!, waits: true, after: 5, ring: 9 }] },
    'ringing, a transfers b5': { ...RINGING, told: 0, opened: 'answered', ...TRANSFER },
    'ringing, orphaned': { ...RINGING, orphan: true },
    'ringing for a queue': { ...RINGING, told: 0, opened: 'answered', ofMany: true, queue: QUEUE },
  },
  served: {
    'served a queue': { name: 'served', told: 0, opened: 'answered', service: QUEUE },
    'served an echo': { name: 'served', told: 0, service: { kind: 'echo' } },
    'served a prompt': { name: 'served', told: 0, service: { kind: 'play', prompt: 'p', answer: false } },
  },
  talking: {
    talking: { name: 'talking', peer: 'b1' },
    'talking, a offers': { name: 'talking', peer: 'b1', exchange: { from: CALLER, to: 'b1' } },
  },
  closing: { closing: { name: 'closing', failure: 'callee-busy', status: 486 } },
  ended: { ended: { name: 'ended', failure: 'callee-busy', status: 486 } },
} as const satisfies Record<CallState['name'], Record<string, CallState>>;

/** Each input, from whom it matters and from whom it does not. */
const INPUTS = {
  ring: {
    'ring b3': { type: 'ring', legs: [{ leg: 'b3' }], forMs: 9 },
    'ring nobody': { type: 'ring', legs: [], forMs: 9 },
  },
  offer: {
    'offer to b3': { type: 'offer', legs: [{ leg: 'b3', member: '201' }], forMs: 9 },
    'offer to nobody': { type: 'offer', legs: [], forMs: 9 },
  },
  serve: { serve: { type: 'serve', service: { kind: 'echo' } } },
  opened: {
    'opened early': { type: 'opened', how: 'early' },
    'opened by an answer': { type: 'opened', how: 'answered' },
  },
  served: { served: { type: 'served', outcome: 'played' } },
  refuse: { refuse: { type: 'refuse', failure: 'not-found' } },
  progress: {
    '180 of b1': { type: 'progress', leg: 'b1', status: 180, earlyMedia: false },
    'sound of b1': { type: 'progress', leg: 'b1', status: 183, earlyMedia: true },
    '180 of b9': { type: 'progress', leg: 'b9', status: 180, earlyMedia: false },
  },
  answered: {
    'b1 answers': { type: 'answered', leg: 'b1' },
    'b2 answers': { type: 'answered', leg: 'b2' },
    'b9 answers': { type: 'answered', leg: 'b9' },
  },
  reserved: { 'b1 reserved': { type: 'reserved', leg: 'b1' }, 'b9 reserved': { type: 'reserved', leg: 'b9' } },
  refused: {
    'b1 busy': { type: 'refused', leg: 'b1', failure: 'callee-busy', status: 486 },
    'b1 declines for all': { type: 'refused', leg: 'b1', failure: 'callee-declined', status: 603 },
    'b9 busy': { type: 'refused', leg: 'b9', failure: 'callee-busy', status: 486 },
  },
  replaced: {
    'b1 by b4': { type: 'replaced', leg: 'b1', by: 'b4', failure: 'unreachable', status: 503 },
    'b9 by b4': { type: 'replaced', leg: 'b9', by: 'b4', failure: 'unreachable', status: 503 },
  },
  timer: {
    'timer ring': { type: 'timer', timer: 'ring' },
    'timer limit': { type: 'timer', timer: 'limit' },
    'timer closing': { type: 'timer', timer: 'closing' },
    'timer start b2': { type: 'timer', timer: 'start b2' },
    'timer stop b2': { type: 'timer', timer: 'stop b2' },
  },
  'caller-gave-up': { 'caller gives up': { type: 'caller-gave-up' } },
  'leg-ended': {
    'a ends': { type: 'leg-ended', leg: CALLER, failure: 'caller-hung-up' },
    'b1 ends': { type: 'leg-ended', leg: 'b1', failure: 'caller-hung-up' },
    'b9 ends': { type: 'leg-ended', leg: 'b9', failure: 'caller-hung-up' },
  },
  reinvite: {
    'a offers': { type: 'reinvite', leg: CALLER, refresh: false },
    'a refreshes': { type: 'reinvite', leg: CALLER, refresh: true },
    'b1 offers': { type: 'reinvite', leg: 'b1', refresh: false },
    'b9 offers': { type: 'reinvite', leg: 'b9', refresh: false },
  },
  'reinvite-answered': {
    'b1 answers its offer': { type: 'reinvite-answered', leg: 'b1' },
    'a answers its offer': { type: 'reinvite-answered', leg: CALLER },
  },
  'reinvite-refused': {
    'b1 refuses its offer': { type: 'reinvite-refused', leg: 'b1', status: 488 },
    'a refuses its offer': { type: 'reinvite-refused', leg: CALLER, status: 488 },
  },
  transfer: {
    'a transfers': { type: 'transfer', by: CALLER },
    'b1 transfers': { type: 'transfer', by: 'b1' },
    'b9 transfers': { type: 'transfer', by: 'b9' },
  },
  brought: { 'b5 is brought': { type: 'brought', leg: 'b5' } },
  'taken-over': {
    'b5 takes over b1': { type: 'taken-over', leg: 'b1', by: 'b5' },
    'b5 takes over a': { type: 'taken-over', leg: CALLER, by: 'b5' },
    'b5 takes over b9': { type: 'taken-over', leg: 'b9', by: 'b5' },
  },
  'picked-up': {
    'b5 picks up b1': { type: 'picked-up', leg: 'b1', by: 'b5' },
    'b5 picks up b9': { type: 'picked-up', leg: 'b9', by: 'b5' },
  },
  absorbed: {
    'absorbed by b1': { type: 'absorbed', by: 'b1' },
    'absorbed by a': { type: 'absorbed', by: CALLER },
    'absorbed by b9': { type: 'absorbed', by: 'b9' },
  },
  orphaned: { orphaned: { type: 'orphaned' } },
  'hang-up': { 'hang up': { type: 'hang-up', failure: 'time-limit' } },
  'media-closed': { 'media closed': { type: 'media-closed' } },
} as const satisfies Record<CallInput['type'], Record<string, CallInput>>;

const states: Record<string, CallState> = Object.assign({}, ...Object.values(STATES));
const inputs: Record<string, CallInput> = Object.assign({}, ...Object.values(INPUTS));

/** `ignored`, or the next state and what is done. */
function outcomeOf(state: CallState, input: CallInput): string {
  const [next, commands] = step(state, input);
  const done = commands.map(described).join(', ');
  const isSame = JSON.stringify(next) === JSON.stringify(state);
  if (isSame && done === '') return 'ignored';
  const to = next.name === state.name ? (isSame ? '' : 'changed') : next.name;
  return [to, done].filter((part) => part !== '').join(': ');
}

function described(command: CallCommand): string {
  switch (command.do) {
    case 'emit':
      return command.event.type;
    case 'start-timer':
    case 'stop-timer':
      return `${command.do} ${command.timer}`;
    case 'tell-progress':
      return `tell ${command.status}`;
    case 'reject':
      return `reject ${command.status}`;
    case 'refuse-reinvite':
      return `refuse-reinvite ${command.leg} ${command.status}`;
    case 'ask-plan':
      return `ask-plan ${typeof command.outcome === 'string' ? command.outcome : JSON.stringify(command.outcome)}`;
    case 'relay-reinvite':
    case 'pass-answer':
      return `${command.do} ${command.from} ${command.to}`;
    default:
      return 'leg' in command ? `${command.do} ${command.leg}` : command.do;
  }
}

/** What comes of each pair; reviewed by people, line for line. */
const TABLE = readFileSync(new URL('step-pairs.txt', import.meta.url), 'utf8');

test.each(everyPair(Object.keys(states), Object.keys(inputs), TABLE))('%s, %s: %s', (state, input, outcome) => {
  expect(outcomeOf(states[state]!, inputs[input]!)).toBe(outcome);
});
