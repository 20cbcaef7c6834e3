import { CaptureFault } from './capture-fault.ts';
import { CAPTURE_LIMITS, type Frame } from './frame.ts';
import { looksLikePcap, readPcap } from './read-pcap.ts';
import { looksLikePcapng, readPcapng } from './read-pcapng.ts';

/**
 * Reads the frames of a pcap or pcapng file, whichever it is.
 *
 * @param file its name, for errors
 * @throws CaptureFault with the octet where the file is damaged, cut, too large, or no capture at all
 */
export function readCapture(octets: Buffer, file: string): Generator<Frame> {
  if (octets.length > CAPTURE_LIMITS.file) {
    throw new CaptureFault(file, CAPTURE_LIMITS.file, `the file is larger than ${CAPTURE_LIMITS.file} octets`);
  }
  if (looksLikePcap(octets)) return readPcap(octets, file);
  if (looksLikePcapng(octets)) return readPcapng(octets, file);
  throw new CaptureFault(file, 0, octets.length === 0 ? 'the file is empty' : 'neither a pcap nor a pcapng file');
}
