import { type Endpoint, formatEndpoint } from '@vats/kernel';

/** One TCP segment out of a capture. */
export interface Segment {
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly sequence: number;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  readonly payload: Buffer;
}

/** Octets of one direction of a connection, in the order in which they were written. */
export interface Stretch {
  /** Number of the connection, from 1, in the order of their beginnings. */
  readonly connection: number;
  /** Who asked for the connection. */
  readonly opener: Endpoint;
  readonly from: Endpoint;
  readonly to: Endpoint;
  readonly octets: Buffer;
  /** True when octets before these never were captured. */
  readonly afterGap: boolean;
}

const MOST_CONNECTIONS = 4_096;
/** Octets of one direction that may wait for an earlier segment. */
const MOST_WAITING = 1024 * 1024;
const MOST_WAITING_SEGMENTS = 1_024;

/** Reads a TCP header; undefined when it is damaged or cut short. */
export function readSegment(source: string, destination: string, octets: Buffer): Segment | undefined {
  if (octets.length < 20) return undefined;
  const headerLength = (octets[12]! >>> 4) * 4;
  if (headerLength < 20 || headerLength > octets.length) return undefined;
  const flags = octets[13]!;
  return {
    from: { address: source, port: octets.readUInt16BE(0) },
    to: { address: destination, port: octets.readUInt16BE(2) },
    sequence: octets.readUInt32BE(4),
    syn: (flags & 0x02) !== 0,
    ack: (flags & 0x10) !== 0,
    fin: (flags & 0x01) !== 0,
    rst: (flags & 0x04) !== 0,
    payload: octets.subarray(headerLength),
  };
}

interface Waiting {
  readonly sequence: number;
  readonly payload: Buffer;
}

/** One direction: what is delivered, and what waits for an earlier segment. */
class Direction {
  /** Sequence number of the next octet to deliver; undefined until the first segment is seen. */
  next: number | undefined;
  readonly waiting: Waiting[] = [];
  afterGap = false;

  /** Delivers what is in order now. */
  *take(sequence: number, payload: Buffer): Generator<Buffer> {
    this.next ??= sequence;
    if (payload.length > 0) this.waiting.push({ sequence, payload });
    const octets = this.waiting.reduce((sum, each) => sum + each.payload.length, 0);
    yield* this.#inOrder();
    if (octets > MOST_WAITING || this.waiting.length > MOST_WAITING_SEGMENTS) yield* this.flush();
  }

  /** Gives up on what is missing and delivers the rest. */
  *flush(): Generator<Buffer> {
    while (this.waiting.length > 0) {
      let earliest = this.waiting[0]!;
      for (const each of this.waiting) if (distance(earliest.sequence, each.sequence) < 0) earliest = each;
      if (this.next === undefined || distance(this.next, earliest.sequence) > 0) {
        this.next = earliest.sequence;
        this.afterGap = true;
      }
      yield* this.#inOrder();
    }
  }

  *#inOrder(): Generator<Buffer> {
    for (let found = true; found; ) {
      found = false;
      for (const [i, { sequence, payload }] of this.waiting.entries()) {
        const known = -distance(this.next!, sequence); // octets of this segment that were delivered before
        if (known < 0) continue;
        this.waiting.splice(i, 1);
        found = true;
        if (known < payload.length) {
          this.next = (this.next! + payload.length - known) >>> 0;
          yield payload.subarray(known);
        }
        break;
      }
    }
  }
}

interface Connection {
  readonly number: number;
  readonly opener: Endpoint;
  readonly directions: Map<string, Direction>;
}

/** Puts the segments of TCP connections in order: retransmissions fall away, early ones wait, gaps are told of. */
export class TcpReassembly {
  readonly #connections = new Map<string, Connection>();
  #numbers = 0;

  *take(segment: Segment): Generator<Stretch> {
    const key = keyOf(segment);
    const opening = segment.syn && !segment.ack;
    let connection = this.#connections.get(key);
    if (opening && connection !== undefined && !this.#isRepeatedSyn(connection, segment)) {
      yield* this.#flush(connection);
      connection = undefined; // the same two ports again: another connection
    }
    if (connection === undefined) {
      if (segment.rst) return;
      connection = this.#start(key, segment);
    }
    const direction = directionOf(connection, segment);
    if (segment.syn) {
      direction.next ??= (segment.sequence + 1) >>> 0;
      return;
    }
    if (segment.rst) return;
    for (const octets of direction.take(segment.sequence, segment.payload)) {
      yield stretch(connection, segment, direction, octets);
    }
  }

  /** What still waits when the capture ends. */
  *rest(): Generator<Stretch> {
    for (const connection of this.#connections.values()) yield* this.#flush(connection);
  }

  #start(key: string, segment: Segment): Connection {
    if (this.#connections.size >= MOST_CONNECTIONS) {
      const [oldest] = this.#connections.keys();
      if (oldest !== undefined) this.#connections.delete(oldest);
    }
    // A capture that began in the middle has no SYN: whoever speaks first is taken for the opener, unless it answers one.
    const opener = segment.syn && segment.ack ? segment.to : segment.from;
    const connection: Connection = { number: ++this.#numbers, opener, directions: new Map() };
    this.#connections.delete(key);
    this.#connections.set(key, connection);
    return connection;
  }

  #isRepeatedSyn(connection: Connection, segment: Segment): boolean {
    const next = directionOf(connection, segment).next;
    return next === undefined || next === (segment.sequence + 1) >>> 0;
  }

  *#flush(connection: Connection): Generator<Stretch> {
    for (const [name, direction] of connection.directions) {
      const [from, to] = name.split(' ').map(endpointOf) as [Endpoint, Endpoint];
      for (const octets of direction.flush()) yield stretch(connection, { from, to }, direction, octets);
    }
  }
}

function stretch(
  { number, opener }: Connection,
  { from, to }: Pick<Segment, 'from' | 'to'>,
  direction: Direction,
  octets: Buffer,
): Stretch {
  const { afterGap } = direction;
  direction.afterGap = false;
  return { connection: number, opener, from, to, octets, afterGap };
}

function directionOf(connection: Connection, { from, to }: Segment): Direction {
  const name = `${formatEndpoint(from)} ${formatEndpoint(to)}`;
  const known = connection.directions.get(name);
  if (known !== undefined) return known;
  const direction = new Direction();
  connection.directions.set(name, direction);
  return direction;
}

function keyOf({ from, to }: Segment): string {
  return [formatEndpoint(from), formatEndpoint(to)].sort().join(' ');
}

function endpointOf(text: string): Endpoint {
  const colon = text.lastIndexOf(':');
  return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

/** How far `to` lies behind `from` in the circle of sequence numbers, from -2^31 to 2^31-1. */
function distance(from: number, to: number): number {
  return (to - from) | 0;
}
