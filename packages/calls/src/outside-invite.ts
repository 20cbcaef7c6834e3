import type { KeysAs, OfferedCodecs } from '@vats/media';
import { normaliseNumber, type Way, writtenFor } from '@vats/pbx';
import { type HeaderField, NameAddr, SipUri } from '@vats/sip';
import type { TrunkLine } from './parts.ts';
import type { Addresses } from './phone-invite.ts';

/** What a caller who shows no number is called, and where (RFC 3323 §4.1). */
const ANONYMOUS = NameAddr.of({
  displayName: 'Anonymous',
  uri: SipUri.of({ user: 'anonymous', host: 'anonymous.invalid' }),
});

/**
 * How a number outside is addressed by a trunk, and who calls there. The number that is shown stands in From, and in
 * P-Asserted-Identity (RFC 3325), which is all that names an anonymous caller; names of employees stay here.
 *
 * @param callerId E.164; the line's own number where there is none
 */
export function outsideAddresses(
  line: TrunkLine,
  way: Way,
  callerId: string | undefined,
): Addresses & { readonly headers: readonly HeaderField[] } {
  const { host } = line;
  const called = SipUri.of({ user: way.send, host });
  const shown = callerId === undefined ? line.number : writtenFor(callerId, line.writes ?? 'e164');
  const own = NameAddr.of({ uri: SipUri.of({ user: shown, host }) });
  const asserted: HeaderField[] = shown === undefined ? [] : [['P-Asserted-Identity', own.toString()]];
  const anonymous = way.anonymous === true;
  return {
    requestUri: called.toString(),
    from: anonymous || shown === undefined ? ANONYMOUS : own,
    to: NameAddr.of({ uri: called }),
    headers: anonymous ? [['Privacy', 'id'], ...asserted] : asserted,
  };
}

/** What a trunk would show of a call if it sent it back to us: a number as `normaliseNumber` writes it, '' for none. */
export function shownBy(line: TrunkLine, way: Way, callerId: string | undefined): string {
  const number = callerId ?? line.number;
  return way.anonymous === true || number === undefined ? '' : normaliseNumber(number).number;
}

const KEYS_AS: Readonly<Record<NonNullable<TrunkLine['dtmf']>, KeysAs>> = {
  rfc4733: 'events',
  info: 'info',
  inband: 'tones',
};

/** What a trunk that calls is answered: it names its codecs itself, but its keys come as its settings say. */
export function answeredTo({ dtmf }: TrunkLine): OfferedCodecs | undefined {
  return dtmf === undefined || dtmf === 'rfc4733' ? undefined : { keys: KEYS_AS[dtmf] };
}

/** What a trunk may be offered. */
export function offeredTo({ codecs, dtmf }: TrunkLine): OfferedCodecs {
  return {
    ...(codecs !== undefined && { sound: codecs.map((name) => name.toLowerCase()) }),
    keys: KEYS_AS[dtmf ?? 'rfc4733'],
  };
}
