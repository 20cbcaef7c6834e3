import { NO_PLACES, type Places, type Problem, readValue, readYaml, suggest } from '@vats/pbx';
import { z } from 'zod';
import { type SettingsFile, settingsFile } from './settings-file.ts';

/** A setting given on the command line or in the environment, in place of the file's. */
export interface Override {
  /** How the person gave it: '--listen', 'VATS_SIP_LISTEN'. */
  readonly from: string;
  /** The key: 'sip.listen'. */
  readonly key: SettingKey;
  /** A list may come as a list, or as text with commas. */
  readonly value: string | readonly string[];
}

type Form = 'text' | 'truth' | 'policy' | 'list' | 'origins' | 'number' | 'mapping';

/** Every single setting, and how text says it. */
const SETTING_FORMS = {
  data: 'text',
  'log.level': 'text',
  'log.format': 'text',
  'sip.listen': 'list',
  'sip.advertise': 'text',
  'sip.local': 'list',
  'sip.userAgent': 'text',
  'sip.digest': 'text',
  'sip.tls.certificate': 'text',
  'sip.tls.key': 'text',
  'sip.tls.others': 'list',
  'sip.tls.clients.authorities': 'text',
  'sip.tls.clients.required': 'truth',
  'sip.webSocket.origins': 'origins',
  'sip.prack': 'text',
  'sip.sessionTimer.mode': 'text',
  'sip.sessionTimer.expires': 'text',
  'sip.sessionTimer.min': 'text',
  'sip.sessionTimer.refresher': 'text',
  'media.address': 'list',
  'media.advertise': 'text',
  'media.ports': 'text',
  'media.workers': 'number',
  'media.silenceTimeout': 'text',
  'media.holdTimeout': 'text',
  'media.transcode': 'truth',
  'media.video': 'truth',
  'calls.max': 'number',
  'calls.timeLimit': 'text',
  'decisions.allow': 'list',
  'history.keep': 'text',
  'recordings.minFree': 'text',
  'recordings.storage.s3.endpoint': 'text',
  'recordings.storage.s3.region': 'text',
  'recordings.storage.s3.bucket': 'text',
  'recordings.storage.s3.prefix': 'text',
  'recordings.storage.s3.addressing': 'text',
  'recordings.storage.s3.accessKey': 'mapping',
  'recordings.storage.s3.secretKey': 'mapping',
  'recordings.storage.s3.keepLocal': 'truth',
  'smtp.host': 'text',
  'smtp.port': 'number',
  'smtp.tls': 'text',
  'smtp.user': 'text',
  'smtp.password': 'mapping',
  'smtp.from': 'text',
  'http.listen': 'text',
  'store.url': 'text',
  'access.policy': 'policy',
  'access.refuse': 'text',
  'access.trusted': 'list',
  'access.proxies': 'mapping',
  'access.rate.perSource': 'text',
  'access.rate.burst': 'number',
  'access.rate.total': 'text',
  'access.rate.known': 'text',
  'access.ban.failures': 'number',
  'access.ban.within': 'text',
  'access.ban.for': 'text',
  'access.ban.longest': 'text',
  'access.geo.database': 'text',
  'access.geo.overrides': 'mapping',
} as const satisfies Record<string, Form>;

export type SettingKey = keyof typeof SETTING_FORMS;
export const SETTING_KEYS = Object.keys(SETTING_FORMS) as readonly SettingKey[];

/** @example variableOf('sip.userAgent') === 'VATS_SIP_USER_AGENT' */
export function variableOf(key: SettingKey): string {
  return `VATS_${key
    .replace(/[A-Z]/g, (capital) => `_${capital}`)
    .replaceAll('.', '_')
    .toUpperCase()}`;
}

const KEYS_BY_VARIABLE = new Map(SETTING_KEYS.map((key) => [variableOf(key), key]));

/** The settings that an environment holds. A `VATS_…` variable that is none is worth a warning: it may be a slip. */
export function overridesOfEnvironment(env: Readonly<Record<string, string | undefined>>): {
  overrides: Override[];
  warnings: Problem[];
} {
  const overrides: Override[] = [];
  const warnings: Problem[] = [];
  for (const [name, value] of Object.entries(env)) {
    // An empty variable is how compose files and unit files say "not set".
    if (!name.startsWith('VATS_') || value === undefined || value === '') continue;
    const key = KEYS_BY_VARIABLE.get(name);
    if (key !== undefined) {
      overrides.push({ from: name, key, value });
      continue;
    }
    const near = suggest(name, KEYS_BY_VARIABLE.keys());
    const remedy = near === undefined ? 'unset it if it is meant for the switch' : `did you mean ${near}?`;
    warnings.push(NO_PLACES.problem([name], 'no setting has this variable', remedy, { severity: 'warning' }));
  }
  return { overrides, warnings };
}

/** What one override says, checked like the file's; its problems name the flag or variable. */
export function readOverride(override: Override): { value?: SettingsFile; problems: readonly Problem[] } {
  const read = readValue(nested(override.key, rawValue(override)), settingsFile);
  if (read.ok) return { value: read.value.value, problems: [] };
  return { problems: read.problems.map((problem) => ({ ...problem, path: override.from })) };
}

/** Problems with a key that an override gave are the override's. */
export function placesOf(override: Override): Places {
  return { problem: (_path, message, remedy, options) => NO_PLACES.problem([override.from], message, remedy, options) };
}

function nested(key: SettingKey, value: unknown): unknown {
  return key.split('.').reduceRight((inner: unknown, name) => ({ [name]: inner }), value);
}

function rawValue({ key, value }: Override): unknown {
  const items =
    typeof value === 'string'
      ? value
          .split(',')
          .map((item) => item.trim())
          .filter((item) => item !== '')
      : [...value];
  const text = typeof value === 'string' ? value.trim() : value.join(',');
  switch (SETTING_FORMS[key]) {
    case 'list':
      return items;
    case 'origins':
      return text === 'any' ? text : items;
    case 'number':
      return /^\d+$/.test(text) ? Number(text) : text;
    case 'truth':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'policy':
      return text.startsWith('{') ? longForm(text) : text;
    case 'mapping':
      // KEY=VALUE pairs. A lone key gets an empty value, for the schema to complain about.
      return Object.fromEntries(items.map((item) => [item.split('=')[0], item.slice(item.indexOf('=') + 1)]));
    default:
      return text;
  }
}

/** A mapping as a file would hold it on one line; what is none stays text, for the schema to complain about. */
function longForm(text: string): unknown {
  const read = readYaml(text, '', z.unknown());
  return read.ok ? read.value.value : text;
}
