import type { Parsed } from '@vats/kernel';
import { SLASH } from './chars.ts';
import type { Cursor } from './cursor.ts';
import { type Params, readParams } from './params.ts';
import { readWhole, type ValueFault } from './value-fault.ts';

/** Content-Type (RFC 3261 §20.15); type and subtype in lower case. */
export interface MediaType {
  readonly type: string;
  readonly subtype: string;
  readonly params: Params;
}

/** @example parseMediaType('application/sdp') */
export function parseMediaType(text: string): Parsed<MediaType, ValueFault> {
  return readWhole(text, readMediaType);
}

/** @example isMediaType(contentType, 'application/sdp') */
export function isMediaType(media: MediaType, name: string): boolean {
  return name === `${media.type}/${media.subtype}`;
}

/** The value of a Content-Type line (RFC 3261 §20.15). */
export function formatMediaType(media: MediaType): string {
  return `${media.type}/${media.subtype}${media.params}`;
}

export function readMediaType(cursor: Cursor): MediaType | undefined {
  cursor.skipSpace();
  const type = cursor.tokenInLowerCase();
  cursor.skipSpace();
  if (type === '' || !cursor.take(SLASH)) return cursor.fail('bad-media-type');
  cursor.skipSpace();
  const subtype = cursor.tokenInLowerCase();
  if (subtype === '') return cursor.fail('bad-media-type');
  const params = readParams(cursor);
  return params && { type, subtype, params };
}
