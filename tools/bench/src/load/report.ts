import { availableParallelism, cpus, release } from 'node:os';

/** Where and how a figure came about, so that another machine can make it again. */
export function circumstances(): string {
  const script = process.argv[1]?.replace(/^.*\/(?=tools\/bench\/)/, '') ?? '';
  const command = ['node', script, ...process.argv.slice(2)].join(' ');
  const machine = `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Linux ${release()}`;
  return `$ ${command}\n${machine}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`;
}

/** CPU cores to keep peer and load generators apart, where there are two. */
export const CORES = availableParallelism() > 1 ? { peer: 0, load: 1 } : { peer: undefined, load: undefined };
