import type { AskDecision, DecisionAnswer, DecisionQuestion } from '@vats/calls';
import { FaultLines } from '@vats/kernel';
import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { beforeEach, expect, test } from 'vitest';
import { guardedDecisions } from './guarded-decisions.ts';

const QUESTION: DecisionQuestion = { call: 'x1', domain: 'acme.example', from: '201', to: '700', keys: [] };
const FAULT = { ok: false, why: 'a fault of the switch, which the log tells' };

let clock: FakeClock;
let log: MemoryLog;
let faults: FaultLines;
let answers: (answer: DecisionAnswer) => void;

const waits: AskDecision = (_url, _question, answered) => {
  answers = answered;
  return () => {};
};

beforeEach(() => {
  clock = new FakeClock();
  log = new MemoryLog();
  faults = new FaultLines(clock, log);
});

test('an answer that nothing can be done with for a fault of ours is none, and the log says so', () => {
  const heard: DecisionAnswer[] = [];
  const ask = guardedDecisions(waits, faults, clock);
  ask('https://crm.example/', QUESTION, (answer) => {
    heard.push(answer);
    if (answer.ok) throw new Error('of ours');
  });
  answers({ ok: true, text: '{"ring":"201"}' });
  expect(heard).toEqual([{ ok: true, text: '{"ring":"201"}' }, FAULT]);
  expect(log.lines).toMatchObject([{ level: 'error', event: 'decision.handler-failed', fields: { call: 'x1' } }]);
});

test('who throws at every answer is told it no third time', () => {
  let told = 0;
  const ask = guardedDecisions(waits, faults, clock);
  ask('https://crm.example/', QUESTION, () => {
    told++;
    throw new Error('of ours');
  });
  answers({ ok: false, why: 'it answers 500' });
  expect(told).toBe(2);
});

test('a question that can’t be asked has no answer, in a later turn, unless it is given up before', () => {
  const heard: DecisionAnswer[] = [];
  const ask = guardedDecisions(
    () => {
      throw new Error('of ours');
    },
    faults,
    clock,
  );
  const giveUp = ask('https://crm.example/', QUESTION, (answer) => heard.push(answer));
  ask('https://crm.example/', QUESTION, (answer) => heard.push(answer));
  giveUp();
  expect(heard).toEqual([]);
  clock.advance(0);
  expect(heard).toEqual([FAULT]);
});
