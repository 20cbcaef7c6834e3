import { bad, good, type Parsed } from '@vats/kernel';
import { type AuthValue, readAuthValue } from './auth-values.ts';
import { sameToken } from './chars.ts';
import { type Contact, type Contacts, isStar, readContact } from './contact.ts';
import { type CSeq, readCSeq } from './cseq.ts';
import { Cursor } from './cursor.ts';
import { type ContentLengthFault, contentLengthOf } from './framing-fields.ts';
import {
  type HeadIndex,
  isFolded,
  nameLengthOf,
  numberOf,
  STRIDE,
  type StructureFault,
  unfolded,
} from './head-index.ts';
import { HEADER, headerNumber, type KnownHeader, nameOf, UNKNOWN_HEADER } from './header-names.ts';
import { readList, splitRest } from './lists.ts';
import { type MediaType, readMediaType } from './media-type.ts';
import { type NameAddr, readNameAddr } from './name-addr.ts';
import { readDeltaSeconds, readMaxForwards } from './numbers.ts';
import { type RequestLine, readRequestUri, type StatusLine } from './start-line.ts';
import {
  type Reason,
  type RetryAfter,
  readReason,
  readRetryAfter,
  readTimestamp,
  readTokenWithParams,
  type Timestamp,
  type TokenWithParams,
} from './token-headers.ts';
import type { Uri } from './uri.ts';
import { finish, type Reader, type ValueFault } from './value-fault.ts';
import { readVia, readViaForgiving, type Via } from './via.ts';

export type SipMessage = SipRequest | SipResponse;

export interface HeaderLine {
  /** As written: long or compact, any case. */
  readonly name: string;
  /** Folds undone, blanks at both ends removed. */
  readonly value: string;
}

export type CredentialsHeader = 'Authorization' | 'Proxy-Authorization';
export type ChallengeHeader = 'WWW-Authenticate' | 'Proxy-Authenticate';

/**
 * What requests and responses have in common: the octets as received, an index of the header lines in wire order, and
 * typed answers that are made when first asked for and remembered, good or bad (those of rare headers are made anew).
 */
abstract class MessageHead {
  /** The whole message as received. */
  readonly bytes: Buffer;
  /** The head as latin1: offsets are those of the octets. */
  protected readonly text: string;
  readonly #index: HeadIndex;

  #body: Buffer | undefined;
  #contentLength: Parsed<number | undefined, ContentLengthFault> | undefined;
  #topVia: Parsed<Via, ValueFault> | undefined;
  #vias: Parsed<readonly Via[], ValueFault> | undefined;
  #from: Parsed<NameAddr, ValueFault> | undefined;
  #to: Parsed<NameAddr, ValueFault> | undefined;
  #callId: Parsed<string, ValueFault> | undefined;
  #cseq: Parsed<CSeq, ValueFault> | undefined;
  #contacts: Parsed<Contacts, ValueFault> | undefined;
  #routes: Parsed<readonly NameAddr[], ValueFault> | undefined;
  #recordRoutes: Parsed<readonly NameAddr[], ValueFault> | undefined;
  #maxForwards: Optional<number>;
  #expires: Optional<number>;
  #minExpires: Optional<number>;
  #contentType: Optional<MediaType>;
  #contentDisposition: Optional<TokenWithParams>;
  #event: Optional<TokenWithParams>;
  #supported: readonly string[] | undefined;
  #require: readonly string[] | undefined;
  #proxyRequire: readonly string[] | undefined;
  #allow: readonly string[] | undefined;
  #authValues: Map<string, readonly Parsed<AuthValue, ValueFault>[]> | undefined;

  constructor(bytes: Buffer, text: string, index: HeadIndex) {
    this.bytes = bytes;
    this.text = text;
    this.#index = index;
  }

  /** The first fault of the message's structure that did not keep it from being read. */
  get structureFault(): { readonly code: StructureFault; readonly at: number } | undefined {
    const { fault, faultAt } = this.#index;
    return fault && { code: fault, at: faultAt };
  }

  /** As many octets as Content-Length says, all that follow the head when there is no (good) Content-Length. */
  get body(): Buffer {
    if (this.#body === undefined) {
      const start = this.#index.bodyStart;
      const length = this.#announcedLength();
      this.#body = this.bytes.subarray(start, length === undefined ? undefined : start + length);
    }
    return this.#body;
  }

  /** Octets that came behind the head, whatever Content-Length says. */
  get octetsAfterHead(): number {
    return this.bytes.length - this.#index.bodyStart;
  }

