import type { Parsed } from '@vats/kernel';
import { DIGIT, isAllOf, STAR } from './chars.ts';
import type { Cursor } from './cursor.ts';
import { UINT32_MAX } from './limits.ts';
import { NameAddr, type NameAddrParts, readAddressUri, readDisplayText } from './name-addr.ts';
import { readParams } from './params.ts';
import { readWhole, type ValueFault } from './value-fault.ts';

/** The Contact header lines of a message: the asterisk of a REGISTER that removes all bindings, or addresses. */
export type Contacts = { readonly star: true } | { readonly star: false; readonly list: readonly Contact[] };

/** What a number that cannot be read in an `expires` stands for (RFC 3261 §20.10). */
export const MALFORMED_EXPIRES = 3_600;

/** One Contact value (RFC 3261 §20.10, RFC 5626 §9.1). */
export class Contact extends NameAddr {
  static override of(parts: NameAddrParts): Contact {
    return Contact.from(NameAddr.of(parts));
  }

  static from(address: NameAddr): Contact {
    return new Contact(address.displayText, address.uri, address.params);
  }

  override with(changes: Partial<NameAddrParts>): Contact {
    return Contact.from(super.with(changes));
  }

  /** Preference from 0 to 1; undefined when absent or not of that form. */
  get q(): number | undefined {
    const text = this.params.get('q');
    return text !== undefined && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : undefined;
  }

  /** Seconds asked for this binding; {@link MALFORMED_EXPIRES} when unreadable, at most 2^32-1. */
  get expires(): number | undefined {
    const text = this.params.get('expires');
    if (text === undefined) return undefined;
    return isAllOf(text, DIGIT) ? Math.min(Number(text), UINT32_MAX) : MALFORMED_EXPIRES;
  }

  /** `+sip.instance` without its angle brackets (RFC 5626 §4.1). */
  get instance(): string | undefined {
    const text = this.params.get('+sip.instance');
    return text?.startsWith('<') && text.endsWith('>') ? text.slice(1, -1) : text;
  }

  /** `reg-id` (RFC 5626 §4.2), from 1 to 2^31-1. */
  get regId(): number | undefined {
    const text = this.params.get('reg-id');
    if (text === undefined || !isAllOf(text, DIGIT)) return undefined;
    const id = Number(text);
    return id >= 1 && id < 2 ** 31 ? id : undefined;
  }
}

/** @example parseContact('<sip:201@192.0.2.7:5070>;expires=300;q=0.7') */
export function parseContact(text: string): Parsed<Contact, ValueFault> {
  return readWhole(text, readContact);
}

/** Old Ekigas put a second address into the brackets (`<sip:a@192.0.2.1, sip:5060>`): the first one is meant. */
export function readContact(cursor: Cursor): Contact | undefined {
  const displayText = readDisplayText(cursor);
  if (displayText === undefined) return undefined;
  const uri = readAddressUri(cursor, true);
  if (uri === undefined) return undefined;
  const params = readParams(cursor);
  return params === undefined ? undefined : new Contact(displayText, uri, params);
}

/** True when the value is the lone asterisk. */
export function isStar(text: string): boolean {
  return text.length === 1 && text.charCodeAt(0) === STAR;
}
