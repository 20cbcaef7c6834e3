/** The switch can't start, for a reason that the operator can mend: one line that says what, where and the remedy. */
export class StartFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StartFailure';
  }
}

const OWN_ADDRESS =
  'give one of its own; the public address of a NAT in front of it is for --advertise and --media-advertise';

/** What a system error at `what` (a setting and its value) means, with the remedy. */
export function startFailureOf(what: string, remedy: string, error: unknown): StartFailure {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const options = { cause: error };
  switch (code) {
    case 'EADDRINUSE':
      return new StartFailure(`${what}: the port is in use: ${remedy}`, options);
    case 'EADDRNOTAVAIL':
      return new StartFailure(`${what}: this machine has no such address: ${OWN_ADDRESS}`, options);
    case 'EACCES':
    case 'EPERM':
      return new StartFailure(`${what}: permission denied: ${remedy}`, options);
    case 'EROFS':
      return new StartFailure(`${what}: the file system is read-only: ${remedy}`, options);
    case 'ENOSPC':
      return new StartFailure(`${what}: the disk is full: ${remedy}`, options);
    case 'ENOTDIR':
    case 'EEXIST':
      return new StartFailure(`${what}: something that is no directory is in the way: ${remedy}`, options);
    default:
      return new StartFailure(`${what}: ${error instanceof Error ? error.message : String(error)}: ${remedy}`, options);
  }
}
