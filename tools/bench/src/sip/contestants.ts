import { fileURLToPath } from 'node:url';
import { type Account, Child, eventually, freePorts, lacking, type Scene } from '@vats/interop';
import type { Endpoint } from '@vats/kernel';
import { asteriskPeers, vatsPeer } from '../load/peer.ts';
import { startKamailio } from './kamailio.ts';

/** What is measured. */
export type Task = 'options' | 'register' | 'calls';

export interface Contestant {
  readonly name: string;
  readonly target: Endpoint;
  readonly pid: number;
  readonly does: readonly Task[];
  /** What a caller dials to reach an account. */
  readonly dials: (account: Account) => string;
}

export interface Peers {
  readonly accounts: readonly Account[];
  readonly core: number | undefined;
  /** A directory whose node_modules holds npm's `sip`; '' for none. */
  readonly npm: string;
  readonly kamailio: boolean;
  /** A script that starts Asterisk; '' for none. */
  readonly asterisk: string;
  readonly tasks: readonly Task[];
}

/** Everybody who takes part, running, each on the core of the measured. */
export async function startAll(scene: Scene, peers: Peers): Promise<readonly Contestant[]> {
  const { accounts, core, npm, kamailio, asterisk, tasks } = peers;
  const all: Contestant[] = [];
  const options = { accounts, core };
  if (tasks.includes('options')) {
    const ours = fileURLToPath(new URL('options-server.ts', import.meta.url));
    all.push(await server(scene, 'vats stack, stateful', [ours], core));
    if (npm !== '') {
      const theirs = fileURLToPath(new URL('npm-sip-server.cjs', import.meta.url));
      all.push(await server(scene, 'npm sip, stateful', [theirs, npm], core));
    }
  }
  const vats = await vatsPeer(scene, { ...options, recording: 'none', settings: UNLIMITED });
  all.push({ ...vats, name: 'vats', does: ['options', 'register', 'calls'], dials: ({ extension }) => extension });
  if (kamailio && lacking('kamailio') === undefined) {
    const running = await startKamailio(scene, accounts[0]!, core);
    all.push({ ...running, name: 'Kamailio', does: ['options', 'register', 'calls'], dials: ({ login }) => login });
  }
  if (asterisk !== '') {
    const [plain] = await asteriskPeers(scene, asterisk, options);
    all.push({ ...plain!, does: ['register', 'calls'], dials: ({ extension }) => extension });
  }
  return all;
}

/** All the load comes from one address, which is a stranger's to OPTIONS: as trusted as an operator's proxy would be. */
const UNLIMITED = { access: { trusted: ['127.0.0.0/8'] } };

async function server(
  scene: Scene,
  name: string,
  [script, ...before]: readonly string[],
  core: number | undefined,
): Promise<Contestant> {
  const target = { address: '127.0.0.1', port: await freePorts() };
  const pinned = core === undefined ? [] : ['taskset', '-c', String(core)];
  const command = [...pinned, process.execPath, script!, ...before, target.address, String(target.port)];
  const child = await Child.start(scene, command[0]!, command.slice(1), { name: name.replaceAll(/\W+/g, '-') });
  await eventually(name, () => child.output.some((line) => line === 'ready'));
  return { name, target, pid: child.pid, does: ['options'], dials: () => '' };
}
