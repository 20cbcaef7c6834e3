import { answerStun } from '@vats/sip/testing';
import { demand, type Target } from '../target.ts';

const SOURCES = [
  { address: '192.0.2.7', port: 50_000 },
  { address: '2001:db8::7', port: 50_000 },
];

/** Whatever looks like STUN gets an answer of its own transaction, which is never much longer than the question, or none. */
function run(octets: Buffer): void {
  for (const from of SOURCES) {
    const before = Buffer.from(octets);
    const answer = answerStun(octets, from);
    demand(octets.equals(before), 'the datagram was changed');
    if (typeof answer === 'string') continue;
    demand(answer.length <= octets.length + 72, 'it is of use against others: the answer is too long');
    demand(answer.subarray(4, 20).equals(octets.subarray(4, 20)), 'the answer is of another transaction');
    demand(answer.readUInt16BE(2) === answer.length - 20 && answer.length % 4 === 0, 'the answer is malformed');
    demand(answerStun(answer, from) === 'unanswered', 'an answer is answered');
  }
}

const HEAD = '\x00\x01\x00\x00\x21\x12\xa4\x42twelveoctets';

export const TARGETS: Readonly<Record<string, Target>> = {
  stun: {
    run,
    longest: 600,
    seeds: [
      HEAD,
      '\x00\x01\x00\x08\x21\x12\xa4\x42twelveoctets\x80\x22\x00\x04vats',
      '\x00\x01\x00\x08\x21\x12\xa4\x42twelveoctets\x00\x99\x00\x01x\x00\x00\x00',
    ],
    words: [
      '\x21\x12\xa4\x42',
      '\x80\x28\x00\x04',
      '\x00\x06\x00\x04',
      '\x00\x08',
      '\x01\x01',
      '\x00\x04',
      '\x00\x24\x00\x04',
    ],
  },
};
