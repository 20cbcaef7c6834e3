import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Calendar } from '../schema/calendar.ts';
import { type PbxFile, pbxFile } from '../schema/pbx-file.ts';
import { calendarDifferences } from './calendar-differences.ts';
import type { Change } from './change.ts';
import { differences } from './differences.ts';
import type { JsonObject } from './kinds.ts';
import { thawed } from './kinds.ts';
import type { Merging } from './merge.ts';
import type { Domain, DomainSettings, ManagedBy, SettingName } from './model.ts';

const NAMES: Record<SettingName, true> = {
  aliases: true,
  timezone: true,
  language: true,
  tones: true,
  holdMusic: true,
  access: true,
  digest: true,
  recording: true,
  voicemail: true,
  calendar: true,
  limits: true,
  outbound: true,
  conferences: true,
  codes: true,
  knownEmployee: true,
  callerId: true,
  hours: true,
  regions: true,
  block: true,
  accept: true,
};
export const SETTING_NAMES = Object.keys(NAMES) as readonly SettingName[];

/** A domain's settings in the file's form. */
export function writeSettings(settings: DomainSettings): JsonObject {
  const { domain: _, ...written } = z.encode(pbxFile, thawed<PbxFile>({ domain: 'example', ...settings }));
  return written as JsonObject;
}

/** The settings that `writeSettings` wrote. Throws a ZodError for anything else. */
export function readSettings(written: JsonObject): DomainSettings {
  const file = z.decode(pbxFile, { ...written, domain: 'example' } as z.input<typeof pbxFile>);
  return settingsOf(file);
}

/** The settings that a file names. */
export function settingsOf(file: PbxFile): DomainSettings {
  return Object.fromEntries(SETTING_NAMES.flatMap((name) => (file[name] === undefined ? [] : [[name, file[name]]])));
}

/** A domain's settings after an apply, by the rules of `merge`: each setting is an object of its own. */
export function mergeSettings(before: Domain | undefined, named: DomainSettings, merging: Merging) {
  const settings: Record<string, unknown> = {};
  const settingsBy: Partial<Record<SettingName, ManagedBy>> = {};
  const changes: Change[] = [];
  const note = (action: Change['action'], key: SettingName, details: readonly string[] = []): void => {
    changes.push({ action, domain: merging.domain, kind: 'setting', key, details });
  };
  for (const name of SETTING_NAMES) {
    const old = before?.settings[name];
    const by = before?.settingsBy[name];
    const value = named[name];
    if (value === undefined) {
      if (old === undefined || by === undefined) continue;
      const ours = by === merging.managedBy;
      if (ours) note(merging.prune ? 'remove' : 'leave', name);
      if (ours && merging.prune) continue;
      settings[name] = old;
      settingsBy[name] = by;
      continue;
    }
    settings[name] = value;
    settingsBy[name] = merging.managedBy;
    if (old === undefined) note('create', name);
    else if (!isDeepStrictEqual(old, value)) {
      note('update', name, settingDifferences(name, old, value));
    } else if (by !== merging.managedBy) note('adopt', name);
  }
  return { settings: settings as DomainSettings, settingsBy, changes };
}

function settingDifferences(name: SettingName, before: unknown, after: unknown): string[] {
  if (name === 'calendar') return calendarDifferences(before as Calendar, after as Calendar);
  return differences(writeSettings({ [name]: before }), writeSettings({ [name]: after }));
}
