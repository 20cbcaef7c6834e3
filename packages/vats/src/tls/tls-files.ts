import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { OwnCertificate, TlsMaterial } from '@vats/sip';
import type { CertificateFiles, TlsSettings } from '../settings/settings.ts';

/** What is wrong with a file, in the words of `Problem`; `key` is below `sip.tls`. */
export interface TlsFault {
  readonly key: readonly (string | number)[];
  readonly message: string;
  readonly remedy: string;
  readonly severity: 'error' | 'warning';
}

/** One certificate of ours, for people. Times are wall time. */
export interface CertificateStatus {
  readonly file: string;
  readonly names: readonly string[];
  readonly from: number;
  readonly until: number;
}

export interface TlsFiles {
  /** Undefined when a file can't be used: `faults` has an error then. */
  readonly material: TlsMaterial | undefined;
  readonly certificates: readonly CertificateStatus[];
  readonly faults: readonly TlsFault[];
}

const DAY = 86_400_000;
/** Let's Encrypt renews a month ahead: what is left at two weeks has not been renewed. */
const WARNED_BEFORE = 14 * DAY;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/;
const READING = 'name a PEM file that the user of the switch may read';

/** Reads the files that `sip.tls` names, and everything that can be said of them. @param now wall time */
export function readTlsFiles(settings: TlsSettings, now: number): TlsFiles {
  const faults: TlsFault[] = [];
  const own: OwnCertificate[] = [];
  const certificates: CertificateStatus[] = [];
  const pairs: [readonly (string | number)[], CertificateFiles][] = [
    [[], settings],
    ...settings.others.map((pair, at): [readonly (string | number)[], CertificateFiles] => [['others', at], pair]),
  ];
  for (const [path, files] of pairs) {
    const read = readPair(files);
    if ('message' in read) {
      faults.push({ ...read, key: [...path, ...read.key] });
      continue;
    }
    own.push(read);
    const status = statusOf(files.certificate, read.leaf);
    certificates.push(status);
    faults.push(...remarksOn(status, now).map((fault) => ({ ...fault, key: [...path, ...fault.key] })));
  }
  const { clients } = settings;
  const authorities = clients && readAuthorities(clients.authorities);
  if (typeof authorities === 'object') faults.push(authorities);
  const [first, ...others] = own;
  const isWhole = first !== undefined && faults.every(({ severity }) => severity !== 'error');
  const material: TlsMaterial | undefined = isWhole
    ? {
        certificates: [first, ...others],
        ...(clients !== undefined &&
          typeof authorities === 'string' && { clients: { authorities, required: clients.required } }),
      }
    : undefined;
  return { material, certificates, faults };
}

/** What is to be said of a certificate's time, at start, in `vats check` and in `vats status`. */
export function remarksOn({ file, names, from, until }: CertificateStatus, now: number): TlsFault[] {
  const say = (message: string, remedy: string): TlsFault => ({
    key: ['certificate'],
    message,
    remedy,
    severity: 'warning',
  });
  const date = (time: number): string => new Date(time).toISOString().slice(0, 10);
  if (until <= now) return [say(`the certificate ${file} has expired on ${date(until)}`, 'renew it, then vats reload')];
  if (from > now)
    return [say(`the certificate ${file} is not valid before ${date(from)}`, 'look at the clock of this machine')];
  if (until - now <= WARNED_BEFORE) {
    const days = Math.floor((until - now) / DAY);
    const left = days === 0 ? 'today or tomorrow' : days === 1 ? 'in 1 day' : `in ${days} days`;
    return [say(`the certificate ${file} expires ${left}, on ${date(until)}`, 'renew it, then vats reload')];
  }
  if (names.length === 0) {
    return [say(`the certificate ${file} has no name that a phone could check`, 'make one with a subjectAltName')];
  }
  return [];
}

function readPair({ certificate, key }: CertificateFiles): OwnCertificate | TlsFault {
  const error = (at: string, message: string, remedy: string): TlsFault => ({
    key: [at],
    message,
    remedy,
    severity: 'error',
  });
  const chain = readText(certificate);
  if (chain instanceof Error)
    return error('certificate', `${certificate} can not be read: ${whyUnread(chain)}`, READING);
  const leaf = leafOf(chain);
  if (leaf === undefined) {
    return error(
      'certificate',
      `${certificate} holds no certificate in PEM form`,
      'name the file with the whole chain, fullchain.pem say',
    );
  }
  const keyText = readText(key);
  if (keyText instanceof Error) return error('key', `${key} can not be read: ${whyUnread(keyText)}`, READING);
  const read = readKey(keyText);
  if (typeof read === 'string')
    return error('key', `${key} ${read}`, 'name the file with the private key, privkey.pem say');
  if (!leaf.checkPrivateKey(read)) {
    return error('key', `${key} is not the key of ${certificate}`, 'name the two files that were made together');
  }
  return { leaf, chain, key: keyText };
}

function readAuthorities(file: string): string | TlsFault {
  const text = readText(file);
  const error = (message: string): TlsFault => ({
    key: ['clients', 'authorities'],
    message,
    remedy: 'name a PEM file of the authorities that made the certificates of clients',
    severity: 'error',
  });
  if (text instanceof Error) return error(`${file} can not be read: ${whyUnread(text)}`);
  return leafOf(text) === undefined ? error(`${file} holds no certificate in PEM form`) : text;
}

function statusOf(file: string, leaf: X509Certificate): CertificateStatus {
  const names = (leaf.subjectAltName ?? '').split(', ').flatMap((name) => {
    const [, value] = /^(?:DNS|IP Address|URI):([^"]+)$/.exec(name) ?? [];
    return value === undefined ? [] : [value];
  });
  return { file, names, from: Date.parse(leaf.validFrom), until: Date.parse(leaf.validTo) };
}

function readText(file: string): string | Error {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function leafOf(text: string): X509Certificate | undefined {
  const [pem] = PEM_CERTIFICATE.exec(text) ?? [];
  if (pem === undefined) return undefined;
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function readKey(text: string): KeyObject | string {
  if (/^Proc-Type:.*ENCRYPTED|BEGIN ENCRYPTED PRIVATE KEY/m.test(text)) return 'is locked with a passphrase';
  try {
    return createPrivateKey(text);
  } catch {
    return 'holds no private key in PEM form';
  }
}

/** Why a file could not be read, for people. */
export function whyUnread(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT'
    ? 'there is no such file'
    : code === 'EACCES'
      ? 'permission denied'
      : (code ?? error.message);
}
