import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in ticks of this many to the second (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** Seconds of CPU that a process has used so far, all its threads together, user and system. */
export function cpuSeconds(pid: number): number {
  // The command's name, in brackets, may hold blanks: fields are counted from behind it.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory of a process, in megabytes (10^6). */
export function residentMegabytes(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
  if (kibibytes === undefined) throw new Error(`process ${pid} has no memory: it has ended`);
  return (Number(kibibytes) * 1_024) / 1e6;
}

/** As `cpuSeconds`, of a process and all that it started and that still runs: a peer of several processes. */
export function cpuSecondsOfTree(pid: number): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const parent = Number(
        readFileSync(`/proc/${name}/stat`, 'latin1')
          .replace(/^.*\) /s, '')
          .split(' ')[1],
      );
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // It has ended meanwhile.
    }
  }
  const sum = (of: number): number =>
    (children.get(of) ?? []).reduce((total, child) => total + sum(child), cpuSeconds(of));
  return sum(pid);
}
