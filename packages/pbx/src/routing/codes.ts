import type { Domain } from '../model/model.ts';
import type { Codes } from '../schema/codes.ts';

/** What a code orders. */
export type Feature = keyof Codes;

/** What may follow a code. */
export type CodeDigits = 'group' | 'extension' | 'number';

interface FeatureFacts {
  /** What holds where a domain says nothing. */
  readonly code: string;
  readonly digits?: CodeDigits;
}

const FEATURES: Readonly<Record<Feature, FeatureFacts>> = {
  echo: { code: '*43' },
  login: { code: '*45', digits: 'group' },
  logout: { code: '*46', digits: 'group' },
  pause: { code: '*47' },
  resume: { code: '*48' },
  voicemail: { code: '*98', digits: 'extension' },
  pickup: { code: '*8', digits: 'extension' },
  returnCall: { code: '*69' },
  dnd: { code: '*78' },
  disturb: { code: '*79' },
  forward: { code: '*72', digits: 'number' },
  unforward: { code: '*73' },
  forwardBusy: { code: '*90', digits: 'number' },
  unforwardBusy: { code: '*91' },
  forwardNoAnswer: { code: '*92', digits: 'number' },
  unforwardNoAnswer: { code: '*93' },
};

const DEFAULTS = Object.fromEntries(Object.entries(FEATURES).map(([feature, { code }]) => [feature, code]));

/** The codes of a domain; a feature without one is not there. */
export function codesOf({ settings }: Pick<Domain, 'settings'>): readonly (readonly [Feature, string])[] {
  const all = Object.entries({ ...DEFAULTS, ...settings.codes }) as [Feature, string][];
  return all.filter(([, code]) => code !== 'none');
}

/** What the digits mean that may follow a feature's code; undefined where none may. */
export function digitsAfter(feature: Feature): CodeDigits | undefined {
  return FEATURES[feature].digits;
}

/** Whether this, dialled behind a feature's code, belongs to it. */
export function mayFollow(feature: Feature, digits: string): boolean {
  if (digits === '') return true;
  const what = digitsAfter(feature);
  return what !== undefined && (what === 'number' ? /^\+?[0-9]+$/ : /^[0-9]+$/).test(digits);
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
    if (mayFollow(feature, digits)) return { feature, digits, code };
  }
  return undefined;
}