  /** Every header line in wire order. */
  lines(): HeaderLine[] {
    const { entries } = this.#index;
    const lines: HeaderLine[] = [];
    for (let at = 0; at < entries.length; at += STRIDE) {
      const from = entries[at + 1]!;
      lines.push({ name: this.text.slice(from, from + nameLengthOf(entries[at]!)), value: this.#valueAt(at) });
    }
    return lines;
  }

  /** True when at least one line has this name, long or compact, in any case. */
  has(name: string): boolean {
    return this.#findNamed(name, 0) >= 0;
  }

  /** The first line's value, folds undone. The name is long or compact, in any case. */
  value(name: string): string | undefined {
    const at = this.#findNamed(name, 0);
    return at < 0 ? undefined : this.#valueAt(at);
  }

  /** One value a line, in wire order, not split at commas. */
  values(name: string): string[] {
    const values: string[] = [];
    for (let at = this.#findNamed(name, 0); at >= 0; at = this.#findNamed(name, at + STRIDE)) {
      values.push(this.#valueAt(at));
    }
    return values;
  }

  /** True when several lines of this header have different values. */
  contradicts(name: KnownHeader): boolean {
    const number = HEADER[name];
    const first = this.#find(number, 0);
    if (first < 0) return false;
    for (let at = this.#find(number, first + STRIDE); at >= 0; at = this.#find(number, at + STRIDE)) {
      if (this.#valueAt(at) !== this.#valueAt(first)) return true;
    }
    return false;
  }

  /** All lines as one list, split at the commas outside of quoted strings and angle brackets, empty ones left out. */
  list(name: string): string[] {
    const values: string[] = [];
    for (let at = this.#findNamed(name, 0); at >= 0; at = this.#findNamed(name, at + STRIDE)) {
      splitRest(this.#cursorAt(at), values);
    }
    return values;
  }

  /**
   * Where an answer to this message belongs: the first Via value, even when later ones are bad or it has empty
   * parameters; {@link vias} is strict.
   */
  get topVia(): Parsed<Via, ValueFault> {
    this.#topVia ??= this.#readTopVia();
    return this.#topVia;
  }

  get vias(): Parsed<readonly Via[], ValueFault> {
    this.#vias ??= this.#all(HEADER.Via, readVia) ?? bad('missing', 0, 'Via');
    return this.#vias;
  }

  get from(): Parsed<NameAddr, ValueFault> {
    this.#from ??= this.#single(HEADER.From, readNameAddr) ?? bad('missing', 0, 'From');
    return this.#from;
  }

  get to(): Parsed<NameAddr, ValueFault> {
    this.#to ??= this.#single(HEADER.To, readNameAddr) ?? bad('missing', 0, 'To');
    return this.#to;
  }

  get fromTag(): string | undefined {
    return this.from.ok ? this.from.value.tag : undefined;
  }

  get toTag(): string | undefined {
    return this.to.ok ? this.to.value.tag : undefined;
  }

  get callId(): Parsed<string, ValueFault> {
    this.#callId ??= this.#single(HEADER['Call-ID'], readCallId) ?? bad('missing', 0, 'Call-ID');
    return this.#callId;
  }

  get cseq(): Parsed<CSeq, ValueFault> {
    this.#cseq ??= this.#single(HEADER.CSeq, readCSeq) ?? bad('missing', 0, 'CSeq');
    return this.#cseq;
  }

  get maxForwards(): Parsed<number, ValueFault> | undefined {
    this.#maxForwards ??= this.#single(HEADER['Max-Forwards'], readMaxForwards) ?? ABSENT;
    return this.#maxForwards === ABSENT ? undefined : this.#maxForwards;
  }

  /** All Contact values of all lines; no Contact at all is an empty list. */
  get contacts(): Parsed<Contacts, ValueFault> {
    this.#contacts ??= this.#readContacts();
    return this.#contacts;
  }

  get routes(): Parsed<readonly NameAddr[], ValueFault> {
    this.#routes ??= this.#all(HEADER.Route, readNameAddr) ?? NO_ROUTES;
    return this.#routes;
  }

  get recordRoutes(): Parsed<readonly NameAddr[], ValueFault> {
    this.#recordRoutes ??= this.#all(HEADER['Record-Route'], readNameAddr) ?? NO_ROUTES;
    return this.#recordRoutes;
  }

  get expires(): Parsed<number, ValueFault> | undefined {
    this.#expires ??= this.#single(HEADER.Expires, readDeltaSeconds) ?? ABSENT;
    return this.#expires === ABSENT ? undefined : this.#expires;
  }

  get minExpires(): Parsed<number, ValueFault> | undefined {
    this.#minExpires ??= this.#single(HEADER['Min-Expires'], readDeltaSeconds) ?? ABSENT;
    return this.#minExpires === ABSENT ? undefined : this.#minExpires;
  }

  get contentType(): Parsed<MediaType, ValueFault> | undefined {
    this.#contentType ??= this.#single(HEADER['Content-Type'], readMediaType) ?? ABSENT;
    return this.#contentType === ABSENT ? undefined : this.#contentType;
  }

  get contentDisposition(): Parsed<TokenWithParams, ValueFault> | undefined {
    this.#contentDisposition ??= this.#single(HEADER['Content-Disposition'], readTokenWithParams) ?? ABSENT;
    return this.#contentDisposition === ABSENT ? undefined : this.#contentDisposition;
  }

  /** Event package and its parameters, `id` among them (RFC 6665 §8.2.1). */
  get event(): Parsed<TokenWithParams, ValueFault> | undefined {
    this.#event ??= this.#single(HEADER.Event, readTokenWithParams) ?? ABSENT;
    return this.#event === ABSENT ? undefined : this.#event;
  }

  /** All values of all Reason lines (RFC 3326); none is an empty list. */
  get reasons(): Parsed<readonly Reason[], ValueFault> {
    return this.#all(HEADER.Reason, readReason) ?? good([]);
  }

  get retryAfter(): Parsed<RetryAfter, ValueFault> | undefined {
    return this.#single(HEADER['Retry-After'], readRetryAfter);
  }

  get timestamp(): Parsed<Timestamp, ValueFault> | undefined {
    return this.#single(HEADER.Timestamp, readTimestamp);
  }

  /** undefined when the header is absent; a fault when lines disagree or hold no number (RFC 4475 §3.3.9). */
  get contentLength(): Parsed<number, ContentLengthFault> | undefined {
    this.#contentLength ??= contentLengthOf(this.text, this.#index);
    const length = this.#contentLength;
    if (!length.ok) return length;
    return length.value === undefined ? undefined : (length as Parsed<number, ContentLengthFault>);
  }

  /** Option tags (RFC 3261 §20.37). */
  get supported(): readonly string[] {
    this.#supported ??= this.#listOf(HEADER.Supported);
    return this.#supported;
  }

  get require(): readonly string[] {
    this.#require ??= this.#listOf(HEADER.Require);
    return this.#require;
  }

  get proxyRequire(): readonly string[] {
    this.#proxyRequire ??= this.#listOf(HEADER['Proxy-Require']);
    return this.#proxyRequire;
  }

  get allow(): readonly string[] {
    this.#allow ??= this.#listOf(HEADER.Allow);
    return this.#allow;
  }

  /** One value a line (RFC 3261 §20.7), in wire order. */
  credentials(header: CredentialsHeader): readonly Parsed<AuthValue, ValueFault>[] {
    return this.#authValuesOf(header);
  }

  challenges(header: ChallengeHeader): readonly Parsed<AuthValue, ValueFault>[] {
    return this.#authValuesOf(header);
  }

  /** Offset in the index of the next line of a known header, -1 for none. */
  #find(number: number, from: number): number {
    const { entries } = this.#index;
    for (let at = from; at < entries.length; at += STRIDE) if (numberOf(entries[at]!) === number) return at;
    return -1;
  }

  /** The same for a header by any of its names, known or not. */
  #findNamed(name: string, from: number): number {
    const number = headerNumber(name);
    if (number !== UNKNOWN_HEADER) return this.#find(number, from);
    const { entries } = this.#index;
    for (let at = from; at < entries.length; at += STRIDE) {
      const meta = entries[at]!;
      const start = entries[at + 1]!;
      if (nameLengthOf(meta) !== name.length || numberOf(meta) !== UNKNOWN_HEADER) continue;
      if (sameToken(this.text.slice(start, start + name.length), name)) return at;
    }
    return -1;
  }

  #valueAt(at: number): string {
    const { entries } = this.#index;
    const written = this.text.slice(entries[at + 2]!, entries[at + 3]!);
    return isFolded(entries[at]!) ? unfolded(written) : written;
  }

  /** A cursor over the value in place; over a copy without folds when it is folded. */
  #cursorAt(at: number): Cursor {
    const { entries } = this.#index;
    if (isFolded(entries[at]!)) return Cursor.over(this.#valueAt(at));
    return new Cursor(this.bytes, this.text, entries[at + 2]!, entries[at + 3]!);
  }

  #listOf(number: number): string[] {
    const values: string[] = [];
    for (let at = this.#find(number, 0); at >= 0; at = this.#find(number, at + STRIDE)) {
      splitRest(this.#cursorAt(at), values);
    }
    return values;
  }

  /** The first line of a header that has one value; undefined when there is none. */
  #single<T>(number: number, read: Reader<T>): Parsed<T, ValueFault> | undefined {
    const at = this.#find(number, 0);
    return at < 0 ? undefined : finish(this.#cursorAt(at), read, nameOf(number));
  }

  /** All values of all lines of a header; undefined when there is no line. */
  #all<T>(number: number, read: Reader<T>): Parsed<readonly T[], ValueFault> | undefined {
    let at = this.#find(number, 0);
    if (at < 0) return undefined;
    const values: T[] = [];
    for (; at >= 0; at = this.#find(number, at + STRIDE)) {
      const cursor = this.#cursorAt(at);
      const start = cursor.at;
      if (!readList(cursor, read, values))
        return bad(cursor.fault ?? 'bad-param', cursor.faultAt - start, nameOf(number));
    }
    return good(values);
  }

  #readTopVia(): Parsed<Via, ValueFault> {
    if (this.#vias?.ok) return good(this.#vias.value[0]!);
    const at = this.#find(HEADER.Via, 0);
    if (at < 0) return bad('missing', 0, 'Via');
    const cursor = this.#cursorAt(at);
    const start = cursor.at;
    const via = readViaForgiving(cursor);
    return via === undefined ? bad(cursor.fault ?? 'bad-via', cursor.faultAt - start, 'Via') : good(via);
  }

  #readContacts(): Parsed<Contacts, ValueFault> {
    const first = this.#find(HEADER.Contact, 0);
    if (first < 0) return good({ star: false, list: NO_CONTACTS });
    if (isStar(this.#valueAt(first)) && this.#find(HEADER.Contact, first + STRIDE) < 0) {
      return good({ star: true });
    }
    const list = this.#all(HEADER.Contact, readContact) ?? good(NO_CONTACTS);
    return list.ok ? good({ star: false, list: list.value }) : list;
  }

  #announcedLength(): number | undefined {
    const length = this.contentLength;
    return length?.ok ? length.value : undefined;
  }

