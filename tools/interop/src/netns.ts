import { existsSync } from 'node:fs';
import { run } from './child.ts';
import type { Place } from './place.ts';
import type { Scene } from './scene.ts';

/**
 * A phone at home behind a masquerading router, and the public side where the switch stands. All of it is in network
 * namespaces of our own: a packet sent to the phone's private address has nowhere to go, and none leaves this machine.
 *
 *     public 10.247.0.1, .3  ---  nat 10.247.0.2 | 10.247.1.1  ---  home 10.247.1.2
 */
export interface HomeNetwork {
  readonly public: Place;
  readonly home: Place;
  /** Where a switch can stand. */
  readonly switchAddress: string;
  /** Where a phone on the public side can stand. */
  readonly publicPhoneAddress: string;
  /** The phone's own, private address: what it writes into Contact and SDP. */
  readonly homePhoneAddress: string;
  /** What the public side sees instead. */
  readonly natAddress: string;
}

let made = 0;

/** Names of a network's namespaces: several may stand at the same time. */
function newNames() {
  const prefix = `vats-io-${process.pid}-${++made}`;
  return { public: `${prefix}-public`, nat: `${prefix}-nat`, home: `${prefix}-home` } as const;
}

/** How long the router remembers an idle UDP flow, as home routers do. */
export const NAT_MEMORY_SECONDS = 30;

const MASQUERADE = `table ip vats {
  chain out {
    type nat hook postrouting priority srcnat
    oifname "vio-wan" masquerade random
  }
}
`;

const place = (name: string): Place => ({ prefix: ['ip', 'netns', 'exec', name] });

async function ip(...args: string[]): Promise<void> {
  const ran = await run('ip', args);
  if (ran.code !== 0) throw new Error(`ip ${args.join(' ')}: ${ran.stderr.trim()}`);
}

async function remove(names: readonly string[]): Promise<void> {
  for (const name of names) await run('ip', ['netns', 'delete', name]);
}

/** Namespaces of runs that were killed: their process is no more. */
async function orphans(): Promise<string[]> {
  const { stdout } = await run('ip', ['netns', 'list']);
  return stdout.split('\n').flatMap((line) => {
    const [, name, pid] = /^(vats-io-(\d+)-[-\w]+)/.exec(line) ?? [];
    return name === undefined || existsSync(`/proc/${pid}`) ? [] : [name];
  });
}

/** Makes the network; it goes with the scene. What killed runs left is removed first. */
export async function homeNetwork(scene: Scene): Promise<HomeNetwork> {
  const names = newNames();
  await remove(await orphans());
  scene.own('network namespaces', () => remove(Object.values(names)));
  for (const name of Object.values(names)) await ip('netns', 'add', name);
  const cable = (one: string, oneIn: string, other: string, otherIn: string) =>
    ip('link', 'add', one, 'netns', oneIn, 'type', 'veth', 'peer', 'name', other, 'netns', otherIn);
  await cable('vio-pub', names.public, 'vio-wan', names.nat);
  await cable('vio-lan', names.nat, 'vio-phone', names.home);
  const addresses: [string, string, string][] = [
    [names.public, 'vio-pub', '10.247.0.1/24'],
    [names.public, 'vio-pub', '10.247.0.3/24'],
    [names.nat, 'vio-wan', '10.247.0.2/24'],
    [names.nat, 'vio-lan', '10.247.1.1/24'],
    [names.home, 'vio-phone', '10.247.1.2/24'],
  ];
  for (const [name, device, address] of addresses) await ip('-n', name, 'address', 'add', address, 'dev', device);
  for (const [name, device] of addresses) await ip('-n', name, 'link', 'set', device, 'up');
  for (const name of Object.values(names)) await ip('-n', name, 'link', 'set', 'lo', 'up');
  await ip('-n', names.home, 'route', 'add', 'default', 'via', '10.247.1.1');
  await inside(names.nat, 'sysctl', ['-q', '-w', 'net.ipv4.ip_forward=1']);
  // `random`: the port changes too, so nothing that the phone claims about itself is true outside.
  await inside(names.nat, 'nft', ['-f', '-'], MASQUERADE);
  for (const key of ['nf_conntrack_udp_timeout', 'nf_conntrack_udp_timeout_stream']) {
    await inside(names.nat, 'sysctl', ['-q', '-w', `net.netfilter.${key}=${NAT_MEMORY_SECONDS}`]);
  }
  return {
    public: place(names.public),
    home: place(names.home),
    switchAddress: '10.247.0.1',
    publicPhoneAddress: '10.247.0.3',
    homePhoneAddress: '10.247.1.2',
    natAddress: '10.247.0.2',
  };
}

async function inside(name: string, command: string, args: string[], input?: string): Promise<void> {
  const ran = await run('ip', ['netns', 'exec', name, command, ...args], input === undefined ? {} : { input });
  if (ran.code !== 0) throw new Error(`${command} in ${name}: ${ran.stderr.trim()}`);
}
