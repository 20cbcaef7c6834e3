import type { Random } from '@vats/kernel';
import { HEADER, headerNumber } from '../message/header-names.ts';
import { formatHostPort } from '../message/host.ts';
import { MAGIC_COOKIE } from '../message/via.ts';
import { type HeaderField, type RequestDraft, writeRequest } from '../message/write-message.ts';
import type { Flow, TransportLayer, TransportName } from '../transport/index.ts';
import type { OutgoingRequest } from './client-transaction.ts';

/** Makes a request of ours ready to be sent over a flow: with a branch of its own, our Via and Max-Forwards. Throws UnsafeValue. */
export type RequestWriter = (draft: RequestDraft, flow: Flow) => OutgoingRequest;

const BRANCH_CHARACTERS = 16;
const MAX_FORWARDS: HeaderField = ['Max-Forwards', '70'];
const VIA_TRANSPORT = { udp: 'UDP', tcp: 'TCP', tls: 'TLS', ws: 'WS', wss: 'WSS' } as const satisfies Record<
  TransportName,
  string
>;

export function requestWriter(transport: Pick<TransportLayer, 'sentBy'>, random: Pick<Random, 'token'>): RequestWriter {
  return (draft, flow) => {
    const branch = `${MAGIC_COOKIE}${random.token(BRANCH_CHARACTERS)}`;
    const { host, port } = transport.sentBy(flow);
    const via = `SIP/2.0/${VIA_TRANSPORT[flow.transport]} ${formatHostPort(host, port)};branch=${branch};rport`;
    const headers: HeaderField[] = [['Via', via]];
    if (!isLimited(draft)) headers.push(MAX_FORWARDS);
    for (const header of draft.headers) headers.push(header);
    const octets = writeRequest({ method: draft.method, uri: draft.uri, headers, body: draft.body });
    return { draft, branch, via, octets };
  };
}

function isLimited({ headers }: RequestDraft): boolean {
  for (const [name] of headers) {
    if (name.length === MAX_FORWARDS[0].length && headerNumber(name) === HEADER['Max-Forwards']) return true;
  }
  return false;
}
