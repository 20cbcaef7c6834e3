import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Random } from '@vats/kernel';
import type { MailboxEntry } from '@vats/pbx';

type Pin = NonNullable<MailboxEntry['pin']>;

/**
 * What is kept of a PIN. There are so few PINs that any digest of one could be tried out: without the data directory's key, which this is
 * made with, nobody can.
 */
export function pinDigest(key: Buffer, { domain, box }: MailboxEntry, digits: string, random: Random): Pin {
  const salt = random.token(16);
  return { salt, digest: digestOf(key, domain, box, salt, digits).toString('base64') };
}

/** In a time that tells nothing of where two differ. */
export function isPin(key: Buffer, { domain, box, pin }: MailboxEntry, digits: string): boolean {
  if (pin === undefined) return false;
  const expected = Buffer.from(pin.digest, 'base64');
  const given = digestOf(key, domain, box, pin.salt, digits);
  return expected.length === given.length && timingSafeEqual(expected, given);
}

function digestOf(key: Buffer, ...parts: readonly string[]): Buffer {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest();
}
