import { formatEndpoint } from '@vats/kernel';
import type { SipMessage } from '@vats/sip';
import { PHONES, pbxYaml, SWITCH } from '../cast.ts';
import { labelOf } from '../phone/inbox.ts';
import type { World } from '../world.ts';
import { type Credentials, challengeIn, credentialsFor } from './credentials.ts';
import { OUTSIDE, rawRequest, type Stranger } from './stranger.ts';

const { domain, password } = PHONES.alice;
export const REALM = domain;
export const PASSWORD = password;

/** Gives the account of `nobody`, who has no phone of his own, a digest choice beside that of the domain. */
export async function letNobodyUse(world: World, digest: 'md5' | 'sha256' | 'both'): Promise<void> {
  const text = pbxYaml().replace(/(login: nobody, password: \w+) /, `$1, digest: ${digest} `);
  await world.applies(text);
}

let series = 0;

/** A phone of one's own making at a stranger's address, which says of each request what its credentials are. */
export class BarePhone {
  readonly #stranger: Stranger;
  readonly #world: World;
  readonly #login: string;

  constructor(world: World, stranger: Stranger, login = 'alice') {
    this.#world = world;
    this.#stranger = stranger;
    this.#login = login;
  }

  /** A nonce that the switch made for this phone. */
  async nonce(): Promise<string> {
    return challengeIn(await this.registers()).nonce;
  }

  /** Its answer to a REGISTER; without a nonce one without credentials. */
  async registers(given: Partial<Credentials> = {}): Promise<SipMessage> {
    const aor = `<sip:${this.#login}@${domain}>`;
    const uri = `sip:${domain}`;
    return this.#sends(given, { method: 'REGISTER', uri }, (lines) => ({
      method: 'REGISTER',
      uri,
      from: `${aor};tag=m1`,
      to: aor,
      lines: [this.#contact, ...lines],
    }));
  }

  /** The first final or provisional answer to an INVITE but 100. */
  async invites(number: string, given: Partial<Credentials> = {}): Promise<SipMessage> {
    const uri = `sip:${number}@${domain}`;
    return this.#sends(given, { method: 'INVITE', uri }, (lines) => ({
      method: 'INVITE',
      uri,
      from: `<sip:${this.#login}@${domain}>;tag=m1`,
      lines: [this.#contact, ...lines],
    }));
  }

  get #contact(): string {
    const { address, port } = this.#stranger.at;
    // Over TCP nobody knows his port, and a Contact names one.
    return `Contact: <sip:own@${formatEndpoint({ address, port: port || OUTSIDE.port })}>`;
  }

  async #sends(
    given: Partial<Credentials>,
    request: { readonly method: string; readonly uri: string },
    make: (lines: readonly string[]) => Parameters<typeof rawRequest>[0],
  ): Promise<SipMessage> {
    const { nonce } = given;
    const own = { login: this.#login, password: PASSWORD, realm: REALM };
    const lines = nonce === undefined ? [] : [credentialsFor({ ...own, ...request, nonce, ...given }).join(': ')];
    return this.repeats(rawRequest({ callId: `bare-${++series}@${OUTSIDE.address}`, ...make(lines) }));
  }

  /** Sends a text, perhaps for a second time, and waits for what comes of it. */
  async repeats(text: string): Promise<SipMessage> {
    const { heard } = this.#stranger;
    const before = heard.length;
    this.sent = text;
    this.#stranger.says(text);
    const answer = (): SipMessage | undefined =>
      heard.slice(before).find((message) => !labelOf(message).startsWith('100'));
    await this.#world.stage.eventually(() => answer() !== undefined);
    this.#stranger.hears();
    const first = answer();
    if (first === undefined) throw new Error(`${SWITCH.address} did not answer:\n${text}`);
    return first;
  }

  /** The request that went out last. */
  sent = '';
}
