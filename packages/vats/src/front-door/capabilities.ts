import type { HeaderField } from '@vats/sip';
import { ALLOW_EVENTS } from '../watching/event-packages.ts';

/**
 * Methods that a phone may use with us: the one table that Allow, 405 and what the front door takes are made of. A method that is
 * built is one entry more.
 */
interface Method {
  readonly name: string;
  /** What it is outside a dialog: taken, answered 481 as it belongs into one, or passed over (ACK). */
  readonly outside: 'taken' | 'only-within' | 'ignored';
}

const METHODS: readonly Method[] = [
  { name: 'INVITE', outside: 'taken' },
  { name: 'ACK', outside: 'ignored' },
  { name: 'CANCEL', outside: 'only-within' },
  { name: 'BYE', outside: 'only-within' },
  { name: 'OPTIONS', outside: 'taken' },
  { name: 'REGISTER', outside: 'taken' },
  { name: 'INFO', outside: 'only-within' },
  { name: 'MESSAGE', outside: 'taken' },
  // Outside one only where it keeps a NAT open.
  { name: 'NOTIFY', outside: 'taken' },
  { name: 'SUBSCRIBE', outside: 'taken' },
  { name: 'PUBLISH', outside: 'taken' },
];

/** What Allow says. */
export const ALLOWED_METHODS: readonly string[] = METHODS.map(({ name }) => name);

/** Known methods that are not built yet, and mean something within a dialog only. */
const UNBUILT_WITHIN: readonly string[] = ['UPDATE', 'PRACK'];

/** Methods that mean something only within a dialog; the dialog layer has looked for one already. */
export const DIALOG_METHODS: readonly string[] = [
  ...METHODS.filter(({ outside }) => outside === 'only-within').map(({ name }) => name),
  ...UNBUILT_WITHIN,
];

/** Extensions that a Require may name; what Supported says. */
export const EXTENSIONS: readonly string[] = [];

/** What an answer to OPTIONS says beside Allow and Supported (RFC 3261 §11.2, RFC 6665 §8.2.2). */
export const OPTIONS_ANSWER: readonly HeaderField[] = [
  ['Accept', 'application/sdp'],
  ['Accept-Encoding', 'identity'],
  ['Accept-Language', 'en, ru'],
  ALLOW_EVENTS,
];

export const ALLOW: HeaderField = ['Allow', ALLOWED_METHODS.join(', ')];

/** All of it: the answer to an OPTIONS outside a dialog. */
export const CAPABILITIES: readonly HeaderField[] = [
  ALLOW,
  ...(EXTENSIONS.length === 0 ? [] : [['Supported', EXTENSIONS.join(', ')] as const]),
  ...OPTIONS_ANSWER,
];
