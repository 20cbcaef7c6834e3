import { createHmac } from 'node:crypto';
import type { InstanceId } from './line-requests.ts';

/**
 * The instance that a trunk registers as (RFC 5626 §4.1): a UUID of no meaning (version 8, RFC 9562 §5.8), the same for the same key
 * and trunk, so that a restarted switch takes the place of itself.
 */
export function instanceIdOf(key: Buffer, domain: string, trunk: string): InstanceId {
  const octets = createHmac('sha256', key).update(`${domain}\n${trunk}`).digest().subarray(0, 16);
  octets[6] = (octets[6]! & 0x0f) | 0x80;
  octets[8] = (octets[8]! & 0x3f) | 0x80;
  const [, ...parts] = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(octets.toString('hex'))!;
  return `urn:uuid:${parts.join('-')}`;
}
