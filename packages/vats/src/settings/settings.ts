import { join } from 'node:path';
import { type Endpoint, formatAddress, type LogLevel, parseAddress } from '@vats/kernel';
import type { AccessPolicy, DigestChoice, SessionTimer } from '@vats/pbx';
import type { Origins } from '@vats/sip';
import type { SecretSource } from './secret-source.ts';
import type { SettingsFile } from './settings-file.ts';
import type { Cidr, ListenSpec, PortRange } from './values.ts';

/** One machine's settings, complete. Times are milliseconds; paths are as given, relative to the working directory. */
export interface Settings {
  readonly data: string;
  readonly log: { readonly level: LogLevel; readonly format: 'auto' | 'json' | 'pretty' };
  readonly sip: {
    readonly listen: readonly ListenSpec[];
    readonly advertise?: { readonly host: string; readonly port?: number };
    readonly local: readonly Cidr[];
    readonly userAgent: string;
    readonly digest: DigestChoice;
    /** Absent: no TLS is served. */
    readonly tls?: TlsSettings;
    readonly webSocket: { readonly origins: Origins };
    readonly prack: 'sdp' | 'required' | 'off';
    readonly sessionTimer: Required<SessionTimer>;
  };
  readonly media: {
    /** One a family. */
    readonly addresses: readonly string[];
    readonly advertise?: string;
    readonly ports: PortRange;
    readonly workers: number;
    readonly silenceTimeout: number;
    readonly holdTimeout: number;
    readonly transcode: boolean;
    readonly video: boolean;
  };
  readonly calls: { readonly max: number; readonly timeLimit: number };
  /** Networks in which a company's services are asked for decisions although they are internal. */
  readonly decisions: { readonly allow: readonly string[] };
  readonly recordings: {
    /** Octets that must be free on their disk. */
    readonly minFree: number;
    /** Where they go when they are finished; absent: they stay in the data directory. */
    readonly storage?: { readonly s3: S3Settings };
  };
  /** How long finished calls are kept; absent: for ever. */
  readonly history: { readonly keep?: number };
  /** Absent: no mail is sent. */
  readonly smtp?: SmtpSettings;
  readonly http: { readonly listen: Endpoint | 'off' };
  readonly store: { readonly url: string };
  readonly access: {
    /** Who may talk to this machine at all. */
    readonly policy: AccessPolicy;
    readonly refuse: 'silence' | '403';
    readonly trusted: readonly string[];
    readonly proxies: Readonly<Record<string, string>>;
    /**
     * Requests a second that carry no valid credentials: of one source, at once, and of all sources together. `known`: new requests a
     * second of each address that is known, such as a trunk's.
     */
    readonly rate: {
      readonly perSource: number;
      readonly burst: number;
      readonly total: number;
      readonly known: number;
    };
    /** `for`: the first ban of a source; each further one is twice as long, up to `longest`. */
    readonly ban: {
      readonly failures: number;
      readonly within: number;
      readonly for: number;
      readonly longest: number;
    };
    readonly geo: { readonly database: string; readonly overrides: Readonly<Record<string, string>> };
  };
}

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Our certificates; a file that nobody named is empty, which is a problem. */
export interface TlsSettings extends CertificateFiles {
  readonly others: readonly CertificateFiles[];
  readonly clients?: { readonly authorities: string; readonly required: boolean };
}

/** The server that mail goes out by. */
export interface SmtpSettings {
  /** Empty where nobody said it, which is a problem; so is `from`. */
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'tls' | 'off';
  readonly user?: string;
  readonly password?: SecretSource;
  readonly from: string;
}

