import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Contestant } from '../measure.ts';
import { EXPECTED } from './messages.ts';

/** What npm's `sip` 0.0.6 answers, as far as it is looked at here. Its types are not published. */
interface NpmSip {
  parse(text: string): NpmSipMessage | undefined;
  parseUri(uri: unknown): { user?: string; host: string; port?: number } | undefined;
  stringify(message: object): string;
}

interface NpmSipMessage {
  readonly method: string;
  readonly uri: string;
  readonly content: string;
  readonly headers: {
    readonly via: readonly { protocol: string; host: string; port: number; params: Record<string, string | null> }[];
    readonly from: { uri: string; params: Record<string, string> };
    readonly to: { uri: string; params: Record<string, string> };
    readonly contact: readonly { uri: string }[];
    readonly route?: readonly { uri: { host: string } }[];
    readonly cseq: { seq: number; method: string };
    readonly 'call-id': string;
    readonly 'content-length': number;
    readonly 'proxy-authorization'?: readonly { username: string; response: string }[];
    readonly [name: string]: unknown;
  };
}

/** The peers that `directory/node_modules` holds; says which are absent. */
export function loadNpmSip(directory: string | undefined): NpmSip | undefined {
  if (directory === undefined) {
    console.log('npm sip: absent (name a directory whose node_modules holds it: --peers DIR or VATS_BENCH_PEERS)');
    return undefined;
  }
  try {
    return createRequire(join(directory, 'node_modules', 'x.js'))('sip/sip.js') as NpmSip;
  } catch (problem) {
    console.log(`npm sip: absent from ${directory} (${(problem as Error).message.split('\n')[0]})`);
    return undefined;
  }
}

/** The peer does the same job: parse, and read what the B2BUA needs. */
export function npmSipReading(sip: NpmSip, octets: Buffer): Contestant {
  const first = sip.parse(octets.toString('latin1'));
  if (first?.headers.from.params.tag !== EXPECTED.fromTag || first.headers.cseq.seq !== EXPECTED.cseqNumber) {
    throw new Error('npm sip does not read the bench message');
  }
  return { name: 'npm sip', run: () => readWithNpmSip(sip, sip.parse(octets.toString('latin1'))!) };
}

/** `sip.parse` alone: what the published figures count. */
export function npmSipParsing(sip: NpmSip, octets: Buffer): Contestant {
  return { name: 'npm sip, parse alone', run: () => sip.parse(octets.toString('latin1'))!.headers.via.length };
}

function readWithNpmSip(sip: NpmSip, message: NpmSipMessage): number {
  const { headers } = message;
  const via = headers.via[0]!;
  let sum = message.method.length + (sip.parseUri(message.uri)?.host.length ?? 0);
  sum += via.protocol.length + via.host.length + via.port + (via.params.branch?.length ?? 0);
  sum += via.params.rport === null ? 1 : 0;
  sum += sip.parseUri(headers.from.uri)?.user?.length ?? 0;
  sum += sip.parseUri(headers.to.uri)?.user?.length ?? 0;
  sum += headers.from.params.tag!.length + (headers.to.params.tag?.length ?? 0);
  sum += headers['call-id'].length + headers.cseq.seq + headers.cseq.method.length;
  for (const { uri } of headers.contact) sum += sip.parseUri(uri)?.user?.length ?? 0;
  sum += Number(headers['max-forwards']) + Number(headers.expires ?? 0);
  for (const { uri } of headers.route ?? []) sum += uri.host.length;
  for (const name of ['supported', 'require', 'allow']) {
    const text = headers[name];
    if (typeof text === 'string') sum += text.split(/\s*,\s*/).length;
  }
  for (const { username, response } of headers['proxy-authorization'] ?? []) sum += username.length + response.length;
  return sum + String(headers['content-type']).length + headers['content-length'];
}

/** Writes the onward INVITE from the peer's own form of a message. */
export function npmSipWriting(sip: NpmSip, body: Buffer): Contestant {
  const message = {
    method: 'INVITE',
    uri: 'sip:201@192.0.2.20:5062',
    version: '2.0',
    headers: {
      via: [
        {
          version: '2.0',
          protocol: 'UDP',
          host: '192.0.2.1',
          port: 5060,
          params: { branch: 'z9hG4bK7kf93hs01', rport: null },
        },
      ],
      'max-forwards': '69',
      from: { name: '"Alice"', uri: 'sip:alice@office.example', params: { tag: '88sja91' } },
      to: { uri: 'sip:201@office.example', params: {} },
      'call-id': 'k3j5h2k3j5h2k3j5h2',
      cseq: { seq: 1, method: 'INVITE' },
      contact: [{ uri: 'sip:192.0.2.1:5060', params: {} }],
      'user-agent': 'bench',
      allow: 'INVITE, ACK, CANCEL, OPTIONS, BYE, INFO',
      supported: 'replaces',
      'content-type': 'application/sdp',
    },
    content: body.toString('latin1'),
  };
  return { name: 'npm sip', run: () => Buffer.from(sip.stringify(message), 'latin1').length };
}

/** The least that any parser in JavaScript must do: text, lines, names and values, nothing understood. */
export function splittingFloor(octets: Buffer): Contestant {
  const run = (): number => {
    const text = octets.toString('latin1');
    const lines = text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n');
    const headers: Record<string, string[]> = Object.create(null) as Record<string, string[]>;
    for (const line of lines.slice(1)) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).toLowerCase();
      headers[name] ??= [];
      headers[name].push(line.slice(colon + 1).trim());
    }
    return headers.via!.length;
  };
  return { name: 'slice and split alone', run };
}
