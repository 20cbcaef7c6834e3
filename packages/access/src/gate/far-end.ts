import type { Endpoint } from '@vats/kernel';

/** Where messages come from, as exactly as the network tells. */
export interface FarEnd extends Endpoint {
  /** UDP's ports are others than TCP's, so the port alone names nobody. Of a proxy's client this is the proxy's word, and not known. */
  readonly transport: string;
}
