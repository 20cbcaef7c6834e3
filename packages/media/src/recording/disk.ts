import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs';

/** What finishing a recording does to the disk; a test lets any of it fail. It may block: it has a thread of its own. */
export const DISK = {
  exists: existsSync,
  open: (path: string, flags: 'r' | 'r+' | 'w') => openSync(path, flags, 0o600),
  size: (file: number) => fstatSync(file).size,
  read: (file: number, into: Buffer, length: number, position: number) => readSync(file, into, 0, length, position),
  write: (file: number, octets: Uint8Array, position: number) => {
    for (let at = 0; at < octets.length; ) at += writeSync(file, octets, at, octets.length - at, position + at);
  },
  truncate: ftruncateSync,
  sync: fsyncSync,
  close: closeSync,
  rename: renameSync,
  remove: unlinkSync,
};
export type Disk = typeof DISK;

/** Does something with a file, which is closed whatever comes of it. */
export function withFile<T>(disk: Disk, path: string, flags: 'r' | 'r+' | 'w', use: (file: number) => T): T {
  const file = disk.open(path, flags);
  try {
    return use(file);
  } finally {
    disk.close(file);
  }
}

const PORTION = 65_536;

/** The octets of a file from `position` on, in portions that are each other's memory: use one before the next. */
export function* portionsOf(disk: Disk, file: number, position: number, until: number): Generator<Buffer> {
  const portion = Buffer.allocUnsafe(PORTION);
  while (position < until) {
    const got = disk.read(file, portion, Math.min(PORTION, until - position), position);
    if (got === 0) return;
    position += got;
    yield portion.subarray(0, got);
  }
}

/** A whole small file as text. */
export function readText(disk: Disk, path: string, atMost: number): string {
  return withFile(disk, path, 'r', (file) => {
    const size = Math.min(disk.size(file), atMost);
    return Buffer.concat([...portionsOf(disk, file, 0, size)].map((portion) => Buffer.from(portion))).toString();
  });
}

/** Puts a file in its place at once: there is the old one, or none, or the whole new one, whatever happens. */
export function putWhole(disk: Disk, path: string, write: (file: number) => void): void {
  const draft = `${path}.part`;
  withFile(disk, draft, 'w', (file) => {
    write(file);
    disk.sync(file);
  });
  disk.rename(draft, path);
}
