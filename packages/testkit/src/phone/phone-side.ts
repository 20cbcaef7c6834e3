import type { HeaderField } from '@vats/sip';
import type { Manners } from './phone-settings.ts';
import type { PhoneWire, SentRequest } from './phone-wire.ts';
import type { SdpChanges } from './sdp-text.ts';

/** What a call needs of the phone that it is a call of. */
export interface PhoneSide {
  readonly name: string;
  readonly wire: PhoneWire;
  readonly manners: Manners;
  /** Preferred first: `8 PCMA/8000`. */
  readonly codecs: readonly string[];
  readonly contactUri: string;
  token(): string;
  sdp(changes: SdpChanges): string;
  /** Sends a request, and when it is challenged once more with credentials. */
  withCredentials(method: string, uri: string, send: (credentials: readonly HeaderField[]) => SentRequest): void;
}
