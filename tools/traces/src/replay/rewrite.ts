import { firstValue, type HeaderText, methodOf, plainName, type SipText, tagOf, valuesOf } from '../sip-text.ts';
import { credentialsFor, digestParameters } from './digest.ts';
import type { LiveDialog, LiveParty } from './live-party.ts';

/** Replaces the recorded server's address by the switch's in a text. */
export type Readdress = (text: string) => string;

const CREDENTIALS = new Set(['authorization', 'proxy-authorization']);

/** A recorded response, made one to the switch's own request: its Vias, tags, Call-ID and CSeq (RFC 3261 §8.2.6.2). */
export function responseTo(live: SipText, recorded: SipText): SipText {
  const localTag = tagOf(firstValue(recorded, 'to'));
  const to = firstValue(live, 'to') ?? '';
  const copied: Readonly<Record<string, readonly string[]>> = {
    via: valuesOf(live, 'via'),
    'record-route': valuesOf(live, 'record-route'),
    from: [firstValue(live, 'from') ?? ''],
    to: [tagOf(to) === undefined && localTag !== undefined ? `${to};tag=${localTag}` : to],
    'call-id': [firstValue(live, 'call-id') ?? ''],
    cseq: [firstValue(live, 'cseq') ?? ''],
  };
  const headers = replaced(recorded.headers, copied);
  const missing = copied['record-route']!.length > 0 && firstValue(recorded, 'record-route') === undefined;
  const routes = missing ? copied['record-route']!.map((value) => ({ name: 'Record-Route', value })) : [];
  return { ...recorded, headers: [...headers, ...routes] };
}

/** A recorded request outside any dialog: new credentials, and the switch's address for the server's. */
export function requestOutside(recorded: SipText, party: LiveParty, password: string, readdress: Readdress): SipText {
  const startLine = readdress(recorded.startLine);
  const headers = recorded.headers.map(({ name, value }) => {
    return { name, value: ADDRESSED.has(plainName(name)) ? readdress(value) : value };
  });
  return withCredentials({ ...recorded, startLine, headers }, party, password, readdress);
}

/** A recorded request inside a dialog: the switch's tag, target and routes (RFC 3261 §12.2.1.1). */
export function requestInside(recorded: SipText, party: LiveParty, password: string, readdress: Readdress): SipText {
  const callId = party.liveCallId(firstValue(recorded, 'call-id') ?? '');
  const dialog = party.dialog(callId);
  if (dialog === undefined) return requestOutside(recorded, party, password, readdress);
  const ends =
    dialog.invite === undefined ? endsOfCaller(recorded, dialog, readdress) : endsOfCallee(recorded, dialog.invite);
  const headers = replaced(recorded.headers, { ...ends, 'call-id': [callId], route: dialog.routes });
  const startLine = `${methodOf(recorded)} ${dialog.remoteTarget} SIP/2.0`;
  return withCredentials(
    { ...recorded, startLine, headers: withRoutes(headers, recorded, dialog.routes) },
    party,
    password,
    readdress,
  );
}

/** From and To of whoever called: its own From, the To with the switch's tag. */
function endsOfCaller(recorded: SipText, { remoteTag }: LiveDialog, readdress: Readdress) {
  const to = withoutTag(firstValue(recorded, 'to') ?? '');
  return { from: [readdress(firstValue(recorded, 'from') ?? '')], to: [`${readdress(to)};tag=${remoteTag}`] };
}

/** From and To of whoever was called: those of the switch's INVITE, changed about (RFC 3261 §12.1.1). */
function endsOfCallee(recorded: SipText, invite: SipText) {
  const localTag = tagOf(firstValue(recorded, 'from'));
  return {
    from: [`${withoutTag(firstValue(invite, 'to') ?? '')};tag=${localTag}`],
    to: [firstValue(invite, 'from') ?? ''],
  };
}

/** The ACK of a refused INVITE: the tag of the refusal, all else as in the INVITE (RFC 3261 §17.1.1.3). */
export function ackOfRefusal(recorded: SipText, refusal: SipText, readdress: Readdress): SipText {
  const headers = replaced(recorded.headers, { to: [firstValue(refusal, 'to') ?? ''] });
  return { ...recorded, startLine: readdress(recorded.startLine), headers };
}

const ADDRESSED = new Set(['from', 'to', 'route']);

/**
 * Answers the switch's challenge in place of the recorded server's. Credentials stay as they are, and wrong, when
 * the switch has never asked.
 */
function withCredentials(sip: SipText, party: LiveParty, password: string, readdress: Readdress): SipText {
  const recorded = sip.headers.find(({ name }) => CREDENTIALS.has(plainName(name)));
  if (recorded === undefined) return sip;
  const said = digestParameters(recorded.value);
  const challenge = party.challengeFor(said.get('nonce') ?? '');
  if (challenge === undefined) return sip;
  const value = credentialsFor(challenge, {
    username: said.get('username') ?? '',
    password,
    method: methodOf(sip) ?? '',
    uri: readdress(said.get('uri') ?? ''),
    count: party.countUse(challenge),
    cnonce: said.get('cnonce') ?? 'replay',
  });
  const headers = sip.headers.flatMap((header) => {
    if (header === recorded) return [{ name: challenge.answerIn, value }];
    return CREDENTIALS.has(plainName(header.name)) ? [] : [header];
  });
  return { ...sip, headers };
}

/** Puts values in the place of headers: all lines of one name give way to the new ones, where the first one stood. */
function replaced(headers: readonly HeaderText[], values: Readonly<Record<string, readonly string[]>>): HeaderText[] {
  const done = new Set<string>();
  return headers.flatMap(({ name, value }) => {
    const plain = plainName(name);
    const by = values[plain];
    if (by === undefined) return [{ name, value }];
    if (done.has(plain)) return [];
    done.add(plain);
    return by.map((each) => ({ name, value: each }));
  });
}

function withRoutes(headers: readonly HeaderText[], recorded: SipText, routes: readonly string[]): HeaderText[] {
  const placed = firstValue(recorded, 'route') !== undefined;
  return placed ? [...headers] : [...headers, ...routes.map((value) => ({ name: 'Route', value }))];
}

function withoutTag(value: string): string {
  return value.replace(/;\s*tag\s*=[^;,\s>]+/i, '');
}
