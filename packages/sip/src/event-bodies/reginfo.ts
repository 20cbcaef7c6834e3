import { shortXmlText, XML_DECLARATION, xmlText } from './xml-text.ts';

/** The type of documents of the package `reg` (RFC 3680 §5). */
export const REGINFO_TYPE = 'application/reginfo+xml';

/** A phone that is registered. */
export interface RegisteredContact {
  readonly id: string;
  /** URI as its phone sent it. */
  readonly uri: string;
  /** Seconds that are left of it. */
  readonly expires: number;
  /** Seconds since it was made. */
  readonly registeredFor: number;
  readonly callId: string;
  readonly cseq: number;
  /** 0 to 1. */
  readonly q?: number | undefined;
  readonly event: 'registered' | 'created' | 'refreshed';
  readonly userAgent?: string | undefined;
}

/** Contacts that a document names at most. */
const CONTACTS_TOLD = 50;

/** A whole document (RFC 3680 §5.1), always of the full state. @param aor URI of the address-of-record */
export function writeReginfo(aor: string, version: number, contacts: readonly RegisteredContact[]): Buffer {
  const state = contacts.length === 0 ? 'init' : 'active';
  const elements = contacts.slice(0, CONTACTS_TOLD).map(contactElement).join('');
  return Buffer.from(
    `${XML_DECLARATION}<reginfo xmlns="urn:ietf:params:xml:ns:reginfo" version="${version}" state="full"><registration aor="${xmlText(aor)}" id="r1" state="${state}">${elements}</registration></reginfo>\n`,
    'utf8',
  );
}

function contactElement(contact: RegisteredContact): string {
  const { id, uri, expires, registeredFor, callId, cseq, q, event, userAgent } = contact;
  const preference = q === undefined ? '' : ` q="${q}"`;
  const agent =
    userAgent === undefined ? '' : `<unknown-param name="user-agent">${shortXmlText(userAgent)}</unknown-param>`;
  return `<contact id="${xmlText(id)}" state="active" event="${event}" expires="${expires}" duration-registered="${registeredFor}" callid="${xmlText(callId)}" cseq="${cseq}"${preference}><uri>${xmlText(uri)}</uri>${agent}</contact>`;
}
