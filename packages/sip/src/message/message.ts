import { bad, good, type Parsed } from '@vats/kernel';
import { type AuthValue, readAuthValue } from './auth-values.ts';
import { type Contacts, isStar, readContact } from './contact.ts';
import { type CSeq, readCSeq } from './cseq.ts';
import type { Cursor } from './cursor.ts';
import { type ContentLengthFault, contentLengthOf } from './framing-fields.ts';
import type { HeadIndex, StructureFault } from './head-index.ts';
import { type HeaderLine, HeaderLines } from './header-lines.ts';
import { HEADER, type KnownHeader } from './header-names.ts';
import { splitRest } from './lists.ts';
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
import { finish, type ValueFault } from './value-fault.ts';
import { readVia, readViaForgiving, type Via } from './via.ts';
import type { Echo } from './write-response-to.ts';

/** A message as it was received; `kind` tells the two apart (RFC 3261 §7). */
export type SipMessage = SipRequest | SipResponse;

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
  readonly #lines: HeaderLines;

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
    this.#lines = new HeaderLines(bytes, text, index);
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
      const length = this.#announcedLength() ?? this.octetsAfterHead;
      this.#body = length === 0 ? NO_BODY : this.bytes.subarray(start, start + length);
    }
    return this.#body;
  }

  /** Octets that came behind the head, whatever Content-Length says. */
  get octetsAfterHead(): number {
    return this.bytes.length - this.#index.bodyStart;
  }

  /** Every header line in wire order. */
  lines(): HeaderLine[] {
    return this.#lines.all();
  }

  /** True when at least one line has this name, long or compact, in any case. */
  has(name: string): boolean {
    return this.#lines.named(name) >= 0;
  }

  /** The first line's value, folds undone. The name is long or compact, in any case. */
  value(name: string): string | undefined {
    const place = this.#lines.named(name);
    return place < 0 ? undefined : this.#lines.valueAt(place);
  }

  /** One value a line, in wire order, not split at commas. */
  values(name: string): string[] {
    const values: string[] = [];
    for (let place = this.#lines.named(name); place >= 0; place = this.#lines.named(name, place)) {
      values.push(this.#lines.valueAt(place));
    }
    return values;
  }

  /** All lines as one list, split at the commas outside of quoted strings and angle brackets, empty ones left out. */
  list(name: string): string[] {
    const values: string[] = [];
    for (let place = this.#lines.named(name); place >= 0; place = this.#lines.named(name, place)) {
      splitRest(this.#lines.cursorAt(place), values);
    }
    return values;
  }

  /** True when several lines of this header have different values. */
  contradicts(name: KnownHeader): boolean {
    const number = HEADER[name];
    const first = this.#lines.first(number);
    if (first < 0) return false;
    for (let place = this.#lines.next(number, first); place >= 0; place = this.#lines.next(number, place)) {
      if (this.#lines.valueAt(place) !== this.#lines.valueAt(first)) return true;
    }
    return false;
  }

  /** False when surely no header that the stack knows has several lines, as in most messages. */
  get mayRepeatLines(): boolean {
    return this.#index.repeated !== 0;
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
    this.#vias ??= this.#lines.list(HEADER.Via, readVia) ?? bad('missing', 0, 'Via');
    return this.#vias;
  }

  get from(): Parsed<NameAddr, ValueFault> {
    this.#from ??= this.#lines.single(HEADER.From, readNameAddr) ?? bad('missing', 0, 'From');
    return this.#from;
  }

  get to(): Parsed<NameAddr, ValueFault> {
    this.#to ??= this.#lines.single(HEADER.To, readNameAddr) ?? bad('missing', 0, 'To');
    return this.#to;
  }

  get fromTag(): string | undefined {
    return this.from.ok ? this.from.value.tag : undefined;
  }

  get toTag(): string | undefined {
    return this.to.ok ? this.to.value.tag : undefined;
  }

  get callId(): Parsed<string, ValueFault> {
    this.#callId ??= this.#lines.single(HEADER['Call-ID'], readCallId) ?? bad('missing', 0, 'Call-ID');
    return this.#callId;
  }

  get cseq(): Parsed<CSeq, ValueFault> {
    this.#cseq ??= this.#lines.single(HEADER.CSeq, readCSeq) ?? bad('missing', 0, 'CSeq');
    return this.#cseq;
  }

  get maxForwards(): Parsed<number, ValueFault> | undefined {
    this.#maxForwards ??= this.#lines.single(HEADER['Max-Forwards'], readMaxForwards) ?? ABSENT;
    return this.#maxForwards === ABSENT ? undefined : this.#maxForwards;
  }

  /** All Contact values of all lines; no Contact at all is an empty list. */
  get contacts(): Parsed<Contacts, ValueFault> {
    this.#contacts ??= this.#readContacts();
    return this.#contacts;
  }

  get routes(): Parsed<readonly NameAddr[], ValueFault> {
    this.#routes ??= this.#lines.list(HEADER.Route, readNameAddr) ?? NO_ROUTES;
    return this.#routes;
  }

  get recordRoutes(): Parsed<readonly NameAddr[], ValueFault> {
    this.#recordRoutes ??= this.#lines.list(HEADER['Record-Route'], readNameAddr) ?? NO_ROUTES;
    return this.#recordRoutes;
  }

  get expires(): Parsed<number, ValueFault> | undefined {
    this.#expires ??= this.#lines.single(HEADER.Expires, readDeltaSeconds) ?? ABSENT;
    return this.#expires === ABSENT ? undefined : this.#expires;
  }

  get minExpires(): Parsed<number, ValueFault> | undefined {
    this.#minExpires ??= this.#lines.single(HEADER['Min-Expires'], readDeltaSeconds) ?? ABSENT;
    return this.#minExpires === ABSENT ? undefined : this.#minExpires;
  }

  get contentType(): Parsed<MediaType, ValueFault> | undefined {
    this.#contentType ??= this.#lines.single(HEADER['Content-Type'], readMediaType) ?? ABSENT;
    return this.#contentType === ABSENT ? undefined : this.#contentType;
  }

  get contentDisposition(): Parsed<TokenWithParams, ValueFault> | undefined {
    this.#contentDisposition ??= this.#lines.single(HEADER['Content-Disposition'], readTokenWithParams) ?? ABSENT;
    return this.#contentDisposition === ABSENT ? undefined : this.#contentDisposition;
  }

  /** Event package and its parameters, `id` among them (RFC 6665 §8.2.1). */
  get event(): Parsed<TokenWithParams, ValueFault> | undefined {
    this.#event ??= this.#lines.single(HEADER.Event, readTokenWithParams) ?? ABSENT;
    return this.#event === ABSENT ? undefined : this.#event;
  }

  /** All values of all Reason lines (RFC 3326); none is an empty list. */
  get reasons(): Parsed<readonly Reason[], ValueFault> {
    return this.#lines.list(HEADER.Reason, readReason) ?? good([]);
  }

  get retryAfter(): Parsed<RetryAfter, ValueFault> | undefined {
    return this.#lines.single(HEADER['Retry-After'], readRetryAfter);
  }

  get timestamp(): Parsed<Timestamp, ValueFault> | undefined {
    return this.#lines.single(HEADER.Timestamp, readTimestamp);
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
    this.#supported ??= this.#lines.texts(HEADER.Supported);
    return this.#supported;
  }

  get require(): readonly string[] {
    this.#require ??= this.#lines.texts(HEADER.Require);
    return this.#require;
  }

  get proxyRequire(): readonly string[] {
    this.#proxyRequire ??= this.#lines.texts(HEADER['Proxy-Require']);
    return this.#proxyRequire;
  }

  get allow(): readonly string[] {
    this.#allow ??= this.#lines.texts(HEADER.Allow);
    return this.#allow;
  }

  /** One value a line (RFC 3261 §20.7), in wire order. */
  credentials(header: CredentialsHeader): readonly Parsed<AuthValue, ValueFault>[] {
    return this.#authValuesOf(header);
  }

  challenges(header: ChallengeHeader): readonly Parsed<AuthValue, ValueFault>[] {
    return this.#authValuesOf(header);
  }

  #readTopVia(): Parsed<Via, ValueFault> {
    const { vias } = this;
    if (vias.ok) return good(vias.value[0]!);
    return this.#lines.foremost(HEADER.Via, readViaForgiving) ?? bad('missing', 0, 'Via');
  }

  #readContacts(): Parsed<Contacts, ValueFault> {
    const list = this.#lines.list(HEADER.Contact, readContact);
    if (list === undefined) return NO_CONTACTS;
    if (list.ok) return good({ star: false, list: list.value });
    const first = this.#lines.first(HEADER.Contact);
    const isAlone = this.#lines.next(HEADER.Contact, first) < 0;
    return isAlone && isStar(this.#lines.valueAt(first)) ? good({ star: true }) : list;
  }

  #announcedLength(): number | undefined {
    const length = this.contentLength;
    return length?.ok ? length.value : undefined;
  }

  #authValuesOf(header: CredentialsHeader | ChallengeHeader): readonly Parsed<AuthValue, ValueFault>[] {
    const known = this.#authValues?.get(header);
    if (known !== undefined) return known;
    const number = HEADER[header];
    const first = this.#lines.first(number);
    if (first < 0) return NO_AUTH_VALUES;
    const values: Parsed<AuthValue, ValueFault>[] = [];
    for (let place = first; place >= 0; place = this.#lines.next(number, place)) {
      values.push(finish(this.#lines.cursorAt(place), readAuthValue, header));
    }
    this.#authValues ??= new Map();
    this.#authValues.set(header, values);
    return values;
  }
}

/** What a header of one value answers when it is absent, so that its absence is remembered too. */
const ABSENT: Parsed<never, ValueFault> = bad('missing');
type Optional<T> = Parsed<T, ValueFault> | undefined;

const NO_BODY = Buffer.alloc(0);
const NO_ROUTES: Parsed<readonly NameAddr[], ValueFault> = good([]);
const NO_AUTH_VALUES: readonly Parsed<AuthValue, ValueFault>[] = [];
const NO_CONTACTS: Parsed<Contacts, ValueFault> = good({ star: false, list: [] });

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
  /** What responses repeat of this request; `writeResponseTo` remembers it here. */
  echo: Echo | undefined;
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
