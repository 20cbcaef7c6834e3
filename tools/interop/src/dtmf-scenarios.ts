import type { Press } from './dtmf-presses.ts';
import { EVENTS, LISTENS_MS } from './dtmf-sources.ts';

/** How keys go on a leg; the words of a trunk's `dtmf`. */
export type KeyKind = 'rfc4733' | 'info' | 'inband';
export const KINDS: readonly KeyKind[] = ['rfc4733', 'info', 'inband'];

/** Of a bare key, of which nobody says how long it was; the switch makes the usual press of it. */
const BARE_EVERY_MS = 250;
/** Between two keys as one by one they are told: INFO has no room for the end of a key. */
const LEAST_OFF_MS = 80;
/** One INFO in so many is `application/dtmf`, the others `application/dtmf-relay`. */
const BARE_ONE_IN = 5;

function sdp(kind: KeyKind, port: string): string {
  const events = kind === 'rfc4733' ? `a=rtpmap:${EVENTS} telephone-event/8000\na=fmtp:${EVENTS} 0-15\n` : '';
  return `v=0
o=keys [pid] [call_number] IN IP4 [media_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio ${port} RTP/AVP 8${kind === 'rfc4733' ? ` ${EVENTS}` : ''}
a=rtpmap:8 PCMA/8000
${events}a=ptime:20
a=sendrecv
`;
}

const scenario = (name: string, steps: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n<scenario name="${name}">\n${steps}\n</scenario>\n`;

/** A request of the caller's; `cseq` is its number in the dialog. */
function request(method: string, cseq: number, more: string, body = ''): string {
  const uri = method === 'INVITE' ? 'sip:[field0]@[remote_ip]:[remote_port]' : '[next_url]';
  const tag = method === 'INVITE' ? '' : '[peer_tag_param]';
  return `<![CDATA[
${method} ${uri} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport
From: <sip:+78120000000@[local_ip]:[local_port]>;tag=[pid]c[call_number]
To: <sip:[field0]@[remote_ip]:[remote_port]>${tag}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Contact: <sip:keys@[local_ip]:[local_port]>
Max-Forwards: 70
${more}Content-Length: [len]

${body}
]]>`;
}

/** Calls the number of its row of values, and presses the keys. @param pcap of its sound, for the kinds that are in it */
export function keyCaller(kind: KeyKind, presses: readonly Press[], pcap: { file: string; length: number }): string {
  const type = 'Content-Type: application/sdp\n';
  const steps = [
    `<send retrans="500">${request('INVITE', 1, type, sdp(kind, '[auto_media_port]'))}</send>`,
    ...['100', '180', '183'].map((status) => `<recv response="${status}" optional="true"/>`),
    '<recv response="200" rrs="true"/>',
    `<send>${request('ACK', 1, '')}</send>`,
    ...(kind === 'info'
      ? infos(presses)
      : [
          `<nop><action><exec play_pcap_audio="${pcap.file}"/></action></nop>`,
          `<pause milliseconds="${pcap.length + 2 * LISTENS_MS}"/>`,
        ]),
    `<pause milliseconds="${LISTENS_MS}"/>`,
    `<send retrans="500">${request('BYE', presses.length + 2, '')}</send>`,
    '<recv response="200"/>',
  ];
  return scenario(`keys by ${kind}`, steps.join('\n'));
}

/** In short forms, a line each: SIPp reads 64 KiB of a scenario and no more. */
function infos(presses: readonly Press[]): string[] {
  return [
    `<pause milliseconds="${LISTENS_MS}"/>`,
    ...presses.map(({ key, on, off }, i) => {
      const bare = i % BARE_ONE_IN === 0;
      const type = bare ? 'application/dtmf' : 'application/dtmf-relay';
      const body = bare ? key : `Signal=${key}\nDuration=${on}\n`;
      const info = `INFO [next_url] SIP/2.0
v: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
[last_From:]
[last_To:]
i: [call_id]
CSeq: ${i + 2} INFO
Max-Forwards: 70
c: ${type}
l: [len]

${body}`;
      const until = bare ? BARE_EVERY_MS : on + Math.max(LEAST_OFF_MS, off);
      return `<send retrans="500"><![CDATA[\n${info}\n]]></send><recv response="200"/><pause milliseconds="${until}"/>`;
    }),
  ];
}

const OF_REQUEST = '[last_Via:]\n[last_From:]\n[last_To:]TAG\n[last_Call-ID:]\n[last_CSeq:]\n';

/** Answers at once, says 200 to each INFO, waits for the BYE. */
export function keyCallee(kind: KeyKind): string {
  const head = (tag: string) => OF_REQUEST.replace('TAG', tag);
  const contact = 'Contact: <sip:[local_ip]:[local_port]>\n';
  const steps = [
    '<recv request="INVITE"/>',
    `<send retrans="500"><![CDATA[\nSIP/2.0 200 OK\n${head(';tag=[pid]s[call_number]')}${contact}Allow: INVITE, ACK, BYE, INFO\nContent-Type: application/sdp\nContent-Length: [len]\n\n${sdp(kind, '[media_port]')}\n]]></send>`,
    '<recv request="ACK"/>',
    '<label id="talk"/>',
    '<recv request="INFO" optional="true" next="info"/>',
    '<recv request="BYE" next="end"/>',
    '<label id="info"/>',
    `<send next="talk"><![CDATA[\nSIP/2.0 200 OK\n${head('')}Content-Length: 0\n\n]]></send>`,
    '<label id="end"/>',
    `<send><![CDATA[\nSIP/2.0 200 OK\n${head('')}Content-Length: 0\n\n]]></send>`,
    '<timewait milliseconds="1000"/>',
  ];
  return scenario(`hears keys by ${kind}`, steps.join('\n'));
}
