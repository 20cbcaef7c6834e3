export { keysNeedingRestart } from './needing-restart.ts';
export { type Override, SETTING_KEYS, type SettingKey, variableOf } from './overrides.ts';
export { checkSettings, readingSettings, readSettings, type SettingsSources } from './read-settings.ts';
export type { Settings, TlsSettings } from './settings.ts';
export type { Cidr, ListenSpec, PortRange } from './values.ts';
