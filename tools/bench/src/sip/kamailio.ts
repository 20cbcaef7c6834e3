import { mkdirSync, writeFileSync } from 'node:fs';
import { type Account, Child, freePorts, type Scene } from '@vats/interop';
import type { Endpoint } from '@vats/kernel';

/** What Kamailio does here: answers OPTIONS; registers and challenges; or, as a proxy that records its route, carries calls between users. */
const SCRIPT = `
request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("OPTIONS")) { sl_send_reply("200", "OK"); exit; }
  if (is_method("REGISTER")) {
    if (!pv_www_authenticate("$td", "PASSWORD", "0")) { www_challenge("$td", "1"); exit; }
    if (!save("location", "0x04")) sl_reply_error();
    exit;
  }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route()) { if (!t_relay()) sl_reply_error(); exit; }
    if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
    sl_send_reply("404", "Not here");
    exit;
  }
  t_check_trans();
  if (is_method("INVITE")) {
    if (!pv_proxy_authenticate("$fd", "PASSWORD", "0")) { proxy_challenge("$fd", "1"); exit; }
    consume_credentials();
    record_route();
  }
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  if (!t_relay()) sl_reply_error();
}`;

const MODULES = [
  ...['kex', 'corex', 'tm', 'tmx', 'sl', 'rr', 'pv', 'maxfwd', 'usrloc', 'registrar'],
  ...['textops', 'siputils', 'auth'],
];
const PARAMETERS = [
  ...['"usrloc", "db_mode", 0', '"usrloc", "hash_size", 12', '"registrar", "max_contacts", 1'],
  ...['"auth", "nonce_expire", 300', '"auth", "qop", "auth"', '"rr", "enable_full_lr", 1'],
];

/**
 * Kamailio with one worker: several reorder the messages of a call, which SIPp takes for a fault. All accounts have one password,
 * and the extension of each is its login, since its location service knows no other name.
 */
export async function startKamailio(
  scene: Scene,
  { password }: Pick<Account, 'password'>,
  core: number | undefined,
): Promise<{ readonly target: Endpoint; readonly pid: number }> {
  const target = { address: '127.0.0.1', port: await freePorts() };
  const file = scene.path('kamailio', 'kamailio.cfg');
  mkdirSync(scene.path('kamailio', 'run'), { recursive: true });
  writeFileSync(
    file,
    `#!KAMAILIO
debug=0
log_stderror=yes
fork=yes
children=1
auto_aliases=no
disable_tcp=yes
dns=no
rev_dns=no
server_signature=no
listen=udp:${target.address}:${target.port}
${MODULES.map((module) => `loadmodule "${module}.so"`).join('\n')}
${PARAMETERS.map((line) => `modparam(${line})`).join('\n')}
${SCRIPT.replaceAll('PASSWORD', password)}
`,
  );
  const pinned = core === undefined ? [] : ['taskset', '-c', core];
  const command = [
    ...pinned,
    'kamailio',
    '-DD',
    '-E',
    '-m',
    512,
    '-M',
    16,
    '-f',
    file,
    '-Y',
    scene.path('kamailio', 'run'),
  ];
  const child = await Child.start(scene, String(command[0]), command.slice(1), { name: 'kamailio', patience: 8_000 });
  return { target, pid: child.pid };
}
