import { fromWire, type SipRequest, targetWithoutRoutes } from '@vats/sip';

/** What a Request-URI asks for. */
export interface Dialled {
  /** The user part as a person would read it, or the digits of a tel URI. */
  readonly dialled: string;
  /** The host part; a tel URI has none. */
  readonly host?: string;
}

/**
 * Undefined when the Request-URI names nobody.
 * @param isOurs whether a host means us: a Route to us is no part of what was dialled
 */
export function dialledOf(request: SipRequest, isOurs: (host: string) => boolean = () => false): Dialled | undefined {
  const uri = targetWithoutRoutes(request, isOurs);
  if (uri === undefined) return undefined;
  if (uri.kind === 'tel') return { dialled: uri.digits };
  if (uri.kind !== 'sip' || uri.user === undefined || uri.user === '') return undefined;
  return { dialled: onOneLine(fromWire(uri.user)), host: uri.host };
}

/** What was escaped may be a control character, and it is kept so: what is dialled goes into records and onto terminals. */
export function onOneLine(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`,
  );
}
