import type { Frozen, Scheme } from '../model/model.ts';
import type { KeyPath } from '../problems/problem.ts';
import { innerSteps } from '../routing/inner-steps.ts';
import { matcherOf } from '../routing/menu-keys.ts';
import type { MenuStep } from '../schema/menu.ts';
import { parsePattern } from '../schema/pattern.ts';
import type { SchemeStep } from '../schema/scheme.ts';
import { conferencesOf } from './addresses.ts';
import { isGuessed } from './conferences.ts';
import { below, type DomainView, type Report } from './domain-view.ts';

/** A menu within a menu … within a menu: more of them nobody finds their way through. */
const DEEPEST = 4;

/** Finds menus from which nothing leads on, whose keys hide something, or which say something that comes to nothing. */
export function checkMenus(view: DomainView, report: Report): void {
  const addressed = [...view.users, ...view.groups, ...conferencesOf(view)];
  const extensions = addressed.map(({ object }) => object.extension);
  for (const { object: scheme, path } of view.schemes) {
    for (const part of ['open', 'closed'] as const) checkPart(scheme, part, below(path, part), extensions, report);
  }
}

function checkPart(
  scheme: Scheme,
  part: 'open' | 'closed',
  path: KeyPath | undefined,
  extensions: readonly string[],
  report: Report,
): void {
  const steps = scheme[part] ?? [];
  for (const [index, step] of steps.entries()) {
    const isLast = index + 1 === steps.length;
    checkStep(step, below(path, index), { depth: 1, isLast, extensions, report });
  }
}

interface Where {
  /** Of menus, from 1 on. */
  readonly depth: number;
  /** Nothing follows the step that it is in. */
  readonly isLast: boolean;
  readonly extensions: readonly string[];
  readonly report: Report;
}

function checkStep(step: Frozen<SchemeStep>, path: KeyPath | undefined, where: Where): void {
  const { menu } = step;
  if (menu === undefined) return;
  if (where.depth > DEEPEST) {
    where.report(
      'error',
      below(path, 'menu'),
      `menu ${menu.prompt} is the ${where.depth}th within each other; there may be ${DEEPEST}`,
      'lead to a scheme of its own with goto:',
      'key',
    );
    return;
  }
  checkMenu(menu, below(path, 'menu'), where);
  for (const [inner, ...keys] of innerSteps(step)) {
    checkStep(inner, below(path, ...keys), { ...where, depth: where.depth + 1 });
  }
}

function checkMenu(menu: Frozen<MenuStep>, path: KeyPath | undefined, { isLast, extensions, report }: Where): void {
  const { prompt, keys, pins = {}, extension = false, repeat = 1, noKey, wrongKey, otherwise } = menu;
  if (Object.keys(keys).length === 0 && extension === false) {
    report(
      'warning',
      below(path, 'keys'),
      `no key leads on from menu ${prompt}`,
      'add a key, or extension: true',
      'key',
    );
  }
  const isFollowed = otherwise !== undefined || !isLast || (noKey?.next ?? 'repeat') !== 'repeat';
  if (!isFollowed) {
    report(
      'warning',
      path,
      `nothing follows menu ${prompt} for who presses no key: the call ends there`,
      'add otherwise: with a step, such as { hangup: normal } if that is meant',
      'key',
    );
  }
  for (const [key, pin] of Object.entries(pins)) {
    const at = below(path, 'pins', key);
    if (keys[key] === undefined) {
      report(
        'error',
        at,
        `menu ${prompt} has no key ${key} that its PIN could guard`,
        'add the key, or remove the PIN',
      );
    } else if (isGuessed(pin)) report('warning', at, `the PIN of key ${key} is easily guessed`, 'take another');
  }
  for (const [name, rule] of Object.entries({ noKey, wrongKey })) {
    if (rule?.next !== 'repeat' || repeat > 1) continue;
    const remedy = 'add repeat: with how many times the menu is asked at most';
    report('warning', below(path, name, 'next'), `menu ${prompt} is asked once, so nothing is repeated`, remedy);
  }
  if (extension === false) return;
  const may = matcherOf(extension);
  for (const hidden of extensions.filter((one) => Object.hasOwn(keys, one) && may(one))) {
    const at = below(path, 'keys', hidden);
    report('warning', at, `key ${hidden} hides extension ${hidden}: nobody can dial it here`, 'take another key');
  }
  if (extension === true) return;
  for (const [index, pattern] of extension.entries()) {
    const read = parsePattern(pattern);
    if (!read.ok || extensions.some((one) => read.value.matches(one))) continue;
    const at = below(path, 'extension', index);
    report('warning', at, `no extension is ${pattern}`, 'write those that callers may dial, such as "201" or "2xx"');
  }
}
