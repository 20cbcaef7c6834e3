export * from './dialog/index.ts';
export * from './digest/index.ts';
export * from './event-bodies/index.ts';
export * from './locate/index.ts';
export {
  type AuthValue,
  formatChallenge,
  formatCredentials,
  parseAuthValue,
} from './message/auth-values.ts';
export { isToken, sameToken } from './message/chars.ts';
export { checkRequest, checkResponse, type RequestFault, type ResponseFault } from './message/check-message.ts';
export { Contact, type Contacts, parseContact } from './message/contact.ts';
export { type CSeq, formatCSeq, parseCSeq } from './message/cseq.ts';
export {
  DIVERSION_REASONS,
  type Diversion,
  type DiversionReason,
  formatDiversion,
  MOST_DIVERSIONS,
  parseDiversion,
} from './message/diversion.ts';
export { requestDraftOf, responseDraftOf, rewrite } from './message/draft-of.ts';
export { type ContentLengthFault, findHeadEnd, readContentLength, skipEmptyLines } from './message/framing-fields.ts';
export type { MessageFault, StructureFault } from './message/head-index.ts';
export type { HeaderLine } from './message/header-lines.ts';
export { canonicalName, type KnownHeader } from './message/header-names.ts';
export {
  causeOfReason,
  compareIndices,
  formatHistoryEntry,
  type HistoryEntry,
  parseHistoryEntry,
  reasonOfCause,
} from './message/history-info.ts';
export { formatHost, formatHostPort, sameHost } from './message/host.ts';
export {
  type Identities,
  parseRemotePartyId,
  type RemotePartyId,
  readIdentities,
} from './message/identities.ts';
export { LIMITS, UINT32_MAX } from './message/limits.ts';
export { parseList, splitList } from './message/lists.ts';
export { formatMediaType, isMediaType, type MediaType, parseMediaType } from './message/media-type.ts';
export {
  type ChallengeHeader,
  type CredentialsHeader,
  type SipMessage,
  SipRequest,
  SipResponse,
} from './message/message.ts';
export { formatNameAddr, NameAddr, type NameAddrParts, parseNameAddr, readNameAddr } from './message/name-addr.ts';
export { parseExpires, parseMaxForwards } from './message/numbers.ts';
export { Params } from './message/params.ts';
export { parseMessage } from './message/parse-message.ts';
export { NO_PRIVACY, type Privacy, type PrivacyKind, readPrivacy } from './message/privacy.ts';
export { REASON_PHRASES, reasonPhrase } from './message/reason-phrases.ts';
export { formatReplaces, parseReplaces, type Replaces } from './message/replaces.ts';
export { SipUri, type SipUriParts, type UriHeader } from './message/sip-uri.ts';
export { TelUri } from './message/tel-uri.ts';
export {
  formatReason,
  parseReason,
  parseRetryAfter,
  parseTimestamp,
  parseTokenWithParams,
  type Reason,
  type RetryAfter,
  type Timestamp,
  type TokenWithParams,
} from './message/token-headers.ts';
export { formatUri, isSips, OtherUri, parseUri, type Uri } from './message/uri.ts';
export { sameUri } from './message/uri-compare.ts';
export { UriParams } from './message/uri-params.ts';
export type { ValueFault } from './message/value-fault.ts';
export { MAGIC_COOKIE, parseVia, Via, type ViaParts } from './message/via.ts';
export { warning } from './message/warning.ts';
export { detached, fromWire, isSafeValue, toWire, UnsafeValue } from './message/wire-text.ts';
export {
  type HeaderField,
  type RequestDraft,
  type ResponseDraft,
  writeRequest,
  writeResponse,
} from './message/write-message.ts';
export { type ReplyDraft, viaAsObserved, writeResponseTo } from './message/write-response-to.ts';
export { SipStack, type SipStackOptions } from './stack.ts';
export * from './subscription/index.ts';
export * from './transaction/index.ts';
export * from './transport/index.ts';
