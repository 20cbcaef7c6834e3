/**
 * What it costs to tell the country of an address, and to judge an address by a policy, beside the raw `maxmind` reader on the
 * same file in the same rounds.
 *
 *     node tools/bench/src/geo.ts [--rounds N] [--database FILE.mmdb]
 *
 * Addresses are random over all of IPv4, or over 2000::/3, and 100,000 in number: more than are remembered, so that each is
 * looked up. "Remembered" asks for 1,000 of them again and again, each time as text made anew from octets, as a socket
 * makes it; what making the text costs is a row by itself. Every country is compared with the raw reader's before anything
 * is measured.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CompiledPolicy, Countries, CountryDatabase } from '@vats/access';
import { formatAddress, isPrivateAddress, parseAddress } from '@vats/kernel';
import { SeededRandom } from '@vats/kernel/testing';
import { type CountryResponse, Reader } from 'maxmind';
import { circumstances } from './load/report.ts';
import { type Contestant, measure, printTable } from './measure.ts';

const { values: flags } = parseArgs({ options: { database: { type: 'string' }, rounds: { type: 'string' } } });
const options = { rounds: Number(flags.rounds ?? 7) };
const ADDRESSES = 100_000;
const AGAIN = 1_000;
const RAW = 'maxmind, raw';

const database = flags.database === undefined ? CountryDatabase.builtin() : CountryDatabase.open(flags.database);
const raw = new Reader<CountryResponse>(readFileSync(database.path));
// A cache that never empties is the best it can have; countries are few.
const rawWithCache = new Reader<CountryResponse>(readFileSync(database.path), { cache: new Map() });
const random = new SeededRandom(3);

console.log(circumstances());
console.log(`${database.path}, medians of ${options.rounds} interleaved rounds`);
tableOf(
  'IPv4',
  Array.from({ length: ADDRESSES }, () => formatAddress(random.below(2 ** 32))),
);
tableOf(
  'IPv6, in 2000::/3',
  Array.from({ length: ADDRESSES }, () => {
    const octets = random.bytes(16);
    octets[0] = 0x20 | (octets[0]! & 0x1f);
    return formatAddress(BigInt(`0x${octets.toString('hex')}`));
  }),
);

function tableOf(family: string, addresses: readonly string[]): void {
  const countries = new Countries({}, database);
  const overridden = new Countries(overrides(), database);
  const policy = new CompiledPolicy({ mode: 'russia', deny: Object.keys(overrides()) }, countries);
  compare(addresses, countries);
  const known = new Countries({}, database);
  const knownPolicy = new CompiledPolicy({ mode: 'russia' }, known);
  const next = turns(addresses);
  const again = textsAnew(addresses.slice(0, AGAIN));
  const contestants: Contestant[] = [
    { name: RAW, run: () => Number(raw.get(next()) === null) },
    { name: 'maxmind, records cached', run: () => Number(rawWithCache.get(next()) === null) },
    { name: 'vats database', run: () => Number(database.countryOf(next()) === undefined) },
    { name: 'vats, not remembered', run: () => Number(countries.countryOf(next()) === undefined) },
    { name: 'vats, not remembered, 1,000 overrides', run: () => Number(overridden.countryOf(next()) === undefined) },
    { name: 'vats, remembered, text made anew', run: () => Number(known.countryOf(again()) === undefined) },
    { name: '  the making of the text alone', run: () => again().length },
    { name: 'vats, policy, not remembered, deny of 1,000', run: () => Number(policy.judge(next()).admitted) },
    { name: 'vats, policy, remembered, text made anew', run: () => Number(knownPolicy.judge(again()).admitted) },
  ];
  printTable(family, measure(contestants, options), RAW);
}

/** A thousand networks of both families. */
function overrides(): Record<string, string> {
  const entries = Array.from({ length: 500 }, (_, i): [string, string][] => [
    [`10.${i >> 8}.${i & 255}.*`, 'RU'],
    [`2001:db8:${i.toString(16)}::/48`, 'RU'],
  ]);
  return Object.fromEntries(entries.flat());
}

/** Private addresses are in no country to us, whatever a table says of them. */
function isPrivate(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && isPrivateAddress(address);
}

function compare(addresses: readonly string[], countries: Countries): void {
  for (const address of addresses) {
    const record = raw.get(address) as { country_code?: string; country?: { iso_code?: string } } | null;
    const expected = record?.country_code ?? record?.country?.iso_code;
    const told = isPrivate(address) ? database.countryOf(address) : countries.countryOf(address);
    if (told !== expected) throw new Error(`${address}: ${told}, and the raw reader says ${expected}`);
  }
}

function turns<T>(values: readonly T[]): () => T {
  let turn = 0;
  return () => {
    if (turn === values.length) turn = 0;
    return values[turn++]!;
  };
}

/** The addresses one after another, each time as a string that nobody has seen before. */
function textsAnew(addresses: readonly string[]): () => string {
  const next = turns(addresses.map((address) => Buffer.from(address, 'latin1')));
  return () => next().toString('latin1');
}
