import { fileURLToPath } from 'node:url';
import type { Endpoint } from '@vats/kernel';
import { type Ran, run } from './child.ts';

export type ScannerTool = 'svmap' | 'svwar' | 'svcrack';

export interface ScannerOptions {
  /** The address that it comes from. */
  readonly from: Endpoint;
  readonly target: Endpoint;
  /** What it calls itself; its own name (friendly-scanner) when absent. */
  readonly userAgent?: string;
  readonly args?: readonly (string | number)[];
  readonly milliseconds?: number;
}

/** Debian's own, which its package's modules are made for. */
const PYTHON = '/usr/bin/python3';
const LAUNCHER = fileURLToPath(new URL('../scenarios/sipvicious.py', import.meta.url));

/** Runs one of sipvicious' tools to its end. Its log is on standard error, what it found on standard output. */
export async function sipvicious(tool: ScannerTool, options: ScannerOptions): Promise<Ran> {
  const { from, target, userAgent = '-', args = [], milliseconds = 120_000 } = options;
  return await run(
    PYTHON,
    [LAUNCHER, tool, from.address, userAgent, ...args, '-v', '-p', target.port, '-P', from.port, target.address],
    { milliseconds },
  );
}

/** The rows of the table that it prints, two columns each; without its head. */
export function foundBy({ stdout }: Ran): [string, string][] {
  return [...stdout.matchAll(/^\|\s*([^|]*?)\s*\|\s*([^|]*?)\s*\|/gm)]
    .map(([, first, second]): [string, string] => [first ?? '', second ?? ''])
    .filter(([first]) => !['Extension', 'SIP Device'].includes(first));
}
