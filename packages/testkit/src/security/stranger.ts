import type { Endpoint } from '@vats/kernel';
import { parseMessage, type SipMessage } from '@vats/sip';
import { SWITCH, SWITCH_IPV6 } from '../cast.ts';
import { labelOf } from '../phone/inbox.ts';
import { takeMessages } from '../phone/phone-link.ts';
import type { World } from '../world.ts';

/** Where somebody sits who has no account: outside, on the open internet. */
export const OUTSIDE: Endpoint = { address: '203.0.113.66', port: 5066 };

/** Somebody who writes whatever octets he likes, and keeps what he hears. He never repeats or acknowledges anything. */
export class Stranger {
  readonly heard: SipMessage[] = [];
  /** Where he is; over TCP without his port, which is 0. */
  readonly at: Endpoint;
  /** Octets that were no message: keep-alive answers. */
  readonly octets: Buffer[] = [];
  /** TCP: the switch has taken the connection away. */
  gone = false;
  readonly #world: World;
  readonly #write: (octets: Buffer) => void;
  #leave: () => Promise<void> | void = () => {};
  #told = 0;

  private constructor(world: World, at: Endpoint, write: (octets: Buffer) => void) {
    this.#world = world;
    this.at = at;
    this.#write = write;
  }

  static async overUdp(world: World, at: Endpoint = OUTSIDE): Promise<Stranger> {
    const socket = await world.network.host(at.address).bindUdp(at, {
      onDatagram: (octets) => stranger.#hear(octets),
      onFailure: () => {},
    });
    const stranger: Stranger = new Stranger(world, at, (octets) => socket.send(octets, serverFor(at.address)));
    stranger.#leave = () => socket.close();
    return stranger;
  }

  static overTcp(world: World, address = OUTSIDE.address): Stranger {
    let waiting: Buffer = Buffer.alloc(0);
    const stream = world.network.host(address).connectTcp(undefined, serverFor(address), {
      onOctets: (octets) => {
        if (/^(\r\n)+$/.test(octets.toString('latin1'))) stranger.octets.push(octets);
        waiting = takeMessages(Buffer.concat([waiting, octets]), (message) => stranger.#hear(message));
      },
      onEnded: () => {
        stranger.gone = true;
        stream.end();
      },
      onClosed: () => {
        stranger.gone = true;
      },
    });
    const stranger: Stranger = new Stranger(world, { address, port: 0 }, (octets) => stream.write(octets));
    stranger.#leave = () => stream.destroy();
    world.passes(0);
    return stranger;
  }

  /** Sends this, over TCP each piece in a segment of its own; everything that needs no time has happened when it returns. */
  says(...pieces: readonly (string | Buffer)[]): this {
    for (const piece of pieces) {
      this.#write(Buffer.from(piece as string, 'latin1'));
      this.#world.passes(0);
    }
    return this;
  }

  /** What came since the last time that this was asked: '400 OPTIONS', 'INVITE'. */
  hears(): string[] {
    const labels = this.heard.slice(this.#told).map(labelOf);
    this.#told = this.heard.length;
    return labels;
  }

  get last(): SipMessage {
    const last = this.heard.at(-1);
    if (last === undefined) throw new Error('the stranger heard nothing');
    return last;
  }

  async leaves(): Promise<void> {
    await this.#leave();
    this.#world.passes(0);
  }

  #hear(octets: Buffer): void {
    const parsed = parseMessage(octets);
    if (!parsed.ok) throw new Error(`the switch wrote what is no SIP (${parsed.error.code}):\n${octets}`);
    this.heard.push(parsed.value);
  }
}

function serverFor(address: string): Endpoint {
  return address.includes(':') ? SWITCH_IPV6 : SWITCH;
}

/** A request as text, each part as its writer wants it. */
export interface RawRequest {
  readonly method?: string;
  readonly uri?: string;
  readonly transport?: 'UDP' | 'TCP';
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly branch?: string;
  readonly cseq?: number;
  readonly maxForwards?: string;
  /** Whole header lines. */
  readonly lines?: readonly string[];
  /** What stands instead of the Content-Length line; '' for none. */
  readonly length?: string;
  readonly body?: string;
}

let serial = 0;

/** Well-formed unless its parts are not; OPTIONS, which anybody may send, unless it says otherwise. */
export function rawRequest(parts: RawRequest = {}): string {
  const { method = 'OPTIONS', uri = 'sip:acme.example', transport = 'UDP', body = '', cseq = 1 } = parts;
  const { from = '<sip:mallory@acme.example>;tag=m1', to = `<${uri}>`, lines = [] } = parts;
  const number = ++serial;
  return [
    `${method} ${uri} SIP/2.0`,
    `Via: SIP/2.0/${transport} ${OUTSIDE.address}:${OUTSIDE.port};branch=${parts.branch ?? `z9hG4bKraw${number}`};rport`,
    `Max-Forwards: ${parts.maxForwards ?? '70'}`,
    `From: ${from}`,
    `To: ${to}`,
    `Call-ID: ${parts.callId ?? `raw-${number}`}`,
    `CSeq: ${cseq} ${method}`,
    ...lines,
    ...(parts.length === '' ? [] : [parts.length ?? `Content-Length: ${Buffer.byteLength(body, 'latin1')}`]),
    '',
    body,
  ].join('\r\n');
}
