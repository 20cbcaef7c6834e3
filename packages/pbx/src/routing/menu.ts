import type { Frozen } from '../model/model.ts';
import type { MenuRule, MenuStep } from '../schema/menu.ts';
import type { SchemeStep } from '../schema/scheme.ts';
import { type Journey, planOf, within } from './journey.ts';
import type { Frame, Plan, ServedOutcome } from './plan.ts';

type AtMenu = Frame & { readonly in: 'menu' };

/** Asks the caller for the first time. @param journey within the scheme that says so */
export function askMenu(journey: Journey, menu: Frozen<MenuStep>, where: string): Plan {
  return ask(journey, menu, 1, [], `${where} asks ${menu.prompt}`);
}

/** @param first prompts that are said before the menu's own */
export function askAgain(journey: Journey, { menu, asked }: AtMenu, first: readonly string[]): Plan {
  return ask(journey, menu, asked + 1, first, `menu ${menu.prompt} is asked once more`);
}

function ask(journey: Journey, menu: Frozen<MenuStep>, asked: number, first: readonly string[], because: string): Plan {
  const framed = within(journey, { in: 'menu', menu, asked, path: journey.path });
  return planOf(framed, { do: 'menu', menu, says: [...first, menu.prompt], because });
}

/** Where a menu leads; `text` says why, for a person. */
export type MenuChoice = { readonly text: string } & (
  | { readonly go: 'step'; readonly step: Frozen<SchemeStep> }
  | { readonly go: 'dial'; readonly extension: string }
  | { readonly go: 'again'; readonly first: readonly string[] }
  /** The caller is told something, then the step is done, or the scheme goes on. */
  | { readonly go: 'tell'; readonly prompt: string; readonly step: Frozen<SchemeStep> | undefined }
  /** The scheme goes on. */
  | { readonly go: 'leave' }
);

/** What follows of how a menu ended. */
export function choiceIn({ menu, asked }: AtMenu, outcome: ServedOutcome): MenuChoice {
  const where = `menu ${menu.prompt}`;
  if (outcome.startsWith('key ')) {
    const key = outcome.slice('key '.length);
    const step = menu.keys[key];
    if (step !== undefined) return { go: 'step', step, text: `${where}: the caller pressed ${key}` };
  }
  if (outcome.startsWith('dialled ')) {
    const extension = outcome.slice('dialled '.length);
    return { go: 'dial', extension, text: `${where}: the caller dialled ${extension},` };
  }
  // Whoever can not hear the question is not asked again.
  if (outcome === 'not-played') return orElse(menu, undefined, `${where} could not be played`);
  const [rule, text] =
    outcome === 'no-key'
      ? [menu.noKey, `${where}: the caller pressed no key`]
      : outcome === 'wrong-pin'
        ? [withoutPrompt(menu.wrongKey), `${where}: the caller did not give the PIN of the key`]
        : [menu.wrongKey, `${where}: the caller pressed keys that mean nothing there`];
  const { prompt, next = 'repeat' } = rule ?? {};
  if (next !== 'repeat') return tellThen(prompt, next, text);
  if (asked < (menu.repeat ?? 1)) return { go: 'again', first: prompt === undefined ? [] : [prompt], text };
  return orElse(menu, prompt, text);
}

/** Of a wrong PIN the caller has been told already. */
function withoutPrompt(rule: Frozen<MenuRule> | undefined): Frozen<MenuRule> {
  return rule?.next === undefined ? {} : { next: rule.next };
}

function orElse({ otherwise }: Frozen<MenuStep>, prompt: string | undefined, text: string): MenuChoice {
  if (otherwise !== undefined) return tellThen(prompt, otherwise, text);
  return prompt === undefined ? { go: 'leave', text } : { go: 'tell', prompt, step: undefined, text };
}

function tellThen(prompt: string | undefined, step: Frozen<SchemeStep>, text: string): MenuChoice {
  return prompt === undefined ? { go: 'step', step, text } : { go: 'tell', prompt, step, text };
}
