import { isDeepStrictEqual } from 'node:util';
import { SETTING_KEYS, type SettingKey } from './overrides.ts';
import type { Settings } from './settings.ts';

/** What a running switch takes from a settings file that is read again. */
const TAKEN: ReadonlySet<SettingKey> = new Set<SettingKey>([
  'log.level',
  'sip.tls.certificate',
  'sip.tls.key',
  'sip.tls.others',
  'sip.tls.clients.authorities',
  'sip.tls.clients.required',
  'access.policy',
  'access.refuse',
  'access.trusted',
  'access.rate.perSource',
  'access.rate.burst',
  'access.rate.total',
  'access.rate.known',
  'access.ban.failures',
  'access.ban.within',
  'access.ban.for',
  'access.ban.longest',
  'access.geo.database',
  'access.geo.overrides',
]);

/** The keys that say something else than when the switch was started, and that only a start takes. */
export function keysNeedingRestart(started: Settings, now: Settings): SettingKey[] {
  return SETTING_KEYS.filter((key) => !TAKEN.has(key) && !isDeepStrictEqual(saidOf(started, key), saidOf(now, key)));
}

function saidOf(settings: Settings, key: SettingKey): unknown {
  if (key === 'media.address') return settings.media.addresses;
  return key
    .split('.')
    .reduce<unknown>((inside, name) => (inside as Record<string, unknown> | undefined)?.[name], settings);
}
