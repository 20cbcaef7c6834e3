import { mkdirSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { type Endpoint, formatEndpoint, isIPv6 } from '@vats/kernel';
import { type Processes, type Running, until } from './processes.ts';

export interface BaresipOptions {
  readonly at: Endpoint;
  /** The account line: `<sip:alice@example>;auth_pass=…` and what follows. */
  readonly account: string;
  /** First of the hundred UDP ports for its sound. */
  readonly rtp: number;
  /** Port for its control connection. */
  readonly control: number;
  readonly tone?: number;
  /** Modules beside those that every scene needs, for instance `mwi.so`. */
  readonly modules?: readonly string[];
}

/** A headless baresip, driven over its control connection (netstrings that hold JSON). */
export class Baresip {
  readonly #socket: Socket;
  readonly #running: Running;
  #heard = '';

  private constructor(socket: Socket, running: Running) {
    this.#socket = socket;
    this.#running = running;
    socket.on('data', (chunk) => {
      this.#heard += chunk.toString('utf8');
    });
    socket.on('error', () => {}); // it closes the connection when it is told to quit
  }

  static async start(processes: Processes, name: string, options: BaresipOptions): Promise<Baresip> {
    const folder = join(processes.scratch, name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'accounts'), `${options.account}\n`);
    writeFileSync(join(folder, 'contacts'), '');
    writeFileSync(join(folder, 'config'), configOf(options));
    const family = isIPv6(options.at.address) ? ['-6'] : [];
    const running = processes.run(name, 'baresip', [...family, '-s', '-f', folder]);
    let baresip: Baresip | undefined;
    await until(`${name}'s control connection`, async () => {
      if (running.process.exitCode !== null) throw new Error(`${name} left:\n${running.output()}`);
      const socket = await connect(options.control);
      if (socket !== undefined) baresip = new Baresip(socket, running);
      return socket !== undefined;
    });
    return baresip!;
  }

  /** One of baresip's long commands: dial, accept, hangup, hold, resume, sndcode, reginfo. */
  command(command: string, params = ''): void {
    const text = JSON.stringify({ command, params, token: command });
    this.#socket.write(`${Buffer.byteLength(text)}:${text},`);
  }

  /** Waits until its first REGISTER succeeded, which it may before its control connection can say so. */
  async registers(): Promise<void> {
    await until("baresip's registration", () => this.#running.output().includes('[1 binding'));
  }

  /** Tells it to quit, which makes it unregister, and waits until it has left. */
  async quit(): Promise<void> {
    this.command('quit');
    await until('baresip to leave', () => this.#running.process.exitCode !== null, 8_000);
  }

  /** Waits for an event of baresip's, for example REGISTER_OK, CALL_INCOMING, CALL_ESTABLISHED, CALL_CLOSED. */
  async event(type: string, count = 1): Promise<void> {
    const pattern = `"type":"${type}"`;
    await until(`baresip's ${type} no. ${count}`, () => this.#heard.split(pattern).length > count);
  }
}

async function connect(port: number): Promise<Socket | undefined> {
  return await new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

function configOf({ at, rtp, control, tone = 440, modules: more = [] }: BaresipOptions): string {
  const modules = ['g711.so', 'aufile.so', 'ausine.so', 'aubridge.so', 'uuid.so'];
  const applications = ['account.so', 'menu.so', 'ctrl_tcp.so', 'debug_cmd.so', ...more];
  return [
    'module_path /usr/lib/baresip/modules',
    ...modules.map((module) => `module ${module}`), // codecs before account.so, or the account finds none
    ...applications.map((module) => `module_app ${module}`),
    `sip_listen ${formatEndpoint(at)}`,
    `net_interface ${at.address}`, // else its SDP offers the address of another interface
    `audio_source ausine,${tone}`,
    'ausrc_srate 48000',
    'ausrc_channels 2',
    'audio_player aubridge,sink',
    'audio_alert aubridge,alert',
    'auplay_srate 8000',
    'auplay_channels 1',
    `ctrl_tcp_listen 127.0.0.1:${control}`,
    'call_max_calls 4',
    `rtp_ports ${rtp}-${rtp + 99}`,
    '',
  ].join('\n');
}
