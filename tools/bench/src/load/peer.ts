import { writeFileSync } from 'node:fs';
import { type Account, type Place, pbxFile, run, type Scene, Switch } from '@vats/interop';
import type { Endpoint } from '@vats/kernel';

/** A PBX under load: ours, or one to compare with. */
export interface Peer {
  readonly name: string;
  /** Whether it records the calls. */
  readonly records: boolean;
  readonly target: Endpoint;
  readonly pid: number;
  /** What a caller dials to reach an extension. */
  dials(extension: string): string;
  /** Resolves when nothing is left over of any call, for peers that tell. */
  settled(): Promise<void>;
}

export interface PeerOptions {
  readonly accounts: readonly Account[];
  /** CPU core that the peer keeps to. */
  readonly core: number | undefined;
}

const pinned = (core: number | undefined): { place?: Place } =>
  core === undefined ? {} : { place: { prefix: ['taskset', '-c', String(core)] } };

/** This checkout's switch. It stands at an address of its own, so that nobody else's ports are in its range. */
export async function vatsPeer(
  scene: Scene,
  options: PeerOptions & { recording: 'all' | 'none'; settings?: Readonly<Record<string, unknown>> },
): Promise<Peer> {
  const vats = await Switch.start(scene, {
    ...pinned(options.core),
    pbx: pbxFile({ recording: options.recording, accounts: options.accounts }),
    // The range must hold the pairs of half a minute, which rest before they are used again.
    mediaPorts: '10000-44999',
    settings: { log: { level: 'warn', format: 'json' }, ...options.settings },
  });
  return {
    name: options.recording === 'all' ? 'vats, recording' : 'vats',
    records: options.recording === 'all',
    target: vats.sip,
    pid: vats.pid,
    dials: (extension) => extension,
    settled: () => vats.settled(120_000),
  };
}

const ASTERISK_TARGET: Endpoint = { address: '127.0.0.1', port: 5080 };
const MONITORED = '9';

/**
 * Asterisk with chan_sip and the same accounts, twice: as it is, and with MixMonitor. `script` lays a configuration
 * directory over its own, starts Asterisk in the background and prints "pid N".
 */
export async function asteriskPeers(scene: Scene, script: string, options: PeerOptions): Promise<Peer[]> {
  const folder = scene.folder('asterisk');
  writeFileSync(`${folder}/sip.conf`, sipConf(options.accounts));
  writeFileSync(`${folder}/extensions.conf`, extensionsConf(options.accounts));
  const env = options.core === undefined ? {} : { AST_PIN: String(options.core) };
  const ran = await run(script, [folder], { env, milliseconds: 600_000 });
  const pid = Number(/^pid (\d+)$/m.exec(ran.stdout)?.[1]);
  if (!pid) throw new Error(`${script} started no Asterisk: ${ran.stdout} ${ran.stderr}`);
  scene.own('Asterisk', () => process.kill(pid, 'SIGTERM'));
  const common = { target: ASTERISK_TARGET, pid, settled: async () => {} };
  return [
    { ...common, name: 'Asterisk chan_sip', records: false, dials: (extension) => extension },
    {
      ...common,
      name: 'Asterisk chan_sip, MixMonitor',
      records: true,
      dials: (extension) => `${MONITORED}${extension}`,
    },
  ];
}

function sipConf(accounts: readonly Account[]): string {
  const friends = accounts.map(({ login, password }) => `[${login}](account)\nsecret=${password}\n`);
  return `[general]
context=bench
udpbindaddr=${ASTERISK_TARGET.address}:${ASTERISK_TARGET.port}
allowguest=no
directmedia=no
srvlookup=no
disallow=all
allow=alaw
allow=ulaw
dtmfmode=rfc2833
qualify=no
[account](!)
type=friend
host=dynamic
context=bench
${friends.join('')}`;
}

function extensionsConf(accounts: readonly Account[]): string {
  const numbers = accounts.map(
    ({ extension, login }) => `exten => ${extension},1,Dial(SIP/${login},30)
exten => ${MONITORED}${extension},1,MixMonitor(/tmp/rec/\${UNIQUEID}.wav)
 same => n,Dial(SIP/${login},30)
`,
  );
  return `[general]\nstatic=yes\nwriteprotect=yes\n[bench]\n${numbers.join('')}`;
}
