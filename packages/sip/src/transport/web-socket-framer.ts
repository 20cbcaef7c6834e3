import { isUtf8 } from 'node:buffer';
import { LIMITS } from '../message/limits.ts';
import type { Frame, Framing } from './framing.ts';
import { OctetQueue } from './octet-queue.ts';
import { CLOSE, closeFrame, OPCODE, readFrameHead, unmasked, webSocketFrame } from './web-socket-frame.ts';
import {
  answerUpgrade,
  type Origins,
  tooLargeUpgrade,
  UPGRADE_OCTETS,
  type UpgradeAnswer,
} from './web-socket-upgrade.ts';

export type { Origins } from './web-socket-upgrade.ts';

const CRLF: Frame = { kind: 'crlf' };
const PONG: Frame = { kind: 'pong' };
const END_OF_HEAD = Buffer.from('\r\n\r\n', 'latin1');
const NOTHING = Buffer.alloc(0);

/**
 * The server's side of a WebSocket that carries SIP (RFC 6455, RFC 7118): first the HTTP request that asks for it, then frames. A
 * message of the WebSocket, in one frame or several, text or binary, is one SIP message. Extensions are not spoken.
 */
export class WebSocketFramer implements Framing {
  readonly opens = true;
  readonly #origins: Origins;
  readonly #held = new OctetQueue();
  #state: 'asking' | 'open' | 'ended' = 'asking';
  /** Offset up to which no head ended. */
  #searched = 0;
  /** The message that frames are being collected for: what kind it is, and what came of it. */
  #begun: 'text' | 'binary' | undefined;
  readonly #pieces = new OctetQueue();
  /** CRLFs of a message that was nothing else. */
  #emptyLines = 0;

  constructor(origins: Origins) {
    this.#origins = origins;
  }

  get waiting(): boolean {
    return this.#held.length > 0 || this.#begun !== undefined;
  }

  push(octets: Buffer): void {
    if (this.#state !== 'ended') this.#held.push(octets);
  }

  next(): Frame | undefined {
    if (this.#state === 'ended') return undefined;
    if (this.#emptyLines > 0) {
      this.#emptyLines--;
      return CRLF;
    }
    return this.#state === 'asking' ? this.#upgrade() : this.#nextFrame();
  }

  /** As text where it is text, since there are clients that read nothing else. */
  wrap(octets: Buffer): Buffer {
    return webSocketFrame(isUtf8(octets) ? OPCODE.text : OPCODE.binary, octets);
  }

  ping(): Buffer {
    return webSocketFrame(OPCODE.ping, NOTHING);
  }

  farewell(): Buffer | undefined {
    if (this.#state !== 'open') return undefined;
    this.#end();
    return closeFrame(CLOSE.goingAway);
  }

  #upgrade(): Frame | undefined {
    const held = this.#held.view(0, UPGRADE_OCTETS);
    const at = held.indexOf(END_OF_HEAD, Math.max(0, this.#searched - 3));
    this.#searched = held.length;
    if (at < 0) return held.length < UPGRADE_OCTETS ? undefined : this.#refuse(tooLargeUpgrade());
    const head = held.subarray(0, at + END_OF_HEAD.length);
    const answer = answerUpgrade(head, this.#origins);
    if (!answer.accepted) return this.#refuse(answer);
    this.#held.drop(head.length);
    this.#state = 'open';
    return { kind: 'ready', octets: answer.response };
  }

  /** Frames that make no difference above are passed over. */
  #nextFrame(): Frame | undefined {
    while (true) {
      const head = readFrameHead(this.#held);
      if (head === undefined) return undefined;
      if (head.fault !== undefined) return this.#fail(CLOSE.protocol, head.fault);
      const { opcode, fin, length, size } = head;
      const isControl = opcode >= OPCODE.close;
      if (!isControl && this.#pieces.length + length > LIMITS.messageOctets) {
        return this.#fail(CLOSE.tooLarge, 'the message is too large');
      }
      if (this.#held.length < size + length) return undefined;
      const payload = unmasked(this.#held, size, length);
      this.#held.drop(size + length);
      const frame = isControl ? this.#control(opcode, payload) : this.#data(opcode, fin, payload);
      if (frame !== undefined) return frame;
    }
  }

  #control(opcode: number, payload: Buffer): Frame {
    if (opcode === OPCODE.ping) return { kind: 'reply', octets: webSocketFrame(OPCODE.pong, payload) };
    if (opcode === OPCODE.pong) return PONG;
    if (payload.length === 1) return this.#fail(CLOSE.protocol, 'a close code is two octets');
    const code = payload.length === 0 ? undefined : payload.readUInt16BE(0);
    if (code !== undefined && !mayBeSent(code)) return this.#fail(CLOSE.protocol, `${code} is no close code`);
    if (!isUtf8(payload.subarray(2))) return this.#fail(CLOSE.notUtf8, 'the reason of the close is no UTF-8');
    this.#end();
    return { kind: 'end', octets: closeFrame(code), detail: 'by the peer', fault: false };
  }

  #data(opcode: number, fin: boolean, payload: Buffer): Frame | undefined {
    if (opcode === OPCODE.more && this.#begun === undefined)
      return this.#fail(CLOSE.protocol, 'nothing is to be continued');
    if (opcode !== OPCODE.more && this.#begun !== undefined)
      return this.#fail(CLOSE.protocol, 'a message was not ended');
    const kind = this.#begun ?? (opcode === OPCODE.text ? 'text' : 'binary');
    if (!fin) {
      this.#begun = kind;
      if (payload.length > 0) this.#pieces.push(payload);
      return undefined;
    }
    let octets = payload;
    if (this.#begun !== undefined) {
      if (payload.length > 0) this.#pieces.push(payload);
      octets = Buffer.from(this.#pieces.view());
      this.#pieces.clear();
      this.#begun = undefined;
    }
    if (kind === 'text' && !isUtf8(octets)) return this.#fail(CLOSE.notUtf8, 'a text that is no UTF-8');
    return this.#message(octets);
  }

  /** CRLFs alone are a keep-alive (RFC 7118 §6), and nothing at all says nothing. */
  #message(octets: Buffer): Frame | undefined {
    const isKeepAlive = octets.length <= 4 && /^(\r\n)*$/.test(octets.toString('latin1'));
    if (!isKeepAlive) return { kind: 'message', octets };
    if (octets.length === 0) return undefined;
    this.#emptyLines = octets.length / 2 - 1;
    return CRLF;
  }

  #refuse({ response, why }: UpgradeAnswer): Frame {
    this.#end();
    return { kind: 'end', octets: response, detail: why, fault: true };
  }

  #fail(code: number, detail: string): Frame {
    this.#end();
    return { kind: 'end', octets: closeFrame(code, detail), detail, fault: true };
  }

  #end(): void {
    this.#state = 'ended';
    this.#begun = undefined;
    this.#held.clear();
    this.#pieces.clear();
  }
}

/** Codes that an end may send (RFC 6455 §7.4): those that only say what happened at the other end are none. */
function mayBeSent(code: number): boolean {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
