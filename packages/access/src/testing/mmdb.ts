import { type Network, networkOf } from '@vats/kernel';

export interface MmdbOptions {
  /** 6 unless given. */
  readonly ipVersion?: 4 | 6;
  /** Bits of a record: 24 unless given. */
  readonly recordSize?: 24 | 28 | 32;
  readonly databaseType?: string;
  /** Wall time in ms, kept in whole seconds; null for a file that does not say. */
  readonly builtAt?: number | null;
  /** What else the file says of itself. */
  readonly metadata?: { readonly [key: string]: MmdbValue };
}

/** A buffer is a value as it stands in the file, good or bad. */
export type MmdbValue = string | number | Buffer | { readonly [key: string]: MmdbValue };

/** A node's two sides: another node, the index of a record, or nothing. */
type Side = Node | number | undefined;
interface Node {
  sides: [Side, Side];
}

/**
 * A small database in MaxMind DB format. A later network takes its addresses from an earlier one around it.
 *
 * @param records networks of prefix form, and what is said of each
 */
export function writeMmdb(
  records: readonly (readonly [network: string, record: MmdbValue])[],
  options: MmdbOptions = {},
): Buffer {
  const { ipVersion = 6, recordSize = 24, databaseType = 'Test-Country', builtAt = 1_700_000_000_000 } = options;
  const root: Node = { sides: [undefined, undefined] };
  records.forEach(([text], index) => {
    insert(root, bitsOf(networkOf(text), ipVersion), index);
  });
  const nodes: Node[] = [];
  number(root, nodes);
  const indexOf = new Map(nodes.map((node, i) => [node, i]));
  const data: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const [, record] of records) {
    const octets = encode(record);
    offsets.push(offset);
    data.push(octets);
    offset += octets.length;
  }
  const pointer = (side: Side): number => {
    if (side === undefined) return nodes.length;
    return typeof side === 'number' ? nodes.length + 16 + offsets[side]! : indexOf.get(side)!;
  };
  const tree = nodes.map(({ sides: [left, right] }) => encodeNode(pointer(left), pointer(right), recordSize));
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    ...(builtAt !== null && { build_epoch: Math.floor(builtAt / 1000) }),
    database_type: databaseType,
    ip_version: ipVersion,
    node_count: nodes.length,
    record_size: recordSize,
    ...options.metadata,
  });
  return Buffer.concat([
    ...tree,
    Buffer.alloc(16),
    ...data,
    Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
    metadata,
  ]);
}

function bitsOf(network: Network, ipVersion: 4 | 6): string {
  // In a tree of IPv6 the addresses of IPv4 lie below 96 bits of zero.
  const width = network.family === 4 && ipVersion === 4 ? 32 : 128;
  const size = BigInt(network.last) - BigInt(network.first) + 1n;
  const free = size.toString(2).length - 1;
  return BigInt(network.first)
    .toString(2)
    .padStart(width, '0')
    .slice(0, width - free);
}

function insert(root: Node, bits: string, record: number): void {
  let node = root;
  for (const bit of bits.slice(0, -1)) {
    const side = Number(bit) as 0 | 1;
    let next = node.sides[side];
    if (typeof next !== 'object') {
      next = { sides: [next, next] };
      node.sides[side] = next;
    }
    node = next;
  }
  node.sides[Number(bits.at(-1)) as 0 | 1] = record;
}

function number(node: Node, nodes: Node[]): void {
  nodes.push(node);
  for (const side of node.sides) if (typeof side === 'object') number(side, nodes);
}

function encodeNode(left: number, right: number, recordSize: 24 | 28 | 32): Buffer {
  const octets = Buffer.alloc(recordSize / 4);
  if (recordSize === 28) {
    octets.writeUIntBE(left & 0xffffff, 0, 3);
    octets[3] = ((left >>> 24) << 4) | (right >>> 24);
    octets.writeUIntBE(right & 0xffffff, 4, 3);
  } else {
    octets.writeUIntBE(left, 0, recordSize / 8);
    octets.writeUIntBE(right, recordSize / 8, recordSize / 8);
  }
  return octets;
}

function encode(value: MmdbValue): Buffer {
  if (typeof value === 'string') {
    const octets = Buffer.from(value);
    return Buffer.concat([control(2, octets.length), octets]);
  }
  if (typeof value === 'number') return encodeNumber(value);
  if (Buffer.isBuffer(value)) return value;
  const entries = Object.entries(value);
  return Buffer.concat([control(7, entries.length), ...entries.flatMap(([key, held]) => [encode(key), encode(held)])]);
}

function encodeNumber(value: number): Buffer {
  const octets = Buffer.alloc(value < 2 ** 32 ? 4 : 8);
  if (value < 0) octets.writeInt32BE(value);
  else if (octets.length === 4) octets.writeUInt32BE(value);
  else octets.writeBigUInt64BE(BigInt(value));
  // Types above 7 are written in an octet of their own: int32 is the eighth, uint64 the ninth.
  if (value < 0) return Buffer.concat([Buffer.of(4, 1), octets]);
  return octets.length === 4 ? Buffer.concat([control(6, 4), octets]) : Buffer.concat([Buffer.of(8, 2), octets]);
}

function control(type: number, size: number): Buffer {
  if (size < 29) return Buffer.of((type << 5) | size);
  if (size < 285) return Buffer.of((type << 5) | 29, size - 29);
  throw new RangeError(`mmdb: ${size} is longer than any test needs`);
}
