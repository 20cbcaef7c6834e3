/** What the shell learns of how a command ended. */
export const EXIT = { good: 0, runtime: 1, usage: 2, configuration: 3 } as const;

/** Ends the command with one clear line on standard error. */
export class CliFailure extends Error {
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.name = 'CliFailure';
    this.exitCode = exitCode;
  }
}

export function configurationFailure(message: string): CliFailure {
  return new CliFailure(EXIT.configuration, message);
}
