import { bad, good, type Parsed } from '@vats/kernel';
import type { SchemeStep } from '../schema/scheme.ts';
import { isTrunkName, schemeStep } from '../schema/scheme.ts';
import { innerSteps } from './inner-steps.ts';

/** Octets of a service's answer at most. */
export const LONGEST_DECISION = 8_192;

/** Menus within each other in it. */
const DEEPEST = 4;

/**
 * Why an answer is no step. `trunk`: it names a trunk, past the domain's outbound rules. `decide`: it asks another service. `too-deep`:
 * menus within menus. `pin`: it has PINs, which would stand in the story with it.
 */
export type DecisionFault = 'too-long' | 'no-json' | 'no-step' | 'trunk' | 'decide' | 'pin' | 'too-deep';

/**
 * Reads what a service of the company's own has answered: one step, as a scheme has them. It may lead wherever the domain's rules let
 * its schemes lead, and past none of them.
 */
export function readDecision(text: string): Parsed<SchemeStep, DecisionFault> {
  if (Buffer.byteLength(text) > LONGEST_DECISION) return bad('too-long', LONGEST_DECISION);
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return bad('no-json');
  }
  const read = schemeStep.safeParse(said);
  if (!read.success) return bad('no-step');
  const fault = faultOf(read.data, 1);
  return fault === undefined ? good(read.data) : bad(fault);
}

function faultOf(step: SchemeStep, depth: number): DecisionFault | undefined {
  if (step.decide !== undefined) return 'decide';
  if (step.ring?.to.some(isTrunkName) === true || step.ring?.number !== undefined) return 'trunk';
  if (step.menu?.pins !== undefined) return 'pin';
  if (step.menu !== undefined && depth > DEEPEST) return 'too-deep';
  for (const [inner] of innerSteps(step)) {
    const fault = faultOf(inner as SchemeStep, depth + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
