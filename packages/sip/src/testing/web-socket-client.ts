import type { Random } from '@vats/kernel';
import { OPCODE } from '../transport/web-socket-frame.ts';

/** The request that opens a WebSocket for SIP (RFC 7118 §4.1). @param fields further ones, or others in place of these */
export function upgradeRequest(fields: Readonly<Record<string, string | undefined>> = {}): Buffer {
  const all: Record<string, string | undefined> = {
    Host: 'pbx.example',
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Protocol': 'sip',
    ...fields,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}\r\n`]));
  return Buffer.from(`GET / HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
}

/** A frame as a client sends it: masked (RFC 6455 §5.3). @param fin false of a message's frames but the last one */
export function clientFrame(opcode: number, payload: Buffer, mask: Buffer, fin = true): Buffer {
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (fin ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (head.length === 2 ? length : head.length === 4 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([head, mask, payload.map((octet, at) => octet ^ (mask[at & 3] ?? 0))]);
}

/** The client's side of a WebSocket, for virtual phones and benches: it believes whatever the server says. */
export class WebSocketClient {
  /** What was received: messages, and the numbers of other frames' opcodes as `#9`. */
  readonly heard: string[] = [];
  /** The head of the HTTP response, when it has come. */
  answer: string | undefined;
  /** Of the close frame that came; 1005 of one without a code. */
  closeCode: number | undefined;
  readonly #random: Random;
  readonly #write: (octets: Buffer) => void;
  #held: Buffer = Buffer.alloc(0);

  constructor(random: Random, write: (octets: Buffer) => void) {
    this.#random = random;
    this.#write = write;
  }

  open(fields: Readonly<Record<string, string | undefined>> = {}): void {
    this.#write(upgradeRequest(fields));
  }

  send(message: string | Buffer): void {
    const isText = typeof message === 'string';
    this.frame(isText ? OPCODE.text : OPCODE.binary, isText ? Buffer.from(message) : message);
  }

  frame(opcode: number, payload: Buffer, fin = true): void {
    this.#write(clientFrame(opcode, payload, this.#random.bytes(4), fin));
  }

  onOctets(octets: Buffer): void {
    this.#held = Buffer.concat([this.#held, octets]);
    if (this.answer === undefined) {
      const end = this.#held.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.answer = this.#held.toString('latin1', 0, end);
      this.#held = this.#held.subarray(end + 4);
    }
    if (this.answer.startsWith('HTTP/1.1 101')) while (this.#takeFrame()) {}
  }

  #takeFrame(): boolean {
    const held = this.#held;
    if (held.length < 2) return false;
    const short = held[1]! & 0x7f;
    const size = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (held.length < size) return false;
    const length = size === 2 ? short : size === 4 ? held.readUInt16BE(2) : Number(held.readBigUInt64BE(2));
    if (held.length < size + length) return false;
    const payload = held.subarray(size, size + length);
    this.#held = held.subarray(size + length);
    const opcode = held[0]! & 0x0f;
    if (opcode === OPCODE.text || opcode === OPCODE.binary) this.heard.push(payload.toString());
    else this.heard.push(`#${opcode}`);
    if (opcode === OPCODE.close) this.closeCode = length < 2 ? 1005 : payload.readUInt16BE(0);
    return true;
  }
}
