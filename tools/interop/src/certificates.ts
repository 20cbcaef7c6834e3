import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Scene } from './scene.ts';

/** PEM files of a certificate and its key. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** An authority of the test's own, which makes certificates with openssl. */
export class Authority {
  /** The file that who believes it names. */
  readonly file: string;
  readonly #folder: string;
  readonly #own: Certificate;

  constructor(scene: Scene, name: string) {
    this.#folder = scene.folder(`authority-${name}`);
    this.#own = { certificate: `${this.#folder}/ca.pem`, key: `${this.#folder}/ca-key.pem` };
    this.file = this.#own.certificate;
    const extensions = [
      '-addext',
      'basicConstraints=critical,CA:TRUE',
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
    ];
    openssl('req', '-x509', ...newKey(this.#own), '-days', '30', '-subj', `/CN=${name}`, ...extensions);
  }

  /** @param names as openssl writes alternative names: `DNS:pbx.example`, `IP:127.0.0.1`, `URI:sip:pbx.example` */
  make(file: string, names: readonly string[], days = 30): Certificate {
    const made = { certificate: `${this.#folder}/${file}.pem`, key: `${this.#folder}/${file}-key.pem` };
    const request = `${this.#folder}/${file}.csr`;
    const extensions = `${this.#folder}/${file}.ext`;
    writeFileSync(extensions, `subjectAltName=${names.join(',')}\nbasicConstraints=CA:FALSE\n`);
    openssl('req', ...newKey(made), '-subj', `/CN=${file}`, '-out', request, '-new');
    const by = ['-CA', this.#own.certificate, '-CAkey', this.#own.key, '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      request,
      ...by,
      '-days',
      String(days),
      '-extfile',
      extensions,
      '-out',
      made.certificate,
    );
    return made;
  }

  /** Certificate and key in one file, as baresip takes them. */
  makeOne(file: string, names: readonly string[]): string {
    const { certificate, key } = this.make(file, names);
    const one = `${this.#folder}/${file}-both.pem`;
    writeFileSync(one, readFileSync(key, 'latin1') + readFileSync(certificate, 'latin1'));
    return one;
  }
}

function newKey({ certificate, key }: Certificate): string[] {
  return ['-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate];
}

function openssl(...args: string[]): void {
  execFileSync('openssl', args, { stdio: 'pipe' });
}
