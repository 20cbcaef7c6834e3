/** Where a process runs: this network namespace, or one of ours. */
export interface Place {
  /** What goes before the command. */
  readonly prefix: readonly string[];
}

export const HERE: Place = { prefix: [] };

/** @example at({ prefix: ['ip', 'netns', 'exec', 'a'] }, 'ls', ['-l']) */
export function at(
  place: Place,
  command: string,
  args: readonly (string | number)[],
): [command: string, args: string[]] {
  const [first, ...rest] = [...place.prefix, command, ...args.map(String)];
  return [first as string, rest];
}