  #authValuesOf(header: CredentialsHeader | ChallengeHeader): readonly Parsed<AuthValue, ValueFault>[] {
    const known = this.#authValues?.get(header);
    if (known !== undefined) return known;
    const number = HEADER[header];
    const first = this.#find(number, 0);
    if (first < 0) return NO_AUTH_VALUES;
    const values: Parsed<AuthValue, ValueFault>[] = [];
    for (let at = first; at >= 0; at = this.#find(number, at + STRIDE)) {
      values.push(finish(this.#cursorAt(at), readAuthValue, header));
    }
    this.#authValues ??= new Map();
    this.#authValues.set(header, values);
    return values;
  }
}

/** What a header of one value answers when it is absent, so that its absence is remembered too. */
const ABSENT: Parsed<never, ValueFault> = bad('missing');
type Optional<T> = Parsed<T, ValueFault> | undefined;

const NO_ROUTES: Parsed<readonly NameAddr[], ValueFault> = good([]);
const NO_AUTH_VALUES: readonly Parsed<AuthValue, ValueFault>[] = [];
const NO_CONTACTS: readonly Contact[] = [];

/** A request as received (RFC 3261 §7.1). */
export class SipRequest extends MessageHead {
  readonly kind = 'request';
  /** As written: methods are compared with regard to case (RFC 3261 §7.1). */
  readonly method: string;
  /** `SIP/2.0` as written. */
  readonly version: string;
  /** False when the request line had blanks that the grammar forbids. */
  readonly strictStartLine: boolean;
  readonly #line: RequestLine;
  #requestUri: Parsed<Uri, ValueFault> | undefined;

