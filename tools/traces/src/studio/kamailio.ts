import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Endpoint, formatEndpoint } from '@vats/kernel';
import { type Processes, pause } from './processes.ts';

export interface KamailioOptions {
  /** Where it listens; each on UDP and TCP. */
  readonly at: readonly Endpoint[];
  /** Login and password of everyone it serves. */
  readonly users: Readonly<Record<string, string>>;
  /** What a dialled number means: `{ '202': 'bob' }`. */
  readonly numbers?: Readonly<Record<string, string>>;
}

/** Kamailio as a registrar and record-routing proxy that challenges REGISTER with 401, all else that has an effect with 407. */
export async function startKamailio(processes: Processes, options: KamailioOptions): Promise<void> {
  const folder = join(processes.scratch, 'kamailio');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'kamailio.cfg');
  writeFileSync(file, configOf(options));
  const running = processes.run('kamailio', 'kamailio', [
    '-DD',
    '-E',
    '-f',
    file,
    '-m',
    '64',
    '-M',
    '8',
    '-Y',
    folder,
    '-w',
    folder,
  ]);
  await pause(1_000);
  if (running.process.exitCode !== null) throw new Error(`Kamailio left:\n${running.output()}`);
}

function configOf({ at, users, numbers = {} }: KamailioOptions): string {
  const listens = at.flatMap((endpoint) => ['udp', 'tcp'].map((t) => `listen=${t}:${formatEndpoint(endpoint)}`));
  const modules = ['tm', 'sl', 'rr', 'pv', 'maxfwd', 'siputils', 'textops', 'usrloc', 'registrar', 'auth', 'sanity'];
  const logins = Object.entries(users);
  const password = logins.map(([name, secret]) => `if ($au == "${name}") $var(secret) = "${secret}";`).join('\n  ');
  const dialled = Object.entries(numbers).map(([number, name]) => `if ($rU == "${number}") $rU = "${name}";`);
  return `#!KAMAILIO
debug=1
log_stderror=yes
children=1
tcp_children=1
auto_aliases=no
dns=no
rev_dns=no
alias="office.example"
${listens.join('\n')}
mpath="/usr/lib/x86_64-linux-gnu/kamailio/modules/"
${modules.map((module) => `loadmodule "${module}.so"`).join('\n')}
modparam("usrloc", "db_mode", 0)
modparam("registrar", "gruu_enabled", 0)
modparam("rr", "enable_full_lr", 1)
modparam("auth", "qop", "auth")
modparam("auth", "nonce_expire", 600)
modparam("auth", "nonce_count", 1)
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (!sanity_check("3303", "7")) { exit; }
  if (is_method("OPTIONS") && uri == myself && $rU == $null) { sl_send_reply("200", "OK"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route()) { t_relay(); exit; }
    if (is_method("ACK") && t_check_trans()) { t_relay(); exit; }
    sl_send_reply("404", "Not here"); exit;
  }
  $var(secret) = "";
  ${password}
  if (is_method("REGISTER")) {
    if ($var(secret) == "" || !pv_www_authenticate("office.example", "$var(secret)", "0")) {
      www_challenge("office.example", "1"); exit;
    }
    save("location"); exit;
  }
  if (is_method("INVITE|MESSAGE|SUBSCRIBE|PUBLISH")) {
    if ($var(secret) == "" || !pv_proxy_authenticate("office.example", "$var(secret)", "0")) {
      proxy_challenge("office.example", "1"); exit;
    }
    consume_credentials();
  }
  if (is_method("SUBSCRIBE|PUBLISH")) { sl_send_reply("489", "Bad Event"); exit; }
  record_route();
  ${dialled.join('\n  ')}
  if (lookup("location")) { t_relay(); exit; }
  sl_send_reply("404", "Not Found");
}
`;
}
