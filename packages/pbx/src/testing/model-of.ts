import { readPbx } from '../check/check-pbx.ts';
import { planApply } from '../model/apply.ts';
import { Directory } from '../model/directory.ts';
import { type Domain, EMPTY_MODEL, type ManagedBy, type Model } from '../model/model.ts';
import { formatProblem } from '../problems/problem.ts';
import { IDLE } from '../routing/noted-world.ts';
import type { World } from '../routing/plan.ts';

/** The model that PBX files make, one a domain. Throws with the problems of one that is wrong. */
export function modelOf(...files: string[]): Model {
  return files.reduce((model, text) => appliedTo(model, text), EMPTY_MODEL);
}

/** The model after a further apply. Throws with the problems of a file that is wrong. */
export function appliedTo(
  model: Model,
  text: string,
  options: { managedBy?: ManagedBy; prune?: boolean; unseal?: (sealed: string) => string | undefined } = {},
): Model {
  const read = readPbx(text, 'test.yaml');
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
  const applied = planApply(model, read.value, { managedBy: 'file:test', ...options });
  if (!applied.ok) throw new Error(applied.problems.map(formatProblem).join('\n'));
  return applied.next;
}

/** The only domain of a model. */
export function onlyDomain(model: Model): Domain {
  const [domain, ...more] = model.domains;
  if (domain === undefined || more.length > 0) throw new Error(`the model has ${model.domains.length} domains`);
  return domain;
}

/** A world in which every account can be reached but those named, nobody is on the phone, and all else is as `changes` say. */
export function worldOf(model: Model, unreachable: readonly string[] = [], changes: Partial<World> = {}): World {
  return {
    now: Date.UTC(2026, 0, 1),
    directory: new Directory(model),
    isReachable: (_domain, login) => !unreachable.includes(login),
    activity: () => IDLE,
    lastTalkOf: () => 0,
    isLoggedIn: () => true,
    isPaused: () => false,
    ownSettings: () => undefined,
    lastCaller: () => undefined,
    waitingIn: () => 0,
    lastTalks: () => [],
    responsible: () => undefined,
    channelsInUse: () => 0,
    isTrunkUp: () => true,
    cheapestFirst: (_domain, _number, trunks) => trunks,
    numberPlace: () => undefined,
    ...changes,
  };
}
