import { MmdbSection } from './mmdb-section.ts';
import type { TreeForm } from './search-tree.ts';

const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
/** Octets of zero between the tree and the records. */
const SEPARATOR = 16;

/** What an .mmdb file says of itself. */
export interface MmdbMetadata extends TreeForm {
  readonly databaseType: string | undefined;
  /** Seconds since 1970; undefined where the file does not say when it was made. */
  readonly buildEpoch: number | undefined;
  readonly treeOctets: number;
  /** The records, behind the tree. */
  readonly records: MmdbSection;
}

/** Reads the end of an .mmdb file; undefined when it is none, or only a part of one. */
export function readMetadata(octets: Buffer): MmdbMetadata | undefined {
  const marker = octets.lastIndexOf(MARKER);
  if (marker < 0) return undefined;
  const start = marker + MARKER.length;
  const section = new MmdbSection(octets, start, octets.length);
  const numberOf = (key: string): number | undefined => section.number(section.find(start, key));
  const nodeCount = numberOf('node_count') ?? 0;
  const recordSize = numberOf('record_size');
  const ipVersion = numberOf('ip_version');
  if (recordSize !== 24 && recordSize !== 28 && recordSize !== 32) return undefined;
  if (ipVersion !== 4 && ipVersion !== 6) return undefined;
  const treeOctets = (nodeCount * recordSize) / 4;
  if (!(nodeCount > 0) || treeOctets + SEPARATOR > marker) return undefined;
  return {
    nodeCount,
    recordSize,
    ipVersion,
    databaseType: section.text(section.find(start, 'database_type')),
    buildEpoch: numberOf('build_epoch'),
    treeOctets,
    records: new MmdbSection(octets, treeOctets + SEPARATOR, marker),
  };
}
