import type { Frozen, User } from '../model/model.ts';
import type { KeyPath } from '../problems/problem.ts';
import { innerSteps } from '../routing/inner-steps.ts';
import { isPublicNumber } from '../schema/destination.ts';
import { type Places, placesCover, placesOf } from '../schema/pattern-cover.ts';
import type { SchemeStep } from '../schema/scheme.ts';
import { meansAbroad } from '../spending/permission.ts';
import { below, type DomainView, type Report } from './domain-view.ts';

/** Finds where a call would go round, or come to nothing: forwards and schemes that lead back, steps and rules that nobody reaches. */
export function checkDeadEnds(view: DomainView, report: Report): void {
  checkForwards(view, report);
  checkSchemes(view, report);
  checkGroups(view, report);
  checkRules(view, report);
}

/** All calls of one go on to the other, and back. */
function checkForwards(view: DomainView, report: Report): void {
  const always = new Map(view.users.map(({ object }) => [object.extension, object.forward?.always] as const));
  for (const { object: user, path } of view.users) {
    const way = wayBack(user.extension, (extension) => always.get(extension));
    if (way === undefined || way.length < 2) continue;
    report(
      'error',
      below(path, 'forward', 'always'),
      `all calls of ${user.extension} go round: ${way.join(' -> ')} -> ${user.extension}`,
      'let one of them ring, or forward elsewhere',
    );
  }
}

/** The way from a place back to itself, where each place leads to one other. */
function wayBack(from: string, next: (place: string) => string | undefined): string[] | undefined {
  const way = [from];
  for (let at = next(from); at !== undefined; at = next(at)) {
    if (at === from) return way;
    if (way.includes(at)) return undefined;
    way.push(at);
  }
  return undefined;
}

function checkSchemes(view: DomainView, report: Report): void {
  const leads = new Map<string, Set<string>>();
  const numbers = new Map(view.numbers.map(({ object }) => [object.number, object] as const));
  for (const { object: scheme } of view.schemes) {
    const to = new Set<string>();
    leads.set(scheme.name, to);
    for (const step of [...scheme.open, ...(scheme.closed ?? [])]) collect(step, to, numbers);
  }
  for (const { object: scheme, path } of view.schemes) {
    for (const part of ['open', 'closed'] as const) checkSteps(scheme[part] ?? [], below(path, part), report);
    if (!reaches(scheme.name, scheme.name, leads)) continue;
    report(
      'warning',
      path,
      `scheme ${scheme.name} can lead back to itself, where a call ends as a loop`,
      'end it in another way',
    );
  }
}

/** The schemes to which a step leads, also by a number of the domain. */
function collect(
  step: Frozen<SchemeStep>,
  to: Set<string>,
  numbers: ReadonlyMap<string, { readonly scheme?: string }>,
): void {
  if (step.goto !== undefined) to.add(step.goto);
  for (const rung of step.ring?.to ?? []) {
    const scheme = numbers.get(rung)?.scheme;
    if (scheme !== undefined) to.add(scheme);
  }
  for (const [inner] of innerSteps(step)) collect(inner, to, numbers);
}

function reaches(from: string, to: string, leads: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set<string>();
  const waiting = [...(leads.get(from) ?? [])];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === to) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    waiting.push(...(leads.get(at) ?? []));
  }
  return false;
}

function checkSteps(steps: readonly Frozen<SchemeStep>[], path: KeyPath | undefined, report: Report): void {
  const end = steps.findIndex(
    (step) => step.hangup !== undefined || step.goto !== undefined || step.conference !== undefined,
  );
  if (end < 0 || end + 1 >= steps.length) return;
  report(
    'warning',
    below(path, end + 1),
    'no call comes to this step',
    'the one before it ends or leaves the scheme: put it last',
  );
}

function checkGroups(view: DomainView, report: Report): void {
  const canRing = (user: User): boolean =>
    user.devices.length > 0 || (user.reach?.to ?? []).some(({ to }) => isPublicNumber(to) || to === 'mobile');
  // Most users can, and there are many more members than users.
  const silent = new Map(
    view.users.flatMap(({ object }) => (canRing(object) ? [] : [[object.extension, object] as const])),
  );
  if (silent.size === 0) return;
  for (const { object: group, path } of view.groups) {
    for (const [index, { to }] of group.members.entries()) {
      const user = silent.get(to);
      if (user === undefined) continue;
      report(
        'warning',
        below(path, 'members', index),
        `${to} ${user.name} of group ${group.extension} has no device`,
        'add one, or remove the member',
      );
    }
  }
}

function checkRules(view: DomainView, report: Report): void {
  const path = view.settingsNamed.has('outbound') ? ['outbound'] : undefined;
  const rules = view.settings.outbound ?? [];
  /** Of the rules above that everybody may use. */
  const above: { readonly match: string; readonly places: Places }[] = [];
  const abroad = placesOf('+1234567*');
  for (const [index, rule] of rules.entries()) {
    const places = placesOf(rule.match);
    const before = above.find((other) => placesCover(other.places, places));
    if (rule.from === undefined) above.push({ match: rule.match, places });
    if (before !== undefined) {
      const same = before.match === rule.match;
      report(
        'warning',
        below(path, index, 'match'),
        `the rule ${rule.match} is never reached${same ? '' : `: ${before.match} above it takes its numbers`}`,
        'move it above the one that matches the same numbers',
      );
    }
    // It looks like a permission, and is none.
    if (
      rule.trunk === undefined ||
      rule.international === true ||
      !placesCover(places, abroad) ||
      meansAbroad(rule.match)
    )
      continue;
    report(
      'warning',
      below(path, index, 'match'),
      `the rule ${rule.match} lets no call abroad out`,
      'add international: true if that is meant, or name the countries: "+49*"',
    );
  }
}
