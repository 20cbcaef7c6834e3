import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { formatProblem } from '@vats/pbx';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { SETTING_KEYS, variableOf } from './overrides.ts';
import { checkSettings, readSettings, type SettingsSources } from './read-settings.ts';
import { settingsFile } from './settings-file.ts';

const EXAMPLE = readFileSync(new URL('../../../../docs/examples/vats.yaml', import.meta.url), 'utf8');

function read(sources: Partial<SettingsSources>) {
  return readSettings({ env: {}, flags: [], cores: 4, ...sources });
}

/** The settings; throws with the problems when there are none. */
function settings(sources: Partial<SettingsSources>) {
  const result = read(sources);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.value;
}

function said(sources: Partial<SettingsSources>): string[] {
  const result = read(sources);
  return (result.ok ? result.warnings : result.problems).map(formatProblem);
}

const fileOf = (text: string) => ({ file: { text, name: 'vats.yaml' } });

test('with nothing said the defaults hold', () => {
  expect(settings({})).toMatchObject({
    data: './data',
    log: { level: 'info', format: 'auto' },
    sip: {
      listen: [
        { transport: 'udp', endpoint: { address: '127.0.0.1', port: 5060 } },
        { transport: 'tcp', endpoint: { address: '127.0.0.1', port: 5060 } },
      ],
      userAgent: 'VATS',
      digest: 'md5',
    },
    media: {
      addresses: ['127.0.0.1'],
      ports: { from: 20_000, to: 29_999 },
      workers: 3,
      silenceTimeout: 60_000,
      holdTimeout: 1_800_000,
      transcode: true,
      video: true,
    },
    http: { listen: { address: '127.0.0.1', port: 8080 } },
    store: { url: 'sqlite:data/vats.db' },
    access: { rate: { perSource: 200, burst: 1_000 }, ban: { failures: 10, within: 300_000, for: 3_600_000 } },
  });
  expect(said({})).toEqual([]);
});

/** The example with what it shows commented out. */
const SHOWN = EXAMPLE.replace('  geo: { database: builtin }  ', '  # ').replace(
  /^( *)# ( *)(advertise|local|history|proxies|geo|storage|s3|endpoint|region|bucket|prefix|addressing|accessKey|secretKey|keepLocal|store|url|smtp|host|port|user|password|from|tls|certificate|key|others|clients):/gm,
  '$1$2$3:',
);

test('what the example shows commented out is good as well', () => {
  expect(said(fileOf(SHOWN)).filter((line) => line.includes(': error: '))).toEqual([]);
  expect(settings(fileOf(SHOWN))).toMatchObject({
    sip: { advertise: { host: '203.0.113.10' } },
    media: { advertise: '203.0.113.10' },
    history: { keep: 365 * 86_400_000 },
    store: { url: 'sqlite:./data/vats.db' },
    smtp: { host: 'smtp.example.com', port: 587, tls: 'starttls', password: { file: '/run/secrets/smtp' } },
    recordings: {
      minFree: 500e6,
      storage: {
        s3: {
          ...{ endpoint: 'https://s3.example.com', region: 'us-east-1', bucket: 'vats-recordings', prefix: 'office/' },
          ...{ addressing: 'path', keepLocal: false },
          accessKey: { env: 'AWS_ACCESS_KEY_ID' },
          secretKey: { env: 'AWS_SECRET_ACCESS_KEY' },
        },
      },
    },
    access: { proxies: { '10.0.0.5': 'X-Client-Address' }, geo: { overrides: { '203.0.113.0/24': 'DE' } } },
  });
});

test('the example shows every key that there is', () => {
  const files = [EXAMPLE, SHOWN].map((text) => parse(text) as unknown);
  const isShown = (key: string): boolean =>
    files.some(
      (file) =>
        key.split('.').reduce((of, part) => (of as Record<string, unknown> | undefined)?.[part], file) !== undefined,
    );
  expect(SETTING_KEYS.filter((key) => !isShown(key))).toEqual([]);
});

test('the example says what the defaults are, where it is not marked as an example', () => {
  expect(settings(fileOf(EXAMPLE))).toEqual(settings({}));
});

