import { fromWire, type SipRequest } from '@vats/sip';

/** What a Request-URI asks for. */
export interface Dialled {
  /** The user part as a person would read it, or the digits of a tel URI. */
  readonly dialled: string;
  /** The host part; a tel URI has none. */
  readonly host?: string;
}

/** Undefined when the Request-URI names nobody. */
export function dialledOf(request: SipRequest): Dialled | undefined {
  const { requestUri } = request;
  if (!requestUri.ok) return undefined;
  const uri = requestUri.value;
  if (uri.kind === 'tel') return { dialled: uri.digits };
  if (uri.kind !== 'sip' || uri.user === undefined || uri.user === '') return undefined;
  return { dialled: fromWire(uri.user), host: uri.host };
}
