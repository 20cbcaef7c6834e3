import type { ToldCall } from './told-call.ts';

/** Whether the domain's policy records what is talked now. @param out to a number outside, at the caller's own dialling */
export function isRecorded({ domain, caller, visited }: ToldCall, out: boolean): boolean {
  const { mode, rules = [] } = domain.settings.recording ?? { mode: 'none' };
  if (mode !== 'rules') return mode === 'all';
  const [direction, parties] =
    caller.kind === 'trunk' ? ['in', [...visited]] : [out ? 'out' : 'internal', [...visited, caller.user.extension]];
  const rule = rules
    .filter((one) => one.direction === undefined || ['any', direction].includes(one.direction))
    .find(({ extension }) => extension === undefined || parties.includes(extension));
  return rule?.record === true;
}
