import { writeFileSync } from 'node:fs';
import type { Endpoint } from '@vats/kernel';
import { Child, run } from './child.ts';
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
  /** What its script told by `xlog`, of all its runs. */
  readonly told: string[] = [];
  readonly #scene: Scene;
  readonly #name: string;
  readonly #control: string;
  #child: Child | undefined;

  static async start(scene: Scene, options: KamailioOptions): Promise<Kamailio> {
    const sip = { address: options.address, port: await freePorts(1, options.address) };
    const kamailio = new Kamailio(scene, sip);
    writeFileSync(scene.path(kamailio.#name, 'kamailio.cfg'), configuration(options, sip, kamailio.#control));
    await kamailio.again();
    return kamailio;
  }

  private constructor(scene: Scene, sip: Endpoint) {
    this.sip = sip;
    this.#scene = scene;
    this.#name = `kamailio-${sip.port}`;
    this.#control = scene.path(this.#name, 'control');
  }

  /** Starts it after `stop`, with the same script; it knows nothing of what was before. */
  async again(): Promise<void> {
    const [scene, name] = [this.#scene, this.#name];
    const args = [
      '-DD',
      '-E',
      '-f',
      scene.path(name, 'kamailio.cfg'),
      '-m',
      64,
      '-M',
      8,
      '-Y',
      scene.folder(name, 'run'),
    ];
    const child = await Child.start(scene, 'kamailio', args, { name, patience: 8_000 });
    this.#child = child;
    child.onLine = (line) => {
      const told = /<script>: (.*)$/.exec(line)?.[1];
      if (told !== undefined) this.told.push(told);
    };
    const ended = child.exited.then(({ code }) => {
      throw new Error(`kamailio ended with ${code}: ${child.output.slice(-8).join('\n')}`);
    });
    ended.catch(() => {});
    const { port } = this.sip;
    const up = eventually(`kamailio on ${port}`, () => udpBound(port), { milliseconds: 20_000 });
    up.catch(() => {});
    await Promise.race([up, ended]);
  }

  /** A command of its own remote control; needs the module `ctl` and what serves the command. Throws when it fails. */
  async control(...command: readonly (string | number)[]): Promise<string> {
    const ran = await run('kamcmd', ['-s', `unixs:${this.#control}`, ...command]);
    const said = `${ran.stdout}${ran.stderr}`.trim();
    if (ran.code !== 0 || said.startsWith('error')) throw new Error(`kamcmd ${command.join(' ')}: ${said}`);
    return said;
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }
}

function configuration(options: KamailioOptions, { address, port }: Endpoint, control: string): string {
  const { modules, parameters = [], script } = options;
  const all = modules.includes('ctl') ? [...parameters, `"ctl", "binrpc", "unixs:${control}"`] : parameters;
  return `#!KAMAILIO
debug=2
log_stderror=yes
fork=yes
children=1
tcp_children=1
auto_aliases=no
dns=no
rev_dns=no
tcp_source_ipv4=${address}
listen=udp:${address}:${port}
listen=tcp:${address}:${port}
${modules.map((module) => `loadmodule "${module}.so"`).join('\n')}
${all.map((line) => `modparam(${line})`).join('\n')}
${script}
`;
}
