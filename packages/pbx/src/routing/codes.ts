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
  voicemail: '*98',
};

/** Features whose code may be followed by digits, the extension that it is about. */
const WITH_EXTENSION: ReadonlySet<Feature> = new Set(['login', 'logout', 'voicemail']);

/** The codes of a domain; a feature without one is not there. */
export function codesOf({ settings }: Pick<Domain, 'settings'>): readonly (readonly [Feature, string])[] {
  const all = Object.entries({ ...DEFAULTS, ...settings.codes }) as [Feature, string][];
  return all.filter(([, code]) => code !== 'none');
}

/** Whether digits may follow a feature's code. */
export function takesExtension(feature: Feature): boolean {
  return WITH_EXTENSION.has(feature);
}

/** What somebody orders by what they dialled. */
export interface Ordered {
  readonly feature: Feature;
  /** Behind the code; empty where there are none. */
  readonly digits: string;
  readonly code: string;
}

/** Undefined where what they dialled is no code. */
export function featureOf(domain: Pick<Domain, 'settings'>, dialled: string): Ordered | undefined {
  if (!dialled.startsWith('*')) return undefined;
  for (const [feature, code] of codesOf(domain)) {
    if (!dialled.startsWith(code)) continue;
    const digits = dialled.slice(code.length);
    if (digits === '' || (takesExtension(feature) && /^[0-9]+$/.test(digits))) return { feature, digits, code };
  }
  return undefined;
}
