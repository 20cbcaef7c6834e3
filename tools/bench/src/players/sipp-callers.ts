import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ears } from './protocol.ts';

const CALLS_A_SECOND = 50;

/** So many callers (SIPp) who say nothing, and whose sound goes to the ears. */
export interface SippCallers {
  stop(): Promise<void>;
}

/**
 * Begins them one after the other, and waits until the last should be there.
 *
 * @param options `target` and `address`: where they call, and from where; `dials`: what; `core`: to which SIPp keeps
 */
export async function sippCallers(options: {
  readonly folder: string;
  readonly target: string;
  readonly address: string;
  readonly dials: string;
  readonly players: number;
  readonly ears: Ears;
  readonly core: number | undefined;
}): Promise<SippCallers> {
  const { folder, target, address, dials, players, ears, core } = options;
  writeFileSync(join(folder, 'caller.xml'), CALLER_XML);
  const ports = Array.from({ length: players }, (_, i) => `${ears.ports[i % ears.ports.length]};`);
  writeFileSync(join(folder, 'ports.csv'), `SEQUENTIAL\n${ports.join('\n')}\n`);
  const sipp = ['sipp', target, '-sf', join(folder, 'caller.xml'), '-inf', join(folder, 'ports.csv'), '-i', address]
    .concat(['-p', '5061', '-s', dials, '-r', String(CALLS_A_SECOND), '-m', String(players), '-l', String(players)])
    .concat(['-d', '600000', '-nostdin', '-key', 'ear', ears.address]);
  const pinned = core === undefined ? sipp : ['taskset', '-c', String(core), ...sipp];
  const callers = spawn(pinned[0]!, pinned.slice(1), { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, (1_000 * players) / CALLS_A_SECOND + 2_000));
  if (callers.exitCode !== null) throw new Error(`SIPp: exit ${callers.exitCode}`);
  return { stop: () => ended(callers) };
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

const HEADERS = (cseq: string, tag: string): string => `Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:caller@[local_ip]:[local_port]>;tag=[pid]c[call_number]
To: <sip:[service]@[remote_ip]:[remote_port]>${tag}
Call-ID: [call_id]
CSeq: ${cseq}
Contact: <sip:caller@[local_ip]:[local_port]>
Max-Forwards: 70`;

const CALLER_XML = `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="caller">
<send retrans="500"><![CDATA[
INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
${HEADERS('1 INVITE', '')}
Content-Type: application/sdp
Content-Length: [len]

v=0
o=bench 1 1 IN IP4 [ear]
s=-
c=IN IP4 [ear]
t=0 0
m=audio [field0] RTP/AVP 8
a=rtpmap:8 PCMA/8000
a=ptime:20
]]></send>
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="200"/>
<send><![CDATA[
ACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0
${HEADERS('1 ACK', '[peer_tag_param]')}
Content-Length: 0

]]></send>
<pause/>
</scenario>
`;
