import { failureFromError, type TransportFailure } from './failure.ts';

const STRANGE_AUTHORITY = 'the certificate is of an authority that is not believed: name its file';

/** What Node's codes mean to whoever must mend it. */
const MEANINGS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed: name it as its own authority',
  SELF_SIGNED_CERT_IN_CHAIN: STRANGE_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: STRANGE_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: STRANGE_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is of an authority that is not believed, or its chain is not sent',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet: look at the clocks',
  CERT_REVOKED: 'the certificate was revoked',
  INVALID_PURPOSE: 'the certificate is not made for this use',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'no certificate was shown, and one is required',
  ERR_SSL_HTTP_REQUEST: 'HTTP was spoken where TLS belongs',
  ERR_SSL_WRONG_VERSION_NUMBER: 'something else than TLS was spoken',
  ERR_SSL_NO_SHARED_CIPHER: 'the two have no cipher in common',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'a version of TLS before 1.2 was asked for',
};

/** An alert is what the other side thought of us: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE'. */
const ALERT = /_ALERT_([A-Z_]+)$/;

/** Reads an error of a TLS socket: one of TCP as `failureFromError`, all that is about keys and trust as `untrusted`. */
export function tlsFailure(error: unknown): TransportFailure {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  if (typeof code !== 'string') return { code: 'failed', detail: String(error) };
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return { code: 'untrusted', detail: String(message) };
  const meaning = MEANINGS[code];
  if (meaning !== undefined) return { code: 'untrusted', detail: meaning };
  const alert = ALERT.exec(code)?.[1];
  if (alert !== undefined) {
    const words = alert.toLowerCase().replaceAll('_', ' ');
    return { code: 'untrusted', detail: `the other side refused the handshake: ${words}` };
  }
  const failure = failureFromError(error);
  return failure.code === 'failed' && /SSL|TLS|CERT|SIGNATURE|CRL/.test(code)
    ? { ...failure, code: 'untrusted' }
    : failure;
}
