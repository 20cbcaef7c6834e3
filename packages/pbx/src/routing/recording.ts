import type { Conference, Domain, Frozen } from '../model/model.ts';
import { setting } from '../model/model.ts';
import type { RecordingRule } from '../schema/recording.ts';
import type { Journey } from './journey.ts';
import type { Plan, PlanStep } from './plan.ts';

/** Whether the domain's policy records this step's conversation. */
export function shouldRecord(journey: Journey, step: PlanStep): boolean {
  // A conference is recorded as one for all, and not in the calls of those who are there; a message is a recording itself.
  if (step.do === 'conference' || step.do === 'voicemail' || step.do === 'mailbox') return false;
  const policy = setting(journey.call.domain, 'recording');
  if (policy.mode !== 'rules') return policy.mode === 'all';
  return policy.rules?.[ruleFor(policy.rules, journey, step)]?.record ?? false;
}

/** The same, and what of the policy says so, for a person. */
export function recordingOf(plan: Plan): { readonly record: boolean; readonly because: string } {
  const { record, step } = plan;
  if (step.do === 'conference') {
    const { record: own } = step.conference;
    const because = own === undefined ? 'as one for all, by the policy' : 'as one for all, by its own word';
    return { record: recordsConference(plan.call.domain, step.conference), because };
  }
  const { mode, rules = [] } = setting(plan.call.domain, 'recording');
  if (mode !== 'rules') return { record, because: `the policy is ${mode}` };
  const at = ruleFor(rules, plan, step);
  const rule = rules[at];
  if (rule === undefined) return { record, because: 'no rule fits' };
  const whom = [rule.extension, rule.direction].filter((each) => each !== undefined).join(', ') || 'any call';
  return { record, because: `rule ${at + 1} (${whom}) ${rule.record ? 'records' : 'does not record'} it` };
}

/** The place of the first rule that fits; -1 where none does. */
function ruleFor(rules: Frozen<RecordingRule[]>, { call, visited, path }: Journey, step: PlanStep): number {
  const caller = call.caller.kind === 'device' ? call.caller.user.extension : undefined;
  // Only a number outside rings where nothing of ours has led there but what the caller dialled.
  const direction = caller === undefined ? 'in' : step.do === 'ring' && path.length === 0 ? 'out' : 'internal';
  const parties = caller === undefined ? visited : [caller, ...visited];
  return rules.findIndex(
    (candidate) =>
      (candidate.extension === undefined || parties.includes(candidate.extension)) &&
      (candidate.direction === undefined || candidate.direction === 'any' || candidate.direction === direction),
  );
}

/** Whether a conference is recorded, as one for all: by its own word, else where the domain records all calls. */
export function recordsConference(domain: Domain, { record }: Conference): boolean {
  return record ?? setting(domain, 'recording').mode === 'all';
}
