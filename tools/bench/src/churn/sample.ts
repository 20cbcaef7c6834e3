import { readdirSync, readFileSync } from 'node:fs';
import type { Switch } from '@vats/interop';
import { residentMegabytes } from '../load/process-cost.ts';
import type { Threads } from '../load/threads.ts';

/** What is measured, and the growth of it an hour that is worth a word. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly least: number;
}

const MEGABYTE = 1e6;
/** V8 goes on compiling what runs seldom for an hour: 5 MB of it are no leak, and any object that kept a closure alive is among the objects. */
const CODE_LEAST = 5;
/** What the switch counts of what it holds: `ledger` of its status, each by its name. */
const COUNTED_LEAST = 10;

/** Looks at a running switch from outside: the kernel's books of the process, V8's of each thread, and its own of what it holds. */
export async function takeSample(vats: Switch, threads: Threads): Promise<Figure[]> {
  const memory = await threads.memory();
  const { ledger, media, store } = (await vats.glance()) as unknown as Held;
  const megabytes = (name: string, value: number, least: number): Figure => ({ name, unit: 'MB', value, least });
  const count = (name: string, value: number, least: number): Figure => ({ name, unit: '', value, least });
  const names = [...new Set(memory.map(({ name }) => name))].sort();
  return [
    megabytes('resident', residentMegabytes(vats.pid), 5),
    ...names.flatMap((name) => {
      const of = memory.filter((thread) => thread.name === name);
      const total = (what: 'heap' | 'code' | 'buffers') => of.reduce((sum, thread) => sum + thread[what], 0) / MEGABYTE;
      return [
        megabytes(`objects of ${name}`, total('heap'), 1),
        megabytes(`code of ${name}`, total('code'), CODE_LEAST),
        megabytes(`buffers of ${name}`, total('buffers'), 1),
      ];
    }),
    count('descriptors', readdirSync(`/proc/${vats.pid}/fd`).length, COUNTED_LEAST),
    count('threads', Number(/^Threads:\s+(\d+)$/m.exec(readFileSync(`/proc/${vats.pid}/status`, 'latin1'))?.[1]), 2),
    count('pairs leased', media.pairs.leased, COUNTED_LEAST),
    count('pairs warm', media.pairs.warm, COUNTED_LEAST),
    count('writes that wait', store.pending, COUNTED_LEAST),
    ...Object.entries(ledger).map(([name, value]) => count(`held: ${name}`, value, COUNTED_LEAST)),
  ];
}

interface Held {
  readonly ledger: Readonly<Record<string, number>>;
  readonly media: { readonly pairs: { readonly leased: number; readonly warm: number } };
  readonly store: { readonly pending: number };
}
