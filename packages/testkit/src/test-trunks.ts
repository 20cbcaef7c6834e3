import type { TrunkLine } from '@vats/calls';
import type { Random } from '@vats/kernel';
import type { Directory, Domain, Trunk } from '@vats/pbx';
import { DigestClient, type Flow, parseUri, type SipRequest } from '@vats/sip';
import type { ByTrunk, Trunks } from '@vats/vats';

/** What operators ask of us in scenarios. */
export const ITSP_REALM = 'itsp';

/** Trunks that are always registered, known by their addresses: what a scenario needs of what runs them. */
export class TestTrunks implements Trunks {
  /** Trunks that answer no keep-alive. */
  readonly down = new Set<string>();
  /** Trunks that are known not to be there: tried only when nothing else is left. */
  readonly away = new Set<string>();
  /** Trunks that there is no way to at all. */
  readonly gone = new Set<string>();
  /** Service-Route of trunks (RFC 3608), by their names. */
  readonly routes = new Map<string, readonly string[]>();
  /** What calls said of trunks: `failed itsp`, `worked itsp`. */
  readonly said: string[] = [];
  readonly #directory: () => Directory;
  readonly #random: Random;
  readonly #lines = new Map<string, TrunkLine>();

  constructor(directory: () => Directory, random: Random) {
    this.#directory = directory;
    this.#random = random;
  }

  line(domain: Domain, name: string): TrunkLine | undefined {
    const trunk = this.#directory().findTrunk(domain, name);
    if (trunk === undefined) return undefined;
    const line = this.#lines.get(name) ?? this.#lineOf(domain, trunk);
    this.#lines.set(name, line);
    return line;
  }

  recognise(_request: SipRequest, flow: Flow): ByTrunk | undefined {
    for (const domain of this.#directory().model.domains) {
      const trunk = domain.trunks.find(({ allow }) => allow?.includes(flow.observed.address));
      if (trunk !== undefined) return { domain, trunk };
    }
    return undefined;
  }

  /** These are judged by the policy of their domain like anybody. */
  isAt(): boolean {
    return false;
  }

  isUp(_domain: Domain, name: string): boolean {
    return !this.down.has(name);
  }

  #lineOf(
    domain: Domain,
    { name, proxy, domain: host, register, codecs, dtmf, srtp, numbers, noResponse, sessionTimer, identity }: Trunk,
  ): TrunkLine {
    const uri = parseUri(proxy);
    if (!uri.ok || uri.value.kind !== 'sip') throw new Error(`${proxy} is no address`);
    const endpoint = { address: uri.value.host, port: uri.value.port ?? 5060 };
    const isPeer = ({ address }: { address: string }): boolean => address === endpoint.address;
    return {
      domain: domain.id,
      name,
      host: host ?? endpoint.address,
      target: () => (this.away.has(name) || this.gone.has(name) ? undefined : { transport: 'udp', endpoint }),
      lastResort: (but = []) =>
        this.gone.has(name) || but.some(({ address }) => address === endpoint.address)
          ? undefined
          : { transport: 'udp', endpoint },
      ...(noResponse !== undefined && { noResponse }),
      ...(this.routes.has(name) && { routes: this.routes.get(name)! }),
      failed: () => void this.said.push(`failed ${name}`),
      worked: () => void this.said.push(`worked ${name}`),
      ...(register !== undefined && {
        credentials: new DigestClient({
          username: register.login,
          password: register.password,
          realm: ITSP_REALM,
          isPeer,
          random: this.#random,
        }),
        contactUser: `line-${name}`,
        number: register.login,
      }),
      ...(numbers?.send !== undefined && { writes: numbers.send }),
      ...(codecs !== undefined && { codecs }),
      ...(dtmf !== undefined && { dtmf }),
      ...(srtp !== undefined && { srtp }),
      ...(sessionTimer !== undefined && { sessionTimer }),
      ...(identity !== undefined && { identity }),
    };
  }
}
