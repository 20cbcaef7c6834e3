import { digestResponse, type HeaderField, ha1, type SipResponse } from '@vats/sip';

/** The credentials that answer a 401 or 407, or undefined when no challenge in it is one that a phone can answer. */
export function answerChallenge(
  response: SipResponse,
  account: { readonly login: string; readonly password: string },
  request: { readonly method: string; readonly uri: string },
  cnonce: string,
): HeaderField | undefined {
  const proxy = response.status === 407;
  for (const parsed of response.challenges(proxy ? 'Proxy-Authenticate' : 'WWW-Authenticate')) {
    if (!parsed.ok || !parsed.value.isDigest) continue;
    const challenge = parsed.value;
    const algorithm = challenge.get('algorithm') ?? 'MD5';
    const [realm, nonce, opaque] = [challenge.get('realm'), challenge.get('nonce'), challenge.get('opaque')];
    if (realm === undefined || nonce === undefined || (algorithm !== 'MD5' && algorithm !== 'SHA-256')) continue;
    const protection = challenge.get('qop') === undefined ? undefined : { qop: 'auth', nc: '00000001', cnonce };
    const own = ha1(algorithm, account.login, realm, account.password);
    const answer = digestResponse({ algorithm, ha1: own, ...request, nonce, ...(protection && { protection }) });
    const fields = [
      `username="${account.login}"`,
      `realm="${realm}"`,
      `nonce="${nonce}"`,
      `uri="${request.uri}"`,
      `response="${answer}"`,
      `algorithm=${algorithm}`,
      ...(protection ? [`qop=auth, nc=${protection.nc}, cnonce="${cnonce}"`] : []),
      ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
    ];
    return [proxy ? 'Proxy-Authorization' : 'Authorization', `Digest ${fields.join(', ')}`];
  }
  return undefined;
}
