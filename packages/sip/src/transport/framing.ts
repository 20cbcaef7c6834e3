/**
 * Why a stream can't be cut into messages any more.
 *
 * - `no-length`: a message without Content-Length, which on a stream it must have (RFC 3261 §18.3)
 * - `bad-length`: Content-Length is no number, too large, or there are two that disagree
 * - `bad-head`: the head breaks the rules for lines, so nothing in it can be believed
 * - `too-large`: head or body are larger than a message may be
 */
export type FramingFault = 'no-length' | 'bad-length' | 'bad-head' | 'too-large';

export type Frame =
  | { readonly kind: 'message'; readonly octets: Buffer }
  /** A CRLF between messages: half a ping, or the answer to one (RFC 5626 §3.5.1). */
  | { readonly kind: 'crlf' }
  /** Nothing more can be read. `head` is the message that made it so, as far as it came. */
  | { readonly kind: 'fault'; readonly fault: FramingFault; readonly head: Buffer }
  /** The peer is to be written this: it asked whether we are there. */
  | { readonly kind: 'reply'; readonly octets: Buffer }
  /** The peer answered a ping of ours. */
  | { readonly kind: 'pong' }
  /** From now on messages may go both ways, once the peer was written this. */
  | { readonly kind: 'ready'; readonly octets: Buffer }
  /** Nothing more comes; the peer is written this, and the connection ends. `fault`: because the peer did not keep the rules. */
  | { readonly kind: 'end'; readonly octets: Buffer; readonly detail: string; readonly fault: boolean };

/** How messages lie in the octets of a connection. It holds at most one message and one chunk. */
export interface Framing {
  /** True when something has begun and is not whole. */
  readonly waiting: boolean;
  /** Nothing can be sent before a frame says `ready`. */
  readonly opens?: boolean;
  /** Takes a chunk; it must not change afterwards, because messages may be views of it. */
  push(octets: Buffer): void;
  /** The next frame, undefined when more octets are needed. After `fault` or `end` always undefined. */
  next(): Frame | undefined;
  /** A message, or what stands for one, as it goes out. */
  wrap(octets: Buffer): Buffer;
  /** A ping of its own kind, where there is one; what answers it is a `pong`. */
  ping?(): Buffer;
  /** What is said before we end the connection in good order. */
  farewell?(): Buffer | undefined;
}
