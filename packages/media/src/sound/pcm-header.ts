const HEADER_OCTETS = 44;
const SAMPLE_OCTETS = 2;

/** The head of a WAV file of 16-bit samples that fill `dataOctets` behind it. */
export function pcmHeader(rate: number, channels: number, dataOctets: number): Buffer {
  const frame = channels * SAMPLE_OCTETS;
  const header = Buffer.alloc(HEADER_OCTETS);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEADER_OCTETS - 8 + dataOctets, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * frame, 28);
  header.writeUInt16LE(frame, 32);
  header.writeUInt16LE(8 * SAMPLE_OCTETS, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataOctets, 40);
  return header;
}
