/** Why the plane cannot start; the message names the remedy. */
export class MediaStartError extends Error {
  override readonly name = 'MediaStartError';
}

/** Why a worker could bind nothing on the address, and the remedy. `code`: of the system's error. */
export function explainBindFailure(code: string, address: string): string {
  switch (code) {
    case 'EADDRNOTAVAIL':
      return `media.address ${address} is not an address of this machine: name one that is`;
    case 'EADDRINUSE':
      return `every port of media.ports is in use on ${address}: widen the range, or stop what uses it`;
    case 'EACCES':
      return `media.ports may not be bound on ${address}: ports below 1024 need a privilege, choose higher ones`;
    default:
      return `no port of media.ports can be bound on ${address}: ${code}`;
  }
}
