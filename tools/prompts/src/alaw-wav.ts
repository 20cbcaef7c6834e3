import alawmulaw from 'alawmulaw';

/** What the telephone network carries, in Hz. */
export const ALAW_RATE = 8_000;

/** A WAV of A-law, one channel. */
export function alawWav(sound: Int16Array): Buffer {
  const data = alawmulaw.alaw.encode(sound);
  const header = Buffer.alloc(58);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(50 + data.length + (data.length % 2), 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(18, 16);
  header.writeUInt16LE(6, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(ALAW_RATE, 24);
  header.writeUInt32LE(ALAW_RATE, 28);
  header.writeUInt16LE(1, 32);
  header.writeUInt16LE(8, 34);
  header.write('fact', 38, 'latin1');
  header.writeUInt32LE(4, 42);
  header.writeUInt32LE(data.length, 46);
  header.write('data', 50, 'latin1');
  header.writeUInt32LE(data.length, 54);
  return Buffer.concat([header, data, Buffer.alloc(data.length % 2)]);
}
