import { formatProblem } from '@vats/pbx';
import { expect, test } from 'vitest';
import { keysNeedingRestart } from './needing-restart.ts';
import { SETTING_KEYS, type SettingKey } from './overrides.ts';
import { readSettings } from './read-settings.ts';

/** For every key a value that is not its default, as the environment says it. */
const OTHERWISE: Readonly<Record<SettingKey, string>> = {
  data: './elsewhere',
  'log.level': 'warn',
  'log.format': 'json',
  'sip.listen': 'udp://127.0.0.1:5070',
  'sip.advertise': '203.0.113.10',
  'sip.local': '10.0.0.0/8',
  'sip.userAgent': 'PBX',
  'sip.digest': 'sha256',
  'sip.tls.certificate': '/etc/vats/other.pem',
  'sip.tls.key': '/etc/vats/other-key.pem',
  'sip.tls.others': '/etc/vats/third.pem:/etc/vats/third-key.pem',
  'sip.tls.clients.authorities': '/etc/vats/clients.pem',
  'sip.tls.clients.required': 'false',
  'sip.webSocket.origins': 'https://phone.example.com',
  'sip.prack': 'off',
  'sip.sessionTimer.mode': 'always',
  'sip.sessionTimer.expires': '20m',
  'sip.sessionTimer.min': '2m',
  'sip.sessionTimer.refresher': 'peer',
  'media.address': '127.0.0.2',
  'media.advertise': '203.0.113.10',
  'media.ports': '30000-30099',
  'media.workers': '7',
  'media.silenceTimeout': '90s',
  'media.holdTimeout': '10m',
  'media.transcode': 'false',
  'media.video': 'false',
  'calls.max': '7',
  'calls.timeLimit': '1h',
  'decisions.allow': '127.0.0.1',
  'history.keep': '365d',
  'recordings.minFree': '1GB',
  'recordings.storage.s3.endpoint': 'https://s3.example.com',
  'recordings.storage.s3.region': 'ru-1',
  'recordings.storage.s3.bucket': 'calls',
  'recordings.storage.s3.prefix': 'office/',
  'recordings.storage.s3.addressing': 'host',
  'recordings.storage.s3.accessKey': 'env=KEY',
  'recordings.storage.s3.secretKey': 'file=/run/secrets/s3',
  'recordings.storage.s3.keepLocal': 'true',
  'smtp.host': 'smtp.example.com',
  'smtp.port': '2525',
  'smtp.tls': 'off',
  'smtp.user': 'pbx',
  'smtp.password': 'file=/run/secrets/smtp',
  'smtp.from': 'pbx@example.com',
  'http.listen': 'off',
  'store.url': 'sqlite:./other.db',
  'access.policy': 'russia',
  'access.refuse': '403',
  'access.trusted': '10.0.0.5',
  'access.proxies': '10.0.0.5=X-Client-Address',
  'access.rate.perSource': '100/s',
  'access.rate.burst': '7',
  'access.rate.total': '1600/s',
  'access.rate.known': '900/s',
  'access.ban.failures': '7',
  'access.ban.within': '7m',
  'access.ban.for': '2h',
  'access.ban.longest': '6d',
  'access.geo.database': 'builtin',
  'access.geo.overrides': '10.0.0.5=DE',
};
const AT_SIGHUP = /^(log\.level|sip\.tls\..+|access\.(policy|refuse|trusted|(rate|ban|geo)\..+))$/;

/** What has no default, and is needed by what stands beside it. */
const NEEDED = [
  { from: 'test', key: 'sip.tls.certificate', value: '/etc/vats/fullchain.pem' },
  { from: 'test', key: 'sip.tls.key', value: '/etc/vats/privkey.pem' },
  { from: 'test', key: 'sip.tls.clients.authorities', value: '/etc/vats/ca.pem' },
  { from: 'test', key: 'recordings.storage.s3.endpoint', value: 'https://elsewhere.example.com' },
  { from: 'test', key: 'recordings.storage.s3.bucket', value: 'recordings' },
  { from: 'test', key: 'smtp.host', value: 'mail.example.com' },
  { from: 'test', key: 'smtp.port', value: '587' },
  { from: 'test', key: 'smtp.user', value: 'vats' },
  { from: 'test', key: 'smtp.password', value: 'env=PASSWORD' },
  { from: 'test', key: 'smtp.from', value: 'vats@example.com' },
] as const;

/** The defaults, but for one key. */
function settings(otherwise?: SettingKey) {
  const said = otherwise === undefined ? [] : [{ from: 'test', key: otherwise, value: OTHERWISE[otherwise] }];
  const read = readSettings({ env: {}, flags: [...NEEDED, ...said], cores: 4 });
  if (!read.ok) throw new Error(read.problems.map(formatProblem).join('\n'));
  return read.value;
}

test('settings that say the same need no restart', () => {
  expect(keysNeedingRestart(settings(), settings())).toEqual([]);
});

test.each(SETTING_KEYS)('%s is told by its name, or is taken at once', (key) => {
  const told = keysNeedingRestart(settings(), settings(key));
  // Where the store is follows the data directory, unless it is said.
  const follows = key === 'data' ? ['store.url'] : [];
  expect(told).toEqual(AT_SIGHUP.test(key) ? [] : [key, ...follows]);
});