/** A bucket of an S3-compatible server. */
export interface S3Settings {
  /** Empty where nobody said it, which is a problem. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
  readonly addressing: 'path' | 'host';
  readonly accessKey: SecretSource;
  readonly secretKey: SecretSource;
  readonly keepLocal: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LOOPBACK = '127.0.0.1';

/** Networks of this machine and of the office: whoever is there reaches our bound addresses. */
const PRIVATE_NETWORKS: readonly Cidr[] = [
  { address: '127.0.0.0', prefix: 8 },
  { address: '10.0.0.0', prefix: 8 },
  { address: '172.16.0.0', prefix: 12 },
  { address: '192.168.0.0', prefix: 16 },
  { address: '169.254.0.0', prefix: 16 },
  { address: '::1', prefix: 128 },
  { address: 'fc00::', prefix: 7 },
  { address: 'fe80::', prefix: 10 },
];

/** Fills in what nobody said. @param cores the machine's, which decide how many media workers `auto` means */
export function completed(said: SettingsFile, cores: number): Settings {
  const data = said.data ?? './data';
  const { workers = 'auto', address = LOOPBACK } = said.media ?? {};
  const { advertise: sipAdvertise } = said.sip ?? {};
  const { advertise: mediaAdvertise } = said.media ?? {};
  const total = said.access?.rate?.total ?? 1_500;
  return {
    data,
    log: { level: said.log?.level ?? 'info', format: said.log?.format ?? 'auto' },
    sip: {
      listen: said.sip?.listen ?? [
        { transport: 'udp', endpoint: { address: LOOPBACK, port: 5060 } },
        { transport: 'tcp', endpoint: { address: LOOPBACK, port: 5060 } },
      ],
      ...(sipAdvertise === undefined ? {} : { advertise: sipAdvertise }),
      local: said.sip?.local ?? PRIVATE_NETWORKS,
      userAgent: said.sip?.userAgent ?? 'VATS',
      digest: said.sip?.digest ?? 'md5',
      ...(said.sip?.tls !== undefined && { tls: tlsOf(said.sip.tls) }),
      webSocket: { origins: said.sip?.webSocket?.origins ?? [] },
      prack: said.sip?.prack ?? 'sdp',
      sessionTimer: {
        mode: said.sip?.sessionTimer?.mode ?? 'on',
        expires: said.sip?.sessionTimer?.expires ?? 30 * MINUTE,
        min: said.sip?.sessionTimer?.min ?? 90_000,
        refresher: said.sip?.sessionTimer?.refresher ?? 'switch',
      },
    },
    media: {
      addresses: typeof address === 'string' ? [address] : address,
      ...(mediaAdvertise === undefined ? {} : { advertise: mediaAdvertise }),
      ports: said.media?.ports ?? { from: 20_000, to: 29_999 },
      workers: workers === 'auto' ? Math.max(1, cores - 1) : workers,
      silenceTimeout: said.media?.silenceTimeout ?? MINUTE,
      holdTimeout: said.media?.holdTimeout ?? 30 * MINUTE,
      transcode: said.media?.transcode ?? true,
      video: said.media?.video ?? true,
    },
    calls: { max: said.calls?.max ?? 2_000, timeLimit: said.calls?.timeLimit ?? 12 * HOUR },
    decisions: { allow: said.decisions?.allow ?? [] },
    recordings: {
      minFree: said.recordings?.minFree ?? 500e6,
      ...(said.recordings?.storage?.s3 !== undefined && { storage: { s3: bucketOf(said.recordings.storage.s3) } }),
    },
    history: said.history ?? {},
    ...(said.smtp !== undefined && { smtp: smtpOf(said.smtp) }),
    http: { listen: said.http?.listen ?? { address: LOOPBACK, port: 8080 } },
    store: { url: said.store?.url ?? `sqlite:${join(data, 'vats.db')}` },
    access: {
      policy: said.access?.policy ?? { mode: 'any' },
      refuse: said.access?.refuse ?? 'silence',
      trusted: said.access?.trusted ?? [],
      proxies: byOneSpelling(said.access?.proxies ?? {}),
      rate: {
        perSource: said.access?.rate?.perSource ?? Math.min(200, total),
        burst: said.access?.rate?.burst ?? 1_000,
        total,
        known: said.access?.rate?.known ?? 2_000,
      },
      ban: {
        failures: said.access?.ban?.failures ?? 10,
        within: said.access?.ban?.within ?? 5 * MINUTE,
        for: said.access?.ban?.for ?? HOUR,
        longest: Math.max(said.access?.ban?.for ?? HOUR, said.access?.ban?.longest ?? 7 * DAY),
      },
      geo: { database: said.access?.geo?.database ?? 'builtin', overrides: said.access?.geo?.overrides ?? {} },
    },
  };
}

function tlsOf(said: NonNullable<NonNullable<SettingsFile['sip']>['tls']>): TlsSettings {
  const { certificate = '', key = '', others = [], clients } = said;
  return {
    certificate,
    key,
    others,
    ...(clients !== undefined && {
      clients: { authorities: clients.authorities ?? '', required: clients.required ?? true },
    }),
  };
}

function bucketOf(
  said: NonNullable<NonNullable<NonNullable<SettingsFile['recordings']>['storage']>['s3']>,
): S3Settings {
  return {
    endpoint: (said.endpoint ?? '').replace(/\/$/, ''),
    region: said.region ?? 'us-east-1',
    bucket: said.bucket ?? '',
    prefix: (said.prefix ?? '').replace(/([^/])$/, '$1/'),
    addressing: said.addressing ?? 'path',
    accessKey: said.accessKey ?? { env: 'AWS_ACCESS_KEY_ID' },
    secretKey: said.secretKey ?? { env: 'AWS_SECRET_ACCESS_KEY' },
    keepLocal: said.keepLocal ?? false,
  };
}

/** Addresses as sockets report them, whatever the file's spelling: they are looked up by their text. */
function byOneSpelling(proxies: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(proxies).map(([address, header]) => {
      const parsed = parseAddress(address);
      return [parsed === undefined ? address : formatAddress(parsed), header] as const;
    }),
  );
}

function smtpOf({
  host = '',
  tls = 'starttls',
  port,
  user,
  password,
  from = '',
}: NonNullable<SettingsFile['smtp']>): SmtpSettings {
  return {
    ...{ host, tls, from, port: port ?? SMTP_PORTS[tls] },
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
  };
}

/** Submission (RFC 6409, RFC 8314), and what a machine's own server listens on. */
const SMTP_PORTS = { starttls: 587, tls: 465, off: 25 } as const;
