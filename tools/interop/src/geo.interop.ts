import { Countries, CountryDatabase } from '@vats/access';
import { formatAddress, isPrivateAddress, NetworkMap, parseAddress } from '@vats/kernel';
import { SeededRandom } from '@vats/kernel/testing';
import { expect } from 'vitest';
import { mmdblookup } from './mmdblookup.ts';
import { scenario } from './scenario.ts';

const ADDRESSES = 100_000;
/** Asked each by itself, whatever is known of its neighbours. */
const ONE_BY_ONE = 2_000;
const SEED = 20_261_127;

/** The first 16 bits of IPv6 addresses where the registries have given out most. */
const IN_USE = [
  0x2001, 0x2003, 0x2400, 0x2409, 0x240e, 0x2601, 0x2603, 0x2804, 0x2a00, 0x2a01, 0x2a02, 0x2a05, 0x2a0e,
].map((word) => [word >> 8, word & 255] as const);

// mmdblookup takes a process for each address, two minutes for all of them. But it also says for how large a network its answer
// holds, and the addresses lie in some 20,000 networks. So one address of each is asked, and the answer is taken for all that
// lie in the network that mmdblookup itself names. Only whom to ask is proposed by our reader of the file: an address that no
// answer holds for is asked in the next round, so a wrong proposal costs time and hides nothing.
scenario('100,000 random addresses are in the countries that mmdblookup says', { needs: ['mmdblookup'] }, async () => {
  const database = CountryDatabase.builtin();
  const countries = new Countries({}, database);
  const addresses = randomAddresses();
  const said = new Map<string, string | undefined>();
  for (const { address, country } of await mmdblookup(database.path, addresses.slice(0, ONE_BY_ONE))) {
    said.set(address, country);
  }
  for (let waiting = addresses.slice(ONE_BY_ONE); waiting.length > 0; ) {
    const proposed = new Map(waiting.map((address) => [database.networkOf(address), address]));
    const answers = await mmdblookup(database.path, [...proposed.values()]);
    const known = new NetworkMap(answers.map((answer) => [answer.network, answer] as const));
    waiting = waiting.filter((address) => {
      const answer = known.find(address);
      if (answer !== undefined) said.set(address, answer.country);
      return answer === undefined;
    });
  }
  expect(said.size).toBe(ADDRESSES);
  // Both families, with and without a country: random addresses that nobody has would prove nothing.
  const withCountry = addresses.filter((address) => said.get(address) !== undefined);
  expect(withCountry.filter((address) => !address.includes(':')).length).toBeGreaterThan(ADDRESSES / 4);
  expect(withCountry.filter((address) => address.includes(':')).length).toBeGreaterThan(ADDRESSES / 100);
  // Private networks are in no country for us, whatever the table says of them; the table itself is read alike for all.
  const expected = (address: string): string | undefined =>
    isPrivateAddress(parseAddress(address)!) ? undefined : said.get(address);
  expect(addresses.filter((address) => database.countryOf(address) !== said.get(address))).toEqual([]);
  const differing = addresses
    .filter((address) => countries.countryOf(address) !== expected(address))
    .map((address) => `${address}: ${countries.countryOf(address)}, mmdblookup: ${said.get(address)}`);
  expect(differing).toEqual([]);
});

/** Different addresses, half of them of IPv6: anywhere in 2000::/3, which is nearly empty, and one in five where networks are. */
function randomAddresses(): string[] {
  const random = new SeededRandom(SEED);
  const addresses = new Set<string>();
  while (addresses.size < ADDRESSES) {
    if (addresses.size % 2 === 0) {
      addresses.add(formatAddress(random.below(2 ** 32)));
    } else {
      const octets = random.bytes(16);
      const [high, low] =
        addresses.size % 10 === 1 ? IN_USE[random.below(IN_USE.length)]! : [0x20 | (octets[0]! & 0x1f)];
      octets[0] = high;
      octets[1] = low ?? octets[1]!;
      addresses.add(formatAddress(BigInt(`0x${octets.toString('hex')}`)));
    }
  }
  return [...addresses];
}
