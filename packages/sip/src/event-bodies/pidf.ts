import { shortXmlText, XML_DECLARATION, xmlText } from './xml-text.ts';

/** The type of documents of the package `presence` (RFC 3863). */
export const PIDF_TYPE = 'application/pidf+xml';

export const PIDF_NAMESPACE = 'urn:ietf:params:xml:ns:pidf';
export const PERSON_NAMESPACE = 'urn:ietf:params:xml:ns:pidf:data-model';
export const RPID_NAMESPACE = 'urn:ietf:params:xml:ns:pidf:rpid';

/** What people do that phones show (RFC 4480 §3.2); others of that list are not passed on. */
export const ACTIVITIES = [
  'appointment',
  'away',
  'busy',
  'holiday',
  'in-transit',
  'meal',
  'meeting',
  'on-the-phone',
  'permanent-absence',
  'sleeping',
  'vacation',
  'working',
] as const;
/** What a person is doing, as far as phones say it (RFC 4480 §3.2). */
export type PresenceActivity = (typeof ACTIVITIES)[number];

/** A person's presence, as far as phones show it. */
export interface PresenceState {
  /** Whether they can be reached at all: basic open or closed. */
  readonly open: boolean;
  readonly activities: readonly PresenceActivity[];
  /** Their own words. */
  readonly note?: string | undefined;
}

/** A whole document (RFC 3863 §4, RFC 4479, RFC 4480). @param entity URI of the person, who is reached there too */
export function writePidf(entity: string, { open, activities, note }: PresenceState): Buffer {
  const uri = xmlText(entity);
  const words = note === undefined ? '' : `<note>${shortXmlText(note)}</note>`;
  const done = activities.map((name) => `<r:${name}/>`).join('');
  const person = done === '' ? '' : `<d:person id="p1"><r:activities>${done}</r:activities></d:person>`;
  return Buffer.from(
    `${XML_DECLARATION}<presence xmlns="${PIDF_NAMESPACE}" xmlns:d="${PERSON_NAMESPACE}" xmlns:r="${RPID_NAMESPACE}" entity="${uri}"><tuple id="t1"><status><basic>${open ? 'open' : 'closed'}</basic></status>${open ? `<contact>${uri}</contact>` : ''}</tuple>${words}${person}</presence>\n`,
    'utf8',
  );
}
