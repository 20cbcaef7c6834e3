import type { Scene } from '../studio.ts';
import { CALLS } from './calls.ts';
import { REGISTRATIONS } from './registrations.ts';
import { TOOLS } from './tools.ts';

/** Every scene that a trace in fixtures/traces was made of. */
export const SCENES: readonly Scene[] = [...REGISTRATIONS, ...CALLS, ...TOOLS];
