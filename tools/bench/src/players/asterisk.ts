import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInPrompt } from '@vats/media';
import type { Ears } from './protocol.ts';
import { sippCallers } from './sipp-callers.ts';

const TARGET = '127.0.0.1:5080';
const CALLER = '127.0.0.11';

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
  options: {
    players: number;
    ears: Ears;
    cores: { peer: number | undefined; load: number | undefined };
    /** They wait in a queue, whose music is the prompt. */
    queue?: boolean;
  },
): Promise<PlayingAsterisk> {
  const { cores } = options;
  const folder = mkdtempSync(join(tmpdir(), 'vats-bench-asterisk-'));
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'etc/sip.conf'), SIP_CONF);
  writeFileSync(join(folder, 'etc/extensions.conf'), extensionsConf(options.queue === true ? QUEUE : PROMPT_AGAIN));
  writeFileSync(join(folder, 'etc/queues.conf'), QUEUES_CONF);
  writeFileSync(join(folder, 'etc/musiconhold.conf'), MUSIC_CONF);
  const env = { ...process.env, ...(cores.peer !== undefined && { AST_PIN: String(cores.peer) }) };
  const ran = spawnSync(script, [join(folder, 'etc')], { env, encoding: 'utf8', timeout: 300_000 });
  const pid = Number(/^pid (\d+)$/m.exec(ran.stdout)?.[1]);
  if (!pid) throw new Error(`${script} started no Asterisk: ${ran.stdout} ${ran.stderr}`);
  // Wherever its root is.
  const prompt = samplesOf(builtInPrompt('ru', 'main-menu'));
  writeFileSync(`/proc/${pid}/root/tmp/bench-prompt.alaw`, prompt);
  mkdirSync(`/proc/${pid}/root/tmp/bench-music`, { recursive: true });
  writeFileSync(`/proc/${pid}/root/tmp/bench-music/music.alaw`, prompt);

  const callers = await sippCallers({
    ...options,
    folder,
    target: TARGET,
    address: CALLER,
    dials: '8',
    core: cores.load,
  });
  return {
    pid,
    stop: async () => {
      await callers.stop();
      process.kill(pid, 'SIGTERM');
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      rmSync(folder, { recursive: true, force: true });
    },
  };
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

const PROMPT_AGAIN = `exten => 8,1,Answer()
 same => n(again),Playback(/tmp/bench-prompt)
 same => n,Goto(again)
`;
const QUEUE = `exten => 8,1,Answer()
 same => n,Queue(bench)
`;
const extensionsConf = (steps: string): string => `[general]
static=yes
writeprotect=yes
[bench]
${steps}`;
const QUEUES_CONF = `[general]
persistentmembers=no
[bench]
strategy=ringall
joinempty=yes
leavewhenempty=no
musicclass=default
`;
const MUSIC_CONF = `[default]
mode=files
directory=/tmp/bench-music
`;
