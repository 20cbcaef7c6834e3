export { createSwitch, type Switch, type SwitchParts } from './create-switch.ts';
export { checkSettings, readSettings, type Settings, type SettingsSources } from './settings/index.ts';
export { StartFailure } from './start-failure.ts';
export { VERSION } from './version.ts';
