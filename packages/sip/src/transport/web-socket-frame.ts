import type { OctetQueue } from './octet-queue.ts';

/** What a frame is (RFC 6455 §11.8). */
export const OPCODE = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Why a WebSocket ends (RFC 6455 §7.4.1). */
export const CLOSE = { normal: 1000, goingAway: 1001, protocol: 1002, notUtf8: 1007, tooLarge: 1009 } as const;

const KNOWN: ReadonlySet<number> = new Set(Object.values(OPCODE));
const MASK_OCTETS = 4;
const LARGEST_CONTROL = 125;

/** The beginning of a client's frame. `size`: octets before the payload, of which the last four are the mask. */
export type FrameHead =
  | { readonly fault: string }
  | {
      readonly fault?: undefined;
      readonly opcode: number;
      readonly fin: boolean;
      readonly length: number;
      readonly size: number;
    };

/** Reads the beginning of a frame that a client sent (RFC 6455 §5.2); undefined when more octets are needed. */
export function readFrameHead(held: OctetQueue): FrameHead | undefined {
  if (held.length < 2) return undefined;
  const [first, second] = [held.at(0), held.at(1)];
  const opcode = first & 0x0f;
  const fin = (first & 0x80) !== 0;
  if ((first & 0x70) !== 0) return { fault: 'an extension is used that was not agreed on' };
  if (!KNOWN.has(opcode)) return { fault: `${opcode} is no kind of frame` };
  if ((second & 0x80) === 0) return { fault: 'the frame is not masked' };
  const short = second & 0x7f;
  if (opcode >= OPCODE.close && (!fin || short > LARGEST_CONTROL))
    return { fault: 'a control frame is too large or in pieces' };
  const more = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (held.length < 2 + more) return undefined;
  const size = 2 + more + MASK_OCTETS;
  if (more === 0) return { opcode, fin, length: short, size };
  let length = 0;
  for (let at = 2; at < 2 + more; at++) length = length * 256 + held.at(at);
  if (length < (more === 2 ? 126 : 65_536)) return { fault: 'a length is longer than it need be' };
  if (length > Number.MAX_SAFE_INTEGER) return { fault: 'a length is out of range' };
  return { opcode, fin, length, size };
}

/** The payload of the frame in front, in octets of its own. @param size of what stands before it */
export function unmasked(held: OctetQueue, size: number, length: number): Buffer {
  const payload = Buffer.from(held.view(size, size + length));
  const mask = [held.at(size - 4), held.at(size - 3), held.at(size - 2), held.at(size - 1)] as const;
  for (let at = 0; at < length; at++) payload[at] = payload[at]! ^ mask[(at & 3) as 0 | 1 | 2 | 3];
  return payload;
}

/** A whole frame as a server sends it: not masked (RFC 6455 §5.1). */
export function webSocketFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  const more = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const frame = Buffer.allocUnsafe(2 + more + length);
  frame[0] = 0x80 | opcode;
  frame[1] = more === 0 ? length : more === 2 ? 126 : 127;
  if (more === 2) frame.writeUInt16BE(length, 2);
  if (more === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  payload.copy(frame, 2 + more);
  return frame;
}

/** @param code none where the other side gave none @param reason ASCII */
export function closeFrame(code?: number, reason = ''): Buffer {
  if (code === undefined) return webSocketFrame(OPCODE.close, Buffer.alloc(0));
  const payload = Buffer.from(`xx${reason}`, 'latin1').subarray(0, LARGEST_CONTROL);
  payload.writeUInt16BE(code, 0);
  return webSocketFrame(OPCODE.close, payload);
}
