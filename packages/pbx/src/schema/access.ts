import { parseNetwork } from '@vats/kernel';
import { z } from 'zod';
import { countryLetters } from './country.ts';
import { fault, remedyForOtherTypes, shown } from './fault.ts';

/**
 * True for the ways a person writes a network: an address, `203.0.113.0/24`, `192.168.1.16-32` (a range in the last
 * octet), `10.20.*`.
 */
export function isNetwork(text: string): boolean {
  // A zone names an interface of this machine, where a policy speaks of others.
  return !text.includes('%') && parseNetwork(text).ok;
}

/** What to write in the place of a text that is no network. */
function remedyForNetwork(text: string): string {
  if (text.includes('%'))
    return 'a zone (% and what follows) is not allowed: write the network without it, such as fe80::/10';
  if (text.trim() === '*') return 'write 0.0.0.0/0 for every IPv4 address, ::/0 for every IPv6 address';
  const parsed = parseNetwork(text);
  const fault = parsed.ok ? undefined : parsed.error.code;
  if (fault === 'bad-prefix-length') {
    return `write a prefix of ${text.includes(':') ? '0 to 128, such as 2001:db8::/32' : '0 to 32, such as 203.0.113.0/24'}`;
  }
  if (fault === 'bad-range') return 'write a range that runs upwards within 0 to 255, such as 192.168.1.16-32';
  return 'write 203.0.113.5, 203.0.113.0/24, 2001:db8::/32, 192.168.1.16-32 or 10.20.*';
}

/** What is wrong with a network that a person wrote. */
export function networkFault(text: string): { message: string; remedy: string } | undefined {
  if (isNetwork(text)) return undefined;
  return { message: `${shown(text)} is not an address or network`, remedy: remedyForNetwork(text) };
}

const networkUnless = (isGood: (text: string) => boolean) =>
  z.string().check((ctx) => {
    const wrong = isGood(ctx.value) ? undefined : networkFault(ctx.value);
    if (wrong !== undefined) ctx.issues.push({ ...fault(wrong.message, wrong.remedy), input: ctx.value });
  });

export const network = networkUnless(isNetwork);

/** Also one with a zone, which means the network without it: what is stored from before zones were refused must be read. */
const storedNetwork = networkUnless((text) => parseNetwork(text).ok);

/** So many networks one list may have: whatever asks it stays quick, and so does reading it while calls are up. */
export const NETWORKS_AT_MOST = 10_000;

const MERGE = 'merge neighbours into wider networks';
const MERGE_OR_ELSEWHERE = `${MERGE}, shut these out in the machine's firewall, or put them into a country table of your own (access.geo.database)`;

const listOf = (item: typeof network, remedy: string) =>
  z.array(item).check((ctx) => {
    const { length } = ctx.value;
    if (length <= NETWORKS_AT_MOST) return;
    ctx.issues.push({
      ...fault(`the list has ${length} networks, and ${NETWORKS_AT_MOST} are the most that one may have`, remedy),
      input: ctx.value,
    });
  });

/** A list of networks, of bounded length. */
export const networks = listOf(network, MERGE_OR_ELSEWHERE);
const storedNetworks = listOf(storedNetwork, MERGE_OR_ELSEWHERE);
/** The same of hosts that are known one by one, which neither firewall nor country table could say instead. */
export const storedHosts = listOf(storedNetwork, MERGE);

const MODES = ['any', 'russia', 'countries', 'list'] as const;

const LONG_FORM = remedyForOtherTypes('write a mapping such as { mode: list, allow: [203.0.113.0/24] }').error();

const longForm = z
  .strictObject(
    {
      mode: z.enum(MODES),
      /** ISO 3166 codes, for mode `countries`. */
      countries: z.array(countryLetters).exactOptional(),
      /** Networks that may come in whatever the country; with mode `list`, the only ones. */
      allow: storedNetworks.exactOptional(),
      /** Networks that are shut out whatever else is said. */
      deny: storedNetworks.exactOptional(),
      /** False for a dry run: who would be shut out is logged and counted, and comes in. */
      enforce: z.boolean().exactOptional(),
    },
    // Of keys that there are not, another word is said.
    { error: ({ code }) => (code === 'invalid_type' ? LONG_FORM : undefined) },
  )
  .check((ctx) => {
    const { mode, countries, allow } = ctx.value;
    if (mode === 'list' && (allow ?? []).length === 0) {
      ctx.issues.push({
        ...fault('mode list without allow lets nobody in', 'add allow: [203.0.113.0/24], or write access: any'),
        input: ctx.value,
      });
    }
    if (mode === 'countries' && (countries ?? []).length === 0) {
      ctx.issues.push({ ...fault('mode countries names no country', 'add countries: [RU]'), input: ctx.value });
    }
    if (mode !== 'countries' && countries !== undefined) {
      ctx.issues.push({
        ...fault(`countries has no meaning with mode ${mode}`, 'write mode: countries, or remove the key', [
          'countries',
        ]),
        input: ctx.value,
      });
    }
  });

/** Who may talk to a domain or an account, judged by the observed address: `any`, `russia`, or the long form. */
export const access = z.union([
  z.codec(z.enum(['any', 'russia', 'list', 'countries'], remedyForOtherTypes('write any, russia')), longForm, {
    decode: (mode) => ({ mode }),
    // A union writes the first form that fits, so the short one must refuse what it cannot say.
    encode: (policy, ctx) => {
      if (Object.keys(policy).length === 1) return policy.mode;
      ctx.issues.push({ ...fault('needs the long form', 'write it as a mapping'), input: policy });
      return z.NEVER;
    },
  }),
  longForm,
]);
export type AccessPolicy = z.output<typeof access>;
