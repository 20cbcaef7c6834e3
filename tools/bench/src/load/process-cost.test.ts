import { expect, test } from 'vitest';
import { cpuSeconds, residentMegabytes } from './process-cost.ts';

test.runIf(process.platform === 'linux')("a process' own books agree with the kernel's", () => {
  const { user, system } = process.cpuUsage();
  expect(Math.abs(cpuSeconds(process.pid) - (user + system) / 1e6)).toBeLessThan(0.1);
  expect(residentMegabytes(process.pid)).toBeGreaterThan(20);
});
