import type { HeaderField } from '@vats/sip';
import type { Settings } from '../settings/index.ts';
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
  { name: 'PRACK', outside: 'only-within' },
  { name: 'UPDATE', outside: 'only-within' },
  // Outside one only to be refused.
  { name: 'REFER', outside: 'taken' },
];

/** Methods that mean something only within a dialog; the dialog layer has looked for one already. */
export const DIALOG_METHODS: readonly string[] = METHODS.filter(({ outside }) => outside === 'only-within').map(
  ({ name }) => name,
);

/** What an answer to OPTIONS says beside Allow and Supported (RFC 3261 §11.2, RFC 6665 §8.2.2). */
export const OPTIONS_ANSWER: readonly HeaderField[] = [
  ['Accept', 'application/sdp'],
  ['Accept-Encoding', 'identity'],
  ['Accept-Language', 'en, ru'],
  ALLOW_EVENTS,
];

/** What we can, as the settings leave it. */
export interface Capabilities {
  /** What Allow says. */
  readonly methods: readonly string[];
  readonly allow: HeaderField;
  /** Extensions that a Require may name, in an INVITE and what follows it; what Supported says. */
  readonly extensions: readonly string[];
  /** All of it: the answer to an OPTIONS outside a dialog. */
  readonly answersOptions: readonly HeaderField[];
}

/**
 * What we can: a dialog that is named to be replaced (RFC 3891) and a REFER without subscription (RFC 4488) always, reliable provisional
 * responses (RFC 3262) and session timers (RFC 4028) by setting.
 */
export function capabilitiesOf({ prack, sessionTimer }: Pick<Settings['sip'], 'prack' | 'sessionTimer'>): Capabilities {
  const methods = METHODS.map(({ name }) => name).filter((name) => prack !== 'off' || name !== 'PRACK');
  const extensions = [
    ...['replaces', 'norefersub'],
    ...(prack === 'off' ? [] : ['100rel']),
    ...(sessionTimer.mode === 'off' ? [] : ['timer']),
  ];
  const allow = ['Allow', methods.join(', ')] as const;
  return {
    ...{ methods, allow, extensions },
    answersOptions: [allow, ['Supported', extensions.join(', ')], ...OPTIONS_ANSWER],
  };
}
