import { EMERGENCY_NUMBERS, normaliseNumber } from '../schema/number.ts';
import { parsePattern } from '../schema/pattern.ts';

/**
 * The public number that digits mean to whoever is sent them, E.164; undefined where they mean none that can be told. Read are the
 * writings that `normaliseNumber` reads, and 00 for 810. A plus before 810 changes nothing: no number of Japan goes on with 0, and
 * an operator who drops the plus reads a call abroad.
 *
 * @example publicNumberOf('00449011123456') === '+449011123456'
 */
export function publicNumberOf(sent: string): string | undefined {
  const abroad = /^(?:00|\+?810)([0-9]+)$/.exec(sent);
  const { kind, number } = normaliseNumber(abroad === null ? sent : `+${abroad[1]}`);
  return kind === 'e164' ? number : undefined;
}

/**
 * What is called when a number is dialled here and these digits are sent for it: E.164 where that can be told, else the digits. Digits
 * that are no public number by themselves and end with the whole of the dialled one (an operator's own prefix, or Russian numbers of
 * ten digits) mean that number.
 *
 * @param dialled as the router has it: E.164, or a short number
 */
export function calledBy(dialled: string, sent: string): string {
  const understood = publicNumberOf(sent);
  if (understood !== undefined) return understood;
  const whole = publicNumberOf(dialled);
  return whole !== undefined && sent.endsWith(whole.replace(/^\+7?/, '')) ? whole : sent;
}

/**
 * The numbers by which a call is judged, of which the strictest counts: what is called, and what was dialled where that is a public
 * number too. (Dialled digits that are none have no meaning of their own: '989161234567' is what a rule makes of it.)
 */
export function judgedNumbers(dialled: string, sent: string): readonly string[] {
  if (EMERGENCY_NUMBERS.includes(dialled)) return [dialled];
  const called = calledBy(dialled, sent);
  const whole = normaliseNumber(dialled);
  return whole.kind !== 'e164' || whole.number === called ? [called] : [whole.number, called];
}

/**
 * The pattern of what a rule sends, in E.164 where the writing can be told from its beginning: by it a rule says which numbers it means.
 *
 * @example sentPattern('9x*', '81049$1') === '+49x*'
 */
export function sentPattern(match: string, send?: string): string {
  const sent = send === undefined ? match : filledIn(send, match);
  if (isLiteral(sent)) return publicNumberOf(sent) ?? sent;
  const abroad = /^(?:00|\+?810)(.+)$/.exec(sent);
  if (abroad !== null) return `+${abroad[1]}`;
  // Of what begins with 7 or 8 nothing but numbers of Russia's length is a public number, so the length does not matter here.
  return /^[78]/.test(sent) ? `+7${sent.slice(1)}` : sent;
}

/** What is sent, with the variable parts of the rule's pattern as they are written there. */
function filledIn(send: string, match: string): string {
  const pattern = parsePattern(match);
  const runs = pattern.ok ? pattern.value.runs : [];
  return send.replace(/\$([1-9])/g, (_, digit) => runs[Number(digit) - 1] ?? '');
}

/** Whether a pattern matches one number only. */
export function isLiteral(pattern: string): boolean {
  return !/[xX[]/.test(pattern) && !pattern.endsWith('*');
}
