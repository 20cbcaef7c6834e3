import { spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Endpoint } from '@vats/kernel';
import { Child } from './child.ts';
import { eventually } from './deadline.ts';
import { Heard } from './heard.ts';
import { NetstringReader, netstring } from './netstring.ts';
import { at, HERE, type Place } from './place.ts';
import { freePorts } from './ports.ts';
import type { Scene } from './scene.ts';

export interface BaresipOptions {
  /** Its login, which is also the user part of its address. */
  readonly login: string;
  readonly password: string;
  readonly switch: Endpoint;
  readonly transport?: 'udp' | 'tcp' | 'tls';
  /** Files for TLS: of the authorities that it believes, and of its own certificate with its key. */
  readonly tls?: { readonly authorities: string; readonly certificate?: string };
  /** What it plays, in hertz (up to 700, so that sox can judge it at 8 kHz). */
  readonly tone: number;
  /** Answers by itself when it rings. */
  readonly answers?: boolean;
  /** Codecs in its order of preference, as baresip writes them. */
  readonly codecs?: readonly string[];
  /** How it encrypts: `srtp` where the other side can (RTP/AVP with keys), `srtp-mand` always; not at all unless given. */
  readonly encryption?: 'srtp' | 'srtp-mand';
  /** It sends a picture that moves, in VP8, and takes one; RTCP comes to the port of RTP. */
  readonly video?: boolean;
  /** Its own address. */
  readonly address?: string;
  /** Seconds that it asks a registration to last. */
  readonly expires?: number;
  readonly place?: Place;
}

/** An event as ctrl_tcp tells it. */
export interface BaresipEvent {
  readonly type: string;
  readonly class?: string;
  readonly direction?: string;
  readonly peeruri?: string;
  readonly id?: string;
  /** The reason of a closed call: '486 Busy Here', 'Connection reset by user'. */
  readonly param?: string;
  /** When it came, on performance.now()'s scale. */
  readonly at: number;
}

interface Reply {
  readonly ok: boolean;
  readonly data: string;
}

const G711 = ['PCMA/8000/1', 'PCMU/8000/1'];

/**
 * A headless baresip: plays a tone, records what it hears, is driven over its ctrl_tcp. One is started for each phone
 * of a test.
 */
export class Baresip {
  readonly login: string;
  readonly tone: number;
  /** Where it says that it listens for SIP. */
  readonly local: Endpoint;
  /** First of its 20 RTP ports. */
  readonly rtpPort: number;
  readonly events = new Heard<BaresipEvent>((event) => `${event.type} ${event.param ?? ''}`);
  readonly #recordings: string;
  readonly #replies = new Heard<Reply & { token?: string }>((reply) => JSON.stringify(reply));
  #child: Child | undefined;
  #control: Duplex | undefined;
  #tokens = 0;

  static async start(scene: Scene, options: BaresipOptions): Promise<Baresip> {
    const local = { address: options.address ?? '127.0.0.1', port: await freePorts(2) };
    const rtpPort = await freePorts(20);
    const controlPort = await freePorts(1);
    const folder = scene.folder(`baresip-${options.login}-${local.port}`);
    const recordings = scene.folder(`baresip-${options.login}-${local.port}`, 'heard');
    writeFileSync(`${folder}/config`, config(options, local, rtpPort, controlPort, recordings));
    writeFileSync(`${folder}/accounts`, account(options));
    writeFileSync(`${folder}/contacts`, '');
    const phone = new Baresip(options, local, rtpPort, recordings);
    await phone.#begin(scene, folder, options.place ?? HERE, controlPort);
    return phone;
  }

  private constructor(options: BaresipOptions, local: Endpoint, rtpPort: number, recordings: string) {
    this.login = options.login;
    this.tone = options.tone;
    this.local = local;
    this.rtpPort = rtpPort;
    this.#recordings = recordings;
  }

