import type { Target } from './target.ts';

/**
 * What can be fuzzed, by name. Each is loaded when it is asked for, so that V8 counts its blocks from the first on. Its module answers
 * with a target of this name in `TARGETS`, or with one alone.
 */
const MODULES: Readonly<Record<string, () => Promise<{ readonly TARGETS: Readonly<Record<string, Target>> }>>> = {
  message: () => import('./targets/message.ts'),
  stream: () => import('./targets/stream.ts'),
  uri: () => import('./targets/uri.ts'),
  'name-addr': () => import('./targets/header-values.ts'),
  contact: () => import('./targets/header-values.ts'),
  via: () => import('./targets/header-values.ts'),
  cseq: () => import('./targets/header-values.ts'),
  'auth-value': () => import('./targets/header-values.ts'),
  'media-type': () => import('./targets/header-values.ts'),
  'token-with-params': () => import('./targets/header-values.ts'),
  reason: () => import('./targets/header-values.ts'),
  'retry-after': () => import('./targets/header-values.ts'),
  timestamp: () => import('./targets/header-values.ts'),
  numbers: () => import('./targets/header-values.ts'),
  list: () => import('./targets/header-values.ts'),
  sdp: () => import('./targets/sdp.ts'),
  stun: () => import('./targets/stun.ts'),
  'web-socket': () => import('./targets/web-socket.ts'),
};

export const TARGET_NAMES: readonly string[] = Object.keys(MODULES);

/** For the fuzzer's own tests alone. */
const PLANTED = 'planted';

/** @throws when there is no such target */
export async function loadTarget(name: string): Promise<Target> {
  const load = name === PLANTED ? () => import('./testing/planted.ts') : MODULES[name];
  const target = load === undefined ? undefined : (await load()).TARGETS[name];
  if (target === undefined) throw new Error(`there is no target ${name}: ${TARGET_NAMES.join(', ')}`);
  return target;
}
