import { defineConfig } from 'vitest/config';

const file = (name: string): string => `tools/interop/src/${name}.interop.ts`;

/** Files of a few calls at a time whose sound is to have no gaps: two at a time leave a processor of two idle. */
const FEW_CALLS = ['linphone', 'srtp', 'transcoding', 'codec-change'].map(file);

/**
 * Files whose verdict depends on times of milliseconds or on thousands of keys, or which take a whole processor or the default port: one
 * after another, so that a busy neighbour makes no call late.
 */
const ALONE = [
  'phones',
  'poor-network',
  'recordings',
  'dtmf-nine-ways',
  'rtp-attack',
  'enumeration',
  'load-flood-overload',
  'fresh-clone',
].map(file);

export default defineConfig({
  test: {
    pool: 'forks',
    // Phones and judges run in real time: a machine that was busy for a second gets one more chance.
    retry: 1,
    testTimeout: 60_000,
    // Scenarios of one file that say that they may run side by side.
    maxConcurrency: 2,
    // What scenarios leave to the end of their file: memory that comes back, RFC 3261's timers.
    hookTimeout: 240_000,
    projects: [
      {
        extends: true,
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 3 } },
      },
      {
        extends: true,
        test: { name: 'few-calls', include: FEW_CALLS, maxWorkers: 2, sequence: { groupOrder: 2 } },
      },
      {
        // The others mostly wait: for scanners to give up, for a router to forget, for RFC 3261's timers.
        extends: true,
        test: {
          name: 'together',
          include: [file('*')],
          exclude: [...ALONE, ...FEW_CALLS],
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
