import { describeChange, formatProblem } from '@vats/pbx';
import type { ModelChange } from '../pbx-model.ts';
import { ControlError } from './control-server.ts';

/** What became of a change, as commands are told it. @throws ControlError with the problems of one that was not made */
export function changed(change: ModelChange) {
  if (!change.ok) {
    throw new ControlError(422, change.problems.map(formatProblem).join('\n'), change.problems);
  }
  return {
    saved: change.saved,
    changes: change.changes.map((each) => ({ ...each, text: describeChange(each) })),
    warnings: change.warnings.map(formatProblem),
  };
}
