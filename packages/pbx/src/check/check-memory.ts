import { isDeepStrictEqual } from 'node:util';
import { commonEnds } from '@vats/kernel';
import type { Placed } from '../model/merge.ts';
import type { Device } from '../model/model.ts';
import type { KeyPath } from '../problems/problem.ts';
import { DOMAIN_LISTS, type DomainLists, type DomainView } from './domain-view.ts';

/** By what else than its objects a domain is judged. */
export interface Circumstances extends Pick<DomainView, 'settings' | 'settingsNamed' | 'isFileAlone'> {
  readonly prompts: ReadonlySet<string>;
  /** The domain's date, where the time is known. */
  readonly today: string | undefined;
}

/** What has to be judged of a domain, after what was found when it was judged last. */
export interface Judging {
  /** The objects that were not there, and those of which something was said. */
  readonly fresh: DomainLists;
  /** Whether a check of what objects have to do with each other would say nothing, as it did. */
  isSilent(check: unknown): boolean;
}

type Objects = readonly Placed<object>[];

interface Judged {
  readonly view: DomainView;
  readonly circumstances: Circumstances;
  readonly remarked: ReadonlySet<object>;
  /** Whether something was said of an object that the file does not name. */
  readonly hasUnnamed: boolean;
  /** The checks that said something. */
  readonly spoke: ReadonlySet<unknown>;
}

/** When more objects than these changed, they are not compared: all of them are judged. */
const MOST_COMPARED = 100;

/**
 * What of a domain was found good when it was last judged for a file, and need not be judged again. Silence alone is remembered: of
 * what something was said is judged again, for its place or its words may be others.
 */
export class CheckMemory {
  #last: Judged | undefined;
  #current: Pick<Judged, 'view' | 'circumstances'> | undefined;
  readonly #paths: KeyPath[] = [];
  #hasUnnamed = false;
  #spoke = new Set<unknown>();

  /** What is to be judged now. Until `end` nothing is known for the next time. */
  begin(view: DomainView, circumstances: Circumstances): Judging {
    const last = this.#last;
    this.#last = undefined;
    this.#current = { view, circumstances };
    this.#paths.length = 0;
    this.#hasUnnamed = false;
    this.#spoke = new Set();
    if (last === undefined || !isSameIn(last, view, circumstances)) return { fresh: view, isSilent: () => false };
    const changed = DOMAIN_LISTS.map((list) => commonEnds<Placed<object>>(last.view[list], view[list], isSamePlaced));
    const fresh = Object.fromEntries(
      DOMAIN_LISTS.map((list, index) => [list, freshOf(view[list], changed[index]!, last)]),
    ) as unknown as DomainLists;
    const relationsHold = DOMAIN_LISTS.every((list, index) => {
      return isSameToOthers(last.view[list], view[list], changed[index]!);
    });
    return { fresh, isSilent: (check) => relationsHold && !last.spoke.has(check) };
  }

  /** Told whatever a check says, with the path that it says it of. */
  note(check: unknown, path: KeyPath | undefined): void {
    this.#spoke.add(check);
    if (path === undefined) this.#hasUnnamed = true;
    else this.#paths.push(path);
  }

  /** All is judged that `begin` gave. */
  end(): void {
    if (this.#current === undefined) return;
    const { view } = this.#current;
    const remarked = objectsAt(view, this.#paths);
    this.#last = { ...this.#current, remarked, hasUnnamed: this.#hasUnnamed, spoke: this.#spoke };
    this.#current = undefined;
  }
}

function freshOf(now: Objects, { head, tail }: { head: number; tail: number }, last: Judged): Objects {
  const end = now.length - tail;
  if (last.remarked.size === 0 && !last.hasUnnamed) return now.slice(head, end);
  return now.filter(({ object, path }, index) => {
    const isNew = index >= head && index < end;
    return isNew || last.remarked.has(object) || (last.hasUnnamed && path === undefined);
  });
}

function isSameIn({ circumstances: before, view: then }: Judged, view: DomainView, now: Circumstances): boolean {
  return (
    before.today === now.today &&
    before.isFileAlone === now.isFileAlone &&
    then.register === view.register &&
    // A number without a trunk is judged by whether there is any.
    (then.trunks.length === 0) === (view.trunks.length === 0) &&
    isDeepStrictEqual(before.settingsNamed, now.settingsNamed) &&
    isDeepStrictEqual(before.prompts, now.prompts) &&
    isDeepStrictEqual(before.settings, now.settings)
  );
}

/** What a file does not name is not judged as what it names. */
function isSamePlaced(one: Placed<object>, other: Placed<object>): boolean {
  return one.object === other.object && (one.path === undefined) === (other.path === undefined);
}

/** Whether the objects of a list are to others what they were: by all that they say but names for people and digests. */
function isSameToOthers(before: Objects, now: Objects, { head, tail }: { head: number; tail: number }): boolean {
  const changed = now.length - tail - head;
  if (before.length !== now.length || changed > MOST_COMPARED) return false;
  for (let index = head; index < head + changed; index++) {
    const [one, other] = [before[index]!, now[index]!];
    if ((one.path === undefined) !== (other.path === undefined)) return false;
    if (!isDeepStrictEqual(toOthers(one.object), toOthers(other.object))) return false;
  }
  return true;
}

function toOthers(object: object): object {
  // The name of a trunk or a scheme is what others call it by.
  if (!('extension' in object)) return object;
  const { name: _, ...rest } = object as { name?: string; devices?: readonly Device[] };
  return { ...rest, devices: rest.devices?.map(({ ha1: __, ...device }) => device) };
}

/** The objects that paths of the file lead to, or into. */
function objectsAt(view: DomainView, paths: readonly KeyPath[]): Set<object> {
  const found = new Set<object>();
  for (const list of DOMAIN_LISTS) {
    const indexes = new Set(paths.flatMap(([key, index]) => (key === list ? [index] : [])));
    if (indexes.size === 0) continue;
    for (const { object, path } of view[list] as Objects) if (indexes.has(path?.[1])) found.add(object);
  }
  return found;
}
