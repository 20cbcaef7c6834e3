import { bad, good, type Parsed } from '@vats/kernel';
import { type DtmfKey, dtmfKey } from '@vats/media';

/*
 * Keys in the bodies of INFO. No RFC has these two: `application/dtmf-relay` began with Cisco's gateways, `application/dtmf` is
 * the bare key, and both are what operators mean by "SIP INFO".
 */

/** A key press as an INFO tells it. */
export interface InfoKey {
  readonly key: DtmfKey;
  readonly milliseconds: number;
}

/** Why a body is no key; what the answer's reason phrase says. */
export type InfoFault = 'No key' | 'Unknown key' | 'Bad duration' | 'Body too long';

export const RELAY_TYPE = 'application/dtmf-relay';
const BARE_TYPE = 'application/dtmf';

/** Of a press of which nobody says how long it was. */
const USUAL_MS = 160;
/** Shorter ones are not heard as keys everywhere (ITU-T Q.24). */
const SHORTEST_MS = 40;
const LONGEST_MS = 5_000;
const LONGEST_BODY = 200;

/** The media type of a Content-Type that tells keys; undefined for any other. */
export function keyTypeOf(contentType: string | undefined): typeof RELAY_TYPE | typeof BARE_TYPE | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  return type === RELAY_TYPE || type === BARE_TYPE ? type : undefined;
}

/** Reads `Signal=5\r\nDuration=160\r\n`, in any order and writing, or the bare key. Durations are kept between 40 ms and 5 s. */
export function readKeyInfo(type: typeof RELAY_TYPE | typeof BARE_TYPE, body: Buffer): Parsed<InfoKey, InfoFault> {
  if (body.length > LONGEST_BODY) return bad('Body too long');
  const text = body.toString('latin1').trim();
  const fields = new Map<string, string>();
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, name, value] = /^\s*([a-z]+)\s*=\s*(\S*)\s*$/i.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name.toLowerCase(), value);
  }
  const signal = fields.get('signal') ?? (type === BARE_TYPE && fields.size === 0 ? text : '');
  if (signal === '') return bad('No key');
  const key = dtmfKey(signal);
  if (key === undefined) return bad('Unknown key');
  const duration = fields.get('duration') ?? String(USUAL_MS);
  if (!/^\d{1,9}$/.test(duration)) return bad('Bad duration');
  return good({ key, milliseconds: Math.min(LONGEST_MS, Math.max(SHORTEST_MS, Number(duration))) });
}

/** The body of an INFO of type RELAY_TYPE. */
export function writeKeyInfo({ key, milliseconds }: InfoKey): Buffer {
  return Buffer.from(`Signal=${key}\r\nDuration=${milliseconds}\r\n`, 'latin1');
}
