import type { Actor } from './actor.ts';
import type { StagePhone } from './stage.ts';

/** Where the switch of every scenario listens, on UDP and TCP. */
export const SWITCH = { address: '198.51.100.1', port: 5060 };
export const SWITCH_IPV6 = { address: '2001:db8::1', port: 5060 };
/** Where it takes TLS and WebSockets in the scenarios that have them (`secureSettings`). */
export const SWITCH_TLS = { address: SWITCH.address, port: 5061 };
export const SWITCH_WS = { address: SWITCH.address, port: 8080 };

const DOMAIN = 'acme.example';
const PASSWORD = 'Vf5kNm7Z';

const phone = (name: string, number: string, address: string, more: Partial<StagePhone> = {}): StagePhone => ({
  name,
  number,
  login: name,
  password: PASSWORD,
  domain: DOMAIN,
  local: { address, port: 5060 },
  server: SWITCH,
  ...more,
});

/** Everyone who may play. Who has no part is there, plugged in, and not registered. */
export const PHONES = {
  alice: phone('alice', '201', '192.0.2.10'),
  bob: phone('bob', '202', '192.0.2.20', { login: 'bobby' }),
  /** Bob's second device. */
  bobMobile: phone('bobMobile', '202', '192.0.2.21'),
  /** On TCP. */
  carol: phone('carol', '203', '192.0.2.30', { transport: 'TCP' }),
  /** Behind a NAT: what it claims is not where it is. */
  dave: phone('dave', '204', '203.0.113.40', {
    local: { address: '203.0.113.40', port: 1024 },
    claims: { address: '192.168.1.40', port: 5060 },
  }),
  /** On IPv6. */
  eve: phone('eve', '205', '2001:db8::50', { login: 'evelyn', server: SWITCH_IPV6 }),
} as const satisfies Record<string, StagePhone>;

/** Other systems: three operators, and a PBX that registers with an account of its own. None is a user of the company unless its file says so. */
export const SYSTEMS = {
  itsp: phone('itsp', '+79161112233', '192.0.2.70', { login: '79161112233', domain: 'sip.itsp.example' }),
  reserve: phone('reserve', '+79031112233', '192.0.2.71', { login: '79031112233', domain: 'sip.reserve.example' }),
  /** An operator on TCP; where the switch's own trunks play (`ownTrunks`). */
  tcpItsp: phone('tcpItsp', '+79051112233', '192.0.2.72', {
    login: '79051112233',
    domain: 'sip.tcp.example',
    transport: 'TCP',
    listens: true,
  }),
  pbx: phone('pbx', '210', '192.0.2.80', { login: 'user11' }),
} as const satisfies Record<string, StagePhone>;

export type Role = keyof typeof PHONES | keyof typeof SYSTEMS;
export type Actors = Readonly<Record<Role, Actor>>;

/** The company that they work for; each device's password is the same. @param extra at the top level; `moreUsers` in the list of users */
export function pbxYaml(extra = '', moreUsers = ''): string {
  const users = new Map<string, string[]>();
  for (const { number, login } of Object.values(PHONES)) users.set(number, [...(users.get(number) ?? []), login]);
  return [
    `domain: ${DOMAIN}`,
    extra,
    'users:',
    ...[...users].flatMap(([number, logins]) => [
      `  - extension: "${number}"`,
      `    name: ${logins[0]}`,
      '    devices:',
      ...logins.map((login) => `      - { login: ${login}, password: ${PASSWORD} }`),
    ]),
    '  - extension: "209"',
    '    name: nobody',
    '    devices:',
    `      - { login: nobody, password: ${PASSWORD} }`,
    moreUsers,
    '',
  ].join('\n');
}
