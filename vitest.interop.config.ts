import { defineConfig } from 'vitest/config';

const file = (name: string): string => `tools/interop/src/${name}.interop.ts`;

/**
 * Files whose verdict depends on sound without gaps or on times of milliseconds, or which take a whole processor or the
 * default port: one after another, so that a busy neighbour makes no call late.
 */
const SOUND = [
  'phones',
  'linphone',
  'srtp',
  'transcoding',
  'poor-network',
  'recordings',
  'codec-change',
  'dtmf-nine-ways',
];
const ALONE = [...SOUND, 'rtp-attack', 'enumeration', 'load', 'flood', 'overload', 'fresh-clone'].map(file);

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
        test: { name: 'alone', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
      {
        // The others mostly wait: for scanners to give up, for a router to forget, for RFC 3261's timers.
        extends: true,
        test: { name: 'together', include: [file('*')], exclude: ALONE, maxWorkers: 3, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
