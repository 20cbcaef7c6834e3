import { DISK, type Disk, portionsOf, withFile } from './disk.ts';
import { SEALED } from './recording-files.ts';
import { fileKey, HEADER_OCTETS, readSealedHeader } from './sealed-format.ts';
import { LostHeaderError, openSegments, readHeader, readLayout, SealedFileError } from './sound-file.ts';
import { FRAME_OCTETS, wavHeader } from './wav-header.ts';

/** A recording as others can play it. */
export interface OpenRecording {
  /** Of its name: `.wav`, `.mp3`, `.ogg`, `.opus`. */
  readonly extension: string;
  /** How the file ends: `more` for one that is being written yet, or was cut off. Of one that is not encrypted always `end`. */
  readonly end: 'more' | 'end' | 'cut';
  /** The whole file, decrypted: use one before the next. @throws SealedFileError where it was changed, or the key is another */
  octets(): Generator<Uint8Array>;
}

/** The key of one encrypted file, which opens that file alone; undefined for a file without a header. @throws SealedFileError */
export function fileKeyOf(path: string, domainKey: Uint8Array, disk: Disk = DISK): Buffer | undefined {
  const header = withFile(disk, path, 'r', (file) => readHeader(disk, file));
  return header && fileKey(domainKey, header.salt);
}

/** The same, of the octets that the file begins with. @throws SealedFileError */
export function fileKeyOfBeginning(beginning: Buffer, domainKey: Uint8Array): Buffer | undefined {
  if (beginning.length < HEADER_OCTETS) return undefined;
  const said = readSealedHeader(beginning);
  if (said === undefined) throw new LostHeaderError('it does not begin as an encrypted recording does');
  return fileKey(domainKey, said.salt);
}

/**
 * Opens a recording: a plain one as it is, an encrypted one with its file's key; sound that lies there as G.711 gets a header.
 *
 * @throws SealedFileError, or what the file system says
 */
export function openRecording(path: string, key: Buffer | undefined, disk: Disk = DISK): OpenRecording {
  if (!path.endsWith(SEALED)) {
    return { extension: path.slice(path.lastIndexOf('.')), end: 'end', octets: () => plainOctets(disk, path) };
  }
  const layout = withFile(disk, path, 'r', (file) => readLayout(disk, file));
  if (layout === undefined) throw new SealedFileError('it ends before its header does');
  if (key === undefined) throw new SealedFileError('there is no key for it');
  const { content, textOctets, end } = layout;
  const extension = content === 'PCMA' || content === 'PCMU' ? '.wav' : `.${content}`;
  return {
    extension,
    end,
    *octets() {
      const file = disk.open(path, 'r');
      try {
        if (content === 'PCMA' || content === 'PCMU') yield wavHeader(content, Math.floor(textOctets / FRAME_OCTETS));
        yield* openSegments(disk, file, layout, key);
      } finally {
        disk.close(file);
      }
    },
  };
}

function* plainOctets(disk: Disk, path: string): Generator<Uint8Array> {
  const file = disk.open(path, 'r');
  try {
    yield* portionsOf(disk, file, 0, disk.size(file));
  } finally {
    disk.close(file);
  }
}
