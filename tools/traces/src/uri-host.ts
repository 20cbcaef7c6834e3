import { type Endpoint, formatEndpoint } from '@vats/kernel';

const SIP_PORT = 5060;

/** A host as a URI wants it, with the port when it is not the standard one. */
export function hostAndPort(at: Endpoint): string {
  const text = formatEndpoint(at);
  return at.port === SIP_PORT ? text.slice(0, text.lastIndexOf(':')) : text;
}
