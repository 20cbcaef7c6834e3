import { quoted } from './params.ts';
import type { HeaderField } from './write-message.ts';

/** Who warns: a token that names nobody (RFC 3261 §20.43), as the user of an `o=` of ours does. */
const AGENT = '-';
const MISCELLANEOUS = 399;

/** Tells whoever reads the trace why something was refused (RFC 3261 §20.43). @param code 399 where none says more of it */
export function warning(text: string, code: number = MISCELLANEOUS): HeaderField {
  return ['Warning', `${code} ${AGENT} ${quoted(text)}`];
}
