import type { Domain } from '../model/model.ts';
import type { Codes } from '../schema/codes.ts';

/** What a code orders. */
export type Feature = keyof Codes;

/** What holds where a domain says nothing. */
const DEFAULTS: Readonly<Record<Feature, string>> = {
  echo: '*43',
  login: '*45',
  logout: '*46',
  pause: '*47',
  resume: '*48',
};

/** Features whose code may be followed by digits, the extension of a group. */
const WITH_GROUP: ReadonlySet<Feature> = new Set(['login', 'logout']);

/** The codes of a domain; a feature without one is not there. */
export function codesOf({ settings }: Pick<Domain, 'settings'>): readonly (readonly [Feature, string])[] {
  const all = Object.entries({ ...DEFAULTS, ...settings.codes }) as [Feature, string][];
  return all.filter(([, code]) => code !== 'none');
}

/** Whether digits may follow a feature's code. */
export function takesGroup(feature: Feature): boolean {
  return WITH_GROUP.has(feature);
}

/** What somebody orders by what they dialled, and the digits behind the code. */
export function featureOf(
  domain: Pick<Domain, 'settings'>,
  dialled: string,
): { readonly feature: Feature; readonly digits: string; readonly code: string } | undefined {
  if (!dialled.startsWith('*')) return undefined;
  for (const [feature, code] of codesOf(domain)) {
    if (!dialled.startsWith(code)) continue;
    const digits = dialled.slice(code.length);
    if (digits === '' || (takesGroup(feature) && /^[0-9]+$/.test(digits))) return { feature, digits, code };
  }
  return undefined;
}
