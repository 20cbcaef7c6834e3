import type { Group } from '../model/model.ts';

/** How callers of a group wait, with what holds where the group says nothing. Times in milliseconds. */
export interface QueueRules {
  readonly max: number;
  readonly wait: number;
  readonly music: string;
  readonly announcePosition: boolean;
  readonly announceWait: boolean;
  readonly every: number;
  readonly rest: number;
}

const DEFAULTS: QueueRules = {
  max: 100,
  wait: 600_000,
  music: 'default',
  announcePosition: false,
  announceWait: false,
  every: 60_000,
  rest: 10_000,
};

/** A group may be waited for without any settings: a scheme's step says so. */
export function queueRules({ queue }: Pick<Group, 'queue'>): QueueRules {
  return { ...DEFAULTS, ...queue };
}

/** Of a caller of whom nothing else is said: behind all others. */
export const LAST_PRIORITY = 10;
