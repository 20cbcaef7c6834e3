import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '@vats/kernel';
import { asteriskCommand, asteriskTree } from './asterisk-tree.ts';
import { Child, run } from './child.ts';
import { eventually } from './deadline.ts';
import { at, HERE, type Place } from './place.ts';
import { freePorts } from './ports.ts';
import type { Scene } from './scene.ts';

export interface AsteriskOptions {
  /** The address that it stands at, for SIP and RTP: one of our own on the loopback (`ownAddress`). */
  readonly address: string;
  readonly place?: Place;
  /** Which SIP channel driver is loaded; never both, so that it is plain which one speaks. */
  readonly driver: 'chan_sip' | 'chan_pjsip';
  /** Its configuration files without `.conf`: `sip` or `pjsip`, `extensions`; given where it will listen. */
  readonly files: (sip: Endpoint) => Readonly<Record<string, string>>;
}

/** Every dialplan application and function that scenarios use, a clock and G.711; no prompts, no database, no manager. */
const MODULES = [
  // Its RTP is built on pjproject's ICE, whichever driver is loaded.
  ...['res_sorcery_config', 'res_sorcery_memory', 'res_sorcery_astdb', 'res_pjproject', 'res_rtp_asterisk'],
  ...['res_timing_timerfd', 'pbx_config', 'res_clioriginate'],
  ...['app_dial', 'app_echo', 'app_playtones', 'app_read', 'app_record', 'app_senddtmf', 'app_transfer', 'app_verbose'],
  ...['app_mixmonitor', 'app_playback', 'app_waituntil', 'app_stack'],
  ...['bridge_simple', 'bridge_native_rtp', 'bridge_softmix', 'bridge_builtin_features', 'bridge_holding'],
  ...['codec_alaw', 'codec_ulaw', 'codec_resample', 'format_pcm', 'format_wav'],
  ...['func_callerid', 'func_channel', 'func_logic', 'func_strings', 'func_global', 'func_cut'],
];
const DRIVER_MODULES = {
  chan_sip: ['chan_sip'],
  chan_pjsip: [
    'res_http_websocket',
    ...['res_pjsip', 'res_pjsip_session', 'res_pjsip_pubsub', 'res_pjsip_sdp_rtp', 'res_pjsip_caller_id'],
    ...[
      'res_pjsip_endpoint_identifier_ip',
      'res_pjsip_endpoint_identifier_user',
      'res_pjsip_endpoint_identifier_anonymous',
    ],
    ...['res_pjsip_authenticator_digest', 'res_pjsip_outbound_authenticator_digest', 'res_pjsip_registrar'],
    ...['res_pjsip_outbound_registration', 'res_pjsip_nat', 'res_pjsip_rfc3326', 'res_pjsip_dtmf_info'],
    ...['res_pjsip_path', 'res_pjsip_header_funcs', 'res_pjsip_diversion', 'res_pjsip_logger', 'res_pjsip_dlg_options'],
    'res_pjsip_refer',
    'chan_pjsip',
  ],
} as const;

/**
 * An Asterisk 16 in the foreground, with a configuration, a console and logs of its own in the scene; several can run. What its
 * dialplan says by `Log(NOTICE,...)` is awaited with `says`.
 */
export class Asterisk {
  readonly sip: Endpoint;
  /** First of the ports that its sound uses. */
  readonly rtpPort: number;
  /** Its folder: `etc`, `log`, `spool`; the dialplan records into `sound`. */
  readonly folder: string;
  readonly #scene: Scene;
  readonly #place: Place;
  #child: Child | undefined;

  /** Writes its files, starts it, and waits until it has booted. */
  static async start(scene: Scene, options: AsteriskOptions): Promise<Asterisk> {
    const { address, place = HERE } = options;
    // An address of another namespace can't be tried from here.
    const tried = place === HERE ? address : undefined;
    const sip = { address, port: await freePorts(1, tried) };
    const rtpPort = await freePorts(RTP_PORTS, tried);
    const name = `asterisk-${sip.port}`;
    const asterisk = new Asterisk(scene, place, sip, rtpPort, scene.folder(name));
    // Short: the console's socket is in it, whose path has to fit into 107 octets.
    for (const folder of ['etc', 'run', 'log', 'spool', 'db', 'sound']) scene.folder(name, folder);
    asterisk.#write({ ...asterisk.#base(options), ...options.files(sip) });
    await asterisk.again();
    return asterisk;
  }

