import { normaliseNumber, normaliseOperatorNumber } from '@vats/pbx';
import { parseNameAddr, type SipRequest } from '@vats/sip';
import { userOf } from './claimed-caller.ts';

/** Where a trunk puts the number that was called. */
export type NumberPlace = 'request-uri' | 'to' | 'diversion' | 'history-info' | 'p-called-party-id';

export const DEFAULT_PLACES: readonly NumberPlace[] = ['request-uri', 'to'];

/**
 * The number that a trunk's INVITE calls, as written there: the first of these places that holds a number of the domain decides;
 * if none does, the first that holds any number.
 *
 * @param own whether a number, as `normaliseNumber` writes it, is one of the domain's
 */
export function calledNumberOf(
  request: SipRequest,
  places: readonly NumberPlace[],
  own: (number: string) => boolean,
): string | undefined {
  let any: string | undefined;
  for (const place of places) {
    for (const written of numbersAt(request, place)) {
      const { number, kind } = normaliseNumber(written);
      if (kind === 'other') continue;
      if (own(number) || own(normaliseOperatorNumber(written).number)) return written;
      any ??= written;
    }
  }
  return any;
}

function numbersAt(request: SipRequest, place: NumberPlace): string[] {
  switch (place) {
    case 'request-uri':
      return request.requestUri.ok ? [userOf(request.requestUri.value)] : [];
    case 'to':
      return request.to.ok ? [userOf(request.to.value.uri)] : [];
    case 'diversion':
    case 'history-info':
    case 'p-called-party-id':
      return request.list(place).flatMap((value) => {
        const address = parseNameAddr(value);
        return address.ok ? [userOf(address.value.uri)] : [];
      });
  }
}
