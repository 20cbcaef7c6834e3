import { writeFileSync } from 'node:fs';
import type { Endpoint } from '@vats/kernel';
import { Child } from './child.ts';
import { eventually } from './deadline.ts';
import { freePorts, udpBound } from './ports.ts';
import type { Scene } from './scene.ts';

export interface KamailioOptions {
  readonly address: string;
  /** Names without `.so`, in the order of their loading. */
  readonly modules: readonly string[];
  /** `modparam` lines. */
  readonly parameters?: readonly string[];
  /** The script: `request_route { ... }` and what else there is. */
  readonly script: string;
}

/** A Kamailio that listens on UDP and TCP and does what its script says. */
export class Kamailio {
  readonly sip: Endpoint;
  readonly #child: Child;

  static async start(scene: Scene, options: KamailioOptions): Promise<Kamailio> {
    const sip = { address: options.address, port: await freePorts(1, options.address) };
    const name = `kamailio-${sip.port}`;
    const file = scene.path(name, 'kamailio.cfg');
    writeFileSync(file, configuration(options, sip));
    const args = ['-DD', '-E', '-f', file, '-m', 64, '-M', 8, '-Y', scene.folder(name, 'run')];
    const child = await Child.start(scene, 'kamailio', args, { name, patience: 8_000 });
    const ended = child.exited.then(({ code }) => {
      throw new Error(`kamailio ended with ${code}: ${child.output.slice(-8).join('\n')}`);
    });
    ended.catch(() => {});
    const up = eventually(`kamailio on ${sip.port}`, () => udpBound(sip.port), { milliseconds: 20_000 });
    up.catch(() => {});
    await Promise.race([up, ended]);
    return new Kamailio(sip, child);
  }

  private constructor(sip: Endpoint, child: Child) {
    this.sip = sip;
    this.#child = child;
  }

  async stop(): Promise<void> {
    await this.#child.stop();
  }
}

function configuration({ modules, parameters = [], script }: KamailioOptions, { address, port }: Endpoint): string {
  return `#!KAMAILIO
debug=2
log_stderror=yes
fork=yes
children=1
tcp_children=1
auto_aliases=no
dns=no
rev_dns=no
listen=udp:${address}:${port}
listen=tcp:${address}:${port}
${modules.map((module) => `loadmodule "${module}.so"`).join('\n')}
${parameters.map((line) => `modparam(${line})`).join('\n')}
${script}
`;
}
