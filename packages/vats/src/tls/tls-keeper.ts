import type { Clock, Log } from '@vats/kernel';
import { SystemTls } from '@vats/sip';
import type { TlsSettings } from '../settings/settings.ts';
import { StartFailure } from '../start-failure.ts';
import { type CertificateStatus, readTlsFiles, remarksOn } from './tls-files.ts';

const DAY = 86_400_000;

export interface TlsKeeperParts {
  readonly settings: TlsSettings | undefined;
  readonly clock: Clock;
  readonly log: Log;
  /** What a test puts in the place of `node:tls`. */
  readonly rim?: SystemTls;
}

/** Our certificates as long as the switch runs: read at its start and at each reload, and looked at once a day. */
export class TlsKeeper {
  readonly rim: SystemTls;
  readonly #clock: Clock;
  readonly #log: Log;
  #certificates: readonly CertificateStatus[] = [];
  #cancel: (() => void) | undefined;

  /** @throws StartFailure when a file can't be used */
  constructor({ settings, clock, log, rim = new SystemTls() }: TlsKeeperParts) {
    this.rim = rim;
    this.#clock = clock;
    this.#log = log;
    if (settings !== undefined) this.use(settings);
  }

  get certificates(): readonly CertificateStatus[] {
    return this.#certificates;
  }

  /** What an operator should know of them now. */
  get warnings(): string[] {
    const now = this.#clock.now();
    return this.#certificates.flatMap((each) =>
      remarksOn(each, now).map(({ message, remedy }) => `${message}: ${remedy}`),
    );
  }

  /** Reads the files, and shows them from now on. @throws StartFailure when one can't be used; all stays as it was then */
  use(settings: TlsSettings): void {
    const { material, certificates, faults } = readTlsFiles(settings, this.#clock.now());
    if (material === undefined) {
      const fault = faults.find(({ severity }) => severity === 'error');
      throw new StartFailure(`sip.tls.${fault?.key.join('.')}: ${fault?.message}: ${fault?.remedy}`);
    }
    try {
      this.rim.use(material);
    } catch (error) {
      // What OpenSSL says of keys that are too short, or of kinds that it does not take.
      const why = error instanceof Error ? error.message : String(error);
      throw new StartFailure(`sip.tls: OpenSSL does not take these files: ${why}: make a new certificate`, {
        cause: error,
      });
    }
    this.#certificates = certificates;
    this.#lookDaily();
  }

  close(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #lookDaily(): void {
    for (const warning of this.warnings) this.#log.warn('tls.certificate', { warning });
    this.close();
    this.#cancel = this.#clock.after(DAY, () => this.#lookDaily());
  }
}
