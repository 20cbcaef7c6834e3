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

/** A caller who is asked for the PIN, and waits. Answers what comes of what they key in. */
function asked(guesses: PinGuesses): (digits: string) => string[] {
  const ends: string[] = [];
  let hear: (keyed: { readonly digits: string }) => void = () => {};
  const dialogue = {
    prompts: () => [],
    ask: (_sound: unknown, _keys: unknown, then: typeof hear) => {
      hear = then;
    },
  } as unknown as Dialogue;
  new PinEntry({ log, origin }, dialogue, guesses).ask('conference 700', '48213', 0, (end) => ends.push(end));
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
