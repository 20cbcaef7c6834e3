/** What a Privacy header may ask for: RFC 3323 §4.2, `id` of RFC 3325 §9.3, `history` of RFC 7044 §10.1. */
export type PrivacyKind = 'header' | 'session' | 'user' | 'none' | 'critical' | 'id' | 'history';

const KINDS: ReadonlySet<string> = new Set<PrivacyKind>([
  'header',
  'session',
  'user',
  'none',
  'critical',
  'id',
  'history',
]);

/** What a message asks to be kept from others. */
export interface Privacy {
  readonly kinds: ReadonlySet<PrivacyKind>;
  /** It asks for something that no RFC of ours names, which nobody can promise. */
  readonly isUnknown: boolean;
}

/** What a request without a Privacy header asks for: nothing to be hidden. */
export const NO_PRIVACY: Privacy = { kinds: new Set(), isUnknown: false };

/**
 * Reads all Privacy values of a message together. The grammar parts them by semicolons (RFC 3323 §4.2); commas are taken too, as some
 * systems write them. It can't fail: what is not understood may have been a wish to be hidden, and is told as `isUnknown`.
 *
 * @example readPrivacy(['id;critical']).kinds.has('id')
 */
export function readPrivacy(values: readonly string[]): Privacy {
  if (values.length === 0) return NO_PRIVACY;
  const kinds = new Set<PrivacyKind>();
  let isUnknown = false;
  for (const value of values) {
    for (const part of value.split(/[;,]/)) {
      const word = part.trim().toLowerCase();
      if (KINDS.has(word)) kinds.add(word as PrivacyKind);
      else if (word !== '') isUnknown = true;
    }
  }
  return { kinds, isUnknown };
}
