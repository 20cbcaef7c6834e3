import { parseNetwork } from '@vats/kernel';
import { z } from 'zod';
import { fault, textThat } from './fault.ts';

/**
 * True for the ways a person writes a network: an address, `203.0.113.0/24`, `192.168.1.16-32` (a range in the last
 * octet), `10.20.*`.
 */
export function isNetwork(text: string): boolean {
  return parseNetwork(text).ok;
}

export const network = textThat(
  isNetwork,
  (text) => `${text} is not an address or network`,
  'write 203.0.113.5, 203.0.113.0/24, 2001:db8::/32, 192.168.1.16-32 or 10.20.*',
);

/** So many networks one list may have: whatever asks it stays quick, and so does reading it while calls are up. */
export const NETWORKS_AT_MOST = 10_000;

/** A list of networks, of bounded length. */
export const networks = z.array(network).check((ctx) => {
  const { length } = ctx.value;
  if (length <= NETWORKS_AT_MOST) return;
  const remedy =
    "merge neighbours into wider networks, shut these out in the machine's firewall, or put them into a country table of your own (access.geo.database)";
  ctx.issues.push({
    ...fault(`the list has ${length} networks, and ${NETWORKS_AT_MOST} are the most that one may have`, remedy),
    input: ctx.value,
  });
});

const country = textThat(
  (text) => /^[A-Z]{2}$/.test(text),
  (text) => `${text} is not a country code`,
  'write two capital letters by ISO 3166, such as RU',
);

const MODES = ['any', 'russia', 'countries', 'list'] as const;

const longForm = z
  .strictObject({
    mode: z.enum(MODES),
    /** ISO 3166 codes, for mode `countries`. */
    countries: z.array(country).exactOptional(),
    /** Networks that may come in whatever the country; with mode `list`, the only ones. */
    allow: networks.exactOptional(),
    /** Networks that are shut out whatever else is said. */
    deny: networks.exactOptional(),
    /** False for a dry run: who would be shut out is logged and counted, and comes in. */
    enforce: z.boolean().exactOptional(),
  })
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
  z.codec(z.enum(['any', 'russia', 'list', 'countries']), longForm, {
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
