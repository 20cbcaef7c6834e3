import { chmodSync, writeFileSync } from 'node:fs';
import type { Endpoint } from '@vats/kernel';
import { Child } from './child.ts';
import type { Place } from './place.ts';
import type { Scene } from './scene.ts';

/** A server of a name, as SRV has it. */
export interface SrvServer extends Endpoint {
  /** Lower ones come first. */
  readonly priority: number;
}

/**
 * A dnsmasq at an address of its own that knows one domain alone, and a place where programs ask it: a mount namespace whose
 * `/etc/resolv.conf` names it. Needs root.
 *
 * @param servers of `_sip._udp` in the domain
 * @param more lines of its configuration
 */
export async function nameServer(
  scene: Scene,
  address: string,
  domain: string,
  servers: readonly SrvServer[],
  more: readonly string[] = [],
): Promise<Place> {
  const folder = scene.folder('dnsmasq');
  const lines = servers.flatMap(({ address: at, port, priority }, i) => [
    `address=/server${i}.${domain}/${at}`,
    `srv-host=_sip._udp.${domain},server${i}.${domain},${port},${priority},1`,
  ]);
  writeFileSync(
    `${folder}/dnsmasq.conf`,
    `port=53
listen-address=${address}
bind-interfaces
no-resolv
no-hosts
user=root
local=/${domain}/
${[...lines, ...more].join('\n')}
`,
  );
  writeFileSync(`${folder}/resolv.conf`, `nameserver ${address}\n`);
  const enter = `${folder}/enter`;
  writeFileSync(enter, `#!/bin/sh\nmount --bind ${folder}/resolv.conf /etc/resolv.conf && exec "$@"\n`);
  chmodSync(enter, 0o755);
  const args = ['--keep-in-foreground', '--log-facility=-', '-C', `${folder}/dnsmasq.conf`];
  const child = await Child.start(scene, 'dnsmasq', args, { name: 'dnsmasq' });
  await child.line(/started, version/, 5_000);
  // What is mounted there is mounted nowhere else.
  return { prefix: ['unshare', '--mount', '--propagation', 'private', enter] };
}
