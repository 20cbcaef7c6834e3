import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { eventually } from '@vats/interop';
import { type Endpoint, SystemClock, SystemRandom } from '@vats/kernel';
import { rtpPacket, SrtpPhone } from '@vats/media/testing';
import { SystemNetwork } from '@vats/sip';
import { type PhoneCall, readSdp, VirtualPhone } from '@vats/testkit';

/** What a seat speaks: a line of its SDP, and the sound of one packet of 20 ms. */
export interface Voice {
  /** `8 PCMA/8000` */
  readonly codec: string;
  /** Of a packet, in the codec's RTP clock. */
  readonly step: number;
  readonly payload: Buffer;
}

export const VOICES = {
  pcma: { codec: '8 PCMA/8000', step: 160, payload: Buffer.alloc(160, 0x5a) },
  pcmu: { codec: '0 PCMU/8000', step: 160, payload: Buffer.alloc(160, 0x7a) },
  g722: { codec: '9 G722/8000', step: 160, payload: Buffer.alloc(160, 0xfa) },
  // One frame of 20 ms of silence, in stereo's and every bandwidth's shortest form.
  opus: { codec: '96 opus/48000/2', step: 960, payload: Buffer.from([0xf8, 0xff, 0xfe]) },
} as const satisfies Record<string, Voice>;

export interface SeatSettings {
  readonly login: string;
  readonly password: string;
  readonly domain: string;
  readonly extension: string;
  readonly server: Endpoint;
  /** Its alone, so that no nonce of another seat's is given to it too. */
  readonly address: string;
}

interface SaidOfSound {
  readonly direction?: 'sendonly' | 'recvonly' | 'sendrecv';
  readonly srtp?: boolean;
}

const EVENTS = '101 telephone-event/8000';
const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const PATIENCE = { milliseconds: 8_000, every: 15 };
/** A virtual phone keeps all that it ever heard; a new one takes its place after so many calls. */
const CALLS_A_PHONE = 15;

/** An account with a phone at it that speaks, hears, and registers anew now and then as phones do that are restarted. */
export class Seat {
  readonly extension: string;
  busy = false;
  /** Datagrams of sound that came since the call began. */
  heard = 0;
  readonly #settings: SeatSettings;
  readonly #sound: Socket;
  readonly #soundPort: number;
  #phone: VirtualPhone | undefined;
  #calls = 0;
  #to: Endpoint | undefined;
  #voice: Voice = VOICES.pcma;
  #srtp: SrtpPhone | undefined;
  #key = '';
  #sequence = 0;
  #timestamp = 0;
  #version = 0;

  static async open(settings: SeatSettings): Promise<Seat> {
    const sound = createSocket('udp4');
    sound.bind(0, settings.address);
    await once(sound, 'listening');
    const seat = new Seat(settings, sound);
    await seat.renew();
    return seat;
  }

  private constructor(settings: SeatSettings, sound: Socket) {
    this.extension = settings.extension;
    this.#settings = settings;
    this.#sound = sound;
    this.#soundPort = sound.address().port;
    sound.on('message', () => this.heard++);
    // A port of the switch that is closed already answers by ICMP.
    sound.on('error', () => {});
  }

  get phone(): VirtualPhone {
    return this.#phone as VirtualPhone;
  }

  /** Takes a new phone when the old one has had its calls. */
  async renew(): Promise<void> {
    if (this.#phone !== undefined && ++this.#calls % CALLS_A_PHONE !== 0) return;
    await this.#phone?.wire.unplug();
    const { login, password, domain, extension, server, address } = this.#settings;
    const phone = new VirtualPhone({
      name: login,
      clock: new SystemClock(),
      random: new SystemRandom(),
      network: new SystemNetwork(),
      local: { address, port: 5_060 },
      server,
      domain,
      login,
      password,
      number: extension,
    });
    await phone.wire.plugIn();
    this.#phone = phone;
    phone.register();
    await this.until('its registration', () => phone.inbox.responses.some(({ label }) => label === '200 REGISTER'));
  }

  /** @throws TooLate which says what did not come */
  async until(what: string, probe: () => boolean): Promise<void> {
    await eventually(`${what} at ${this.extension}`, probe, PATIENCE);
  }

  /** Its next description of its sound, which it speaks from now on. */
  sdp(voice: Voice, { direction = 'sendrecv', srtp = false }: SaidOfSound = {}): string {
    this.#voice = voice;
    // A key of its own for each call, and the same one in all of its descriptions.
    if (srtp && this.#srtp === undefined) {
      this.#key = new SystemRandom().bytes(30).toString('base64');
      this.#srtp = new SrtpPhone(SUITE, { sends: this.#key, hears: this.#key });
    }
    return this.phone.sdp({
      version: ++this.#version,
      address: this.#settings.address,
      port: this.#soundPort,
      codecs: [voice.codec, EVENTS],
      direction,
      ...(srtp ? { profile: 'RTP/SAVP', crypto: [`1 ${SUITE} inline:${this.#key}`] } : {}),
    });
  }

  /** Sends its sound where the other side's description says, from now on. */
  speak(call: PhoneCall): void {
    const { address, port } = readSdp(call.remoteSdp ?? '');
    this.#to = { address, port };
  }

  /** One packet, if it speaks. @param after so many times its length since the last one: more than one are pauses between packets */
  say(after = 1): void {
    if (this.#to === undefined) return;
    const { step, payload, codec } = this.#voice;
    const sequence = ++this.#sequence & 0xffff;
    this.#timestamp = (this.#timestamp + after * step) >>> 0;
    const packet = rtpPacket({
      sequence,
      payloadType: Number.parseInt(codec, 10),
      timestamp: this.#timestamp,
      ssrc: this.#soundPort,
      payload,
    });
    this.#sound.send(this.#srtp?.protect(packet) ?? packet, this.#to.port, this.#to.address);
  }

  /** Ends what did not go as it should: the switch must not be left with a call that nobody is in. */
  hangUp(): void {
    for (const call of this.phone.calls) if (!call.ended && call.remoteTag !== undefined) call.bye();
  }

  /** The call is over, whoever ended it. */
  async leave(): Promise<void> {
    this.#to = undefined;
    this.#srtp = undefined;
    this.phone.calls.length = 0;
    this.heard = 0;
    await this.renew();
    this.busy = false;
  }

  async close(): Promise<void> {
    await this.#phone?.wire.unplug();
    this.#sound.close();
  }
}
