import type { Endpoint } from '@vats/kernel';
import { eventually } from './deadline.ts';
import { Kamailio } from './kamailio.ts';
import { LOGIN, SUBSCRIBER } from './operator-line.ts';
import type { Scene } from './scene.ts';

/** What the operator does with a REGISTER of the trunk's account. */
export type Manner = 'serve' | 'overloaded' | 'silent';

/** The account that a switch has at the operator; its login is the number too. */
export const LINE = { login: LOGIN, password: 's3cret', domain: 'sip.itsp.example' } as const;

const REALM = 'operator.example';
/** Seconds that a nonce is good for: shorter than between two REGISTERs. */
const NONCE_SECONDS = 3;

/** What it says of one REGISTER of the trunk's account. */
export interface Heard {
  /** Its Expires. */
  readonly expires: number;
  /** `none`: no credentials; `stale`: good ones with an old nonce; `wrong`; `good`; and what was answered without a look at them. */
  readonly credentials: 'none' | 'stale' | 'wrong' | 'good' | 'unread';
  readonly status: number;
  /** User part of its Contact. */
  readonly contact: string;
}

/**
 * A Kamailio as an operator: a digest registrar that keeps bindings, asks each INVITE for credentials, and passes calls
 * between its accounts. It gives several challenges, of which only one is an honest digest with MD5, and its nonces go stale.
 */
export class KamailioOperator {
  readonly #kamailio: Kamailio;

  static async start(scene: Scene, address: string): Promise<KamailioOperator> {
    const kamailio = await Kamailio.start(scene, {
      address,
      modules: [
        ...[
          'tm',
          'sl',
          'rr',
          'pv',
          'maxfwd',
          'siputils',
          'textops',
          'xlog',
          'usrloc',
          'registrar',
          'auth',
          'ctl',
          'cfg_rpc',
        ],
      ],
      parameters: [
        '"rr", "append_fromtag", 0',
        '"usrloc", "db_mode", 0',
        `"auth", "nonce_expire", ${NONCE_SECONDS}`,
        '"auth", "auth_checks_register", 0',
        '"pv", "shvset", "manner=s:serve"',
        `"pv", "shvset", "password=s:${LINE.password}"`,
        '"pv", "shvset", "least=i:0"',
      ],
      script: SCRIPT,
    });
    return new KamailioOperator(kamailio);
  }

  private constructor(kamailio: Kamailio) {
    this.#kamailio = kamailio;
  }

  get sip(): Endpoint {
    return this.#kamailio.sip;
  }

  /** REGISTERs of the trunk's account so far, retransmissions too. */
  get heard(): readonly Heard[] {
    return this.#kamailio.told.flatMap((line) => {
      const found = /^REGISTER expires=(\d*) credentials=(\w+) status=(\d+) contact=sip:([^@]*)@/.exec(line);
      if (found === null) return [];
      const [, expires, credentials, status, contact = ''] = found;
      return [
        { expires: Number(expires), credentials: credentials as Heard['credentials'], status: Number(status), contact },
      ];
    });
  }

  /** INVITEs that it heard with and without credentials: 'from to: status'. */
  get invites(): readonly string[] {
    return this.#kamailio.told.flatMap((line) => /^INVITE (.*)$/.exec(line)?.[1] ?? []);
  }

  /** Waits for a REGISTER that comes from now on. */
  async hears(what: string, wants: (register: Heard) => boolean, milliseconds = 20_000): Promise<void> {
    const already = this.heard.length;
    await eventually(`REGISTER ${what}`, () => this.heard.slice(already).some(wants), { milliseconds, every: 20 });
  }

  async behaves(manner: Manner): Promise<void> {
    await this.#kamailio.control('pv.shvSet', 'manner', 'str', manner);
  }

  async changesPassword(password: string): Promise<void> {
    await this.#kamailio.control('pv.shvSet', 'password', 'str', password);
  }

  /** A REGISTER for fewer seconds gets 423. */
  async wantsAtLeast(seconds: number): Promise<void> {
    await this.#kamailio.control('pv.shvSet', 'least', 'int', seconds);
  }

  /** Grants no more, whatever was asked for. */
  async grantsAtMost(seconds: number): Promise<void> {
    await this.#kamailio.control('cfg.set_now_int', 'registrar', 'max_expires', seconds);
  }

  /** Ends: nobody answers at its address any more, and its bindings are lost. */
  async stop(): Promise<void> {
    await this.#kamailio.stop();
  }

  async again(): Promise<void> {
    await this.#kamailio.again();
  }
}

