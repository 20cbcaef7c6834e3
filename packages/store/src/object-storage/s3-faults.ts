import type { HttpAnswer } from './http-exchange.ts';
import { FileShrankError, StalledError } from './http-exchange.ts';
import { type FaultKind, StorageFault } from './storage-fault.ts';

/** What of the settings a remedy may name. */
export interface S3Place {
  /** https://HOST or http://HOST:PORT */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Before each name; empty, or with a slash at its end. */
  readonly prefix: string;
}

const SETTING = 'recordings.storage.s3';
const MESSAGE_AT_MOST = 200;
/** What reading from a socket fails with; from a file it fails otherwise. */
const OF_NETWORK = /^(ECONN|EPIPE|ETIMEDOUT|ENET|EHOST)/;

/**
 * What an answer that is not good means.
 *
 * @param order what was asked: who stores an object can't be told that it is missing
 * @param now of this machine, milliseconds since the epoch
 */
export function faultOfAnswer(
  answer: HttpAnswer,
  what: string,
  order: { readonly method: string },
  place: S3Place,
  now: number,
): StorageFault {
  const { status } = answer;
  const code = tagOf(answer.text, 'Code') ?? '';
  const said = [status, code, tagOf(answer.text, 'Message')].filter((each) => each !== undefined && each !== '');
  const message = `${what}: ${place.endpoint} bucket ${place.bucket} answered ${said.join(' ')}`;
  const fault = (kind: FaultKind, remedy: string): StorageFault => new StorageFault(kind, message, remedy);
  switch (code) {
    case 'RequestTimeTooSkewed':
    case 'RequestExpired':
    case 'RequestInTheFuture':
      return fault('refused', clockRemedy(answer, now));
    case 'InvalidAccessKeyId':
      return fault('refused', `that access key is not known there: look at ${SETTING}.accessKey`);
    case 'SignatureDoesNotMatch':
      return fault(
        'refused',
        `the secret key is not that of the access key: look at ${SETTING}.secretKey, and at region`,
      );
    case 'NoSuchBucket':
      return fault('refused', `make the bucket ${place.bucket}, or mend ${SETTING}.bucket`);
    case 'AuthorizationHeaderMalformed':
    case 'PermanentRedirect':
    case 'TemporaryRedirect':
    case 'IllegalLocationConstraintException': {
      const region = tagOf(answer.text, 'Region') ?? header(answer, 'x-amz-bucket-region');
      const which = region === undefined ? 'the region that the bucket is in' : `region: ${region}`;
      return fault('refused', `write ${which} and its endpoint at ${SETTING}`);
    }
    case 'EntityTooLarge':
      return fault('changed', 'it is larger than that server takes at once: it stays here');
    case 'XAmzContentSHA256Mismatch':
    case 'BadDigest':
    case 'IncompleteBody':
      return fault('away', 'it was changed on its way: it is sent again');
  }
  if (status === 404 && order.method === 'PUT')
    return fault(
      'refused',
      `it does not answer as an S3 server, or has no such bucket: look at ${SETTING}.endpoint and bucket`,
    );
  if (status === 404) return fault('missing', 'it was deleted there, or never stored');
  if (status === 429 || status >= 500) {
    if (status === 507 || code === 'StorageFull' || code === 'QuotaExceeded')
      return fault('refused', 'make room there, or raise the quota');
    return fault('away', 'wait; it is tried again');
  }
  if (status === 401 || status === 403) {
    const skew = clockSkew(answer, now);
    if (skew !== undefined && Math.abs(skew) > 900_000) return fault('refused', clockRemedy(answer, now));
    return fault(
      'refused',
      `let the access key get, put and delete objects of ${place.bucket}/${place.prefix}*, or name another at ${SETTING}`,
    );
  }
  if (status >= 300 && status < 400)
    return fault('refused', `write the address that the server itself has as ${SETTING}.endpoint`);
  return fault('refused', `is this an S3 server? Look at ${SETTING}.endpoint, region and bucket`);
}

/** What a failure on the way means. */
export function faultOfError(error: unknown, what: string, place: S3Place): StorageFault {
  if (error instanceof StorageFault) return error;
  const { code = '', message, syscall } = error as NodeJS.ErrnoException;
  const at = `${what}: ${place.endpoint}`;
  const cause = { cause: error };
  if (error instanceof StalledError)
    return new StorageFault(
      'away',
      `${at} is too slow: ${message}`,
      'it is tried again; look at the server and the way there',
      cause,
    );
  if (error instanceof FileShrankError)
    return new StorageFault(
      'changed',
      `${what}: the file was changed while it was sent: ${message}`,
      'see what changed it',
      cause,
    );
  if (syscall === 'open' || (syscall === 'read' && !OF_NETWORK.test(code)))
    return new StorageFault('changed', `${what}: the file can not be read: ${code}`, 'see what became of it', cause);
  // By the code of the TLS library, or by its words behind the system’s.
  if (/^(EPROTO|ERR_SSL)/.test(code) && /wrong.version.number|packet.length.too.long/i.test(`${code} ${message}`))
    return new StorageFault(
      'refused',
      `${at}: it speaks no TLS on this port: ${code}`,
      `write http:// or the port of its TLS at ${SETTING}.endpoint`,
      cause,
    );
  if (/^(CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS|ERR_SSL|EPROTO)/.test(code)) {
    const remedy =
      'its certificate must be trusted here: start VATS with NODE_EXTRA_CA_CERTS=FILE, or mend the endpoint';
    return new StorageFault('refused', `${at}: no encrypted connection: ${code}`, remedy, cause);
  }
  if (code === 'EAI_AGAIN')
    return new StorageFault(
      'away',
      `${at}: the resolver gave no answer for its host name: ${code}`,
      'it is tried again; look at the DNS of this machine',
      cause,
    );
  if (code === 'ENOTFOUND')
    return new StorageFault(
      'away',
      `${at}: there is no such host name: ${code}`,
      `look at ${SETTING}.endpoint and the DNS`,
      cause,
    );
  if (code === 'ECONNREFUSED')
    return new StorageFault(
      'away',
      `${at}: nothing listens there`,
      `start the server, or mend ${SETTING}.endpoint`,
      cause,
    );
  return new StorageFault(
    'away',
    `${at}: ${code === '' ? message : code}`,
    'it is tried again; look at the way there',
    cause,
  );
}

function clockRemedy(answer: HttpAnswer, now: number): string {
  const skew = clockSkew(answer, now);
  const apart =
    skew === undefined
      ? 'differs from the server’s'
      : `is ${Math.round(Math.abs(skew) / 1_000)} s ${skew > 0 ? 'ahead of' : 'behind'} the server’s`;
  return `set this machine’s clock, which ${apart}: run an NTP client`;
}

/** By how much this clock is ahead, milliseconds. */
function clockSkew(answer: HttpAnswer, now: number): number | undefined {
  const theirs = Date.parse(tagOf(answer.text, 'ServerTime') ?? header(answer, 'date') ?? '');
  return Number.isNaN(theirs) ? undefined : now - theirs;
}

function header({ headers }: HttpAnswer, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** One value of an error's XML, which is flat; what can't be printed is left out. */
function tagOf(xml: string, tag: string): string | undefined {
  const from = xml.indexOf(`<${tag}>`);
  const to = xml.indexOf(`</${tag}>`, from);
  if (from < 0 || to < 0) return undefined;
  return xml
    .slice(from + tag.length + 2, to)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, MESSAGE_AT_MOST);
}
