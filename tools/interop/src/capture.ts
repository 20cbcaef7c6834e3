import { setTimeout as wait } from 'node:timers/promises';
import { Child, run } from './child.ts';
import { at, HERE, type Place } from './place.ts';
import type { Scene } from './scene.ts';

/** Twice the time after which libpcap is given what there is (dumpcap asks for 250 ms). */
const KERNEL_GATHERS_MS = 500;

export interface CaptureOptions {
  /** In libpcap's language. */
  readonly filter: string;
  readonly name?: string;
  readonly interface?: string;
  readonly place?: Place;
  /** Ports that Wireshark shall read as SIP; it knows 5060 only. */
  readonly sipPorts: readonly number[];
  /** Keeps the headers only, where packets are counted and not read. */
  readonly headersOnly?: boolean;
}

/** What went over the wire, taken by dumpcap and read by Wireshark's dissectors: judges that are not ours. */
export class Capture {
  readonly name: string;
  readonly file: string;
  readonly #child: Child;
  readonly #sipPorts: readonly number[];

  static async start(scene: Scene, options: CaptureOptions): Promise<Capture> {
    const name = options.name ?? 'wire';
    const file = scene.path(`${name}.pcapng`);
    const [command, args] = at(options.place ?? HERE, 'dumpcap', [
      '-q',
      '-B',
      16,
      '-i',
      options.interface ?? 'lo',
      '-f',
      options.filter,
      ...(options.headersOnly ? ['-s', 64] : []),
      '-w',
      file,
    ]);
    // On a busy machine it needs its time to write what it still holds: killed, it loses the last packets.
    const patience = 15_000;
    const child = await Child.start(scene, command, args, { name: `dumpcap-${name}`, goodbye: 'SIGINT', patience });
    // Said when the interface is open and the file is there, not before.
    await child.line(/^File: /, 10_000);
    return new Capture(name, file, child, options.sipPorts);
  }

  private constructor(name: string, file: string, child: Child, sipPorts: readonly number[]) {
    this.name = name;
    this.file = file;
    this.#child = child;
    this.#sipPorts = sipPorts;
  }

  /** Ends the capture; the file is whole afterwards. */
  async stop(): Promise<void> {
    // The kernel hands on what it has gathered a few times a second; told to end before that, dumpcap leaves the last packets there.
    await wait(KERNEL_GATHERS_MS);
    await this.#child.stop();
  }

  /** One row of `fields` for each packet that the display filter lets through. A field with several values has them comma-separated. */
  async rows(filter: string, fields: readonly string[], decodeRtp: readonly number[] = []): Promise<string[][]> {
    const ran = await run(
      'tshark',
      [
        '-n',
        '-r',
        this.file,
        ...this.#sipPorts.flatMap((port) => ['-d', `udp.port==${port},sip`, '-d', `tcp.port==${port},sip`]),
        ...decodeRtp.flatMap((port) => ['-d', `udp.port==${port},rtp`]),
        // Loopback hands over what the network card would have made: its checksums say nothing.
        '-Y',
        filter,
        '-T',
        'fields',
        ...fields.flatMap((field) => ['-e', field]),
      ],
      { milliseconds: 120_000 },
    );
    if (ran.code !== 0) throw new Error(`tshark can't read ${this.file}: ${ran.stderr.trim()}`);
    return ran.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split('\t'));
  }

  /** Packets that Wireshark calls malformed, as 'number: what'; [] is what a test wants to see. */
  async malformed(): Promise<string[]> {
    const rows = await this.rows('_ws.malformed', ['frame.number', 'udp.srcport', '_ws.col.Info']);
    return rows.map(([frame, port, info]) => `frame ${frame} from port ${port}: ${info}`);
  }
}
