import type { KeysAs, OfferedCodecs } from '@vats/media';
import { normaliseNumber, type TrunkIdentity, type Way, writtenFor } from '@vats/pbx';
import { type HeaderField, NameAddr, SipUri } from '@vats/sip';
import type { Diverted } from './diversions.ts';
import { diversionHeaders } from './diverting.ts';
import type { TrunkLine } from './parts.ts';
import type { Addresses } from './phone-invite.ts';

/** What a caller who shows no number is called, and where (RFC 3323 §4.1). */
const ANONYMOUS = NameAddr.of({
  displayName: 'Anonymous',
  uri: SipUri.of({ user: 'anonymous', host: 'anonymous.invalid' }),
});

/** Of a call, what a trunk is to learn of it. */
export interface ShownOutside {
  /** Whose number it shows: E.164; the line's own where there is none. */
  readonly callerId: string | undefined;
  /** It shows no number. */
  readonly anonymous: boolean;
  /** Whose call it is that is sent on, where that one's number is to be shown; '' for a caller who shows none. */
  readonly original?: string | undefined;
  /** How the call was sent on, ours last; none for a call that nothing of ours sends on. */
  readonly diverted?: readonly Diverted[];
}

const ASSERTED: NonNullable<TrunkIdentity['send']> = ['p-asserted-identity'];

/**
 * How a number outside is addressed by a trunk, and who calls there. The number that is shown stands in From, and in
 * P-Asserted-Identity (RFC 3325) or what else the trunk wants, which is all that names an anonymous caller; names of employees stay here.
 */
export function outsideAddresses(
  line: TrunkLine,
  way: Way,
  shown: ShownOutside,
): Addresses & { readonly headers: readonly HeaderField[] } {
  const { host, identity = {}, writes = 'e164' } = line;
  const { original, diverted = [] } = shown;
  const addressOf = (number: string): NameAddr => NameAddr.of({ uri: SipUri.of({ user: number, host }) });
  const called = SipUri.of({ user: way.send, host });
  const ours = shown.callerId === undefined ? line.number : writtenFor(shown.callerId, writes);
  const own = ours === undefined ? undefined : addressOf(ours);
  const from = original === undefined || original === '' ? own : addressOf(writtenFor(original, writes));
  const hidden = shown.anonymous || original === '';
  const asserted = own === undefined ? [] : identityHeaders(identity.send ?? ASSERTED, own, hidden);
  return {
    requestUri: called.toString(),
    from: hidden || from === undefined ? ANONYMOUS : from,
    to: NameAddr.of({ uri: called }),
    headers: [
      ...(hidden ? [['Privacy', 'id'] as const] : []),
      ...asserted,
      ...diversionHeaders(identity.forwarded ?? [], {
        diverted,
        written: (number) => writtenFor(number, writes),
        host,
        target: way.send,
      }),
    ],
  };
}

const IDENTITY_NAMES = {
  'p-asserted-identity': 'P-Asserted-Identity',
  'p-preferred-identity': 'P-Preferred-Identity',
  'remote-party-id': 'Remote-Party-ID',
} as const;

function identityHeaders(which: NonNullable<TrunkIdentity['send']>, own: NameAddr, hidden: boolean): HeaderField[] {
  return which.map((header): HeaderField => {
    const name = IDENTITY_NAMES[header];
    if (header !== 'remote-party-id') return [name, own.toString()];
    const params = { party: 'calling', screen: 'yes', privacy: hidden ? 'full' : 'off' };
    return [name, own.with({ params }).toString()];
  });
}

/** What a trunk would show of a call if it sent it back to us: a number as `normaliseNumber` writes it, '' for none. */
export function shownBy(line: TrunkLine, { callerId, anonymous, original }: ShownOutside): string {
  const number = original ?? callerId ?? line.number;
  return anonymous || number === undefined || number === '' ? '' : normaliseNumber(number).number;
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
