import { join, relative, resolve } from 'node:path';

/** Longest path of a Unix socket on Linux: 108 octets with the final NUL (unix(7)). */
const LONGEST_SOCKET_PATH = 107;

/**
 * Path of `control.sock` in a data directory; relative where the absolute one does not fit into a socket's address.
 *
 * @throws Error when neither fits
 */
export function socketPath(dataDirectory: string): string {
  const absolute = join(resolve(dataDirectory), 'control.sock');
  if (Buffer.byteLength(absolute) <= LONGEST_SOCKET_PATH) return absolute;
  const shorter = relative(process.cwd(), absolute);
  if (Buffer.byteLength(shorter) <= LONGEST_SOCKET_PATH) return shorter;
  throw new Error(
    `the path of ${absolute} is longer than the ${LONGEST_SOCKET_PATH} octets of a Unix socket: use a shorter data directory`,
  );
}
