import { fault } from '@vats/pbx';
import { z } from 'zod';

/** Where a secret is: a settings file is read by too many to hold one. */
export type SecretSource = { readonly file: string } | { readonly env: string };

const REMEDY = 'write { file: PATH }, a file that holds it alone, or { env: NAME }';

/** The place of a secret. What was written instead is never repeated: it may be the secret. */
export const secretSource = z.unknown().transform((value, ctx): SecretSource => {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const [name, place] = entries[0] ?? [];
  if (entries.length === 1 && typeof place === 'string' && place.length > 0 && place.length <= 4096) {
    if (name === 'file') return { file: place };
    if (name === 'env' && /^[A-Za-z_][A-Za-z0-9_]*$/.test(place)) return { env: place };
  }
  ctx.issues.push({ ...fault('this is not where a secret is', REMEDY), input: undefined });
  return z.NEVER;
});
