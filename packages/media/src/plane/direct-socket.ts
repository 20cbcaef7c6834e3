import type { Socket } from 'node:dgram';
import { readvSync, writevSync } from 'node:fs';

/**
 * A connected UDP socket, used past `node:dgram`. There each datagram costs a buffer of 64 KiB made and cut down, an address as an object, and a second
 * system call that finds nothing more; here it is read into memory that is there already, by one call.
 */
export interface DirectSocket {
  /** The next datagram's length; NOTHING where none waits. What does not fit is cut off. `into`: one buffer. */
  read(into: readonly Buffer[]): number;
  /** Sends one datagram; false when the kernel did not take it. */
  write(datagram: Buffer): boolean;
  /** From now on nothing but `read` takes what arrives. */
  pause(): void;
  /** `node:dgram` reads again. */
  resume(): void;
}

export const NOTHING = -1;

/** What is written, one for all sockets; between two writes it holds nothing, as a packet keeps the whole memory that it was cut from. */
const written: Buffer[] = [];
const NO_PACKET = Buffer.alloc(0);

/** What is used of the handle that Node keeps in a socket. */
interface Handle {
  readonly fd: number;
  recvStart(): number;
  recvStop(): number;
}

/**
 * The socket past its public face; undefined where this Node has it otherwise, and all is done the usual way then. The descriptor stays the
 * socket's own: nothing may be read or written after its `close`.
 */
export function directSocket(socket: Socket): DirectSocket | undefined {
  const handle = handleOf(socket);
  if (handle === undefined) return undefined;
  const { fd } = handle;
  return {
    read: (into) => {
      // The first may be told that something of ours found nobody (ICMP), which is not about what waits here.
      for (let attempt = 0; attempt < 2; attempt++) {
        try {
          return readvSync(fd, into);
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return NOTHING;
        }
      }
      return NOTHING;
    },
    write: (datagram) => {
      written[0] = datagram;
      try {
        return writevSync(fd, written) === datagram.length;
      } catch {
        return false;
      } finally {
        written[0] = NO_PACKET;
      }
    },
    pause: () => void handle.recvStop(),
    resume: () => void handle.recvStart(),
  };
}

function handleOf(socket: Socket): Handle | undefined {
  for (const symbol of Object.getOwnPropertySymbols(socket)) {
    const state: unknown = Reflect.get(socket, symbol);
    if (typeof state !== 'object' || state === null || !('handle' in state)) continue;
    const handle = state.handle as Partial<Handle> | null;
    const usable =
      typeof handle?.fd === 'number' &&
      handle.fd >= 0 &&
      typeof handle.recvStart === 'function' &&
      typeof handle.recvStop === 'function';
    return usable ? (handle as Handle) : undefined;
  }
  return undefined;
}
