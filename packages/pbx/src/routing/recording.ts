import { setting } from '../model/model.ts';
import type { RouteCall } from './plan.ts';

/**
 * Whether the domain's policy records this call.
 *
 * @param extensions where the call has been sent; with the caller's own, the parties that a rule may name
 */
export function shouldRecord(call: RouteCall, extensions: readonly string[]): boolean {
  const policy = setting(call.domain, 'recording');
  if (policy.mode !== 'rules') return policy.mode === 'all';
  const caller = call.caller.kind === 'device' ? call.caller.user.extension : undefined;
  const direction = caller === undefined ? 'in' : 'internal';
  const parties = caller === undefined ? extensions : [caller, ...extensions];
  const rule = policy.rules?.find(
    (candidate) =>
      (candidate.extension === undefined || parties.includes(candidate.extension)) &&
      (candidate.direction === undefined || candidate.direction === 'any' || candidate.direction === direction),
  );
  return rule?.record ?? false;
}
