import { type Network, networkOf } from '@vats/kernel';
import { run } from './child.ts';

/** What mmdblookup says of an address. */
export interface Looked {
  readonly address: string;
  readonly country: string | undefined;
  /** The network around it for which it would say the same. */
  readonly network: Network;
}

/** Asked by one shell; each takes a millisecond or two. */
const AT_ONCE = 1_000;
const SHELLS = 2;

/**
 * Asks mmdblookup for each address, a process for each, two of them at a time.
 *
 * @param addresses canonical literals
 * @throws Error when it says anything that is not understood
 */
export async function mmdblookup(database: string, addresses: readonly string[]): Promise<Looked[]> {
  const looked: Looked[] = [];
  for (let from = 0; from < addresses.length; from += SHELLS * AT_ONCE) {
    const parts = Array.from({ length: SHELLS }, (_, i) =>
      addresses.slice(from + i * AT_ONCE, from + (i + 1) * AT_ONCE),
    );
    looked.push(...(await Promise.all(parts.map((part) => askAll(database, part)))).flat());
  }
  return looked;
}

async function askAll(database: string, addresses: readonly string[]): Promise<Looked[]> {
  const lines = addresses.map((address) => `echo "= ${address}"; mmdblookup --verbose --file "$1" --ip ${address}`);
  // That nothing was found is said on standard error; each answer has a head so that it cannot be taken for another's.
  const input = ['exec 2>&1', ...lines, ''].join('\n');
  const ran = await run('sh', ['-s', '--', database], { input, milliseconds: 60_000 });
  const answers = ran.stdout.split(/^= /m).slice(1);
  if (answers.length !== addresses.length) {
    throw new Error(`${addresses.length} asked, ${answers.length} answered: ${ran.stderr}`);
  }
  return answers.map((answer, i) => understood(addresses[i]!, answer));
}

function understood(address: string, answer: string): Looked {
  const length = /Record prefix length: (\d+)/.exec(answer)?.[1];
  const country = /"country_code":\s*"([A-Z]{2})"/.exec(answer)?.[1];
  const unknown = answer.includes('Could not find an entry for this IP address');
  if (!answer.startsWith(`${address}\n`) || length === undefined || (country === undefined) !== unknown) {
    throw new Error(`mmdblookup said of ${address}: ${answer}`);
  }
  // In a database of both families an IPv4 address lies below 96 bits of zero, which mmdblookup counts.
  const bits = Number(length) - (address.includes(':') ? 0 : 96);
  return { address, country, network: networkOf(`${address}/${bits}`) };
}
