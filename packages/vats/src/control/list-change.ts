import { formatProblem, type Problem } from '@vats/pbx';
import { ControlError } from './control-server.ts';

/** Changes told line by line in one answer; what is beyond is counted. */
const LINES_TOLD = 1_000;

/** What a list that was read makes of what there is. */
export interface ListChange {
  readonly domain: string;
  readonly created: number;
  readonly updated: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly warnings: readonly Problem[];
  readonly saved: boolean;
}

/** The change as commands are told it. @param lines in words, a line each */
export function listChange({ warnings, ...change }: ListChange, lines: Iterable<string>) {
  const told: string[] = [];
  for (const line of lines) {
    if (told.length === LINES_TOLD) break;
    told.push(line);
  }
  const untold = change.created + change.updated + change.removed - told.length;
  return { ...change, lines: told, untold, warnings: warnings.map(formatProblem) };
}

/** What is wrong with a list, to the person who gave it. */
export function listRefused(problems: readonly Problem[]): ControlError {
  return new ControlError(422, problems.map(formatProblem).join('\n'), problems);
}
