import { defineConfig } from 'vitest/config';

// Real phones in real time: one file after another, so that a busy neighbour makes no call late.
export default defineConfig({
  test: {
    include: ['tools/interop/src/**/*.interop.ts'],
    fileParallelism: false,
    pool: 'forks',
    // Phones and judges run in real time: a machine that was busy for a second gets one more chance.
    retry: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
