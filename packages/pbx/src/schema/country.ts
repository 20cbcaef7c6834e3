import { z } from 'zod';
import { fault, shown } from './fault.ts';

/** ISO 3166-1 alpha-2, as assigned; and XK, which country tables write for Kosovo. */
const COUNTRIES: ReadonlySet<string> = new Set(
  `AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
  CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
  GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
  KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT
  MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
  SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
  UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW`.split(/\s+/),
);

/** Codes that people write, and the one that is meant. */
const MEANT: Readonly<Record<string, string>> = { UK: 'GB', EL: 'GR', SU: 'RU' };

/** What is wrong with a country's code: nobody is in one that does not exist, so a slip would shut people out in silence. */
export function countryFault(text: string): { message: string; remedy: string } | undefined {
  if (COUNTRIES.has(text)) return undefined;
  const capitals = text.toUpperCase();
  const meant = MEANT[capitals] ?? (COUNTRIES.has(capitals) ? capitals : undefined);
  const remedy = meant === undefined ? 'write two capital letters by ISO 3166, such as RU' : `did you mean ${meant}?`;
  return { message: `${shown(text)} is not a country code`, remedy };
}

/** The code of a country that there is. */
export const country = z.string().check((ctx) => {
  const wrong = countryFault(ctx.value);
  if (wrong !== undefined) ctx.issues.push({ ...fault(wrong.message, wrong.remedy), input: ctx.value });
});

/** Two capital letters: what a policy may hold that was stored before it was asked whether there is such a country. */
export const countryLetters = z.string().check((ctx) => {
  const wrong = /^[A-Z]{2}$/.test(ctx.value) ? undefined : countryFault(ctx.value);
  if (wrong !== undefined) ctx.issues.push({ ...fault(wrong.message, wrong.remedy), input: ctx.value });
});
