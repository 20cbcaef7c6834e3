import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Endpoint } from '@vats/kernel';
import { Child, type Exit, type Ran, run } from './child.ts';
import { eventually } from './deadline.ts';
import { ownAddress } from './own-address.ts';
import { at, HERE, type Place } from './place.ts';
import { freePorts } from './ports.ts';
import type { Scene } from './scene.ts';
import type { Ban, PastCall, Recording, Registration, Status, TrunkRow } from './switch-answers.ts';

export type { Ban, PastCall, Recording, Registration, Status, TrunkRow } from './switch-answers.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** The Node that the workspace brings, and the command that it runs. */
export const NODE = `${ROOT}node_modules/node/bin/node`;
export const MAIN = `${ROOT}packages/vats/src/main.ts`;

/** Each switch of a process has a network of its own for its address, so that scenarios can run side by side. */
const [SWITCHES_FROM, SWITCHES] = [100, 100];
let started = 0;

export interface SwitchOptions {
  /** The PBX file's text. */
  readonly pbx: string;
  /** The address that it stands at; one of our own on the loopback, so that its RTP ports are nobody else's. */
  readonly address?: string;
  readonly place?: Place;
  /** RTP ports, below those of its SIP listeners; a pair rests before it is used again. */
  readonly mediaPorts?: string;
  /** `sip.tls`: with it it hears TLS, WS and WSS, too. */
  readonly tls?: Readonly<Record<string, unknown>>;
  /** Sites whose pages may open a WebSocket. */
  readonly origins?: readonly string[];
  /** More settings, beside where it listens. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** What may stand while no call is up: what the switch was started with, its trunks, and phones that are registered. */
const STANDING = new Set([
  ...['listeners', 'registers', 'connections', 'transport timers'],
  // Of trunks, which are asked and refreshed all the time.
  ...['server lists', 'server list timers', 'trunk timers'],
]);
/** What RFC 3261 keeps for 64*T1 after a call has ended, to answer repetitions. */
const LINGERING = new Set(['client transactions', 'server transactions', 'transaction timers', 'dialog timers']);

/** The command `vats`, from this checkout, with what a test gives it. */
export function vats(args: readonly (string | number)[], options: Parameters<typeof run>[2] = {}): Promise<Ran> {
  return run(NODE, [MAIN, ...args], options);
}

/** A read-only look by the operator's command. */
async function look<T>(data: string, what: string): Promise<T> {
  const ran = await vats([what, '--json', '--data', data], { milliseconds: 60_000 });
  if (ran.code !== 0) throw new Error(`vats ${what} failed (${ran.code}): ${ran.stderr}`);
  return JSON.parse(ran.stdout) as T;
}

/** The same look without starting a process for it, for whoever asks again and again. */
async function glance<T>(data: string, what: string): Promise<T> {
  return await new Promise((resolve, reject) => {
    const asked = request({ socketPath: `${data}/control.sock`, path: `/${what}` }, (answer) => {
      text(answer).then((body) => resolve(JSON.parse(body) as T), reject);
    });
    asked.once('error', reject);
    asked.end();
  });
}

/** Recordings of the switch that runs on a data directory, oldest first. */
export async function recordingsOf(data: string): Promise<readonly Recording[]> {
  const { recordings } = await look<{ recordings: (Recording & { path: string })[] }>(data, 'recordings');
  return recordings.map((row) => ({ ...row, file: join(data, row.path) })).reverse();
}

/** `vats up` in a data directory of its own. */
export class Switch {
  /** Where it hears SIP, on UDP and on TCP. */
  readonly sip: Endpoint;
  /** Where it hears them if it was given a certificate. */
  readonly secure: { readonly tls: Endpoint; readonly ws: Endpoint; readonly wss: Endpoint };
  readonly data: string;
  readonly #scene: Scene;
  readonly #place: Place;
  readonly #arguments: readonly string[];
  #child: Child | undefined;

  /** Starts it and waits until it is ready. */
  static async start(scene: Scene, options: SwitchOptions): Promise<Switch> {
    const address = options.address ?? ownAddress(SWITCHES_FROM + (started++ % SWITCHES));
    const sip = { address, port: await freePorts(4, options.place ? '127.0.0.1' : address) };
    const secure = ['tls', 'ws', 'wss'].map((name, i) => `${name}://${address}:${sip.port + 1 + i}`);
    scene.ours.add(address);
    const data = scene.folder(`switch-${sip.port}`, 'data');
    const settingsFile = scene.path(`switch-${sip.port}`, 'vats.yaml');
    const pbxFile = scene.path(`switch-${sip.port}`, 'pbx.yaml');
    const settings = {
      data,
      log: { level: 'debug', format: 'json' },
      sip: {
        listen: [`udp://${address}:${sip.port}`, `tcp://${address}:${sip.port}`, ...(options.tls ? secure : [])],
        ...(options.tls && { tls: options.tls }),
        ...(options.origins && { webSocket: { origins: options.origins } }),
      },
      media: { address, ports: options.mediaPorts ?? '20000-29999' },
      ...options.settings,
    };
    writeFileSync(settingsFile, JSON.stringify(settings, undefined, 2));
    writeFileSync(pbxFile, options.pbx);
    const made = new Switch(scene, sip, data, options.place ?? HERE, ['--config', settingsFile, '--apply', pbxFile]);
    await made.again();
    return made;
  }

  private constructor(scene: Scene, sip: Endpoint, data: string, place: Place, args: readonly string[]) {
    this.#scene = scene;
    this.sip = sip;
    const { address, port } = sip;
    this.secure = {
      tls: { address, port: port + 1 },
      ws: { address, port: port + 2 },
      wss: { address, port: port + 3 },
    };
    this.data = data;
    this.#place = place;
    this.#arguments = args;
  }

