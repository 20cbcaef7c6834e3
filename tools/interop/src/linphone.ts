import { writeFileSync } from 'node:fs';
import type { Endpoint } from '@vats/kernel';
import { Child } from './child.ts';
import { eventually } from './deadline.ts';
import { at, HERE, type Place } from './place.ts';
import { freePorts } from './ports.ts';
import type { Scene } from './scene.ts';
import { writeTone } from './sound.ts';

export interface LinphoneOptions {
  readonly login: string;
  readonly password: string;
  readonly switch: Endpoint;
  readonly transport?: 'udp' | 'tcp' | 'tls';
  /** A file of the authorities that it believes; it believes anybody without. */
  readonly authorities?: string;
  /** What it plays, in hertz. */
  readonly tone: number;
  readonly answers?: boolean;
  /** Codecs that it offers, in order: 'opus/48000', 'PCMA/8000'. All others are off. */
  readonly codecs: readonly string[];
  /** Encrypts, by SDES. `mandatory`: and takes nothing else. */
  readonly encryption?: 'optional' | 'mandatory';
  /** Publishes its presence, watches that of these users, and asks for its mailbox. */
  readonly watches?: readonly string[];
  /** Its own address. */
  readonly address?: string;
  readonly place?: Place;
}

/** Every codec that linphone 5.1 would offer unasked; what a test does not name is switched off. */
const KNOWN_CODECS = ['opus/48000', 'speex/16000', 'speex/8000', 'PCMU/8000', 'PCMA/8000', 'GSM/8000', 'G722/8000'];

/** A headless linphonec, driven by its standard input; plays a tone from a file, records what it hears. */
export class Linphone {
  readonly login: string;
  readonly tone: number;
  readonly local: Endpoint;
  /** What it heard, without the time on hold. */
  readonly heard: string;
  readonly #child: Child;

  static async start(scene: Scene, options: LinphoneOptions): Promise<Linphone> {
    const local = { address: options.address ?? '127.0.0.1', port: await freePorts(2) };
    const rtpPort = await freePorts(4);
    const home = scene.folder(`linphone-${options.login}-${local.port}`);
    scene.folder(`linphone-${options.login}-${local.port}`, '.local', 'share', 'linphone');
    // A fresh file each run: linphone rewrites it, and puts an HA1 of one algorithm in the password's place.
    writeFileSync(`${home}/rc`, settings(options, local, rtpPort));
    const played = `${home}/played.wav`;
    await writeTone(played, options.tone, 60);
    // stdbuf: into a pipe it would hold its lines back until 4 KiB are together.
    const said = ['-o0', 'linphonec', ...(options.answers ? ['-a'] : []), '-c', `${home}/rc`];
    const [command, args] = at(options.place ?? HERE, 'stdbuf', said);
    const child = await Child.start(scene, command, args, {
      name: `linphone-${options.login}-${local.port}`,
      env: { HOME: home },
      cwd: home,
    });
    const phone = new Linphone(options, local, `${home}/heard.wav`, child);
    phone.#say('soundcard use files', `play ${played}`, `record ${phone.heard}`);
    return phone;
  }

  private constructor(options: LinphoneOptions, local: Endpoint, heard: string, child: Child) {
    this.login = options.login;
    this.tone = options.tone;
    this.local = local;
    this.heard = heard;
    this.#child = child;
  }

