import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Endpoint, formatEndpoint } from '@vats/kernel';
import type { Processes } from './processes.ts';

export interface SippOptions {
  readonly at: Endpoint;
  readonly server: Endpoint;
  readonly scenario: string;
  readonly user: string;
  readonly password: string;
  readonly flags?: readonly string[];
}

/** Runs one call of a SIPp scenario to its end. */
export async function sipp(processes: Processes, name: string, options: SippOptions): Promise<void> {
  const file = join(processes.scratch, `${name}.xml`);
  writeFileSync(file, options.scenario);
  const { at, server, user, password, flags = [] } = options;
  const place = ['-i', at.address, '-p', String(at.port), '-sf', file, '-m', '1', '-nostdin', '-timeout', '40s'];
  const keys = ['-key', 'user', user, '-au', user, '-ap', password];
  await processes.finish(name, 'sipp', [formatEndpoint(server), ...place, ...keys, ...flags]);
}

interface Step {
  readonly method: string;
  readonly cseq: number;
  /** Header lines beside those that each request has. */
  readonly headers?: readonly string[];
  readonly target?: string;
  readonly body?: string;
  readonly toTag?: boolean;
  /** Attributes of `<send>`; the default retransmits by Timer A or E. */
  readonly attributes?: string;
}

/** A `<send>` element: one request of SIPp's. */
export function send({
  method,
  cseq,
  headers = [],
  target,
  body = '',
  toTag,
  attributes = 'retrans="500"',
}: Step): string {
  const to = method === 'REGISTER' ? '[user]' : '202';
  const type = body === '' ? [] : ['Content-Type: application/sdp'];
  const lines = [
    `${method} ${target ?? (method === 'REGISTER' ? 'sip:[remote_ip]' : 'sip:202@[remote_ip]')} SIP/2.0`,
    'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]',
    'From: <sip:[user]@[remote_ip]>;tag=[pid]SIPp[call_number]',
    `To: <sip:${to}@[remote_ip]>${toTag === true ? '[peer_tag_param]' : ''}`,
    'Call-ID: [call_id]',
    `CSeq: ${cseq} ${method}`,
    'Contact: <sip:[user]@[local_ip]:[local_port]>',
    'Max-Forwards: 70',
    ...headers,
    ...type,
    'Content-Length: [len]',
    '',
    body,
  ];
  return `<send ${attributes}><![CDATA[\n${lines.join('\n')}\n]]></send>\n`;
}

/** A `<recv>` element. */
export function receive(status: number, attributes = ''): string {
  return `<recv response="${status}" ${attributes}/>\n`;
}

export function scenario(...steps: readonly string[]): string {
  return `<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario>\n${steps.join('')}</scenario>\n`;
}

export const SIPP_SDP = [
  'v=0',
  'o=sipp 53655765 2353687637 IN IP[local_ip_type] [local_ip]',
  's=-',
  'c=IN IP[media_ip_type] [media_ip]',
  't=0 0',
  'm=audio [media_port] RTP/AVP 8 0',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:0 PCMU/8000',
  '',
].join('\n');
