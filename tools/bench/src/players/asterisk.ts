import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInPrompt } from '@vats/media';
import type { Ears } from './protocol.ts';

const TARGET = '127.0.0.1:5080';
const CALLER = '127.0.0.11';
const CALLS_A_SECOND = 50;

/** An Asterisk that plays to callers; `stop` ends it and them. */
export interface PlayingAsterisk {
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Asterisk with chan_sip and a dialplan that plays our prompt again and again, and so many callers (SIPp) whose sound goes to the
 * ears. `script` lays a configuration directory over its own, starts Asterisk in the background and prints "pid N".
 */
export async function asteriskPlays(
  script: string,
  options: { players: number; ears: Ears; cores: { peer: number | undefined; load: number | undefined } },
): Promise<PlayingAsterisk> {
  const { players, ears, cores } = options;
  const folder = mkdtempSync(join(tmpdir(), 'vats-bench-asterisk-'));
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'etc/sip.conf'), SIP_CONF);
  writeFileSync(join(folder, 'etc/extensions.conf'), EXTENSIONS_CONF);
  const env = { ...process.env, ...(cores.peer !== undefined && { AST_PIN: String(cores.peer) }) };
  const ran = spawnSync(script, [join(folder, 'etc')], { env, encoding: 'utf8', timeout: 300_000 });
  const pid = Number(/^pid (\d+)$/m.exec(ran.stdout)?.[1]);
  if (!pid) throw new Error(`${script} started no Asterisk: ${ran.stdout} ${ran.stderr}`);
  // Wherever its root is.
  writeFileSync(`/proc/${pid}/root/tmp/bench-prompt.alaw`, samplesOf(builtInPrompt('ru', 'main-menu')));

  writeFileSync(join(folder, 'caller.xml'), CALLER_XML);
  const ports = Array.from({ length: players }, (_, i) => `${ears.ports[i % ears.ports.length]};`);
  writeFileSync(join(folder, 'ports.csv'), `SEQUENTIAL\n${ports.join('\n')}\n`);
  const sipp = ['sipp', TARGET, '-sf', join(folder, 'caller.xml'), '-inf', join(folder, 'ports.csv'), '-i', CALLER]
    .concat(['-p', '5061', '-s', '8', '-r', String(CALLS_A_SECOND), '-m', String(players), '-l', String(players)])
    .concat(['-d', '600000', '-nostdin', '-key', 'ear', ears.address]);
  const pinned = cores.load === undefined ? sipp : ['taskset', '-c', String(cores.load), ...sipp];
  const callers = spawn(pinned[0]!, pinned.slice(1), { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, (1_000 * players) / CALLS_A_SECOND + 2_000));
  if (callers.exitCode !== null) throw new Error(`SIPp: exit ${callers.exitCode}`);
  return {
    pid,
    stop: async () => {
      await ended(callers);
      process.kill(pid, 'SIGTERM');
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

/** What a WAV file of A-law holds behind its header. */
function samplesOf(path: string): Buffer {
  const file = readFileSync(path);
  const at = file.indexOf('data', 0, 'latin1');
  return file.subarray(at + 8, at + 8 + file.readUInt32LE(at + 4));
}

const SIP_CONF = `[general]
context=bench
udpbindaddr=${TARGET}
allowguest=no
directmedia=no
srvlookup=no
disallow=all
allow=alaw
qualify=no
[callers]
type=peer
host=${CALLER}
insecure=port,invite
context=bench
`;

const EXTENSIONS_CONF = `[general]
static=yes
writeprotect=yes
[bench]
exten => 8,1,Answer()
 same => n(again),Playback(/tmp/bench-prompt)
 same => n,Goto(again)
`;

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