const SCRIPT = `request_route {
  if (!mf_process_maxfwd_header("10")) { sl_send_reply("483", "Too Many Hops"); exit; }
  if (is_method("CANCEL")) { if (t_check_trans()) t_relay(); exit; }
  if (has_totag()) {
    if (loose_route() || (is_method("ACK") && t_check_trans())) t_relay();
    else if (!is_method("ACK")) sl_send_reply("404", "Not here");
    exit;
  }
  if (is_method("ACK")) { if (t_check_trans()) t_relay(); exit; }
  if ($shv(manner) == "silent") exit;
  if (is_method("OPTIONS")) {
    if ($shv(manner) == "overloaded") sl_send_reply("503", "Service Unavailable");
    else sl_send_reply("200", "OK");
    exit;
  }
  $var(password) = "${SUBSCRIBER.password}";
  if ($fU == "${LINE.login}") $var(password) = $shv(password);
  if (is_method("REGISTER")) route(REGISTERED);
  if (is_method("INVITE")) route(CALLED);
  sl_send_reply("405", "Method Not Allowed");
  exit;
}

route[REGISTERED] {
  $var(of_line) = $fU == "${LINE.login}";
  $var(asked) = $(hdr(Expires){s.int});
  $var(credentials) = "unread";
  if ($var(of_line) && $shv(manner) == "overloaded") {
    $var(status) = 503;
    route(TELL);
    append_to_reply("Retry-After: 2\\r\\n");
    sl_send_reply("503", "Service Unavailable");
    exit;
  }
  if ($var(of_line) && $var(asked) > 0 && $var(asked) < $shv(least)) {
    $var(status) = 423;
    route(TELL);
    append_to_reply("Min-Expires: $shv(least)\\r\\n");
    sl_send_reply("423", "Interval Too Brief");
    exit;
  }
  pv_www_authenticate("${REALM}", "$var(password)", "0");
  $var(rc) = $rc;
  if ($var(rc) < 0) {
    # -5: none; -4: an old nonce; -2: a wrong password
    $var(credentials) = "wrong";
    if ($var(rc) == -5) $var(credentials) = "none";
    if ($var(rc) == -4 || $var(rc) == -3) $var(credentials) = "stale";
    $var(status) = 401;
    if ($var(of_line)) route(TELL);
    # The first two are for clients of another time; baresip takes them for a bad message.
    if ($var(of_line)) {
      append_to_reply("WWW-Authenticate: Basic realm=\\"${REALM}\\"\\r\\n");
      append_to_reply("WWW-Authenticate: Digest realm=\\"${REALM}\\", nonce=\\"unknown\\", algorithm=SHA3-256, qop=\\"auth\\"\\r\\n");
    }
    www_challenge("${REALM}", "1");
    exit;
  }
  $var(credentials) = "good";
  $var(status) = 200;
  if ($var(of_line)) route(TELL);
  consume_credentials();
  save("location");
  exit;
}

route[TELL] {
  xlog("L_NOTICE", "REGISTER expires=$hdr(Expires) credentials=$var(credentials) status=$var(status) contact=$(ct{nameaddr.uri})\\n");
}

route[CALLED] {
  if (!pv_proxy_authenticate("${REALM}", "$var(password)", "0")) {
    xlog("L_NOTICE", "INVITE $fU $rU: 407\\n");
    proxy_challenge("${REALM}", "1");
    exit;
  }
  consume_credentials();
  record_route();
  xlog("L_NOTICE", "INVITE $fU $rU: passed\\n");
  if (!lookup("location")) { sl_send_reply("404", "Not Found"); exit; }
  t_relay();
  exit;
}`;
