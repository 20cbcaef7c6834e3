import { type HeaderField, isToken, type SipMessage, type SipRequest, sameToken } from '@vats/sip';

/** Packages of one leg that are kept and passed on. */
const PACKAGES = 16;

/**
 * The Info Packages that the sender of an INVITE or of its 2xx takes (RFC 6086 §4.2.1); none without Recv-Info. Parameters are between
 * a leg and us, and there is none that means anything here.
 */
export function infoPackagesOf(message: SipMessage): readonly string[] {
  const names = message.list('Recv-Info').map((value) => value.split(';')[0]?.trim() ?? '');
  return names.filter((name) => name !== '' && isToken(name)).slice(0, PACKAGES);
}

/**
 * What one leg is told that it may send: what the other one takes. Nothing is said where a leg has said nothing, for it knows no Info
 * Packages.
 */
export function recvInfo(message: SipMessage): readonly HeaderField[] {
  return message.values('Recv-Info').length === 0 ? [] : [['Recv-Info', infoPackagesOf(message).join(', ')]];
}

/** 469 and what would be taken, for an INFO of a package that the other leg does not take (RFC 6086 §4.2.2). */
export function badInfoPackage(request: SipRequest, taken: readonly string[]): readonly HeaderField[] | undefined {
  const name = request.method === 'INFO' ? request.value('Info-Package')?.split(';')[0]?.trim() : undefined;
  if (name === undefined || taken.some((each) => sameToken(each, name))) return undefined;
  return [['Recv-Info', taken.join(', ')]];
}
