import { type Journey, rejected, told } from './journey.ts';
import type { Orderer } from './outbound.ts';
import type { Plan, RingOutcome } from './plan.ts';

/**
 * A decision that is not yet a step: the call goes on to somewhere else, or back to whoever has something left to try. Parts of the
 * router answer with it instead of calling each other, and `decide` follows it.
 */
export type Onward =
  | {
      readonly go: 'to';
      readonly journey: Journey;
      /** An extension, a number, or `voicemail`. */
      readonly to: string;
      readonly because: string;
      /** Whose order it is to go there, where it leads outside. */
      readonly by: Orderer | undefined;
      /** How long it rings there, in ms, whatever is said there. */
      readonly ring?: number;
    }
  | {
      readonly go: 'trunk';
      readonly journey: Journey;
      readonly trunk: string;
      /** What it is sent as the called number. */
      readonly number: string | undefined;
      readonly because: string;
      readonly ring?: number;
    }
  | { readonly go: 'queue'; readonly journey: Journey; readonly group: string; readonly because: string }
  | { readonly go: 'scheme'; readonly journey: Journey; readonly scheme: string; readonly because: string }
  | { readonly go: 'back'; readonly journey: Journey; readonly outcome: RingOutcome };

export type Decision = Plan | Onward;

export function sendTo(journey: Journey, to: string, because: string, by: Orderer | undefined, ring?: number): Onward {
  return { go: 'to', journey, to, because, by, ...(ring !== undefined && { ring }) };
}

export function ringTrunk(
  journey: Journey,
  trunk: string,
  number: string | undefined,
  because: string,
  ring?: number,
): Onward {
  return { go: 'trunk', journey, trunk, number, because, ...(ring !== undefined && { ring }) };
}

/** What was tried ended without an answer: the innermost that has something left says what comes next. */
export function goBack(journey: Journey, outcome: RingOutcome): Onward {
  return { go: 'back', journey, outcome };
}

/** What led here has been here before: that way ends, and what is left further out is tried. */
export function goneRound(journey: Journey, text: string, because: string): Decision {
  if (journey.frames.length === 0) return rejected(journey, 'loop', text, because);
  return goBack(told(journey, `${because}: ${text}`), 'loop');
}

export function startScheme(journey: Journey, scheme: string, because: string): Onward {
  return { go: 'scheme', journey, scheme, because };
}
