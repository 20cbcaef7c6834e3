import type { Frozen } from '../model/model.ts';
import type { MenuStep } from '../schema/menu.ts';
import type { SchemeStep } from '../schema/scheme.ts';

/** A step inside another one, and the keys of the file that lead to it from there. */
export type InnerStep = readonly [step: Frozen<SchemeStep>, ...keys: string[]];

/** The steps to which a step leads by what it says itself. */
export function innerSteps({ menu, decide }: Frozen<SchemeStep>): InnerStep[] {
  if (decide?.otherwise !== undefined) return [[decide.otherwise, 'decide', 'otherwise']];
  if (menu === undefined) return [];
  const { keys, noKey, wrongKey, otherwise } = menu;
  const steps = Object.entries(keys).map(([key, step]): InnerStep => [step, 'menu', 'keys', key]);
  for (const [name, rule] of Object.entries({ noKey, wrongKey })) {
    if (rule?.next !== undefined && rule.next !== 'repeat') steps.push([rule.next, 'menu', name, 'next']);
  }
  if (otherwise !== undefined) steps.push([otherwise, 'menu', 'otherwise']);
  return steps;
}

/** Prompts that a menu says beside its own, and the keys of the file that name them. */
export function promptsOf({ prompt, noKey, wrongKey }: Frozen<MenuStep>): [name: string, ...keys: string[]][] {
  const named: [string, ...string[]][] = [[prompt, 'prompt']];
  if (noKey?.prompt !== undefined) named.push([noKey.prompt, 'noKey', 'prompt']);
  if (wrongKey?.prompt !== undefined) named.push([wrongKey.prompt, 'wrongKey', 'prompt']);
  return named;
}