  get pid(): number {
    return (this.#child as Child).pid;
  }

  /** Starts it after `kill` or `stop`, with the same files and data. */
  async again(): Promise<void> {
    const [command, args] = at(this.#place, NODE, [MAIN, 'up', ...this.#arguments]);
    const child = await Child.start(this.#scene, command, args, {
      name: `switch-${this.sip.port}`,
      patience: 15_000,
    });
    this.#child = child;
    const ended = child.exited.then(({ code }) => {
      throw new Error(`vats up ended with ${code}: ${child.output.slice(-12).join('\n')}`);
    });
    const up = eventually('running switch', () => answers(`${this.data}/control.sock`), {
      milliseconds: 30_000,
      every: 20,
    });
    // Whoever loses the race is of no interest any more.
    ended.catch(() => {});
    up.catch(() => {});
    await Promise.race([up, ended]);
  }

  /** SIGTERM, and waits. */
  async stop(): Promise<Exit> {
    return await (this.#child as Child).stop();
  }

  /** SIGKILL: as if the power went. */
  async kill(): Promise<void> {
    await (this.#child as Child).kill();
  }

  /** Finished and running recordings, oldest first. */
  recordings(): Promise<readonly Recording[]> {
    return recordingsOf(this.data);
  }

  status(): Promise<Status> {
    return look<Status>(this.data, 'status');
  }

  /** The same by a question to its control socket alone, for whoever asks again and again. */
  glance(): Promise<Status> {
    return glance<Status>(this.data, 'status');
  }

  /** Phones that are registered. */
  async registrations(): Promise<readonly Registration[]> {
    return (await glance<{ registrations: Registration[] }>(this.data, 'registrations')).registrations;
  }

  /** Bans that stand, as the operator's command lists them. */
  async bans(): Promise<readonly Ban[]> {
    return (await look<{ bans: Ban[] }>(this.data, 'bans')).bans;
  }

  async trunk(name: string): Promise<TrunkRow> {
    const { trunks } = await glance<{ trunks: TrunkRow[] }>(this.data, 'trunks');
    const found = trunks.find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no trunk ${name}`);
    return found;
  }

  /** Waits until a trunk is so, and gives its row. */
  async trunkIs(name: string, state: string, milliseconds = 20_000): Promise<TrunkRow> {
    return await eventually(
      `trunk ${name} ${state}`,
      async () => {
        const row = await this.trunk(name);
        if (row.state !== state) throw new Error(JSON.stringify(row));
        return row;
      },
      { milliseconds, every: 50 },
    );
  }

  /** Finished calls, oldest first. @param filters as the command takes them */
  async history(...filters: readonly string[]): Promise<readonly PastCall[]> {
    const text = await this.command('calls', '--history', '--json', '--limit', '1000', ...filters);
    return (JSON.parse(text) as { calls: PastCall[] }).calls.reverse();
  }

  /** Changes its configuration to what this PBX file says, as an operator does. */
  async apply(pbx: string): Promise<string> {
    const file = this.#scene.path(`switch-${this.sip.port}`, 'applied.yaml');
    writeFileSync(file, pbx);
    return await this.command('apply', file);
  }

  /** Lines of its log of this event, oldest first. */
  logged(event: string): readonly Readonly<Record<string, unknown>>[] {
    return (this.#child as Child).output.flatMap((line) => {
      if (!line.startsWith('{') || !line.includes(`"${event}"`)) return [];
      const entry = JSON.parse(line) as Record<string, unknown>;
      return entry.event === event ? [entry] : [];
    });
  }

  /** All that it has said, and all that it has written. */
  told(): string {
    const files = readdirSync(this.data, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const written = files.map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, 'latin1'));
    return [...(this.#child as Child).output, ...written].join('\n');
  }

  /** What an operator's command says; throws when it fails. */
  async command(...args: readonly string[]): Promise<string> {
    const ran = await vats([...args, '--data', this.data], { milliseconds: 60_000 });
    if (ran.code !== 0) throw new Error(`vats ${args.join(' ')} failed (${ran.code}): ${ran.stderr}${ran.stdout}`);
    return ran.stdout;
  }

  /** Waits until no call holds anything any more; transactions may still linger. */
  async idle(milliseconds = 5_000): Promise<void> {
    await this.#empty(milliseconds, (name) => STANDING.has(name) || LINGERING.has(name));
  }

  /** Waits until nothing at all is left over, which takes 64*T1 after the last message. */
  async settled(milliseconds = 50_000): Promise<void> {
    await this.#empty(milliseconds, (name) => STANDING.has(name));
  }

  async #empty(milliseconds: number, except: (name: string) => boolean): Promise<void> {
    const left = ({ ledger }: Status) =>
      Object.entries(ledger)
        .filter(([name, count]) => count !== 0 && !except(name))
        .map(([name, count]) => `${name}: ${count}`);
    await eventually(
      'empty ledger',
      async () => {
        const leftovers = left(await glance<Status>(this.data, 'status'));
        if (leftovers.length > 0) throw new Error(leftovers.join(', '));
        return true;
      },
      { milliseconds, every: 100 },
    );
    const { sip } = await this.status();
    const faults = sip.handlerFaults + sip.userFaults;
    if (faults > 0) throw new Error(`${faults} messages made the switch throw: see its log`);
  }
}

/** Whether somebody listens on the Unix socket. */
export function answers(path: string): Promise<boolean> {
  if (!existsSync(path)) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
