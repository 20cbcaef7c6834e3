import { checkRequest, parseMessage, type SipRequest, type Uri, writeRequest, writeResponseTo } from '@vats/sip';

/** Parses octets that the bench knows to be a request. */
export function parseRequest(octets: Buffer): SipRequest {
  const parsed = parseMessage(octets);
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('the bench message does not parse');
  return parsed.value;
}

/** Everything that the B2BUA looks at in an INVITE, as plain values to compare. */
export function fieldsOf(request: SipRequest) {
  const { topVia, from, to, callId, cseq, contacts, maxForwards, routes, expires, contentType, contentLength } =
    request;
  const contact = contacts.ok && !contacts.value.star ? contacts.value.list[0] : undefined;
  const credentials = request.credentials('Proxy-Authorization')[0];
  if (!topVia.ok || !from.ok || !to.ok || !callId.ok || !cseq.ok || !routes.ok) throw new Error('a field is bad');
  const contactUri = sipUri(contact?.uri);
  return {
    method: request.method,
    requestUri: request.requestUri.ok ? request.requestUri.value.toString() : '',
    viaTransport: topVia.value.transport,
    viaHost: topVia.value.host,
    viaPort: topVia.value.port,
    branch: topVia.value.branch,
    rport: topVia.value.rport,
    fromUser: sipUri(from.value.uri).user,
    fromTag: request.fromTag,
    toUser: sipUri(to.value.uri).user,
    toTag: request.toTag,
    callId: callId.value,
    cseqNumber: cseq.value.number,
    cseqMethod: cseq.value.method,
    contactUser: contactUri.user,
    contactHost: contactUri.host,
    contactPort: contactUri.port,
    maxForwards: maxForwards?.ok ? maxForwards.value : undefined,
    routeHosts: routes.value.map(({ uri }) => sipUri(uri).host),
    expires: expires?.ok ? expires.value : undefined,
    supported: [...request.supported],
    require: [...request.require],
    allow: [...request.allow],
    username: credentials?.ok ? credentials.value.get('username') : undefined,
    response: credentials?.ok ? credentials.value.get('response') : undefined,
    contentType: contentType?.ok ? `${contentType.value.type}/${contentType.value.subtype}` : undefined,
    contentLength: contentLength?.ok ? contentLength.value : undefined,
  };
}

function sipUri(uri: Uri | undefined) {
  if (uri?.kind !== 'sip') throw new Error('no SIP URI');
  return uri;
}

/** Reads the same fields without gathering them: what is left is the stack's own work. */
export function readFields(request: SipRequest): number {
  const { topVia, from, to, callId, cseq, contacts, maxForwards, routes, expires, contentType, contentLength } =
    request;
  let sum = request.method.length + (request.requestUri.ok ? 1 : 0);
  if (topVia.ok) {
    const via = topVia.value;
    sum += via.transport.length + via.host.length + (via.port ?? 0) + (via.branch?.length ?? 0);
    sum += via.rport === 'asked' ? 1 : 0;
  }
  if (from.ok) sum += sipUri(from.value.uri).user?.length ?? 0;
  if (to.ok) sum += sipUri(to.value.uri).user?.length ?? 0;
  sum += (request.fromTag?.length ?? 0) + (request.toTag?.length ?? 0);
  if (callId.ok) sum += callId.value.length;
  if (cseq.ok) sum += cseq.value.number + cseq.value.method.length;
  if (contacts.ok && !contacts.value.star) {
    for (const { uri } of contacts.value.list) sum += sipUri(uri).user?.length ?? 0;
  }
  if (maxForwards?.ok) sum += maxForwards.value;
  if (routes.ok) for (const { uri } of routes.value) sum += sipUri(uri).host.length;
  if (expires?.ok) sum += expires.value;
  sum += request.supported.length + request.require.length + request.allow.length;
  for (const credentials of request.credentials('Proxy-Authorization')) {
    if (credentials.ok)
      sum += (credentials.value.get('username')?.length ?? 0) + (credentials.value.get('response')?.length ?? 0);
  }
  if (contentType?.ok) sum += contentType.value.subtype.length;
  if (contentLength?.ok) sum += contentLength.value;
  return sum;
}

export function check(request: SipRequest): number {
  return checkRequest(request) === undefined ? 1 : Number.NaN;
}

const ONWARD_HEADERS = [
  ['Via', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK7kf93hs01;rport'],
  ['Max-Forwards', '69'],
  ['From', '"Alice" <sip:alice@office.example>;tag=88sja91'],
  ['To', '<sip:201@office.example>'],
  ['Call-ID', 'k3j5h2k3j5h2k3j5h2'],
  ['CSeq', '1 INVITE'],
  ['Contact', '<sip:192.0.2.1:5060>'],
  ['User-Agent', 'bench'],
  ['Allow', 'INVITE, ACK, CANCEL, OPTIONS, BYE, INFO'],
  ['Supported', 'replaces'],
  ['Content-Type', 'application/sdp'],
] as const;

/** The INVITE of the other leg. */
export function writeInvite(body: Buffer): Buffer {
  return writeRequest({ method: 'INVITE', uri: 'sip:201@192.0.2.20:5062', headers: ONWARD_HEADERS, body });
}

const ANSWER_HEADERS = [
  ['Contact', '<sip:192.0.2.1:5060>'],
  ['Allow', 'INVITE, ACK, CANCEL, OPTIONS, BYE, INFO'],
  ['Content-Type', 'application/sdp'],
] as const;
const OBSERVED = { address: '192.0.2.10', port: 5061 };

/** The 200 to an INVITE, Vias and all. */
export function writeAnswer(request: SipRequest, body: Buffer): Buffer {
  return writeResponseTo(request, OBSERVED, { status: 200, toTag: 'p29sk1', headers: ANSWER_HEADERS, body });
}
