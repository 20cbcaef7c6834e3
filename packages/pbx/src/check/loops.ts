import type { DomainNumber, Group, Scheme, User } from '../model/model.ts';
import type { KeyPath } from '../problems/problem.ts';
import { below, type DomainView, type Report } from './domain-view.ts';
import { forEachStep } from './references.ts';
import { componentsOf } from './strong-components.ts';

/** Where a call goes on from a place when something happens there: nobody answers, all are busy, it is closed… */
interface Lead {
  readonly to: string;
  /** From the path of the place. */
  readonly keys: KeyPath;
  /** `checkDeadEnds` follows such leads by themselves. */
  readonly isTold: boolean;
}

/** A user, group, number or scheme. */
interface Place {
  /** For a person. */
  readonly name: string;
  readonly path: KeyPath | undefined;
  readonly leads: readonly Lead[];
}

/** A lead, and the places at its ends, by their index. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly lead: Lead;
}

const NAMED = 10;

/** Finds where a call can come back to where it has been, by whatever happens on its way: the second time it is put through to nobody. */
export function checkLoops(view: DomainView, report: Report): void {
  const { places, indexOf } = placesOf(view);
  const leads = places.map((place) => place.leads.flatMap(({ to }) => indexOf(to) ?? []));
  for (const component of componentsOf(leads)) {
    const round = roundIn(component, places, indexOf);
    if (round.every(({ lead }) => lead.isTold)) continue;
    // Where the file does not name the first place of it, another one will do.
    const named = round.find(({ from }) => places[from]?.path !== undefined);
    report(
      'warning',
      named && below(places[named.from]?.path, ...named.lead.keys),
      `a call can go round: ${wayOf(round, places)}; the second time nobody is rung`,
      'let one of them lead elsewhere',
    );
  }
}

function wayOf(round: readonly Stretch[], places: readonly Place[]): string {
  const names = [...round.map(({ from }) => from), round[0]!.from].map((place) => places[place]!.name);
  return names.length <= NAMED ? names.join(' -> ') : `${names.slice(0, NAMED).join(' -> ')} -> … -> ${names.at(-1)}`;
}

/** The shortest way from the first of these, which all lead to each other, back to itself. */
function roundIn(
  component: readonly number[],
  places: readonly Place[],
  indexOf: (place: string) => number | undefined,
): Stretch[] {
  const first = component[0]!;
  const here = new Set(component);
  const cameBy = new Map<number, Stretch>();
  const waiting = [first];
  for (const from of waiting) {
    for (const lead of places[from]!.leads) {
      const to = indexOf(lead.to);
      if (to === undefined || cameBy.has(to) || !here.has(to)) continue;
      cameBy.set(to, { from, to, lead });
      if (to !== first) {
        waiting.push(to);
        continue;
      }
      const way: Stretch[] = [];
      for (let at = cameBy.get(first)!; ; at = cameBy.get(at.from)!) {
        way.push(at);
        if (at.from === first) return way.reverse();
      }
    }
  }
  return [];
}

function placesOf(view: DomainView): { places: Place[]; indexOf: (place: string) => number | undefined } {
  const places: Place[] = [];
  const byKey = new Map<string, number>();
  const add = (key: string, name: string, path: KeyPath | undefined, leads: readonly Lead[]): void => {
    byKey.set(key, places.length);
    places.push({ name, path, leads });
  };
  const numbers = new Set(view.numbers.map(({ object }) => object.number));
  for (const { object, path } of view.users) add(object.extension, object.extension, path, leadsOfUser(object));
  for (const { object, path } of view.groups) add(object.extension, object.extension, path, leadsOfGroup(object));
  for (const { object, path } of view.numbers) {
    add(numberPlace(object.number), object.number, path, leadsOfNumber(object));
  }
  for (const { object, path } of view.schemes) {
    const name = schemePlace(object.name);
    add(name, name, path, leadsOfScheme(object, numbers));
  }
  // As `arriveAt` of the router has it: extensions go before numbers.
  return { places, indexOf: (place) => byKey.get(place) ?? byKey.get(numberPlace(place)) };
}

const schemePlace = (name: string): string => `scheme ${name}`;
const numberPlace = (number: string): string => `number ${number}`;

const NO_FORWARD: NonNullable<User['forward']> = {};
const OVERFLOWS = ['full', 'waited', 'nobody'] as const;
const FORWARDS = ['noAnswer', 'busy', 'unreachable', 'closed'] as const;

function leadsOfUser({ extension, forward = NO_FORWARD, noAnswer, hours }: User): Lead[] {
  const leads: Lead[] = [];
  const add = (to: string | undefined, isTold: boolean, keys: KeyPath): void => {
    // Of who forwards to themselves, enough is said.
    if (to !== undefined && to !== extension) leads.push({ to, keys, isTold });
  };
  if (forward.always !== undefined) {
    add(forward.always, true, ['forward', 'always']);
    return leads;
  }
  for (const when of FORWARDS) {
    if (when !== 'closed' || hours !== undefined) add(forward[when], false, ['forward', when]);
  }
  const isAsked = forward.noAnswer === undefined || forward.unreachable === undefined;
  if (isAsked) add(noAnswer?.to, false, ['noAnswer', 'to']);
  return leads;
}

function leadsOfGroup({ noAnswer, queue }: Group): Lead[] {
  const leads: Lead[] = noAnswer === undefined ? [] : [{ to: noAnswer, keys: ['noAnswer'], isTold: false }];
  for (const when of OVERFLOWS) {
    const to = queue?.overflow?.[when];
    if (to !== undefined) leads.push({ to, keys: ['queue', 'overflow', when], isTold: false });
  }
  return leads;
}

function leadsOfNumber({ scheme, to, schedule = [], byCaller = [] }: DomainNumber): Lead[] {
  const leads: Lead[] = [];
  for (const [index, entry] of byCaller.entries()) {
    const key = entry.scheme === undefined ? 'to' : 'scheme';
    const place = entry.scheme === undefined ? entry.to : schemePlace(entry.scheme);
    if (place !== undefined) leads.push({ to: place, keys: ['byCaller', index, key], isTold: false });
  }
  for (const [index, entry] of schedule.entries()) {
    leads.push({ to: schemePlace(entry.scheme), keys: ['schedule', index, 'scheme'], isTold: false });
  }
  if (scheme !== undefined) leads.push({ to: schemePlace(scheme), keys: ['scheme'], isTold: true });
  else if (to !== undefined) leads.push({ to, keys: ['to'], isTold: false });
  return leads;
}

function leadsOfScheme(scheme: Scheme, numbers: ReadonlySet<string>): Lead[] {
  const leads: Lead[] = [];
  forEachStep(scheme, [], (step, at = []) => {
    if (step.goto !== undefined) leads.push({ to: schemePlace(step.goto), keys: [...at, 'goto'], isTold: true });
    if (step.queue !== undefined) leads.push({ to: step.queue.to, keys: [...at, 'queue'], isTold: false });
    const { to = [], order } = step.ring ?? {};
    // Of several that ring together nobody's forwards are followed.
    if (to.length > 1 && order !== 'in-turn') return;
    for (const place of to) leads.push({ to: place, keys: [...at, 'ring'], isTold: numbers.has(place) });
  });
  return leads;
}
