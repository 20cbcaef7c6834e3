import { setTimeout as wait } from 'node:timers/promises';
import { Child, run } from './child.ts';
import { at, HERE, type Place } from './place.ts';
import type { Scene } from './scene.ts';

/**
 * What Wireshark finds wrong with what it reads: octets that are no packet, and errors of the protocols that are ours. Not in ICMP, which
 * quotes half of a packet.
 */
const FAULTS =
  '(_ws.malformed || (_ws.expert.severity == "Error" && (sip || sdp || stun || rtp || rtcp))) && !icmp && !icmpv6';
/** The video of two phones passes as it is, whatever the dissector thinks of it. */
const NOT_OURS = 'PT=VP8';
/** As many as a message needs to be understood. */
const TOLD = 5;

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
  /** Reports of calls in it are encrypted, also where the description says RTP/AVP: Wireshark would take their octets for what they are not. */
  readonly encrypted?: boolean;
  /** Keeps the headers only, where packets are counted and not read. */
  readonly headersOnly?: boolean;
}

/** What went over the wire, taken by dumpcap and read by Wireshark's dissectors: judges that are not ours. */
export class Capture {
  readonly name: string;
  readonly file: string;
  readonly #child: Child;
  readonly #sipPorts: readonly number[];
  #stopped: Promise<void> | undefined;

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
    const capture = new Capture(name, file, child, options.sipPorts);
    if (!options.headersOnly) {
      scene.judgedBy(async () => {
        const faults = await capture.faultsFrom(scene.ours, options.encrypted);
        if (faults.length === 0) return;
        const told = faults.slice(0, TOLD).join('; ');
        throw new Error(`Wireshark finds fault with what we sent (${faults.length}): ${told}`);
      });
    }
    return capture;
  }

  private constructor(name: string, file: string, child: Child, sipPorts: readonly number[]) {
    this.name = name;
    this.file = file;
    this.#child = child;
    this.#sipPorts = sipPorts;
  }

  /** Ends the capture; the file is whole afterwards. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
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

  /**
   * What Wireshark finds wrong with packets from these addresses, as 'frame 7 from port 5060: what'. Ends the capture.
   * @param encrypted reports are not looked at
   */
  async faultsFrom(addresses: Iterable<string>, encrypted = false): Promise<string[]> {
    const sources = [...addresses].map((address) => `${address.includes(':') ? 'ipv6' : 'ip'}.src == ${address}`);
    if (sources.length === 0) return [];
    await this.stop();
    const fields = ['frame.number', 'udp.srcport', 'tcp.srcport', '_ws.col.Info', '_ws.expert.message'];
    const looked = encrypted ? `${FAULTS} && !rtcp && !srtcp` : FAULTS;
    const rows = await this.rows(`${looked} && (${sources.join(' || ')})`, fields);
    return rows
      .filter(([, , , info]) => info?.includes(NOT_OURS) !== true)
      .map(([frame, udp, tcp, info, message]) => `frame ${frame} from port ${udp || tcp}: ${info}: ${message}`);
  }
}
