import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '@vats/kernel';
import type { CutOptions } from '../cut-trace.ts';
import { namesOfThisMachine } from '../leaks.ts';
import { Processes, pause, type Running, until } from './processes.ts';

/** Where everybody stands in the scenes. The addresses are of the loopback network of a namespace of the scene's own. */
export const PLACES = {
  asterisk: { address: '127.0.0.40', port: 5060 },
  kamailio: { address: '127.0.0.50', port: 5060 },
  kamailio6: { address: '::1', port: 5060 },
  alice: { address: '127.0.0.61', port: 5060 },
  bob: { address: '127.0.0.62', port: 5060 },
  carol: { address: '127.0.0.63', port: 5060 },
} as const satisfies Record<string, Endpoint>;

/** Made-up people; alice is extension 201, bob 202, carol 203. */
export const PASSWORDS = { alice: 'Rabbit7hole', bob: 'Lobster9quad', carol: 'Mock4turtle' } as const;

/** Tells a program that it runs in the studio's namespace, and the names that it must not leak. */
const MARK = 'VATS_STUDIO';

/** A scene: what is played, and what runs beside it. */
export interface Scene {
  readonly name: string;
  /** How its capture is cut, where the usual does not do. */
  readonly keep?: CutOptions;
  play(studio: Studio): Promise<void>;
}

/** A scene's stage: its programs and the capture of its traffic. */
export class Studio {
  readonly processes: Processes;
  readonly raw: string;
  #capture: Running | undefined;

  private constructor(scratch: string) {
    mkdirSync(scratch, { recursive: true });
    this.processes = new Processes(scratch);
    this.raw = join(scratch, 'raw.pcap');
  }

  /** Plays a scene and gives the file that holds everything that went over the loopback interface. */
  static async record(scene: Scene, scratch: string): Promise<string> {
    const studio = new Studio(scratch);
    try {
      await scene.play(studio);
      await studio.#cut();
    } finally {
      await studio.processes.stopAll();
    }
    return studio.raw;
  }

  /** Starts the capture. Called when the servers are up, so that the trace begins with the phones. */
  async roll(): Promise<void> {
    const args = [
      '-i',
      'lo',
      '-U',
      '--immediate-mode',
      '-s',
      '0',
      '-w',
      this.raw,
      'not tcp portrange 4441-4443 and not icmp',
    ];
    this.#capture = this.processes.run('tcpdump', 'tcpdump', args);
    await until('tcpdump to listen', () => this.#capture!.output().includes('listening on'));
  }

  async #cut(): Promise<void> {
    await pause(500);
    await this.#capture?.stop('SIGINT');
  }
}

/** In a program that `insideNamespace` started, what the machine outside is called; undefined elsewhere. */
export function namesOutside(): readonly string[] | undefined {
  return process.env[MARK]?.split(' ').filter((name) => name !== '');
}

/**
 * Runs this program again in a network and a host-name namespace of its own: standard ports are free there, nothing of
 * the machine (its name, its interfaces, other programs' traffic) can enter a trace. Needs root.
 */
export function insideNamespace(argv: readonly string[]): number {
  const set = 'hostname localhost && ip link set lo up && exec "$@"';
  const inner = ['--net', '--uts', 'sh', '-c', set, 'studio', process.execPath, ...argv];
  const run = spawnSync('unshare', inner, {
    stdio: 'inherit',
    env: { ...process.env, [MARK]: namesOfThisMachine().join(' ') },
  });
  if (run.error) throw new Error(`unshare: ${run.error.message}`);
  return run.status ?? 1;
}
