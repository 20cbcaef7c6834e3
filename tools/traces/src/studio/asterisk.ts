import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Endpoint, formatEndpoint } from '@vats/kernel';
import { type Processes, type Running, until } from './processes.ts';

export interface AsteriskOptions {
  readonly at: Endpoint;
  /** Which SIP stack of Asterisk's two answers at `at`. */
  readonly stack: 'chan_sip' | 'pjsip';
  /** Sections for sip.conf or pjsip.conf after the general one. */
  readonly peers: string;
  /** Lines of the `[office]` context. */
  readonly dialplan: string;
  /** More lines for chan_sip's `[general]`, for instance `register => …`. */
  readonly general?: string;
}

/**
 * An Asterisk with a configuration of its own. `ASTERISK_ROOT` names a folder to chroot into (Asterisk 16 from an older
 * Debian, for instance); without it the machine's own one runs.
 */
export class Asterisk {
  readonly #root = process.env.ASTERISK_ROOT ?? '';
  readonly #processes: Processes;

  private constructor(processes: Processes) {
    this.#processes = processes;
  }

  static async start(processes: Processes, options: AsteriskOptions): Promise<Asterisk> {
    const asterisk = new Asterisk(processes);
    asterisk.#configure(options);
    const running = asterisk.#run('asterisk', ['-f', '-C', `${ETC}/asterisk.conf`]);
    await until('Asterisk to boot', async () => {
      if (running.process.exitCode !== null) throw new Error(`Asterisk left:\n${running.output()}`);
      return (await asterisk.console('core waitfullybooted')).includes('fully booted');
    });
    return asterisk;
  }

  async console(command: string): Promise<string> {
    const [program, args] = this.#command(['-C', `${ETC}/asterisk.conf`, '-rx', command]);
    return await this.#processes.finish('asterisk-console', program, args, { mayFail: true });
  }

  #run(name: string, args: readonly string[]): Running {
    const [program, all] = this.#command(args);
    return this.#processes.run(name, program, all);
  }

  #command(args: readonly string[]): [string, string[]] {
    return this.#root === '' ? ['asterisk', [...args]] : ['chroot', [this.#root, '/usr/sbin/asterisk', ...args]];
  }

  #configure(options: AsteriskOptions): void {
    if (this.#root !== '' && !existsSync(join(this.#root, 'usr/sbin/asterisk'))) {
      throw new Error(`ASTERISK_ROOT=${this.#root} holds no usr/sbin/asterisk`);
    }
    rmSync(join(this.#root, RUN), { recursive: true, force: true }); // it remembers registrations from scene to scene
    for (const folder of [ETC, RUN]) mkdirSync(join(this.#root, folder), { recursive: true });
    const write = (file: string, text: string): void => writeFileSync(join(this.#root, ETC, file), text);
    write('asterisk.conf', ASTERISK_CONF);
    write('modules.conf', modulesConf(options.stack));
    write('logger.conf', '[general]\n[logfiles]\nconsole => error,warning\n');
    write('rtp.conf', '[general]\nrtpstart=46000\nrtpend=46199\nstrictrtp=no\n');
    write('extensions.conf', `[general]\nstatic=yes\nwriteprotect=yes\n[office]\n${options.dialplan}\n`);
    write('pjproject.conf', '');
    write('sip.conf', options.stack === 'chan_sip' ? sipConf(options) : '[general]\n');
    write('pjsip.conf', options.stack === 'pjsip' ? pjsipConf(options) : '');
  }
}

const ETC = '/etc/asterisk-traces';
const RUN = '/run/asterisk-traces';

const ASTERISK_CONF = `[directories]
astetcdir => ${ETC}
astmoddir => /usr/lib/asterisk/modules
astvarlibdir => /var/lib/asterisk
astdbdir => ${RUN}
astkeydir => /var/lib/asterisk
astdatadir => /usr/share/asterisk
astagidir => /usr/share/asterisk/agi-bin
astspooldir => /var/spool/asterisk
astrundir => ${RUN}
astlogdir => /var/log/asterisk
astsbindir => /usr/sbin
[options]
nofork = yes
`;

function modulesConf(stack: AsteriskOptions['stack']): string {
  const common = `res_timing_timerfd res_sorcery_config res_sorcery_memory res_sorcery_astdb res_pjproject
    res_rtp_asterisk pbx_config app_dial app_echo app_read app_senddtmf res_clioriginate
    bridge_simple bridge_native_rtp bridge_builtin_features bridge_holding codec_alaw codec_ulaw format_pcm
    func_callerid func_channel func_logic func_strings func_global`;
  const pjsip = `res_http_websocket
    res_pjsip_pubsub res_pjsip res_pjsip_session res_pjsip_sdp_rtp res_pjsip_caller_id
    res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user res_pjsip_endpoint_identifier_anonymous
    res_pjsip_authenticator_digest res_pjsip_outbound_authenticator_digest res_pjsip_registrar res_pjsip_nat
    res_pjsip_rfc3326 res_pjsip_dtmf_info res_pjsip_messaging chan_pjsip`;
  const names = `${common} ${stack === 'pjsip' ? pjsip : 'chan_sip'}`.trim().split(/\s+/);
  return ['[modules]', 'autoload=no', ...names.map((name) => `load=${name}.so`), ''].join('\n');
}

function sipConf({ at, peers, general = '' }: AsteriskOptions): string {
  return `[general]
context=office
udpbindaddr=${formatEndpoint(at)}
tcpenable=no
realm=office.example
allowguest=no
alwaysauthreject=yes
directmedia=no
session-timers=refuse
srvlookup=no
qualify=no
disallow=all
allow=alaw
allow=ulaw
dtmfmode=rfc2833
${general}
${peers}
`;
}

function pjsipConf({ at, peers }: AsteriskOptions): string {
  return `[global]
type=global
default_realm=office.example
[udp]
type=transport
protocol=udp
bind=${formatEndpoint(at)}
[tcp]
type=transport
protocol=tcp
bind=${formatEndpoint(at)}
${peers}
`;
}

/** A pjsip.conf endpoint with its login and its address of record. */
export function pjsipUser(name: string, password: string, extra = ''): string {
  return `[${name}]
type=endpoint
context=office
disallow=all
allow=alaw,ulaw
direct_media=no
timers=no
auth=${name}
aors=${name}
${extra}
[${name}]
type=auth
auth_type=userpass
username=${name}
password=${password}
[${name}]
type=aor
max_contacts=2
remove_existing=yes
`;
}

/** A sip.conf friend that registers. */
export function chanSipUser(name: string, password: string, extra = ''): string {
  return `[${name}]
type=friend
host=dynamic
secret=${password}
context=office
${extra}
`;
}
