import { FakeClock, MemoryLog } from '@vats/kernel/testing';
import { expect, test } from 'vitest';
import { PinEntry } from './pin-entry.ts';
import { PinGuesses } from './pin-guesses.ts';

type Call = ConstructorParameters<typeof PinEntry>[0];
type Dialogue = ConstructorParameters<typeof PinEntry>[1];

const log = new MemoryLog();
const origin = {
  domain: { id: 'd1' },
  caller: { kind: 'trunk', trunk: 'itsp' },
  party: { number: '+79161234567' },
} as unknown as Call['origin'];

const stranger: Call['legs'] = { caller: { party: origin.party, trunk: 'itsp' } };

/** A caller who is asked for the PIN, and waits. Answers what comes of what they key in. */
function asked(guesses: PinGuesses, call: Call = { log, origin, legs: stranger }): (digits: string) => string[] {
  const ends: string[] = [];
  let hear: (keyed: { readonly digits: string }) => void = () => {};
  const dialogue = {
    prompts: () => [],
    ask: (_sound: unknown, _keys: unknown, then: typeof hear) => {
      hear = then;
    },
  } as unknown as Dialogue;
  new PinEntry(call, dialogue, guesses).ask('conference 700', '48213', 0, (end) => ends.push(end));
  return (digits) => {
    hear({ digits });
    return ends;
  };
}

test('who has many calls at once, each asked for the PIN, has no more guesses by it; and it is told once', () => {
  const guesses = new PinGuesses(new FakeClock());
  const calls = Array.from({ length: 30 }, () => asked(guesses));
  for (const [nth, keys] of calls.slice(0, 29).entries()) expect(keys(`${nth}`)).not.toContain('right');
  expect(calls[29]!('48213')).toEqual(['locked']);
  expect(log.lines.filter(({ event }) => event === 'pin.guessed')).toMatchObject([
    { level: 'warn', fields: { what: 'conference 700', caller: '+79161234567' } },
  ]);
  expect(JSON.stringify(log.lines)).not.toContain('48213');
});

test('whom an employee has sent on guesses as themselves, a stranger as one of the strangers', () => {
  const log = new MemoryLog();
  const guesses = new PinGuesses(new FakeClock());
  const sender = { number: '201', extension: '201', login: 'bob' };
  const bobs = { caller: { kind: 'device', user: { extension: '201' } }, domain: { id: 'd1' } };
  const sent = { log, origin: { ...bobs, party: origin.party, referredBy: sender } as unknown as Call['origin'] };
  const own = {
    log,
    origin: { ...bobs, party: sender } as unknown as Call['origin'],
    legs: { caller: { party: sender } },
  };
  for (let nth = 0; nth < 10; nth++) asked(guesses, { ...sent, legs: stranger })(`${nth}`);
  expect(log.lines.findLast(({ event }) => event === 'pin.guessed')?.fields).toMatchObject({ caller: '+79161234567' });
  expect(asked(guesses)('48213')).toEqual(['locked']);
  // Nor are an employee's own guesses anybody else's, whoever they were sent by.
  expect(asked(guesses, own)('48213')).toEqual(['right']);
  const colleague = { caller: { party: { number: '202', extension: '202', login: 'ann' } } };
  for (let nth = 0; nth < 10; nth++) asked(guesses, { ...sent, legs: colleague })(`${nth}`);
  expect(asked(guesses, { ...own, legs: colleague })('48213')).toEqual(['locked']);
  expect(asked(guesses, own)('48213')).toEqual(['right']);
});
