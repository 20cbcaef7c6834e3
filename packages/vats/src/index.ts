export { createSwitch, type Switch, type SwitchParts } from './create-switch.ts';
export { checkSettings, readSettings, type Settings, type SettingsSources } from './settings/index.ts';
export { StartFailure } from './start-failure.ts';
export type { ByTrunk, Trunks } from './trunks.ts';
export { VERSION } from './version.ts';
export type { VoicemailEvent } from './voicemail/voicemail.ts';