const contract = new URL('../../../../../shared/contract/vats.yaml', import.meta.url);
test.skipIf(!existsSync(contract))('the file that operators were promised is good as it is', () => {
  const text = readFileSync(contract, 'utf8');
  expect(checkSettings(text, 'vats.yaml', 0).ok).toBe(true);
  // What it shows commented out is good as well.
  const shown = text
    .replace(/^( *)# (advertise|local|proxies|geo): /gm, '$1$2: ')
    .replace('  geo: { database: builtin }  ', '  # ');
  expect(said(fileOf(shown)).filter((line) => line.includes(': error: '))).toEqual([]);
  expect(settings(fileOf(shown))).toMatchObject({
    sip: { advertise: { host: '203.0.113.10' } },
    media: { advertise: '203.0.113.10' },
    access: {
      proxies: { '10.0.0.5': 'X-Client-Address' },
      geo: { overrides: { '127.0.0.77/32': 'DE', '127.0.0.78/32': 'RU' } },
    },
  });
});

test.each([
  [
    'a misspelt key',
    'userAgent: VATS',
    'useragent: VATS',
    'sip.useragent: there is no such key; did you mean userAgent?',
  ],
  [
    'a level that there is not',
    'level: info',
    'level: verbose',
    'log.level: "verbose" is not known here; write one of trace, debug, info, warn, error',
  ],
  [
    'a name to listen on',
    '- udp://127.0.0.1:5060',
    '- udp://localhost:5060',
    '"udp://localhost:5060" names no IP address to listen on; write udp, tcp, tls',
  ],
  [
    'a transport that is not served',
    '- tcp://127.0.0.1:5060',
    '- sctp://127.0.0.1:5061',
    'is not a listening address; write udp, tcp, tls, ws or wss',
  ],
  [
    'an address twice',
    '- tcp://127.0.0.1:5060',
    '- udp://127.0.0.1:5060',
    'sip.listen[1]: this address is listened on already; name each once',
  ],
  [
    'ports that run backwards',
    'ports: 20000-29999',
    'ports: 29999-20000',
    'media.ports: "29999-20000" runs backwards; write FIRST-LAST',
  ],
  [
    'a SIP port among the media ports',
    '- udp://127.0.0.1:5060',
    '- udp://127.0.0.1:25060',
    'sip.listen[0]: port 25060 lies among the media ports; take a port outside 20000-29999',
  ],
  [
    'a duration without a unit',
    'silenceTimeout: 60s',
    'silenceTimeout: 60',
    'media.silenceTimeout: 60 is read as a number, not as text; write a number and a unit',
  ],
  ['no workers', 'workers: auto', 'workers: 0', 'media.workers: 0 is too small; write at least 1'],
  [
    'a database that is not served',
    'sqlite:./data/vats.db',
    'postgres://u:p@h/d',
    'store.url: PostgreSQL is not served yet; write sqlite:PATH',
  ],
  [
    'a rate without a unit',
    '200/s',
    '200',
    'access.rate.perSource: 200 is read as a number, not as text; write COUNT/s',
  ],
  [
    'a country by its name',
    '203.0.113.0/24: DE',
    '203.0.113.0/24: Germany',
    '"Germany" is not a country code; write two capital letters',
  ],
  ['a key that is no network', '203.0.113.0/24: DE', 'localhost: DE', 'this key is not a network; write ADDRESS'],
  [
    'a bad network',
    'trusted: []',
    'trusted: [10.0.0.0/33]',
    'access.trusted[0]: "10.0.0.0/33" is not an address or network; write',
  ],
  [
    'two media addresses of one family',
    'address: 127.0.0.1   ',
    'address: [127.0.0.1, 127.0.0.2]   ',
    'media.address: two addresses of one family; write one IPv4 and one IPv6 address',
  ],
  ['a tab', '  level: info', '\tlevel: info', 'a tab is used as indentation; indent with spaces'],
])('%s is refused with its line and a remedy', (_, from, to, message) => {
  expect(SHOWN.split(from)).toHaveLength(2);
  const line = SHOWN.slice(0, SHOWN.indexOf(from)).split('\n').length;
  const [first] = said(fileOf(SHOWN.replace(from, to)));
  expect(first).toContain(message);
  expect(first).toMatch(new RegExp(`^vats\\.yaml:${line}:\\d+: error: `));
});

test('sections that are not served yet say so, only where a file asks for them', () => {
  expect(said(fileOf(EXAMPLE)).map((line) => line.replace(/^vats\.yaml:\d+:1: warning: /, '').split(';')[0])).toEqual([
    'http: section http is valid but not served yet',
  ]);
  expect(said(fileOf('http: { listen: off }\n'))).toEqual([]);
});

test('a flag is stronger than the environment, that than the file, that than the default', () => {
  const file = fileOf('data: file\nlog: { level: warn, format: json }\nmedia: { workers: 7 }\n');
  const env = { VATS_DATA: 'env', VATS_LOG_LEVEL: 'debug', PATH: '/bin' };
  const flags = [{ from: '--data', key: 'data', value: 'flag' }] as const;
  expect(settings({ ...file, env, flags })).toMatchObject({
    data: 'flag',
    log: { level: 'debug', format: 'json' },
    media: { workers: 7 },
    store: { url: 'sqlite:flag/vats.db' },
    sip: { userAgent: 'VATS' },
  });
});

test('lists, numbers and mappings can be said in the environment', () => {
  const env = {
    VATS_SIP_LISTEN: 'udp://[::1]:5062, tcp://0.0.0.0',
    VATS_SIP_LOCAL: '',
    VATS_MEDIA_ADDRESS: '127.0.0.1,::1',
    VATS_MEDIA_WORKERS: 'auto',
    VATS_ACCESS_BAN_FAILURES: '3',
    VATS_ACCESS_GEO_OVERRIDES: '127.0.0.77/32=DE, 127.0.0.78=RU',
    VATS_HTTP_LISTEN: 'off',
  };
  expect(settings({ env })).toMatchObject({
    sip: { listen: [{ endpoint: { address: '::1', port: 5062 } }, { endpoint: { address: '0.0.0.0', port: 5060 } }] },
    media: { addresses: ['127.0.0.1', '::1'], workers: 3 },
    access: {
      ban: { failures: 3, within: 300_000 },
      geo: { overrides: { '127.0.0.77/32': 'DE', '127.0.0.78': 'RU' } },
    },
    http: { listen: 'off' },
  });
});

test('a list or mapping replaces the one below it, a section is completed from below', () => {
  const file = fileOf(
    'access: { proxies: { 10.0.0.1: A }, ban: { failures: 3 } }\nsip: { listen: ["udp://127.0.0.1:1111"] }\n',
  );
  const env = { VATS_ACCESS_PROXIES: '10.0.0.2=B', VATS_ACCESS_BAN_FOR: '2h', VATS_SIP_LISTEN: 'udp://127.0.0.1:2222' };
  expect(settings({ ...file, env })).toMatchObject({
    access: { proxies: { '10.0.0.2': 'B' }, ban: { failures: 3, for: 7_200_000 } },
    sip: { listen: [{ endpoint: { port: 2222 } }] },
  });
});

test('problems of flags and variables name them, and those of the file are told beside them', () => {
  const env = { VATS_MEDIA_PORTS: '1-2', VATS_MEDIA_WORKERS: 'x' };
  const flags = [
    { from: '--listen', key: 'sip.listen', value: ['udp://127.0.0.1:5060', 'udp://127.0.0.1:5060'] },
  ] as const;
  expect(said({ ...fileOf('log: { level: loud }\n'), env, flags }).map((line) => line.split(';')[0])).toEqual([
    'error: VATS_MEDIA_PORTS: "1-2" leaves 1024 to 65535',
    'error: VATS_MEDIA_WORKERS: "x" does not fit here',
    'error: --listen: this address is listened on already',
    'vats.yaml:1:15: error: log.level: "loud" is not known here',
  ]);
});

test('a variable that no setting has is a warning', () => {
  expect(said({ env: { VATS_SIP_LISTN: 'x', VATS_HOME: '/x' } })).toEqual([
    'warning: VATS_SIP_LISTN: no setting has this variable; did you mean VATS_SIP_LISTEN?',
    'warning: VATS_HOME: no setting has this variable; unset it if it is meant for the switch',
  ]);
});

test('every setting of a file has its variable', () => {
  const leaves = (
    schema: { shape?: Record<string, unknown>; _zod: { def: { innerType?: unknown } } },
    prefix = '',
  ): string[] => {
    const inner = schema._zod.def.innerType as typeof schema | undefined;
    if (inner !== undefined) return leaves(inner, prefix);
    if (schema.shape === undefined) return [prefix];
    return Object.entries(schema.shape).flatMap(([key, value]) =>
      leaves(value as typeof schema, prefix === '' ? key : `${prefix}.${key}`),
    );
  };
  expect(leaves(settingsFile as never).sort()).toEqual([...SETTING_KEYS].sort());
  expect(variableOf('media.silenceTimeout')).toBe('VATS_MEDIA_SILENCE_TIMEOUT');
});

test('storage elsewhere is completed from below, key by key, and wants an endpoint and a bucket', () => {
  const file = fileOf(
    'recordings:\n  minFree: 1GB\n  storage:\n    s3: { endpoint: http://10.0.0.7:9000/, prefix: a/b }\n',
  );
  expect(said(file)).toEqual([
    'vats.yaml:4:9: error: recordings.storage.s3: the bucket is missing; write bucket: NAME, of one that is there',
    'vats.yaml:4:21: warning: recordings.storage.s3.endpoint: recordings go there in the clear; write https://, or encrypt recordings (recording.encrypt)',
  ]);
  const env = {
    VATS_RECORDINGS_STORAGE_S3_BUCKET: 'calls',
    VATS_RECORDINGS_STORAGE_S3_SECRET_KEY: 'file=/run/secrets/s3',
    VATS_RECORDINGS_STORAGE_S3_KEEP_LOCAL: 'true',
  };
  expect(settings({ ...file, env }).recordings).toEqual({
    minFree: 1e9,
    storage: {
      s3: {
        ...{
          endpoint: 'http://10.0.0.7:9000',
          region: 'us-east-1',
          bucket: 'calls',
          prefix: 'a/b/',
          addressing: 'path',
        },
        ...{ accessKey: { env: 'AWS_ACCESS_KEY_ID' }, secretKey: { file: '/run/secrets/s3' }, keepLocal: true },
      },
    },
  });
  // A flag or variable for one key leaves the others of its section as the file has them.
  expect(settings({ ...file, env: { ...env, VATS_RECORDINGS_MIN_FREE: '2GB' } }).recordings).toMatchObject({
    minFree: 2e9,
    storage: { s3: { bucket: 'calls' } },
  });
});

test('a key that stands in the settings is refused, and repeated nowhere', () => {
  const lines = said(
    fileOf('recordings: { storage: { s3: { endpoint: "https://a", bucket: b, secretKey: hunter22 } } }\n'),
  );
  expect(lines).toEqual([
    expect.stringContaining(
      'error: recordings.storage.s3.secretKey: this is not where a secret is; write { file: PATH }',
    ),
  ]);
  expect(lines.join()).not.toContain('hunter22');
  const inUrl = said(fileOf('recordings: { storage: { s3: { endpoint: "https://k:hunter22@a", bucket: b } } }\n'));
  expect(inUrl).toEqual([expect.stringContaining('this is not the address of an S3 server; write https://HOST')]);
  expect(inUrl.join()).not.toContain('hunter22');
});

test('an advertised address with nobody local is worth a warning', () => {
  expect(said(fileOf('sip: { advertise: 203.0.113.10, local: [] }\n'))).toEqual([
    'vats.yaml:1:40: warning: sip.local: nobody is local, so phones here are told the advertised address; add the networks of the office, or remove the key for the usual private ones',
  ]);
});

test('certificates are judged at the time that is given', () => {
  const pem = (name: string): string => fileURLToPath(new URL(`../../../../fixtures/tls/${name}.pem`, import.meta.url));
  const text = JSON.stringify({ sip: { tls: { certificate: pem('pbx'), key: pem('pbx-key') } } });
  const warnings = (now: number) => {
    const read = checkSettings(text, 'vats.yaml', now);
    return read.ok ? read.warnings.map(({ message }) => message) : [];
  };
  expect(warnings(Date.UTC(2027, 0, 1))).toEqual([]);
  expect(warnings(Date.UTC(2990, 0, 1))).toEqual([expect.stringContaining('has expired on')]);
});
