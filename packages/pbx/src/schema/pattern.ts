import { bad, good, type Parsed } from '@vats/kernel';
import { z } from 'zod';
import { fault, shown } from './fault.ts';

/** Why a text is no number pattern. */
export type PatternFault = 'empty' | 'too-long' | 'bad-character' | 'set-not-closed' | 'empty-set' | 'bad-set';

/** A number pattern, ready to be asked. */
export interface NumberPattern {
  readonly text: string;
  matches(number: string): boolean;
  /** Its variable parts as written, each the longest run of `x`, sets and `*`: what `$1` … of `rewrite` may name. */
  readonly runs: readonly string[];
  /**
   * A number that matches, written anew: `$1`, `$2` … stand for what the pattern's variable parts held. @example parsePattern('8xxx*') rewrites 84951234567 by '+7$1' to +74951234567
   */
  rewrite(number: string, template: string): string | undefined;
}

const LONGEST_PATTERN = 64;

/**
 * Reads the one pattern language of numbers: a literal, `x` for one digit, `[67]` or `[2-5]` for one digit of a set, and
 * a `*` at the end for the rest, which may be empty. A `*` elsewhere is the key of that name, so '*43' is a literal.
 *
 * @example parsePattern('+7[67]*') matches +77271234567 and not +74951234567
 */
export function parsePattern(text: string): Parsed<NumberPattern, PatternFault> {
  if (text === '') return bad('empty');
  if (text.length > LONGEST_PATTERN) return bad('too-long', LONGEST_PATTERN);
  const runs: string[] = [];
  let source = '';
  /** Where the run that goes on begins in the text; undefined outside one. */
  let runFrom: number | undefined;
  const endRun = (at: number): void => {
    if (runFrom === undefined) return;
    runs.push(text.slice(runFrom, at));
    source += ')';
    runFrom = undefined;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    const isRest = character === '*' && at === text.length - 1;
    if (!isRest && !'xX['.includes(character)) endRun(at);
    else if (runFrom === undefined) {
      runFrom = at;
      source += '(';
    }
    if (character === 'x' || character === 'X') source += '[0-9]';
    else if (character === '*') source += isRest ? '.*' : '\\*';
    else if (character === '+') {
      if (at !== 0) return bad('bad-character', at);
      source += '\\+';
    } else if (/[0-9#]/.test(character)) source += character;
    else if (character === '[') {
      const end = text.indexOf(']', at);
      if (end < 0) return bad('set-not-closed', at);
      const set = text.slice(at + 1, end);
      if (set === '') return bad('empty-set', at);
      if (!/^(?:[0-9](?:-[0-9])?)+$/.test(set) || !rangesRise(set)) return bad('bad-set', at);
      source += `[${set}]`;
      at = end;
    } else return bad('bad-character', at);
  }
  endRun(text.length);
  const expression = new RegExp(`^${source}$`, 's');
  return good({
    text,
    runs,
    matches: matcherOf(text, expression),
    rewrite: (number, template) => {
      const found = expression.exec(number);
      return found === null ? undefined : template.replace(/\$([1-9])/g, (_, digit) => found[Number(digit)] ?? '');
    },
  });
}

/** Most patterns are a literal or the beginning of one: an expression takes ten times as long to see that, and rules are many. */
function matcherOf(text: string, expression: RegExp): (number: string) => boolean {
  if (/^[+]?[0-9#]+$/.test(text)) return (number) => number === text;
  const [, beginning] = /^([+]?[0-9#]*)\*$/.exec(text) ?? [];
  if (beginning !== undefined) return (number) => number.startsWith(beginning);
  return (number) => expression.test(number);
}

function rangesRise(set: string): boolean {
  return [...set.matchAll(/([0-9])-([0-9])/g)].every(([, low, high]) => low! <= high!);
}

const FAULT_TEXT: Record<PatternFault, string> = {
  empty: 'an empty pattern matches nothing',
  'too-long': `a pattern has at most ${LONGEST_PATTERN} characters`,
  'bad-character': 'a pattern holds digits, x, [sets], + at its beginning and * at its end',
  'set-not-closed': 'a set has no closing ]',
  'empty-set': 'a set is empty',
  'bad-set': 'a set holds digits and rising ranges of them',
};

/** A number pattern, kept as written. */
export const numberPattern = z.string().check((ctx) => {
  const pattern = parsePattern(ctx.value);
  if (pattern.ok) return;
  ctx.issues.push({
    ...fault(
      `${shown(ctx.value)} is not a number pattern: ${FAULT_TEXT[pattern.error.code]}`,
      'write a literal, x for one digit, [67] for a set, * for the rest: "3xx", "+7[67]*"',
    ),
    input: ctx.value,
  });
});