  async #begin(scene: Scene, folder: string, place: Place, controlPort: number): Promise<void> {
    const [command, args] = at(place, 'baresip', ['-s', '-f', folder]);
    this.#child = await Child.start(scene, command, args, {
      name: `baresip-${this.login}-${this.local.port}`,
      // It unregisters on the way out, and waits for the answer when the switch is already gone.
      patience: 1_500,
    });
    const control = await eventually('ctrl_tcp of baresip', () => openControl(scene, place, controlPort), {
      milliseconds: 10_000,
    });
    const reader = new NetstringReader((text) => this.#told(JSON.parse(text)));
    control.on('data', (part: Buffer) => reader.push(part));
    control.on('error', () => {});
    control.on('close', () => this.events.end(new Error(`baresip ${this.login} is gone`)));
    this.#control = control;
    // socat connects when it can; events that come before the connection stands are told to nobody.
    await this.command('listcalls');
  }

  #told(message: Record<string, unknown>): void {
    if (message.event === true) this.events.push({ ...(message as unknown as BaresipEvent), at: performance.now() });
    else if (message.response === true) this.#replies.push(message as unknown as Reply & { token?: string });
  }

  get pid(): number {
    return (this.#child as Child).pid;
  }

  /** Sends a command and waits for its reply; throws when baresip says that it failed. */
  async command(command: string, params = ''): Promise<string> {
    const token = `t${++this.#tokens}`;
    this.#control?.write(netstring(JSON.stringify({ command, params, token })));
    const reply = await this.#replies.next(`reply to ${command}`, (candidate) => candidate.token === token, 5_000);
    if (!reply.ok) throw new Error(`baresip ${this.login}: ${command} ${params} failed: ${reply.data}`);
    return reply.data;
  }

  /** The next event of a type. */
  event(type: string, milliseconds = 5_000): Promise<BaresipEvent> {
    return this.events.next(`${type} at ${this.login}`, (event) => event.type === type, milliseconds);
  }

  /** Waits for the 200 to a REGISTER. Read from its log: the first one comes before ctrl_tcp is open. */
  async registered(milliseconds = 10_000): Promise<void> {
    await (this.#child as Child).line(/^\S+: \{.*\} 200 .*\[\d+ bindings?\]/, milliseconds);
  }

  /** Waits until a REGISTER has come to nothing, and gives the reason: a status, or what baresip says of it. */
  async notRegistered(milliseconds = 10_000): Promise<string> {
    const [, reason] = await (this.#child as Child).line(/reg: sip:\S+: (.+)/, milliseconds);
    return reason ?? '';
  }

  async dial(target: string): Promise<void> {
    await this.command('dial', target);
  }

  async answer(): Promise<void> {
    await this.command('accept');
  }

  async hangUp(): Promise<void> {
    await this.command('hangup');
  }

  async hold(): Promise<void> {
    await this.command('hold');
  }

  async resume(): Promise<void> {
    await this.command('resume');
  }

  /** Sends whoever talks with it on to an address (a blind transfer). */
  async transfer(target: string): Promise<void> {
    await this.command('transfer', target);
  }

  /** Sends one DTMF digit as telephone-events: press and release. */
  async press(digit: string): Promise<void> {
    await this.command('sndcode', digit);
  }

  /** Files of what it heard, one a call, oldest first. Each grows until its call ends or is first put on hold. */
  heard(): string[] {
    return readdirSync(this.#recordings)
      .filter((name) => name.endsWith('-dec.wav'))
      .sort()
      .map((name) => `${this.#recordings}/${name}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.signal(signal);
  }

  /** Leaves as a phone does: unregisters first. */
  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  /** Leaves as a phone does whose plug is pulled. */
  async kill(): Promise<void> {
    await this.#child?.kill();
  }
}

/** ctrl_tcp's connection; inside a namespace it is reached through socat, which stands with one foot in it. */
async function openControl(scene: Scene, place: Place, port: number): Promise<Duplex | undefined> {
  if (place !== HERE) return openThroughSocat(scene, place, port);
  return await new Promise<Socket | undefined>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      scene.own(`ctrl_tcp connection to ${port}`, () => socket.destroy());
      resolve(socket);
    });
    socket.once('error', () => resolve(undefined));
  });
}

function openThroughSocat(scene: Scene, place: Place, port: number): Duplex {
  // `retry`: baresip may not listen yet; socat then tries again by itself.
  const [command, args] = at(place, 'socat', ['STDIO', `TCP:127.0.0.1:${port},retry=100,interval=0.1`]);
  const socat = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  scene.own(`socat to ${port}`, () => socat.kill('SIGKILL'));
  return Duplex.from({ readable: socat.stdout, writable: socat.stdin });
}

function account(options: BaresipOptions): string {
  const { address, port } = options.switch;
  const parameters = [
    `auth_pass=${options.password}`,
    `regint=${options.expires ?? 300}`,
    `answermode=${options.answers ? 'auto' : 'manual'}`,
    `audio_codecs=${(options.codecs ?? G711).join(',')}`,
    ...(options.encryption === undefined ? [] : [`mediaenc=${options.encryption}`]),
  ];
  return `<sip:${options.login}@${address}:${port};transport=${options.transport ?? 'udp'}>;${parameters.join(';')}\n`;
}

function config(o: BaresipOptions, local: Endpoint, rtpPort: number, controlPort: number, recordings: string): string {
  // Codecs must be loaded before accounts name them; without net_interface baresip offers another interface in its SDP.
  return `module_path /usr/lib/baresip/modules
module g711.so
module g722.so
module opus.so
module ausine.so
module aubridge.so
module sndfile.so
module uuid.so
module srtp.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
module_app debug_cmd.so
sip_listen ${local.address}:${local.port}
net_interface ${local.address}
audio_source ausine,${o.tone}
ausrc_srate 48000
ausrc_channels 2
audio_player aubridge,sink
audio_alert aubridge,alert
auplay_srate ${o.codecs?.some((codec) => codec.startsWith('opus')) ? 48000 : 8000}
auplay_channels ${o.codecs?.some((codec) => codec.startsWith('opus')) ? 2 : 1}
audio_level no
snd_path ${recordings}
ctrl_tcp_listen 127.0.0.1:${controlPort}
call_max_calls 4
rtp_ports ${rtpPort}-${rtpPort + 19}
rtp_stats yes
jitter_buffer_type fixed
jitter_buffer_delay 5-10
${o.tls ? `sip_cafile ${o.tls.authorities}\nsip_verify_server yes\n` : ''}${
  o.tls?.certificate ? `sip_certificate ${o.tls.certificate}\n` : ''
}${o.video ? VIDEO : ''}`;
}

const VIDEO = `module vp8.so
module fakevideo.so
video_source fakevideo,nil
video_display fakevideo,nil
video_size 352x288
video_bitrate 200000
video_fps 10
rtcp_mux yes
`;
