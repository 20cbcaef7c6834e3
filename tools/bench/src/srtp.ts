/**
 * What SRTP costs for a packet of 20 ms of G.711 (172 octets): protecting it, and protecting and opening it, by each suite; beside
 * copying it, which is all that a plain one needs, and beside werift-rtp's sessions where they are.
 *
 *     node tools/bench/src/srtp.ts [--peers DIR] [--rounds N]
 *
 * DIR/node_modules may hold npm's `werift-rtp` (0.8). A relay whose one leg is encrypted pays one of the two for each packet, one with two
 * such legs both.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CryptoSuite } from '@vats/media';
import { rtpPacket, SrtpPhone } from '@vats/media/testing';
import { type Contestant, measure, printTable } from './measure.ts';

/** Of werift-rtp 0.8, as far as it is used here. */
interface Werift {
  readonly SrtpSession: new (
    config: object,
  ) => {
    encrypt(payload: Buffer, header: unknown): Buffer;
    decrypt(packet: Buffer): Buffer;
  };
  readonly RtpHeader: { deSerialize(packet: Buffer): unknown };
}

const { values } = parseArgs({ options: { peers: { type: 'string' }, rounds: { type: 'string', default: '7' } } });
const SUITES: readonly (readonly [CryptoSuite, octets: number])[] = [
  ['AES_CM_128_HMAC_SHA1_80', 30],
  ['AES_CM_128_HMAC_SHA1_32', 30],
  ['AES_256_CM_HMAC_SHA1_80', 46],
  ['AEAD_AES_128_GCM', 28],
  ['AEAD_AES_256_GCM', 44],
];
/** werift's numbers of its two suites, and the length of their salts. */
const WERIFT_SUITES = [
  ['AES_CM_128_HMAC_SHA1_80', 1, 14],
  ['AEAD_AES_128_GCM', 7, 12],
] as const;
const PLAIN = 'copied, in clear';

/** Packets of one stream: each contestant's numbers go on from turn to turn. */
function packets(): () => Buffer {
  const packet = rtpPacket({ sequence: 0 });
  let sequence = 0;
  return () => {
    packet.writeUInt16BE(sequence++ & 0xffff, 2);
    return packet;
  };
}

const plain = packets();
const contestants: Contestant[] = [{ name: PLAIN, run: () => Buffer.from(plain()).length }];
for (const [suite, octets] of SUITES) {
  const key = Buffer.alloc(octets, 7).toString('base64');
  const [first, second] = [packets(), packets()];
  const sender = new SrtpPhone(suite, { sends: key, hears: key });
  const both = new SrtpPhone(suite, { sends: key, hears: key });
  contestants.push({ name: `${suite}, protected`, run: () => sender.protect(first()).length });
  contestants.push({ name: `${suite}, and opened`, run: () => both.open(both.protect(second())).length });
}
const werift = loadWerift(values.peers);
if (werift !== undefined) {
  for (const [suite, profile, salt] of WERIFT_SUITES) {
    const [key, saltOctets] = [Buffer.alloc(16, 7), Buffer.alloc(salt, 7)];
    const keys = {
      localMasterKey: key,
      localMasterSalt: saltOctets,
      remoteMasterKey: key,
      remoteMasterSalt: saltOctets,
    };
    const [sender, both] = [0, 1].map(() => new werift.SrtpSession({ keys, profile }));
    const [first, second] = [packets(), packets()];
    const protect = (session: typeof sender, clear: Buffer): Buffer =>
      session!.encrypt(clear.subarray(12), werift.RtpHeader.deSerialize(clear));
    contestants.push({ name: `werift ${suite}, protected`, run: () => protect(sender, first()).length });
    contestants.push({ name: `werift ${suite}, and opened`, run: () => both!.decrypt(protect(both, second())).length });
  }
}
console.log(`Node ${process.version}, medians of ${values.rounds} interleaved rounds`);
printTable('A packet of 172 octets', measure(contestants, { rounds: Number(values.rounds) }), PLAIN);

function loadWerift(directory: string | undefined): Werift | undefined {
  if (directory === undefined) {
    console.log('werift-rtp: absent (name a directory whose node_modules holds it: --peers DIR)');
    return undefined;
  }
  return createRequire(join(directory, 'node_modules', 'x.js'))('werift-rtp') as Werift;
}
