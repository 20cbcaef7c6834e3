import type { DomainNumber, Group, Scheme, User } from '../model/model.ts';
import type { KeyPath } from '../problems/problem.ts';
import { below, type DomainView, type Report } from './domain-view.ts';
import { forEachStep } from './references.ts';
import { componentsOf } from './strong-components.ts';

/** Where a call goes on from a place when something happens there: nobody answers, all are busy, it is closed… */
interface Lead {
  readonly to: string;
  readonly path: KeyPath | undefined;
  /** `checkDeadEnds` follows such leads by themselves. */
  readonly isTold: boolean;
}

/** A user, group, number or scheme. */
interface Place {
  /** For a person. */
  readonly name: string;
  readonly leads: readonly Lead[];
}

const NAMED = 10;

/** Finds where a call can come back to where it has been, by whatever happens on its way: the second time it is put through to nobody. */
export function checkLoops(view: DomainView, report: Report): void {
  const places = placesOf(view);
  const next = (place: string) => (places.get(place)?.leads ?? []).map(({ to }) => to);
  for (const component of componentsOf(places.keys(), next)) {
    const round = roundIn(component, places);
    if (round.every(({ isTold }) => isTold)) continue;
    // Where the file does not name the first place of it, another one will do.
    const path = round.find((lead) => lead.path !== undefined)?.path;
    report(
      'warning',
      path,
      `a call can go round: ${wayOf(component[0]!, round, places)}; the second time nobody is rung`,
      'let one of them lead elsewhere',
    );
  }
}

function wayOf(first: string, round: readonly Lead[], places: ReadonlyMap<string, Place>): string {
  const names = [first, ...round.map(({ to }) => to)].map((place) => places.get(place)?.name ?? place);
  return names.length <= NAMED ? names.join(' -> ') : `${names.slice(0, NAMED).join(' -> ')} -> … -> ${names.at(-1)}`;
}

/** The shortest way from the first of these, which all lead to each other, back to itself. */
function roundIn(component: readonly string[], places: ReadonlyMap<string, Place>): Lead[] {
  const [first] = component;
  const here = new Set(component);
  const cameBy = new Map<string, { readonly from: string; readonly lead: Lead }>();
  const waiting = [first!];
  for (const from of waiting) {
    for (const lead of places.get(from)?.leads ?? []) {
      if (cameBy.has(lead.to) || !here.has(lead.to)) continue;
      cameBy.set(lead.to, { from, lead });
      if (lead.to === first) {
        const way: Lead[] = [];
        for (let at = cameBy.get(first)!; ; at = cameBy.get(at.from)!) {
          way.push(at.lead);
          if (at.from === first) return way.reverse();
        }
      }
      waiting.push(lead.to);
    }
  }
  return [];
}

function placesOf(view: DomainView): Map<string, Place> {
  const extensions = new Set([...view.users, ...view.groups].map(({ object }) => object.extension));
  const numbers = new Set(view.numbers.map(({ object }) => object.number));
  /** As `arriveAt` of the router has it: extensions go before numbers. */
  const placeOf = (to: string): string => (!extensions.has(to) && numbers.has(to) ? numberPlace(to) : to);
  const places = new Map<string, Place>();
  const add = (key: string, name: string, leads: readonly Lead[]): void => {
    places.set(key, { name, leads: leads.map((lead) => ({ ...lead, to: placeOf(lead.to) })) });
  };
  for (const { object, path } of view.users) add(object.extension, object.extension, leadsOfUser(object, path));
  for (const { object, path } of view.groups) add(object.extension, object.extension, leadsOfGroup(object, path));
  for (const { object, path } of view.numbers) {
    add(numberPlace(object.number), object.number, leadsOfNumber(object, path));
  }
  for (const { object, path } of view.schemes) {
    const name = schemePlace(object.name);
    add(name, name, leadsOfScheme(object, path, numbers));
  }
  return places;
}

const schemePlace = (name: string): string => `scheme ${name}`;
const numberPlace = (number: string): string => `number ${number}`;

function leadsOfUser({ extension, forward = {}, noAnswer, hours }: User, path: KeyPath | undefined): Lead[] {
  const { always, closed, busy, unreachable } = forward;
  const to = (place: string | undefined, isTold: boolean, ...keys: KeyPath): Lead[] =>
    // Of who forwards to themselves, enough is said.
    place === undefined || place === extension ? [] : [{ to: place, path: below(path, ...keys), isTold }];
  if (always !== undefined) return to(always, true, 'forward', 'always');
  const isAsked = forward.noAnswer === undefined || unreachable === undefined;
  return [
    ...to(forward.noAnswer, false, 'forward', 'noAnswer'),
    ...to(busy, false, 'forward', 'busy'),
    ...to(unreachable, false, 'forward', 'unreachable'),
    ...to(hours === undefined ? undefined : closed, false, 'forward', 'closed'),
    ...to(isAsked ? noAnswer?.to : undefined, false, 'noAnswer', 'to'),
  ];
}

function leadsOfGroup({ noAnswer }: Group, path: KeyPath | undefined): Lead[] {
  return noAnswer === undefined ? [] : [{ to: noAnswer, path: below(path, 'noAnswer'), isTold: false }];
}

function leadsOfNumber({ scheme, to, schedule = [], byCaller = [] }: DomainNumber, path: KeyPath | undefined): Lead[] {
  const leads: Lead[] = [];
  for (const [index, entry] of byCaller.entries()) {
    const key = entry.scheme === undefined ? 'to' : 'scheme';
    const place = entry.scheme === undefined ? entry.to : schemePlace(entry.scheme);
    if (place !== undefined) leads.push({ to: place, path: below(path, 'byCaller', index, key), isTold: false });
  }
  for (const [index, entry] of schedule.entries()) {
    leads.push({ to: schemePlace(entry.scheme), path: below(path, 'schedule', index, 'scheme'), isTold: false });
  }
  if (scheme !== undefined) leads.push({ to: schemePlace(scheme), path: below(path, 'scheme'), isTold: true });
  else if (to !== undefined) leads.push({ to, path: below(path, 'to'), isTold: false });
  return leads;
}

function leadsOfScheme(scheme: Scheme, path: KeyPath | undefined, numbers: ReadonlySet<string>): Lead[] {
  const leads: Lead[] = [];
  forEachStep(scheme, path, (step, at) => {
    if (step.goto !== undefined) leads.push({ to: schemePlace(step.goto), path: below(at, 'goto'), isTold: true });
    if (step.queue !== undefined) leads.push({ to: step.queue, path: below(at, 'queue'), isTold: false });
    const { to = [], order } = step.ring ?? {};
    // Of several that ring together nobody's forwards are followed.
    if (to.length > 1 && order !== 'in-turn') return;
    for (const place of to) leads.push({ to: place, path: below(at, 'ring'), isTold: numbers.has(place) });
  });
  return leads;
}