  #say(...commands: string[]): void {
    for (const command of commands) this.#child.write(`${command}\n`);
  }

  async registered(milliseconds = 10_000): Promise<void> {
    // It tells nobody by itself, so it is asked.
    await eventually(
      `registration of linphone ${this.login}`,
      async () => {
        this.#say('status register');
        const [line] = await this.#child.line(/registered, identity=.*|registered=-?\d/, 2_000);
        return line.startsWith('registered, ');
      },
      { milliseconds, every: 100 },
    );
  }

  dial(target: string): void {
    this.#say(`call ${target}`);
  }

  async ringing(milliseconds = 5_000): Promise<void> {
    await this.#child.line(/Receiving new incoming call|is contacting you/, milliseconds);
  }

  /** Waits for something that it says. */
  async says(pattern: RegExp, milliseconds = 5_000): Promise<void> {
    await this.#child.line(pattern, milliseconds);
  }

  answer(): void {
    this.#say('answer');
  }

  /** The call is answered and its media runs. */
  async connected(milliseconds = 5_000): Promise<void> {
    await this.#child.line(/Call \d+ with .* connected/, milliseconds);
    await this.#child.line(/Media streams established/, milliseconds);
  }

  async ended(milliseconds = 5_000): Promise<void> {
    await this.#child.line(/Call \d+ with .* (ended|error)/, milliseconds);
  }

  async hold(): Promise<void> {
    this.#say('pause');
    await this.#child.line(/is now paused/);
  }

  async resume(): Promise<void> {
    this.#say('resume');
    await this.#child.line(/Media streams established/);
  }

  /** Sends whoever talks with it now on to an address (a blind transfer). */
  transfer(target: string): void {
    this.#say(`transfer ${target}`);
  }

  /** Puts the party of one of its calls through to that of another; calls are numbered from 1. */
  join(call: number, other: number): void {
    this.#say(`transfer ${call} --to-call ${other}`);
  }

  press(digit: string): void {
    this.#say(digit);
  }

  hangUp(): void {
    this.#say('terminate');
  }

  /** Leaves as a phone does: unregisters first. It closes its recording only then. */
  async stop(): Promise<void> {
    this.#say('quit');
    await this.#child.finished(5_000).catch(() => this.#child.stop());
  }
}

function settings(options: LinphoneOptions, local: Endpoint, rtpPort: number): string {
  const { address, port } = options.switch;
  const transport = options.transport ?? 'udp';
  const wanted = [...options.codecs, ...KNOWN_CODECS.filter((codec) => !options.codecs.includes(codec))];
  const codecs = wanted.map((codec, i) => {
    const [mime, rate] = codec.split('/');
    return `[audio_codec_${i}]\nmime=${mime}\nrate=${rate}\nchannels=${mime === 'opus' ? 2 : 1}\nenabled=${options.codecs.includes(codec) ? 1 : 0}\n`;
  });
  const friends = (options.watches ?? []).map(
    (user, i) => `[friend_${i}]\nurl="${user}" <sip:${user}@${address}>\npol=accept\nsubscribe=1\n`,
  );
  return `[sip]
sip_port=${transport === 'udp' ? local.port : 0}
sip_tcp_port=${transport === 'tcp' ? local.port : 0}
sip_tls_port=${transport === 'tls' ? local.port : 0}
bind_address=${local.address}
guess_hostname=0
use_ipv6=0
auto_net_state_mon=0
register_only_when_network_is_up=0
default_proxy=0
media_encryption=${options.encryption === undefined ? 'none' : 'srtp'}
media_encryption_mandatory=${options.encryption === 'mandatory' ? 1 : 0}
verify_server_certs=${options.authorities === undefined ? 0 : 1}
verify_server_cn=${options.authorities === undefined ? 0 : 1}
${options.authorities === undefined ? '' : `root_ca=${options.authorities}\n`}[net]
firewall_policy=0
[rtp]
audio_rtp_port=${rtpPort}
audio_jitt_comp=60
[sound]
echocancellation=0
[proxy_0]
reg_proxy=<sip:${address}:${port};transport=${transport}>
reg_identity=sip:${options.login}@${address}
reg_expires=300
reg_sendregister=1
publish=${options.watches === undefined ? 0 : 1}
${options.watches === undefined ? '' : `mwi_server_address=<sip:${options.login}@${address}:${port}>\n`}[auth_info_0]
username=${options.login}
passwd=${options.password}
realm=
${friends.join('')}${codecs.join('')}`;
}
