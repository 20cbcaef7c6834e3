import { readSipText } from '../sip-text.ts';
import type { Story } from '../story.ts';
import type { Trace, TraceMessage } from '../trace.ts';
import { hostAndPort } from '../uri-host.ts';

const NONCE = 'clearing';

/**
 * A trace in which every party of a story takes back whatever bindings it has (`Contact: *`, RFC 3261 §10.2.2): played
 * first, it gives a switch that runs already the empty registrar that the story begins with.
 *
 * @param salt differs from one clearing to the next, so that none is taken for a repetition of another
 */
export function clearingOf(story: Story, salt: string): Trace {
  const [server] = story.server.at;
  const messages: TraceMessage[] = [];
  for (const [name, { at, login }] of Object.entries(story.parties)) {
    const [phone] = at;
    if (login === undefined || server === undefined || phone === undefined) continue;
    const add = (from: typeof phone, to: typeof phone, lines: readonly string[]): void => {
      const octets = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
      const number = messages.length + 1;
      const sip = readSipText(octets);
      messages.push({ number, frame: number, at: 0, from, to, transport: 'udp', connection: undefined, octets, sip });
    };
    const domain = hostAndPort(server);
    const common = (cseq: number): string[] => [
      `Via: SIP/2.0/UDP ${hostAndPort(phone)};branch=z9hG4bK-clear-${salt}-${name}-${cseq};rport`,
      `From: <sip:${login}@${domain}>;tag=clear-${salt}`,
      `To: <sip:${login}@${domain}>`,
      `Call-ID: clear-${salt}-${name}`,
      `CSeq: ${cseq} REGISTER`,
    ];
    const start = `REGISTER sip:${domain} SIP/2.0`;
    const rest = ['Max-Forwards: 70', 'Contact: *', 'Expires: 0', 'Content-Length: 0'];
    const credentials = `Authorization: Digest username="${login}", nonce="${NONCE}-${name}", uri="sip:${domain}", cnonce="clear"`;
    const challenge = `WWW-Authenticate: Digest realm="any", nonce="${NONCE}-${name}"`;
    add(phone, server, [start, ...common(1), ...rest]);
    add(server, phone, ['SIP/2.0 401 Unauthorized', ...common(1), challenge]);
    add(phone, server, [start, ...common(2), credentials, ...rest]);
    add(server, phone, ['SIP/2.0 200 OK', ...common(2)]);
  }
  return { name: 'clearing', messages, connections: [], streams: [], oddities: [] };
}