  private constructor(scene: Scene, place: Place, sip: Endpoint, rtpPort: number, folder: string) {
    this.#scene = scene;
    this.#place = place;
    this.sip = sip;
    this.rtpPort = rtpPort;
    this.folder = folder;
  }

  get pid(): number {
    return (this.#child as Child).pid;
  }

  /** Starts it after `kill` or `stop`, with the same files and its own database. */
  async again(): Promise<void> {
    const [program, ...its] = asteriskCommand();
    const [command, args] = at(this.#place, program, [...its, '-f', '-n', '-C', this.#etc('asterisk')]);
    const child = await Child.start(this.#scene, command, args, {
      name: `asterisk-${this.sip.port}`,
      patience: 5_000,
    });
    this.#child = child;
    const ended = child.exited.then(({ code, signal }) => {
      throw new Error(`asterisk ended with ${signal ?? code}: ${child.output.slice(-8).join('\n')}`);
    });
    ended.catch(() => {});
    const booted = eventually(
      'booted asterisk',
      async () => (await this.#console('core waitfullybooted')).stdout.includes('fully booted'),
      { milliseconds: 30_000 },
    );
    booted.catch(() => {});
    await Promise.race([booted, ended]);
  }

  /** Writes configuration files anew; `reload` by the console makes them count. */
  configure(files: Readonly<Record<string, string>>): void {
    this.#write(files);
  }

  /** A console command's answer, without its colours. */
  async rx(command: string): Promise<string> {
    const ran = await this.#console(command);
    if (ran.code !== 0) throw new Error(`asterisk -rx '${command}' failed (${ran.code}): ${ran.stdout}${ran.stderr}`);
    return ran.stdout;
  }

  /** Asks the console until its answer matches. */
  async shows(command: string, pattern: RegExp, milliseconds = 10_000): Promise<RegExpMatchArray> {
    return await eventually(
      `${pattern} in '${command}'`,
      async () => {
        const answer = await this.rx(command);
        const found = answer.match(pattern);
        if (found === null) throw new Error(answer);
        return found;
      },
      { milliseconds, every: 200 },
    );
  }

  /** The first line of its log, not yet taken, that matches: what the dialplan says by `Log(NOTICE,...)`, warnings, DTMF. */
  async says(pattern: RegExp, milliseconds = 5_000): Promise<RegExpMatchArray> {
    return await (this.#child as Child).line(pattern, milliseconds);
  }

  /** Lines of its log that match, taken or not. */
  said(pattern: RegExp): readonly string[] {
    return (this.#child as Child).output.filter((line) => pattern.test(line));
  }

  /** Stays where it is and does nothing (SIGSTOP), or goes on (SIGCONT). */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    (this.#child as Child).signal(signal);
  }

  /** Leaves as `core stop now` does: calls are hung up. */
  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  /** Leaves as if the power went. */
  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  async #console(command: string): ReturnType<typeof run> {
    const [program, ...args] = asteriskCommand();
    return await run(program, [...args, '-n', '-C', this.#etc('asterisk'), '-rx', command]);
  }

  #etc(file: string): string {
    return join(this.folder, 'etc', `${file}.conf`);
  }

  #write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) writeFileSync(this.#etc(name), text);
  }

  #base({ driver }: AsteriskOptions): Record<string, string> {
    const [tree, own] = [asteriskTree(), this.folder];
    const modules = [...MODULES, ...DRIVER_MODULES[driver]];
    return {
      asterisk: `[directories]
astetcdir => ${own}/etc
astmoddir => ${tree}/usr/lib/asterisk/modules
astvarlibdir => ${tree}/var/lib/asterisk
astkeydir => ${tree}/var/lib/asterisk
astdatadir => ${tree}/usr/share/asterisk
astagidir => ${tree}/usr/share/asterisk/agi-bin
astsbindir => ${tree}/usr/sbin
astdbdir => ${own}/db
astspooldir => ${own}/spool
astrundir => ${own}/run
astlogdir => ${own}/log
[options]
verbose = 3
transmit_silence = no
`,
      logger:
        '[general]\nqueue_log = no\n[logfiles]\nconsole => notice,warning,error,dtmf\nfull => notice,warning,error,verbose,dtmf\n',
      modules: `[modules]\nautoload = no\n${modules.map((module) => `load = ${module}.so`).join('\n')}\n`,
      rtp: `[general]\nrtpstart = ${this.rtpPort}\nrtpend = ${this.rtpPort + RTP_PORTS - 1}\nstrictrtp = yes\n`,
      extensions: '[general]\nstatic = yes\n',
    };
  }
}

/** Two a call leg: enough for forty legs. */
const RTP_PORTS = 80;
