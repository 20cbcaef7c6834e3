import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Endpoint, isIPv6 } from '@vats/kernel';
import { type Processes, type Running, until } from './processes.ts';

export interface LinphoneOptions {
  readonly at: Endpoint;
  readonly transport: 'udp' | 'tcp';
  readonly user: string;
  readonly password: string;
  /** Host part of its identity, and the digest realm of the server. */
  readonly domain: string;
  readonly realm: string;
  readonly registrar: Endpoint;
  readonly rtp: number;
  readonly expires?: number;
  readonly register?: boolean;
  readonly autoAnswer?: boolean;
  /** Keys as INFO (RFC 6086's unnamed ancestor) in place of RFC 4733 events. */
  readonly keysByInfo?: boolean;
  readonly publish?: boolean;
}

/** A headless linphonec, driven by lines on its standard input. */
export class Linphone {
  readonly #running: Running;
  readonly #log: string;

  private constructor(running: Running, log: string) {
    this.#running = running;
    this.#log = log;
  }

  static async start(processes: Processes, name: string, options: LinphoneOptions): Promise<Linphone> {
    const home = join(processes.scratch, name);
    mkdirSync(join(home, '.local/share/linphone'), { recursive: true });
    const rc = join(home, 'linphonerc');
    writeFileSync(rc, configOf(options)); // fresh each time: linphonec rewrites it
    const log = join(home, 'debug.log');
    const flags = options.autoAnswer === true ? ['-a'] : [];
    const running = processes.run(name, 'linphonec', [...flags, '-d', '5', '-l', log, '-c', rc], {
      env: { HOME: home },
    });
    await until(`${name}'s prompt`, () => running.output().includes('linphonec>'));
    const linphone = new Linphone(running, log);
    linphone.type('soundcard use files');
    return linphone;
  }

  type(line: string): void {
    this.#running.type(line);
  }

  /** Waits until its registration went through. */
  async registers(count = 1): Promise<void> {
    await this.logs('to [LinphoneRegistrationOk]', count);
  }

  /** Waits for a state of its call: IncomingReceived, OutgoingRinging, StreamsRunning, Paused, End, Error. */
  async call(state: string, count = 1): Promise<void> {
    await this.logs(`to LinphoneCall${state}`, count);
  }

  /** Waits until its debug log holds `text`, `count` times; what it prints comes late or not at all. */
  async logs(text: string, count: number): Promise<void> {
    await until(
      `linphonec to log ${JSON.stringify(text)}`,
      () => {
        return existsSync(this.#log) && readFileSync(this.#log, 'latin1').split(text).length > count;
      },
      90_000,
    );
  }

  /** Makes it unregister, waits for the answer, and lets it leave. */
  async quit(): Promise<void> {
    this.type('unregister');
    await this.logs('to [LinphoneRegistrationCleared]', 1);
    this.type('quit');
    await until('linphonec to leave', () => this.#running.process.exitCode !== null, 8_000);
  }
}

function configOf(options: LinphoneOptions): string {
  const { at, registrar, transport } = options;
  const host = isIPv6(registrar.address) ? `[${registrar.address}]` : registrar.address;
  const port = (of: string): number => (of === transport ? at.port : 0);
  return `[sip]
sip_port=${port('udp')}
sip_tcp_port=${port('tcp')}
sip_tls_port=0
bind_address=${at.address}
guess_hostname=0
use_ipv6=${isIPv6(at.address) ? 1 : 0}
auto_net_state_mon=0
register_only_when_network_is_up=0
default_proxy=0
media_encryption=none
verify_server_certs=0
verify_server_cn=0
keepalive_period=0
use_info=${options.keysByInfo === true ? 1 : 0}
use_rfc2833=${options.keysByInfo === true ? 0 : 1}
[net]
firewall_policy=0
[rtp]
audio_rtp_port=${options.rtp}
audio_jitt_comp=60
[sound]
echocancellation=0
[video]
enabled=0
[audio_codec_0]
mime=PCMA
rate=8000
channels=1
enabled=1
[audio_codec_1]
mime=PCMU
rate=8000
channels=1
enabled=1
[proxy_0]
reg_proxy=<sip:${host}:${registrar.port};transport=${transport}>
reg_identity=sip:${options.user}@${options.domain}
reg_expires=${options.expires ?? 300}
reg_sendregister=${options.register === false ? 0 : 1}
publish=${options.publish === true ? 1 : 0}
[auth_info_0]
username=${options.user}
passwd=${options.password}
realm=${options.realm}
`;
}
