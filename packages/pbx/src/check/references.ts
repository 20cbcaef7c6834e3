import type { Frozen, Scheme } from '../model/model.ts';
import type { KeyPath } from '../problems/problem.ts';
import { suggest } from '../problems/suggest.ts';
import { innerSteps } from '../routing/inner-steps.ts';
import { isPublicNumber } from '../schema/destination.ts';
import { isTrunkName, type SchemeStep } from '../schema/scheme.ts';
import { below, type DomainView, type Report } from './domain-view.ts';

/** Kinds of what extensions belong to: one that is none of the kind that is asked for may be of another. */
const OF_EXTENSIONS: ReadonlySet<string> = new Set(['user', 'group', 'conference', 'extension']);

/** Finds what names something that is not there. */
export function checkReferences(view: DomainView, report: Report): void {
  const users = new Set(view.users.map(({ object }) => object.extension));
  const groups = new Set(view.groups.map(({ object }) => object.extension));
  const trunks = new Set(view.trunks.map(({ object }) => object.name));
  const schemes = new Set(view.schemes.map(({ object }) => object.name));
  const numbers = new Set(view.numbers.map(({ object }) => object.number));
  const extensions = new Set([...users, ...groups]);
  const conferences = new Set((view.settings.conferences ?? []).map(({ extension }) => extension));

  const kindOf = (name: string): string | undefined =>
    users.has(name) ? 'user' : groups.has(name) ? 'group' : conferences.has(name) ? 'conference' : undefined;

  /** @param isStep for a step of a scheme that leads there */
  const mustBe = (
    known: ReadonlySet<string>,
    what: string,
    name: string,
    path: KeyPath | undefined,
    who: string,
    isStep = false,
  ): void => {
    if (known.has(name)) return;
    const kind = OF_EXTENSIONS.has(what) ? kindOf(name) : undefined;
    if (kind !== undefined) {
      const remedy = isStep ? stepTo(kind, name) : INSTEAD[what === 'user' ? 'user' : 'extension'];
      report('error', path, `${who} names ${what} ${name}, but ${name} is a ${kind}`, remedy);
      return;
    }
    // The extension next to a wrong one is somebody else, not what was meant.
    const near = /^[0-9]+$/.test(name) ? undefined : suggest(name, known);
    const remedy =
      near !== undefined
        ? `did you mean ${near}?`
        : known.size === 0
          ? `add the ${what}`
          : `add it, or name one that is there`;
    report('error', path, `${who} names ${what} ${name}, which does not exist`, remedy);
  };
  const mustBeOwn = (number: string | undefined, path: KeyPath | undefined, who: string): void => {
    if (number === undefined || numbers.has(number)) return;
    report(
      'error',
      below(path, 'callerId'),
      `${who} shows ${number}, which is not a number of this domain`,
      'add it under numbers, or show one of those',
    );
  };

  const mustLead = (to: string | undefined, path: KeyPath | undefined, who: string): void => {
    if (to !== undefined && to !== 'voicemail' && !isPublicNumber(to)) mustBe(extensions, 'extension', to, path, who);
  };

  for (const { object: user, path } of view.users) {
    for (const [when, to] of Object.entries(user.forward ?? {})) {
      if (to === user.extension) {
        report(
          'error',
          below(path, 'forward', when),
          `user ${to} forwards to itself`,
          'name another extension, or voicemail',
        );
      } else mustLead(to, below(path, 'forward', when), `user ${user.extension}`);
    }
    const logins = new Set(user.reach === undefined ? [] : user.devices.map(({ login }) => login));
    for (const [index, { to }] of (user.reach?.to ?? []).entries()) {
      const at = below(path, 'reach', 'to', index);
      if (to === 'devices' || isPublicNumber(to)) continue;
      if (to !== 'mobile') mustBe(logins, 'device', to, at, `user ${user.extension}`);
      else if (user.mobile === undefined) {
        report('error', at, `user ${user.extension} has no mobile`, 'add mobile: with its number, or remove the entry');
      }
    }
    mustBeOwn(user.callerId, path, `user ${user.extension}`);
    const to = user.noAnswer?.to;
    if (to === undefined || to === 'voicemail' || (to !== user.extension && extensions.has(to))) continue;
    const at = below(path, 'noAnswer', 'to');
    if (to === user.extension) {
      report('error', at, `user ${to} forwards to itself`, 'name another extension, or voicemail');
    } else mustBe(extensions, 'extension', to, at, `user ${user.extension}`);
  }
  for (const { object: group, path } of view.groups) {
    for (const [index, { to }] of group.members.entries()) {
      if (users.has(to) || isPublicNumber(to)) continue;
      mustBe(users, 'user', to, below(path, 'members', index), `group ${group.extension}`);
    }
    mustLead(group.noAnswer, below(path, 'noAnswer'), `group ${group.extension}`);
    for (const [when, to] of Object.entries(group.queue?.overflow ?? {})) {
      mustLead(to, below(path, 'queue', 'overflow', when), `group ${group.extension}`);
    }
    mustBeOwn(group.callerId, path, `group ${group.extension}`);
  }
  for (const { object: number, path } of view.numbers) {
    if (number.trunk !== undefined && !trunks.has(number.trunk))
      mustBe(trunks, 'trunk', number.trunk, below(path, 'trunk'), `number ${number.number}`);
    if (number.scheme !== undefined && !schemes.has(number.scheme))
      mustBe(schemes, 'scheme', number.scheme, below(path, 'scheme'), `number ${number.number}`);
  }
  for (const { object: number, path } of view.numbers) {
    const who = `number ${number.number}`;
    if (number.to === undefined || !conferences.has(number.to)) mustLead(number.to, below(path, 'to'), who);
    for (const [index, { scheme }] of (number.schedule ?? []).entries()) {
      mustBe(schemes, 'scheme', scheme, below(path, 'schedule', index, 'scheme'), who);
    }
    for (const [index, { scheme, to }] of (number.byCaller ?? []).entries()) {
      if (scheme !== undefined) mustBe(schemes, 'scheme', scheme, below(path, 'byCaller', index, 'scheme'), who);
      if (to === undefined || !conferences.has(to)) mustLead(to, below(path, 'byCaller', index, 'to'), who);
    }
  }
  for (const { object: scheme, path } of view.schemes) {
    const who = `scheme ${scheme.name}`;
    forEachStep(scheme, path, (step, at) => {
      for (const to of step.ring?.to ?? []) {
        if (isTrunkName(to)) mustBe(trunks, 'trunk', to, below(at, 'ring'), who);
        else if (!to.startsWith('+')) mustBe(extensions, 'extension', to, below(at, 'ring'), who, true);
      }
      if (step.voicemail !== undefined) mustBe(extensions, 'extension', step.voicemail, below(at, 'voicemail'), who);
      if (step.queue !== undefined) mustBe(groups, 'group', step.queue.to, below(at, 'queue'), who, true);
      if (step.conference !== undefined) {
        mustBe(conferences, 'conference', step.conference, below(at, 'conference'), who, true);
      }
      if (step.goto !== undefined) mustBe(schemes, 'scheme', step.goto, below(at, 'goto'), who);
    });
  }
  const outboundPath = view.settingsNamed.has('outbound') ? ['outbound'] : undefined;
  for (const [index, rule] of (view.settings.outbound ?? []).entries()) {
    const path = below(outboundPath, index);
    if (rule.trunk !== undefined) mustBe(trunks, 'trunk', rule.trunk, below(path, 'trunk'), `the rule ${rule.match}`);
    for (const [at, name] of (rule.reserve ?? []).entries()) {
      mustBe(trunks, 'trunk', name, below(path, 'reserve', at), `the rule ${rule.match}`);
    }
    for (const [at, name] of (rule.from ?? []).entries()) {
      mustBe(extensions, 'extension', name, below(path, 'from', at), `the rule ${rule.match}`);
    }
    if (rule.extension !== undefined) {
      mustBe(users, 'user', rule.extension, below(path, 'extension'), `the rule ${rule.match}`);
    }
    mustBeOwn(rule.callerId, path, `the rule ${rule.match}`);
  }
}

const INSTEAD = {
  user: 'name a user',
  extension: 'name a user or a group: to a conference lead a number’s to: and a scheme’s step conference: alone',
};

/** What leads a scheme to an extension. */
function stepTo(kind: string, extension: string): string {
  return `write ${kind === 'conference' ? 'conference' : 'ring'}: "${extension}" as a step of its own`;
}

/** Visits every step of a scheme, those inside menus too, with its path in the file. */
export function forEachStep(
  scheme: Scheme,
  path: KeyPath | undefined,
  visit: (step: Frozen<SchemeStep>, path: KeyPath | undefined) => void,
): void {
  const walk = (step: Frozen<SchemeStep>, at: KeyPath | undefined): void => {
    visit(step, at);
    for (const [inner, ...keys] of innerSteps(step)) walk(inner, below(at, ...keys));
  };
  for (const part of ['open', 'closed'] as const) {
    for (const [index, step] of (scheme[part] ?? []).entries()) walk(step, below(path, part, index));
  }
}
