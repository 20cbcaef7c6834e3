/**
 * What it costs to parse an INVITE with SDP and read what a B2BUA needs, and to write one.
 *
 *     node tools/bench/src/parse.ts [--peers DIR] [--rounds N]
 *
 * DIR/node_modules may hold npm's `sip` (0.0.6), which then takes part in the same rounds. Every value that is read is
 * compared with what the message says before anything is measured.
 */
import { deepStrictEqual } from 'node:assert';
import { parseArgs } from 'node:util';
import { type Contestant, measure, printTable } from './measure.ts';
import { EXPECTED_FULL, EXPECTED_PLAIN, FULL_INVITE, PLAIN_INVITE } from './parse/messages.ts';
import { check, fieldsOf, parseRequest, readFields, writeAnswer, writeInvite } from './parse/ours.ts';
import { loadNpmSip, npmSipParsing, npmSipReading, npmSipWriting, splittingFloor } from './parse/peers.ts';

const { values: flags } = parseArgs({ options: { peers: { type: 'string' }, rounds: { type: 'string' } } });
const sip = loadNpmSip(flags.peers ?? process.env.VATS_BENCH_PEERS);
const options = { rounds: Number(flags.rounds ?? 7) };

deepStrictEqual(fieldsOf(parseRequest(PLAIN_INVITE)), EXPECTED_PLAIN);
deepStrictEqual(fieldsOf(parseRequest(FULL_INVITE)), EXPECTED_FULL);

console.log(`Node ${process.version}, medians of ${options.rounds} interleaved rounds`);
readingTable('Parse and read an INVITE with SDP', PLAIN_INVITE);
readingTable('Parse and read one with Route, Expires, Require and credentials too', FULL_INVITE);

const request = parseRequest(FULL_INVITE);
const body = request.body;
const writers: Contestant[] = [
  { name: 'vats, INVITE', run: () => writeInvite(body).length },
  { name: 'vats, 200 to an INVITE', run: () => writeAnswer(request, body).length },
];
if (sip !== undefined) writers.push(npmSipWriting(sip, body));
printTable(`Write an INVITE with SDP (${writeInvite(body).length} octets)`, measure(writers, options), 'npm sip');

function readingTable(title: string, octets: Buffer): void {
  const contestants: Contestant[] = [
    { name: 'vats, structure alone', run: () => parseRequest(octets).bytes.length },
    { name: 'vats', run: () => readFields(parseRequest(octets)) },
    { name: 'vats, with checkRequest', run: () => parseCheckRead(octets) },
    splittingFloor(octets),
  ];
  if (sip !== undefined) contestants.push(npmSipParsing(sip, octets), npmSipReading(sip, octets));
  printTable(`${title} (${octets.length} octets)`, measure(contestants, options), 'npm sip');
}

function parseCheckRead(octets: Buffer): number {
  const parsed = parseRequest(octets);
  return check(parsed) + readFields(parsed);
}