  constructor(bytes: Buffer, text: string, index: HeadIndex, line: RequestLine) {
    super(bytes, text, index);
    this.method = line.method;
    this.#line = line;
    this.version = line.version;
    this.strictStartLine = line.strict;
  }

  /** As written. */
  get requestUriText(): string {
    return this.text.slice(this.#line.uriStart, this.#line.uriEnd);
  }

  get requestUri(): Parsed<Uri, ValueFault> {
    this.#requestUri ??= readRequestUri(this.bytes, this.text, this.#line);
    return this.#requestUri;
  }
}

/** A response as received (RFC 3261 §7.2). */
export class SipResponse extends MessageHead {
  readonly kind = 'response';
  readonly version: string;
  /** 100 to 699. */
  readonly status: number;
  /** As a wire string: `fromWire` makes text of it. */
  readonly reason: string;

  constructor(bytes: Buffer, text: string, index: HeadIndex, line: StatusLine) {
    super(bytes, text, index);
    this.version = line.version;
    this.status = line.status;
    this.reason = line.reason;
  }
}

/** `callid` of RFC 3261 §25.1; any text without blanks and control characters is taken, because it is only compared. */
function readCallId(cursor: Cursor): string | undefined {
  const start = cursor.at;
  for (let code = cursor.peek(); code > 0x20 && code !== 0x7f; code = cursor.peek()) cursor.at++;
  return cursor.at === start ? cursor.fail('bad-call-id') : cursor.since(start);
}
