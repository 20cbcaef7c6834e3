import { checkPbx } from '../check/check-pbx.ts';
import type { ApplyOptions } from '../model/apply.ts';
import { formatProblem } from '../problems/problem.ts';

/** What `vats check` says of a PBX file, a line each: its problems, or its warnings where it has none. */
export function told(text: string, options: Pick<ApplyOptions, 'prompts' | 'now'> = {}): string[] {
  const checked = checkPbx(text, 'pbx.yaml', options);
  return (checked.ok ? checked.warnings : checked.problems).map(formatProblem);
}
