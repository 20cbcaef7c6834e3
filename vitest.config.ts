import { defineConfig } from 'vitest/config';

const EVERYWHERE = ['packages/*/src/**/*.test.ts', 'tools/*/src/**/*.test.ts'];

/** Files that put something of their own in the place of a module (`vi.mock`): no other file may see it. */
const MOCKING = ['packages/testkit/src/security/07-no-enumeration.test.ts'];

export default defineConfig({
  test: {
    pool: 'threads',
    // By default one processor is left idle, which is half of a small machine.
    maxWorkers: '100%',
    testTimeout: 20_000,
    projects: [
      // Files share what they import: reading it anew for each takes longer than many of them run.
      { extends: true, test: { name: 'unit', include: EVERYWHERE, exclude: MOCKING, isolate: false } },
      { extends: true, test: { name: 'mocking', include: MOCKING, isolate: true } },
    ],
  },
});
